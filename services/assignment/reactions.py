"""What assignment does when something has happened elsewhere."""

from __future__ import annotations

from datetime import datetime

from contracts.event import Event
from contracts.intake import (
    AccusedNamed,
    CaseClassified,
    CaseMerged,
    CaseSetApart,
    CaseSplit,
    CaseWithdrawn,
    ChallengeDecided,
    ClaimsCorrected,
    ClaimsListed,
    ClassificationCorrected,
    NonAcceptanceRevoked,
    NotAcceptedNotified,
    OfficerChallenged,
    OfficerSteppedAside,
    PetitionAttached,
    PetitionDetached,
    PetitionsTakenOver,
    PetitionWithdrawn,
    RecusalLearnt,
    RepresentativesNamed,
    WithdrawalRequested,
    WithdrawalRevoked,
)
from contracts.vocabulary import LeavingReason, Route
from services.assignment.domain import sponsorship
from services.assignment.domain.assigning import Assignment
from services.assignment.domain.campaign import Campaign
from services.chassis.directory import Directory
from services.chassis.reactions import Reactions

REACTIONS = Reactions()


@REACTIONS.on(CaseClassified, Assignment)
def receive(assignment: Assignment, event: CaseClassified, at: datetime) -> None:
    """A classified case awaits a unit; one for the discipline organ is never seen here (第三十条第三款)."""
    _receive(assignment, event, at)


@REACTIONS.on(ClassificationCorrected, Assignment)
def correct(assignment: Assignment, event: ClassificationCorrected, at: datetime) -> None:
    """The case was told apart wrongly; what was taken for a report is heard of for the first time."""
    if assignment.exists:
        assignment.learn_classification(event.kind, event.route, event.category, event.reasons, at=at)
        assignment.join(event.others, at=at)
    else:
        _receive(assignment, event, at)


def _receive(assignment: Assignment, event: CaseClassified | ClassificationCorrected, at: datetime) -> None:
    if event.route is not Route.discipline_supervision:
        assignment.receive(
            at=at,
            registration_no=event.registration_no,
            kind=event.kind,
            route=event.route,
            category=event.category,
            place=event.place,
            anonymous=event.anonymous,
            unclear=event.unclear,
            direct=event.direct,
            receiving_unit=event.receiving_unit,
            accused_units=event.accused_units,
            accused_persons=event.accused_persons,
            channel=event.channel,
            received_on=event.received_on,
        )
        assignment.join(event.others, at=at)
        for officer in event.challenged:
            assignment.learn_challenge(officer, pending=True, at=at)


@REACTIONS.on(OfficerChallenged, Assignment)
def learn_challenged(assignment: Assignment, event: OfficerChallenged, at: datetime) -> None:
    """It is open whether somebody keeps out who may have a part in the answer."""
    assignment.learn_challenge(event.officer, pending=True, at=at)


@REACTIONS.on_by_directory(AccusedNamed, Assignment)
def learn_accused(assignment: Assignment, event: AccusedNamed, at: datetime, directory: Directory) -> None:
    """The case complains of somebody else too, and whoever has it may be one of them."""
    assignment.learn_accused(event.units, event.persons, directory, at=at)


@REACTIONS.on_by_directory(AccusedNamed, Campaign, stream=Campaign.stream)
def lose_accused_sponsor(campaign: Campaign, event: AccusedNamed, at: datetime, directory: Directory) -> None:
    """Whoever leads it may be one of them."""
    sponsorship.learn_accused(campaign, event.units, event.persons, directory, at=at)


@REACTIONS.on(RecusalLearnt, Assignment)
def learn_recusal(assignment: Assignment, event: RecusalLearnt, at: datetime) -> None:
    """An officer keeps out of the case, and does nothing of it here either; or does so no more."""
    assignment.learn_recusal(event.officer, recused=event.recused, at=at)


@REACTIONS.on(RecusalLearnt, Campaign, stream=Campaign.stream)
def lose_recused_sponsor(campaign: Campaign, event: RecusalLearnt, at: datetime) -> None:
    """Who keeps out leads it no longer either."""
    if event.recused:
        sponsorship.keep_out(campaign, event.officer, at=at)


@REACTIONS.on(OfficerSteppedAside, Assignment)
def learn_stepped_aside(assignment: Assignment, event: OfficerSteppedAside, at: datetime) -> None:
    """Somebody at the door has an interest in the case, and keeps out here too."""
    assignment.learn_recusal(event.officer, recused=True, at=at)
    assignment.learn_challenge(event.officer, pending=True, at=at)


@REACTIONS.on(OfficerSteppedAside, Campaign, stream=Campaign.stream)
def lose_sponsor_who_stepped_aside(campaign: Campaign, event: OfficerSteppedAside, at: datetime) -> None:
    """Who has an interest in the case leads it no longer."""
    sponsorship.keep_out(campaign, event.officer, at=at)


@REACTIONS.on(ChallengeDecided, Assignment)
def learn_decided(assignment: Assignment, event: ChallengeDecided, at: datetime) -> None:
    """It is decided whether somebody at the door keeps out."""
    assignment.learn_recusal(event.officer, recused=event.granted, at=at)
    assignment.learn_challenge(event.officer, pending=False, at=at)


@REACTIONS.on(ChallengeDecided, Campaign, stream=Campaign.stream)
def lose_challenged_sponsor(campaign: Campaign, event: ChallengeDecided, at: datetime) -> None:
    """It is decided that who leads it keeps out."""
    if event.granted:
        sponsorship.keep_out(campaign, event.officer, at=at)


@REACTIONS.on(CaseSetApart, Assignment)
def set_apart(assignment: Assignment, _: CaseSetApart, at: datetime) -> None:
    """It is dealt with elsewhere, and there is nothing of it here any more."""
    assignment.set_apart(at=at)


def _leaving(event_class: type[Event], reason: LeavingReason) -> None:
    """Let the case leave when that has happened to it."""

    @REACTIONS.on(event_class, Assignment)
    def leave(assignment: Assignment, _: Event, at: datetime) -> None:
        assignment.leave(reason, at=at)


_leaving(CaseMerged, LeavingReason.merged)
_leaving(CaseSplit, LeavingReason.divided)
_leaving(CaseWithdrawn, LeavingReason.withdrawn)
_leaving(NotAcceptedNotified, LeavingReason.not_accepted)


@REACTIONS.on_by_directory(NonAcceptanceRevoked, Assignment)
def come_back(assignment: Assignment, _: NonAcceptanceRevoked, at: datetime, directory: Directory) -> None:
    """Whom it was brought to has to accept it, or to hand it on."""
    assignment.come_back(directory, at=at)


@REACTIONS.on(PetitionsTakenOver, Assignment)
def join(assignment: Assignment, event: PetitionsTakenOver, at: datetime) -> None:
    """Further petitioners belong to the case."""
    assignment.join(event.others, at=at)


@REACTIONS.on(ClaimsListed, Assignment)
def learn_claims(assignment: Assignment, event: ClaimsListed, at: datetime) -> None:
    """The case holds several claims."""
    assignment.learn_claims(event.count, at=at)


@REACTIONS.on(ClaimsCorrected, Assignment)
def learn_fewer_claims(assignment: Assignment, event: ClaimsCorrected, at: datetime) -> None:
    """More claims were listed than there are."""
    assignment.learn_claims(event.count, fewer=True, at=at)


@REACTIONS.on(PetitionAttached, Assignment)
def join_by_letter(assignment: Assignment, event: PetitionAttached, at: datetime) -> None:
    """A further petitioner has come with a letter of their own."""
    if event.further:
        assignment.join((event.petition,), at=at)


@REACTIONS.on(PetitionDetached, Assignment)
def part(assignment: Assignment, event: PetitionDetached, at: datetime) -> None:
    """Somebody had joined the wrong case."""
    assignment.part(event.petition, anonymous=event.anonymous, unclear=event.unclear, at=at)


@REACTIONS.on(RepresentativesNamed, Assignment)
def learn_who_speaks(assignment: Assignment, event: RepresentativesNamed, at: datetime) -> None:
    """Somebody speaks now for those who came together, and is told for them."""
    if event.further:
        assignment.join((event.petition,), at=at)
    else:
        assignment.learn_who_speaks(anonymous=event.anonymous, unclear=event.unclear, at=at)


@REACTIONS.on(WithdrawalRequested, Assignment)
def learn_withdrawal(assignment: Assignment, _: WithdrawalRequested, at: datetime) -> None:
    """The petitioner thinks of withdrawing."""
    assignment.learn_withdrawal(pending=True, at=at)


@REACTIONS.on(WithdrawalRevoked, Assignment)
def forget_withdrawal(assignment: Assignment, event: WithdrawalRevoked, at: datetime) -> None:
    """The petitioner has thought again."""
    assignment.learn_withdrawal(pending=event.pending, at=at)


@REACTIONS.on(PetitionWithdrawn, Assignment)
def part_with(assignment: Assignment, event: PetitionWithdrawn, at: datetime) -> None:
    """One of several petitioners is told and answered no more."""
    assignment.part(event.petition, anonymous=assignment.anonymous, unclear=assignment.unclear, at=at)
    assignment.learn_withdrawal(pending=event.pending, at=at)
