"""第三十四条、第二十一条第二款: an extension counts from when the petitioner was told, by the one rule for late entries."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

from contracts.accountability import (
    ClockBreached,
    ClockCorrected,
    ClockExtended,
    ClockExtensionClaimed,
    FactConfirmed,
)
from contracts.mediation import HandlingExtended
from contracts.vocabulary import ClockOutcome, Confirmation
from services.accountability.clocks.clock import Clock
from tests.law.test_r21_entered_late import forwarded, kinds, served
from tests.law.test_r34_waiting import SERVED, World
from tests.rules import at

DUE, LONGER = date(2026, 5, 6), date(2026, 6, 2)  # 2 March and 60 days, less what is off; and 30 more


def accepted() -> tuple[World, UUID, Clock]:
    world, case = forwarded()
    world.accepts(case, at("2026-03-04"))
    clock = world.the(case, "C5")
    assert clock.due_on == DUE
    return world, case, clock


def extended(world: World, case: UUID, told: str, entered: str, by: str = "dept", days: int = 30) -> UUID:
    """Tell the petitioner that it takes longer; return the entry that says so."""
    return world.tell(
        HandlingExtended, on=at(entered), stream=case, by=by, days=days, approved_by="head-1", reasons=uuid4(),
        notice_no="延1号", served_at=at(told), **SERVED,
    ).id  # fmt: skip


def confirm(world: World, case: UUID, fact: UUID, on: str) -> None:
    world.happens(
        case, FactConfirmed, at(on), case=case, fact=fact, entered_by="dept", confirmation=Confirmation.carrier,
        proof=uuid4(),
    )  # fmt: skip


def test_what_is_told_and_entered_in_time_makes_it_longer():
    world, case, clock = accepted()
    extended(world, case, "2026-04-28", "2026-05-06")
    assert (clock.due_on, clock.breached) == (LONGER, False)


def test_what_the_unit_enters_when_its_time_is_over_makes_nothing_longer():
    """The breach stands, and an opinion within the days that nobody has seen told does not undo it."""
    world, case, clock = accepted()
    extended(world, case, "2026-04-28", "2026-05-12")
    assert (clock.due_on, clock.breached) == (DUE, True)
    assert kinds(world, clock)[-2:] == [ClockBreached, ClockExtensionClaimed]
    served(world, case, "2026-05-20", "2026-05-20")
    assert clock.outcome is ClockOutcome.late


def test_until_somebody_outside_the_unit_has_borne_it_out():
    world, case, clock = accepted()
    fact = extended(world, case, "2026-04-28", "2026-05-12")
    confirm(world, case, fact, "2026-05-15")
    assert (clock.due_on, clock.state, clock.extensions) == (LONGER, "running", [30])
    assert kinds(world, clock)[-2:] == [ClockExtended, ClockCorrected]
    (breach,) = (breach for breach in world.cases[case].breaches if breach.code == "C5")
    assert breach.corrected
    served(world, case, "2026-05-20", "2026-05-20")
    assert clock.outcome is ClockOutcome.met


def test_also_when_the_case_was_answered_meanwhile():
    world, case, clock = accepted()
    fact = extended(world, case, "2026-04-28", "2026-05-12")
    served(world, case, "2026-05-20", "2026-05-20")
    confirm(world, case, fact, "2026-07-01")
    assert (clock.outcome, clock.stopped_at, clock.due_on) == (ClockOutcome.met, at("2026-05-20"), LONGER)


def test_what_was_answered_after_the_longer_time_stays_late():
    world, case, clock = accepted()
    fact = extended(world, case, "2026-04-28", "2026-05-12", days=10)
    served(world, case, "2026-06-20", "2026-06-20")
    confirm(world, case, fact, "2026-07-01")
    assert clock.outcome is ClockOutcome.late
    assert clock.due_on == date(2026, 5, 13)


def test_what_another_unit_has_entered_counts_at_once():
    world, case, clock = accepted()
    extended(world, case, "2026-04-28", "2026-05-12", by="bureau")
    assert (clock.due_on, clock.state) == (LONGER, "running")
    corrected = world.said_of(clock)[-1]
    assert isinstance(corrected, ClockCorrected)
    assert corrected.confirmation is Confirmation.outside_unit


def test_what_was_told_after_the_last_day_is_nobodys_to_bear_out():
    world, case, clock = accepted()
    fact = extended(world, case, "2026-05-08", "2026-05-12")
    confirm(world, case, fact, "2026-05-15")
    assert (clock.due_on, clock.breached) == (DUE, True)


def test_it_is_borne_out_once():
    world, case, clock = accepted()
    fact = extended(world, case, "2026-04-28", "2026-05-12", days=10)
    second = extended(world, case, "2026-04-29", "2026-05-13", days=10)
    for entry in (fact, fact, second):
        confirm(world, case, entry, "2026-05-15")
    assert clock.extensions == [10]
