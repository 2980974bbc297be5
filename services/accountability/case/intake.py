"""What the events of intake mean to the Case."""

from __future__ import annotations

from uuid import UUID

from contracts.intake import (
    AccusedNamed,
    CaseBroughtBack,
    CaseClassified,
    CaseDetached,
    CaseMerged,
    CaseRegistered,
    CaseSetApart,
    CaseSplit,
    CaseWithdrawn,
    ChallengeDecided,
    ClassificationCorrected,
    ConfidentialTrackOpened,
    EmergencyAccessEnded,
    EmergencyAccessGranted,
    NonAcceptanceRevoked,
    NotAcceptedNotified,
    OfficerSteppedAside,
    PetitionAttached,
    PetitionDetached,
    PetitionsTakenOver,
    ReceiptIssued,
    ReceiverRelieved,
    RecusalLearnt,
    RepresentativesNamed,
    UrgentMatterNoted,
    WithdrawalRequested,
    WithdrawalRevoked,
)
from contracts.vocabulary import CaseState
from services.accountability.case.assignment import await_a_unit
from services.accountability.case.fold import Case, happened
from services.chassis.rights.admission import Admission


@happened.register
def _(event: CaseRegistered, case: Case) -> None:
    case.registration_no, case.category, case.place = event.registration_no, event.category, event.place
    case.received_at, case.receiving_unit = event.received_at, event.receiving_unit
    _received(case, event.receiving_unit)
    case.anonymous, case.direct, case.came_from = event.anonymous, event.direct, event.came_from
    case.unreachable = event.unreachable
    case.petitions += 1
    if event.split_from is not None:
        _akin(case, event.split_from)


@happened.register
def _(event: PetitionAttached, case: Case) -> None:
    """Whoever comes again with a name and an address, or is the first of whom it is clear who it is, can be told."""
    case.petitions += 1
    _received(case, event.receiving_unit)
    if case.unit is None and not (event.further or event.anonymous or event.unreachable):
        case.unreachable = False
    if case.kind is None and not event.after_end:  # the first who can be told, where nobody was named
        case.anonymous = case.anonymous and event.anonymous


@happened.register
def _(event: RepresentativesNamed, case: Case) -> None:
    if case.unit is None and not (event.further or event.unclear):
        case.unreachable = False


@happened.register
def _(event: PetitionDetached, case: Case) -> None:
    case.petitions -= 1
    case.anonymous = case.anonymous or event.anonymous


@happened.register
def _(event: CaseDetached, case: Case) -> None:
    case.waits_already = event.waits_since


@happened.register
def _(event: CaseClassified, case: Case) -> None:
    case.kind, case.route, case.category = event.kind, event.route, event.category
    case.state = case.untaken
    _accused(case, event.accused_units, event.accused_persons)
    case.waits_since = case.waited_for()


@happened.register
def _(event: ClassificationCorrected, case: Case) -> None:
    """A case that nobody has yet is what it is from now on; from a unit that has it, it is taken where it must be."""
    if case.set_apart:  # who has accepted it meanwhile had not heard of that
        await_a_unit(case)
        case.came_back = True
    case.set_apart = False
    case.kind, case.route, case.category = event.kind, event.route, event.category
    if case.unit is None:
        case.state = case.untaken
    case.corrected_at = event.timestamp
    case.wait()


@happened.register
def _(_: CaseSetApart, case: Case) -> None:
    """Nobody has it any more, nor when it comes back."""
    case.set_apart, case.withdrawal_on = True, None
    sixty = (duty.due_on for duty in case.clocks.values() if duty.code in {"C5", "D5"})
    case.answer_by = min(sixty, default=case.answer_by)
    await_a_unit(case)


@happened.register
def _(_: CaseBroughtBack, case: Case) -> None:
    """The entry tells the watch from when on somebody has to act again; of what kind it is was said before."""


@happened.register
def _(event: ReceiptIssued, case: Case) -> None:
    case.receipt, case.state = True, case.state if event.over else CaseState.discipline_track
    case.receiving_unit, case.received_at = event.receiving_unit or None, event.received_at
    case.anonymous, case.organ = event.anonymous, event.organ


@happened.register
def _(event: AccusedNamed, case: Case) -> None:
    _accused(case, event.units, event.persons)


@happened.register
def _(event: ReceiverRelieved, case: Case) -> None:
    case.receiving_unit, case.direct = event.receiving_unit, False
    _received(case, event.receiving_unit)


@happened.register
def _(event: OfficerSteppedAside, case: Case) -> None:
    case.keep_out(event.officer, recused=True)


@happened.register
def _(event: ChallengeDecided, case: Case) -> None:
    case.keep_out(event.officer, recused=event.granted)


@happened.register
def _(event: RecusalLearnt, case: Case) -> None:
    case.keep_out(event.officer, recused=event.recused)


@happened.register
def _(event: EmergencyAccessGranted, case: Case) -> None:
    still = {entry: one for entry, one in case.admitted.items() if one.until > event.timestamp}
    units, by = (event.asked_for, event.unit), (event.asked_by, event.granted_by)
    case.admitted = still | {event.originator_id: Admission(event.officer, event.until, units, by)}


@happened.register
def _(event: EmergencyAccessEnded, case: Case) -> None:
    case.admitted = {entry: one for entry, one in case.admitted.items() if entry != event.originator_id}


def _accused(case: Case, units: tuple[str, ...], persons: tuple[str, ...]) -> None:
    case.accused_units = tuple(dict.fromkeys((*case.accused_units, *units)))
    case.accused_persons = tuple(dict.fromkeys((*case.accused_persons, *persons)))


@happened.register
def _(event: CaseMerged, case: Case) -> None:
    case.state, case.merged_into = CaseState.merged, event.into
    _akin(case, event.into)


@happened.register
def _(event: PetitionsTakenOver, case: Case) -> None:
    case.petitions += len(event.petitions)
    case.received_at, case.joined_at = event.received_at, event.timestamp
    _akin(case, event.from_case)


@happened.register
def _(event: CaseSplit, case: Case) -> None:
    case.state = CaseState.split
    _akin(case, *event.children)


def _received(case: Case, unit: str) -> None:
    case.receivers = tuple(dict.fromkeys((*case.receivers, unit)))


def _akin(case: Case, *others: UUID) -> None:
    case.kin = case.kin | dict.fromkeys(others, case.seq)


@happened.register
def _(event: ConfidentialTrackOpened, case: Case) -> None:
    case.state, case.organ = CaseState.discipline_track, event.organ


@happened.register
def _(_: NotAcceptedNotified, case: Case) -> None:
    case.state = CaseState.not_accepted


@happened.register
def _(_: NonAcceptanceRevoked, case: Case) -> None:
    case.state = CaseState.classified if case.kind else CaseState.registered
    case.came_back = True


@happened.register
def _(event: WithdrawalRequested, case: Case) -> None:
    if event.petition is None:
        case.withdrawal_on = event.effective_on


@happened.register
def _(event: WithdrawalRevoked, case: Case) -> None:
    if event.petition is None:
        case.withdrawal_on = None


@happened.register
def _(_: CaseWithdrawn, case: Case) -> None:
    case.state, case.withdrawal_on = CaseState.withdrawn, None


@happened.register
def _(event: UrgentMatterNoted, case: Case) -> None:
    case.urgent_since = event.known_at
