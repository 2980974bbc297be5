"""One clock of law: how it begins, stands still, gets longer and ends, and that a breach stays (第四十三条至第四十五条)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.accountability import (
    ClockBreached,
    ClockCorrected,
    ClockExtended,
    ClockLapsed,
    ClockPaused,
    ClockRecalculated,
    ClockStarted,
    ClockStopped,
)
from contracts.event import Event
from contracts.periods.calendar import Calendar, Notice, Year
from contracts.vocabulary import ClockKind, ClockOutcome, Role
from services.accountability.application.timekeeping import TimeIsReal, Timekeeping
from services.accountability.clocks import rules
from services.accountability.clocks.clock import Clock
from services.accountability.clocks.explain import NotInThisClock, Supposed, suppose_more
from services.accountability.clocks.firing import Deed
from services.chassis.context import By
from tests.clocks import firing
from tests.rules import at, check_replay, refuses, state

BOOK: Final = rules.in_force()
LIBRARY: Final = Calendar()
BY: Final = UUID("5d2c35b3-6e0a-4d0c-8d3d-0c6c1f6fd0b1")
START: Final = at("2025-03-03")
NOW: Final = at("2025-12-01")
LATER: Final = LIBRARY.with_year(Year.of(2025, [Notice("假", date(2025, 4, 2), is_off_day=True)]))
"""A calendar by which 2 April 2025, the thirtieth day, is off."""

Command = Callable[[Clock], None]


def clock(code: str, **facts: Any) -> Clock:
    made = Clock.blank(uuid4())
    made.begin(firing(code, START, **facts), LIBRARY, at=START)
    made.taken()
    return made


def stop(when: datetime, *, void: bool = False) -> Command:
    if void:
        return lambda clock: clock.void(when, BY, at=NOW)
    return lambda clock: clock.stop(Deed(when, when, "county-hr", BY), at=NOW)


def pause(on: str) -> Command:
    return lambda clock: clock.pause(date.fromisoformat(on), BY, at=NOW)


def resume(on: str) -> Command:
    return lambda clock: clock.resume(BOOK.rule(clock.code), date.fromisoformat(on), BY, LIBRARY, at=NOW)


def extend(days: int, on: str) -> Command:
    deed = Deed(at(on), at(on), "dept", BY)
    return lambda clock: clock.extend(BOOK.rule(clock.code), days, deed, LIBRARY, at=NOW)


def again(calendar: Calendar, version: str = BOOK.version) -> Command:
    return lambda clock: clock.recalculate(BOOK.rule(clock.code), calendar, version, at=NOW)


def expire(clock: Clock) -> None:
    clock.expire(at=NOW)


def done(clock: Clock, *commands: Command) -> list[Event]:
    for command in commands:
        command(clock)
    return clock.taken()


def kinds(events: list[Event]) -> list[type[Event]]:
    return [type(event) for event in events]


class TestBeginning:
    def test_due_date_is_kept_with_all_that_it_was_computed_by(self):
        made = Clock.blank(uuid4())
        made.begin(firing("C9", START), LIBRARY, at=START)
        (event,) = made.taken()
        assert isinstance(event, ClockStarted)
        assert (event.due_on, event.due_at) == (date(2025, 4, 2), at("2025-04-03", "00:00"))
        assert (event.article, event.rules, event.calendar) == (
            "信访工作条例 第三十五条", BOOK.version, LIBRARY.version,
        )  # fmt: skip
        assert (event.holder, event.limit, event.provisional) == ("county-hr", 30, False)
        assert made.case == event.case
        assert (made.open, made.state) == (True, "running")

    def test_day_that_somebody_has_named_stays_that_day(self):
        """第二十二条第三项."""
        assert clock("C6", fixed=date(2025, 5, 1)).due_on == date(2025, 5, 1)


class TestStop:
    def test_what_is_done_on_the_last_day_is_done_in_time(self):
        (event,) = done(made := clock("C9"), stop(at("2025-04-02", "23:59")))
        assert isinstance(event, ClockStopped)
        assert (event.outcome, event.days_over, made.state) == (ClockOutcome.met, 0, "stopped")

    def test_late_stop_records_the_breach_first(self):
        events = done(made := clock("C9"), stop(at("2025-04-05")))
        assert kinds(events) == [ClockBreached, ClockStopped]
        assert (events[1].outcome, events[1].days_over) == (ClockOutcome.late, 3)
        assert (made.breached, made.open) == (True, False)

    def test_breach_names_who_held_it_and_the_day(self):
        (event,) = done(clock("C9"), expire)
        assert isinstance(event, ClockBreached)
        assert (event.holder, event.due_on, event.due_at) == ("county-hr", date(2025, 4, 2), at("2025-04-03", "00:00"))

    def test_second_stop_changes_nothing(self):
        assert not done(clock("C9"), stop(at("2025-03-10")))[1:]
        made = clock("C9")
        done(made, stop(at("2025-03-10")))
        assert not done(made, stop(at("2025-05-10")), stop(at("2025-05-10"), void=True), expire)


class TestBreach:
    def test_breach_is_recorded_once(self):
        assert kinds(done(clock("C9"), expire, expire)) == [ClockBreached]

    def test_breach_stays_whatever_is_done_afterwards(self):
        made = clock("C9")
        events = done(made, expire, stop(at("2025-04-03", "10:00")))
        assert kinds(events) == [ClockBreached, ClockStopped]
        assert events[1].outcome is ClockOutcome.late
        assert made.breached

    def test_what_is_overdue_is_still_owed(self):
        made = clock("C9")
        done(made, expire)
        assert (made.open, made.state) == (True, "breached")

    def test_new_calendar_does_not_heal_it(self):
        made = clock("C9")
        assert kinds(done(made, expire, again(LATER))) == [ClockBreached]
        assert made.due_on == date(2025, 4, 2)


class TestRight:
    """第三十五条, 第三十六条."""

    def test_right_lapses_and_nobody_is_blamed(self):
        made = clock("C8")
        assert kinds(done(made, expire, expire)) == [ClockLapsed]
        assert (made.lapsed, made.breached, made.open) == (True, False, False)

    def test_request_that_comes_too_late_finds_it_lapsed(self):
        assert kinds(done(clock("C8"), stop(at("2025-04-03", "00:00")))) == [ClockLapsed]

    def test_request_on_the_last_day_is_in_time(self):
        (event,) = done(clock("C8"), stop(at("2025-04-02", "23:59")))
        assert event.outcome is ClockOutcome.met


class TestVoid:
    def test_what_is_no_longer_owed_is_neither_met_nor_late(self):
        (event,) = done(clock("C9"), stop(at("2025-03-10"), void=True))
        assert (event.outcome, event.days_over) == (ClockOutcome.void, 0)

    def test_breach_comes_first_there_too(self):
        events = done(made := clock("C9"), stop(at("2025-04-05"), void=True))
        assert kinds(events) == [ClockBreached, ClockStopped]
        assert events[1].outcome is ClockOutcome.void
        assert made.breached


class TestExtension:
    """第三十四条."""

    def test_extension_makes_it_longer_once(self):
        made = clock("C5")
        (event,) = done(made, extend(20, "2025-04-10"), extend(10, "2025-04-11"))
        assert isinstance(event, ClockExtended)
        assert (event.days, event.due_before, event.due_on) == (20, date(2025, 5, 6), date(2025, 5, 22))
        assert made.extensions == [20]

    def test_more_than_thirty_days_are_thirty(self):
        (event,) = done(clock("C5"), extend(31, "2025-04-10"))
        assert event.days == 30

    def test_extension_after_the_last_day_has_no_effect(self):
        assert not done(clock("C5"), extend(30, "2025-05-07"))
        assert done(clock("C5"), extend(30, "2025-05-06"))

    def test_what_the_law_does_not_extend_is_not_extended(self):
        assert not done(clock("C9"), extend(10, "2025-03-10"))


class TestHearing:
    """第三十六条第二款."""

    def test_days_of_the_hearing_are_not_counted(self):
        made = clock("C11")
        paused, longer = done(made, pause("2025-03-17"), resume("2025-03-18"))
        assert isinstance(paused, ClockPaused)
        assert (longer.days, longer.due_on) == (2, date(2025, 4, 7))
        assert (made.pauses, made.extensions, made.state) == ([2], [], "running")

    def test_nothing_is_overdue_while_the_hearing_lasts(self):
        made = clock("C11")
        assert kinds(done(made, pause("2025-04-01"), expire)) == [ClockPaused]
        (event,) = done(made, stop(at("2025-04-10")))
        assert event.outcome is ClockOutcome.met

    def test_second_opening_and_second_closing_change_nothing(self):
        events = done(
            clock("C11"), resume("2025-03-10"), pause("2025-03-17"), pause("2025-03-18"), resume("2025-03-19"),
            resume("2025-03-20"),
        )  # fmt: skip
        assert kinds(events) == [ClockPaused, ClockExtended]
        assert events[1].days == 3

    def test_day_of_two_hearings_is_left_out_once(self):
        made = clock("C11")
        hearings = [("2025-03-17", "2025-03-18"), ("2025-03-18", "2025-03-18"), ("2025-03-18", "2025-03-20")]
        done(made, *(command for first, last in hearings for command in (pause(first), resume(last))))
        assert made.pauses == [2, 0, 2]

    def test_hearing_that_closes_before_it_opens_takes_nothing_away(self):
        made = clock("C11")
        done(made, pause("2025-03-17"), resume("2025-03-10"))
        assert (made.pauses, made.due_on) == ([0], date(2025, 4, 2))

    def test_hearing_after_the_last_day_does_not_stop_the_breach(self):
        assert kinds(done(clock("C11"), pause("2025-04-03"), expire)) == [ClockBreached]


class TestRecalculation:
    def test_new_calendar_moves_the_last_day(self):
        (event,) = done(made := clock("C9"), again(LATER))
        assert isinstance(event, ClockRecalculated)
        assert (event.due_before, event.due_on) == (date(2025, 4, 2), date(2025, 4, 3))
        assert made.calendar == event.calendar == LATER.version

    def test_counting_anew_twice_is_the_same_as_once(self):
        made = clock("C9")
        done(made, again(LATER))
        before = state(made)
        assert not done(made, again(LATER))
        assert state(made) == before

    def test_last_day_that_stays_is_not_recorded(self):
        assert not done(clock("C9"), again(LIBRARY))

    def test_last_day_that_is_no_longer_provisional_is_said_to_be_certain(self):
        made = Clock.blank(uuid4())
        made.begin(firing("C9", at("2027-06-15")), LIBRARY, at=at("2027-06-15"))
        assert made.provisional
        made.taken()
        noticed = LIBRARY.with_year(LIBRARY.year(2027))  # all that is off by law, and nothing more
        (event,) = done(made, again(noticed), again(noticed))
        assert (event.due_before, event.due_on, event.provisional) == (made.due_on, made.due_on, False)

    def test_what_was_given_is_given_by_the_new_calendar_too(self):
        made = clock("C11")
        done(made, pause("2025-03-10"), resume("2025-03-10"))
        assert made.due_on == date(2025, 4, 3)
        other = LIBRARY.with_year(Year.of(2025, [Notice("假", date(2025, 4, 3), is_off_day=True)]))
        (event,) = done(made, again(other))
        assert event.due_on == date(2025, 4, 4)

    @given(
        st.sampled_from(["C5", "C9", "C11"]),
        st.sets(st.dates(date(2025, 3, 4), date(2025, 7, 1)), max_size=30),
    )
    def test_counting_anew_is_stable_by_any_calendar(self, code: str, off: set[date]):
        calendar = Calendar({2025: Year.of(2025, [Notice("假", on, is_off_day=True) for on in off])})
        made = clock(code)
        done(made, again(calendar))
        assert calendar.is_working_day(made.due_on or date.min)
        assert not done(made, again(calendar))


class TestTime:
    async def test_real_time_cannot_be_pushed(self):
        store: Any = None
        inbox: Any = None
        by = By(actor="a", unit="u", role=Role.platform_admin, at=NOW, clock=ClockKind.real, request_id="r",
                command_id=BY)  # fmt: skip
        with refuses(TimeIsReal):
            await Timekeeping(store, inbox).pass_time(by=by)


class TestSupposed:
    def test_what_is_supposed_of_a_clock_is_refused_where_the_rule_does_not_name_it(self):
        made = clock("C9")
        before = state(made)
        with refuses(NotInThisClock):
            suppose_more(BOOK, made, [Supposed("HearingOpened", at("2025-03-10"))], LIBRARY)
        assert state(made) == before
        assert not made.pending_events


class TestReplay:
    COMMANDS: Final = (
        stop(at("2025-03-20")), stop(at("2025-06-30")), stop(at("2025-03-20"), void=True), expire,
        pause("2025-03-10"), pause("2025-03-12"), resume("2025-03-11"), resume("2025-03-12"),
        extend(10, "2025-03-20"), again(LATER), again(LIBRARY),
    )  # fmt: skip

    @pytest.mark.parametrize("code", ["C5", "C8", "C9", "C11", "C15"])
    @given(st.data())
    def test_history_amounts_to_the_live_state(self, code: str, data: st.DataObject):
        begin: Command = partial(_begin, by=firing(code, START))
        commands = data.draw(st.lists(st.sampled_from(self.COMMANDS), max_size=12))
        events = check_replay(Clock, uuid4(), [begin, *commands])
        corrected = kinds(events).count(ClockCorrected)
        found = [kind for kind in kinds(events) if kind is not ClockCorrected]
        assert found.count(ClockBreached) + found.count(ClockLapsed) <= 1 + corrected
        assert found.count(ClockStopped) <= 1
        assert ClockStopped not in found or found[-1] is ClockStopped
        assert ClockLapsed not in found or found[-1] is ClockLapsed

    def test_time_passes_at_most_once(self):
        made = clock("C9")
        done(made, expire)
        assert not done(made, *(expire for _ in range(5)))
        assert made.due_at is not None
        assert made.due_at - START > timedelta(days=30)


def _begin(made: Clock, by: Any) -> None:
    made.begin(by, LIBRARY, at=START)
