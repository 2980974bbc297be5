"""Working days against the State Council's notices for 2025 and 2026, and how periods are counted."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.calendar import day, days_after, is_working_day, working_days_after
from services.chassis.http import FIRST_YEAR, LAST_YEAR
from tests.rules import at

OFF: Final = {
    # 国务院办公厅关于2025年部分节假日安排的通知
    "元旦 2025": ("2025-01-01", "2025-01-01"),
    "春节 2025": ("2025-01-28", "2025-02-04"),
    "清明节 2025": ("2025-04-04", "2025-04-06"),
    "劳动节 2025": ("2025-05-01", "2025-05-05"),
    "端午节 2025": ("2025-05-31", "2025-06-02"),
    "国庆节、中秋节 2025": ("2025-10-01", "2025-10-08"),
    # 国务院办公厅关于2026年部分节假日安排的通知
    "元旦 2026": ("2026-01-01", "2026-01-03"),
    "春节 2026": ("2026-02-15", "2026-02-23"),
    "清明节 2026": ("2026-04-04", "2026-04-06"),
    "劳动节 2026": ("2026-05-01", "2026-05-05"),
    "端午节 2026": ("2026-06-19", "2026-06-21"),
    "中秋节 2026": ("2026-09-25", "2026-09-27"),
    "国庆节 2026": ("2026-10-01", "2026-10-07"),
}
MADE_UP_FOR: Final = (
    "2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11",
    "2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10",
)  # fmt: skip
"""Saturdays and Sundays on which offices work."""


def span(first: str, last: str) -> list[date]:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return [start + timedelta(days=n) for n in range((end - start).days + 1)]


class TestWorkingDays:
    @pytest.mark.parametrize(("first", "last"), OFF.values(), ids=OFF)
    def test_holiday_is_off_from_its_first_day_to_its_last(self, first: str, last: str):
        assert not any(map(is_working_day, span(first, last)))

    @pytest.mark.parametrize("on", MADE_UP_FOR)
    def test_weekend_that_is_made_up_for_is_worked(self, on: str):
        assert date.fromisoformat(on).isoweekday() > 5
        assert is_working_day(date.fromisoformat(on))

    @pytest.mark.parametrize("year", [2025, 2026])
    def test_every_other_day_is_as_the_week_says(self, year: int):
        off = {on for holiday in OFF.values() for on in span(*holiday)}
        worked = {date.fromisoformat(on) for on in MADE_UP_FOR}
        wrong = [
            on
            for on in span(f"{year}-01-01", f"{year}-12-31")
            if is_working_day(on) != (on in worked or (on not in off and on.isoweekday() <= 5))
        ]
        assert not wrong

    @pytest.mark.parametrize(("year", "worked"), [(2025, 248), (2026, 248)])
    def test_year_has_as_many_working_days_as_the_notice_leaves(self, year: int, worked: int):
        assert sum(map(is_working_day, span(f"{year}-01-01", f"{year}-12-31"))) == worked


class TestPeriods:
    @pytest.mark.parametrize(
        ("start", "count", "last"),
        [
            ("2025-09-01", 5, "2025-09-08"),
            ("2025-09-26", 1, "2025-09-28"),  # a Sunday that is worked
            ("2025-09-26", 5, "2025-10-10"),
            ("2025-10-01", 1, "2025-10-09"),
            ("2026-02-13", 5, "2026-02-27"),
            ("2025-09-01", 0, "2025-09-01"),
        ],
    )
    def test_working_days_are_counted_from_the_next_day(self, start: str, count: int, last: str):
        """信访工作条例 第二十三条第三款; 民法典 第二百零一条."""
        assert working_days_after(date.fromisoformat(start), count) == date.fromisoformat(last)

    @pytest.mark.parametrize(
        ("start", "count", "last"),
        [
            ("2025-09-15", 15, "2025-09-30"),
            ("2025-09-16", 15, "2025-10-09"),  # 1 October
            ("2025-08-11", 60, "2025-10-10"),
            ("2025-08-12", 60, "2025-10-11"),  # a Saturday that is worked
            ("2025-08-13", 60, "2025-10-13"),  # a Sunday that is not
        ],
    )
    def test_period_that_ends_on_a_day_off_ends_on_the_next_working_day(self, start: str, count: int, last: str):
        """民法典 第二百零三条."""
        assert days_after(date.fromisoformat(start), count) == date.fromisoformat(last)

    @given(st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)), st.integers(0, 60))
    def test_a_period_can_be_counted_from_every_day_that_the_api_takes(self, start: date, count: int):
        last = working_days_after(start, count)
        assert sum(is_working_day(start + timedelta(days=n)) for n in range(1, (last - start).days + 1)) == count
        assert not count or is_working_day(last)
        later = days_after(start, count)
        assert is_working_day(later)
        assert later >= start + timedelta(days=count)
        assert not any(is_working_day(start + timedelta(days=n)) for n in range(count, (later - start).days))


class TestDay:
    def test_day_begins_at_midnight_in_china(self):
        """民法典 第二百零三条: the last day ends at 24:00."""
        assert day(datetime(2025, 9, 1, 15, 59, 59, tzinfo=UTC)) == date(2025, 9, 1)
        assert day(datetime(2025, 9, 1, 16, 0, tzinfo=UTC)) == date(2025, 9, 2)
        assert day(at("2025-09-01", "00:00")) == date(2025, 9, 1)
