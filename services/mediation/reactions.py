"""What mediation does when something has happened elsewhere."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from contracts.assignment import (
    AccusedLearnt,
    CaseAssigned,
    CaseCameBack,
    CaseCarriedOn,
    CaseForwarded,
    CaseLeft,
    CasePassedOn,
    CaseRecalled,
    CaseTaken,
    ChallengeLearnt,
    ClaimsLearnt,
    ClassificationLearnt,
    JurisdictionObjected,
    LeadUnitDesignated,
    ObjectionRejected,
    ObjectionUpheld,
    PetitionerParted,
    PetitionersJoined,
    RecusalLearnt,
    RoutedToJudicial,
    SixOneCompleted,
    SixOneOpened,
    WithdrawalLearnt,
)
from contracts.vocabulary import LeavingReason, StopReason
from services.chassis.directory import Directory
from services.chassis.reactions import Reactions
from services.mediation.domain import receiving
from services.mediation.domain.handling import Handling

REACTIONS = Reactions()

STOPS: Final = {
    LeavingReason.withdrawn: StopReason.withdrawn,
    LeavingReason.merged: StopReason.merged,
    LeavingReason.divided: StopReason.merged,
}
"""Why nothing is handled any more, by the reason for which the case left."""


@REACTIONS.on(CaseForwarded, Handling)
def receive_forwarded(handling: Handling, event: CaseForwarded, at: datetime) -> None:
    """A unit has received a case that was forwarded to it."""
    receiving.receive(handling, at=at, brought_on=event.brought_on, **_handed(event))


@REACTIONS.on(CaseAssigned, Handling)
def receive_assigned(handling: Handling, event: CaseAssigned, at: datetime) -> None:
    """A unit has received a case whose result it must report."""
    receiving.receive(
        handling, at=at, brought_on=event.brought_on, due_on=event.due_on, from_above=event.from_above, **_handed(event)
    )


@REACTIONS.on(CaseTaken, Handling)
def keep_own(handling: Handling, event: CaseTaken, at: datetime) -> None:
    """A unit keeps what it received directly."""
    receiving.receive(handling, at=at, received_on=event.received_on, **_handed(event))


@REACTIONS.on(LeadUnitDesignated, Handling)
def hand_to_lead(handling: Handling, event: LeadUnitDesignated, at: datetime) -> None:
    """It is settled who leads: handling begins anew where another unit had the case."""
    receiving.hand_to_lead(
        handling, at=at, brought_on=event.brought_on, received_on=event.received_on, co_units=event.co_units,
        **_handed(event),
    )  # fmt: skip


@REACTIONS.on(JurisdictionObjected, Handling)
def learn_objection(handling: Handling, event: JurisdictionObjected, at: datetime) -> None:
    """Nothing is decided while the unit says that it is not competent."""
    receiving.learn_objection(handling, event.unit, at=at)


@REACTIONS.on(ObjectionRejected, Handling)
def settle_objection(handling: Handling, event: ObjectionRejected, at: datetime) -> None:
    """The unit keeps the case and goes on."""
    receiving.settle_objection(handling, event.unit, at=at)


@REACTIONS.on(ObjectionUpheld, Handling)
def give_back(handling: Handling, event: ObjectionUpheld, at: datetime) -> None:
    """The unit gives the case back."""
    receiving.give_back(handling, event.unit, at=at)


@REACTIONS.on(CasePassedOn, Handling)
def pass_on(handling: Handling, event: CasePassedOn, at: datetime) -> None:
    """The case belongs to a unit under this one, which receives it anew."""
    receiving.give_back(handling, event.unit, at=at)


@REACTIONS.on(CaseRecalled, Handling)
def hand_over(handling: Handling, event: CaseRecalled, at: datetime) -> None:
    """The unit may not touch the case any more."""
    receiving.give_back(handling, event.unit, at=at)


@REACTIONS.on(ClassificationLearnt, Handling)
def learn_classification(handling: Handling, event: ClassificationLearnt, at: datetime) -> None:
    """The case was told apart wrongly; the unit that has it goes on as what it is calls for."""
    receiving.learn_classification(handling, event.kind, event.route, event.reasons, at=at)


@REACTIONS.on_by_directory(CaseCarriedOn, Handling)
def carry_on(handling: Handling, event: CaseCarriedOn, at: datetime, directory: Directory) -> None:
    """The unit is no more; who carries on its powers goes on with the case."""
    receiving.carry_on(handling, event.unit, event.unit_name, event.from_unit, directory, at=at)


@REACTIONS.on_by_directory(AccusedLearnt, Handling)
def learn_accused(handling: Handling, event: AccusedLearnt, at: datetime, directory: Directory) -> None:
    """The case complains of somebody else too."""
    receiving.learn_accused(handling, event.units, event.persons, directory, at=at)


@REACTIONS.on(RoutedToJudicial, Handling)
def leave_to_courts(handling: Handling, _: RoutedToJudicial, at: datetime) -> None:
    """A case about litigation is no unit's."""
    receiving.leave_to_courts(handling, at=at)


@REACTIONS.on(SixOneOpened, Handling)
def come_under_six_one(handling: Handling, event: SixOneOpened, at: datetime) -> None:
    """The case stays open until the scheme's papers exist."""
    receiving.come_under_six_one(handling, event.order_no, at=at)


@REACTIONS.on(SixOneCompleted, Handling)
def complete_six_one(handling: Handling, event: SixOneCompleted, at: datetime) -> None:
    """The scheme keeps the case open no longer."""
    receiving.complete_six_one(handling, event.order_no, at=at)


@REACTIONS.on(CaseCameBack, Handling)
def come_back(handling: Handling, _: CaseCameBack, at: datetime) -> None:
    """What lay apart does so no more."""
    receiving.learn_apart(handling, apart=False, at=at)


@REACTIONS.on(CaseLeft, Handling)
def stop(handling: Handling, event: CaseLeft, at: datetime) -> None:
    """There is nothing left to answer here: the petitioner has withdrawn, or it is answered or dealt with elsewhere."""
    receiving.learn_apart(handling, apart=event.reason is LeavingReason.sealed, at=at)
    if (reason := STOPS.get(event.reason)) is not None:
        receiving.stop(handling, reason, at=at)


@REACTIONS.on(PetitionersJoined, Handling)
def learn_petitioners(handling: Handling, event: PetitionersJoined, at: datetime) -> None:
    """Further petitioners are owed the notice and the opinion; or somebody speaks for the first ones now."""
    receiving.learn_petitioners(handling, event.petitions, anonymous=event.anonymous, unclear=event.unclear, at=at)


@REACTIONS.on(ClaimsLearnt, Handling)
def learn_claims(handling: Handling, event: ClaimsLearnt, at: datetime) -> None:
    """The case holds several claims, each of which has an answer of its own."""
    receiving.learn_claims(handling, event.count, at=at)


@REACTIONS.on(PetitionerParted, Handling)
def learn_parting(handling: Handling, event: PetitionerParted, at: datetime) -> None:
    """Somebody had joined the wrong case."""
    receiving.learn_parting(handling, event.petition, anonymous=event.anonymous, unclear=event.unclear, at=at)


@REACTIONS.on(RecusalLearnt, Handling)
def learn_recusal(handling: Handling, event: RecusalLearnt, at: datetime) -> None:
    """Somebody keeps out of the case by what was decided at its door, or does so no more."""
    receiving.learn_recusal(handling, event.officer, recused=event.recused, at=at)


@REACTIONS.on(ChallengeLearnt, Handling)
def learn_challenge(handling: Handling, event: ChallengeLearnt, at: datetime) -> None:
    """It is open at the door whether somebody keeps out of the case, or so no more."""
    receiving.learn_challenge(handling, event.officer, pending=event.pending, at=at)


@REACTIONS.on(WithdrawalLearnt, Handling)
def learn_withdrawal(handling: Handling, event: WithdrawalLearnt, at: datetime) -> None:
    """The petitioner thinks of withdrawing, or no more; nobody may buy that."""
    receiving.learn_withdrawal(handling, pending=event.pending, at=at)


def _handed(event: CaseForwarded | CaseAssigned | CaseTaken | LeadUnitDesignated) -> dict[str, Any]:
    """Return what every way of handing a case to a unit says."""
    names = (
        "unit", "unit_name", "registration_no", "route", "kind", "anonymous", "unclear", "review_bodies",
        "accused_units", "accused_persons",
    )  # fmt: skip
    return {name: getattr(event, name) for name in names}
