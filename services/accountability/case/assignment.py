"""What the events of assignment mean to the Case."""

from __future__ import annotations

from contracts.assignment import (
    CaseAssigned,
    CaseCarriedOn,
    CaseForwarded,
    CasePassedOn,
    CaseRecalled,
    CaseTaken,
    JurisdictionDisputeReferred,
    JurisdictionObjected,
    LeadUnitDesignated,
    ObjectionRejected,
    ObjectionUpheld,
    RoutedToJudicial,
    SixOneCompleted,
    SixOneOpened,
    SponsorAppointed,
    SponsorKeptOut,
    SponsorReleased,
    SponsorReplaced,
    TeamNamed,
)
from contracts.periods import period
from contracts.vocabulary import CaseState
from services.accountability.case.fold import Case, happened


@happened.register
def _(event: CaseForwarded, case: Case) -> None:
    _with(case, event, CaseState.forwarded)


@happened.register
def _(event: CaseAssigned, case: Case) -> None:
    _with(case, event, CaseState.assigned)
    case.due_on = event.due_on


def _with(case: Case, event: CaseForwarded | CaseAssigned | CaseTaken | LeadUnitDesignated, state: CaseState) -> None:
    """Let a unit have the case, or keep it; one that is answered stays so, whoever goes on with it."""
    if case.with_unit_since is None or event.unit != case.unit:
        case.with_unit_since = event.timestamp
    case.unit, case.unit_name, case.let_go = event.unit, event.unit_name, False
    if isinstance(event, LeadUnitDesignated):
        case.helpers = event.co_units
    _stand(case, state)


def _stand(case: Case, state: CaseState) -> None:
    if case.served_at is None:
        case.state = state
    elif case.state in {CaseState.objected, CaseState.disputed}:
        case.state = CaseState.opinion_served


@happened.register
def _(_: JurisdictionObjected, case: Case) -> None:
    case.objections += 1
    if not case.ended:
        case.state = CaseState.objected


@happened.register(ObjectionUpheld)
@happened.register(CasePassedOn)
def _(_: ObjectionUpheld | CasePassedOn, case: Case) -> None:
    await_a_unit(case)


@happened.register
def _(_: CaseRecalled, case: Case) -> None:
    if case.unit is None:  # it was taken from everybody when it was set apart
        return
    if case.ended and not case.set_apart:  # it came to its end before it was known that the unit may not touch it
        case.let_go = True
    else:
        await_a_unit(case)


def _give_up(case: Case) -> None:
    """Remember from when the petitioner waits, whichever unit has the case next (第二十四条、第三十四条).

    From whom it was taken because it is set apart has not given it up, and gets it anew if it comes back.
    """
    if case.set_apart:
        case.waits_already = min(filter(None, (case.accepted_at, case.waits_already)), default=None)
    else:
        case.given_up = case.case_id
    if case.with_unit_since is not None and case.accepted_at is None:
        last = period("C3").last_day(case.with_unit_since)
        case.tell_by = min(last, case.tell_by or last)


def await_a_unit(case: Case) -> None:
    """Let the case be with no unit; what the petitioner has been served stands."""
    _give_up(case)
    case.let_go = False
    case.unit = case.unit_name = case.with_unit_since = None
    _stand(case, case.untaken)
    _anew(case)


@happened.register
def _(event: CaseCarriedOn, case: Case) -> None:
    case.unit, case.unit_name, case.case_officer = event.unit, event.unit_name, None


@happened.register
def _(event: CaseTaken, case: Case) -> None:
    _with(case, event, CaseState.forwarded)


@happened.register
def _(event: RoutedToJudicial, case: Case) -> None:
    case.state, case.unit = CaseState.routed_out, event.organ


@happened.register
def _(_: JurisdictionDisputeReferred, case: Case) -> None:
    if not case.ended:
        case.state = CaseState.disputed


@happened.register
def _(event: LeadUnitDesignated, case: Case) -> None:
    if case.ended:  # who leads was asked while somebody was still at it, and is said when nothing is left to do
        return
    if event.unit != case.unit:
        if case.unit is not None:
            _give_up(case)
        _anew(case)
    _with(case, event, CaseState.accepted if case.accepted_at else CaseState.forwarded)


def _anew(case: Case) -> None:
    """Forget what a unit has done that has the case no longer; what the petitioner has been served stands."""
    case.due_on = case.case_officer = None
    if case.served_at is not None:
        return
    case.accepted_at = case.result = case.issued_at = case.served_at = case.executed_on = None


@happened.register
def _(_: ObjectionRejected, case: Case) -> None:
    if case.ended:  # it came to its end while the objection was looked at
        return
    steps = (
        (CaseState.opinion_served, case.served_at),
        (CaseState.opinion_issued, case.issued_at),
        (CaseState.accepted, case.accepted_at),
    )
    case.state = next(
        (state for state, reached in steps if reached), CaseState.assigned if case.due_on else CaseState.forwarded
    )


@happened.register(SponsorAppointed)
@happened.register(SponsorReplaced)
def _(event: SponsorAppointed | SponsorReplaced, case: Case) -> None:
    case.sponsor = event.sponsor


@happened.register(SponsorReleased)
@happened.register(SponsorKeptOut)
def _(_: SponsorReleased | SponsorKeptOut, case: Case) -> None:
    case.sponsor = None


@happened.register
def _(event: TeamNamed, case: Case) -> None:
    case.lead_unit = event.lead_unit


@happened.register
def _(_: SixOneOpened, case: Case) -> None:
    case.six_one = "open"


@happened.register
def _(_: SixOneCompleted, case: Case) -> None:
    case.six_one = "completed"
