"""What the events of accountability mean to the Case."""

from __future__ import annotations

from contracts.accountability import (
    ClockBreached,
    ClockExtended,
    ClockLapsed,
    ClockRecalculated,
    ClockStarted,
    ClockStopped,
    OrphanCaseDetected,
    SupervisionClosed,
    SupervisionOrdered,
)
from contracts.vocabulary import ClockNature
from services.accountability.case.fold import Breach, Case, Duty, happened


@happened.register
def _(_: SupervisionOrdered, case: Case) -> None:
    case.supervisions_open += 1


@happened.register
def _(_: SupervisionClosed, case: Case) -> None:
    case.supervisions_open -= 1


@happened.register
def _(event: ClockStarted, case: Case) -> None:
    duty = Duty(event.code, event.nature, event.holder, event.due_on, event.due_at)
    case.clocks[str(event.originator_id)] = duty
    case.orphaned_since = None
    _look_ahead(case)


@happened.register
def _(event: ClockExtended, case: Case) -> None:
    _move(event, case)


@happened.register
def _(event: ClockRecalculated, case: Case) -> None:
    _move(event, case)


@happened.register
def _(event: ClockBreached, case: Case) -> None:
    case.breaches.append(Breach(event.code, event.holder, event.due_on))
    if (duty := case.clocks.get(str(event.originator_id))) is not None:
        duty.breached = True


@happened.register
def _(event: OrphanCaseDetected, case: Case) -> None:
    case.orphaned_since = event.since


@happened.register
def _(event: ClockLapsed, case: Case) -> None:
    _end(event, case)


@happened.register
def _(event: ClockStopped, case: Case) -> None:
    _end(event, case)


def _move(event: ClockExtended | ClockRecalculated, case: Case) -> None:
    if (duty := case.clocks.get(str(event.originator_id))) is not None:
        duty.due_on, duty.due_at = event.due_on, event.due_at
        _look_ahead(case)


def _end(event: ClockLapsed | ClockStopped, case: Case) -> None:
    case.clocks.pop(str(event.originator_id), None)
    _look_ahead(case)


def _look_ahead(case: Case) -> None:
    """Find who must act next: of the duties that run, the one that is due first."""
    duties = (duty for duty in case.clocks.values() if duty.nature is ClockNature.duty)
    case.next_duty = min(duties, key=lambda duty: duty.due_at, default=None)
