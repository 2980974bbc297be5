"""What the events of accountability mean to the Case."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from contracts.accountability import (
    ClockAdvanced,
    ClockBreached,
    ClockCorrected,
    ClockExtended,
    ClockHandedOver,
    ClockLapsed,
    ClockRecalculated,
    ClockStarted,
    ClockStopped,
    OrphanCaseDetected,
    RecommendationServed,
    SupervisionClosed,
    SupervisionOrdered,
)
from contracts.event import Event
from contracts.vocabulary import ClockNature
from services.accountability.case.fold import Breach, Case, Duty, happened


@happened.register
def _(event: SupervisionOrdered, case: Case) -> None:
    case.supervisions_open += 1
    _written_to(case, event.unit)


@happened.register
def _(event: RecommendationServed, case: Case) -> None:
    _written_to(case, event.addressee)


def _written_to(case: Case, unit: str) -> None:
    case.written_to = tuple(dict.fromkeys((*case.written_to, unit)))


@happened.register
def _(_: SupervisionClosed, case: Case) -> None:
    case.supervisions_open -= 1


@happened.register
def _(event: ClockStarted, case: Case) -> None:
    duty = Duty(
        event.code, event.nature, event.holder, event.due_on, event.due_at, officer=event.officer, item=event.item
    )
    case.orphaned_since = None
    _run(case, case.clocks | {_clock(event): duty})


@happened.register
def _(event: ClockExtended, case: Case) -> None:
    _change(event, case, due_on=event.due_on, due_at=event.due_at)


@happened.register
def _(event: ClockRecalculated, case: Case) -> None:
    _change(event, case, due_on=event.due_on, due_at=event.due_at)


@happened.register
def _(event: ClockAdvanced, case: Case) -> None:
    _change(event, case, due_on=event.due_on, due_at=event.due_at)


@happened.register
def _(event: ClockHandedOver, case: Case) -> None:
    _change(event, case, holder=event.holder, officer=event.officer)


@happened.register
def _(event: ClockBreached, case: Case) -> None:
    breach = Breach(event.code, event.holder, event.due_on, clock=_clock(event), due_at=event.due_at)
    case.breaches = (*case.breaches, breach)
    _change(event, case, breached=True)


@happened.register
def _(event: ClockCorrected, case: Case) -> None:
    if event.outcome is None:
        _change(event, case, due_on=event.due_on, due_at=event.due_at, breached=False)
    case.breaches = tuple(
        replace(breach, corrected=not event.missed) if breach.clock == _clock(event) else breach
        for breach in case.breaches
    )


@happened.register
def _(event: OrphanCaseDetected, case: Case) -> None:
    case.orphaned_since = event.since


@happened.register
def _(event: ClockLapsed, case: Case) -> None:
    _end(event, case)


@happened.register
def _(event: ClockStopped, case: Case) -> None:
    _end(event, case)


def _clock(event: Event) -> str:
    return str(event.originator_id)


def _change(event: Event, case: Case, **facts: Any) -> None:  # noqa: ANN401  # fields of a Duty
    if (duty := case.clocks.get(_clock(event))) is not None:
        _run(case, case.clocks | {_clock(event): replace(duty, **facts)})


def _end(event: Event, case: Case) -> None:
    _run(case, {clock: duty for clock, duty in case.clocks.items() if clock != _clock(event)})


def _run(case: Case, clocks: dict[str, Duty]) -> None:
    """Let these clocks run; who must act next is the one whose duty is due first."""
    case.clocks = clocks
    duties = (duty for duty in clocks.values() if duty.nature is ClockNature.duty)
    case.next_duty = min(duties, key=lambda duty: duty.due_at, default=None)
