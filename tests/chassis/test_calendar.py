"""Working days against the State Council's notices for 2025 and 2026, how periods are counted, and how a notice is read."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.periods.calendar import (
    NOTICE_DAYS_MAX,
    Calendar,
    Notice,
    Year,
    current,
    day,
    is_working_day,
)
from services.chassis.fields import FIRST_YEAR, LAST_YEAR
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
        assert current().working_days_after(date.fromisoformat(start), count) == date.fromisoformat(last)

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
        assert current().days_after(date.fromisoformat(start), count) == date.fromisoformat(last)

    @given(st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)), st.integers(0, 60))
    def test_a_period_can_be_counted_from_every_day_that_the_api_takes(self, start: date, count: int):
        last = current().working_days_after(start, count)
        assert sum(is_working_day(start + timedelta(days=n)) for n in range(1, (last - start).days + 1)) == count
        assert not count or is_working_day(last)
        later = current().days_after(start, count)
        assert is_working_day(later)
        assert later >= start + timedelta(days=count)
        assert not any(is_working_day(start + timedelta(days=n)) for n in range(count, (later - start).days))


class TestDay:
    def test_day_begins_at_midnight_in_china(self):
        """民法典 第二百零三条: the last day ends at 24:00."""
        assert day(datetime(2025, 9, 1, 15, 59, 59, tzinfo=UTC)) == date(2025, 9, 1)
        assert day(datetime(2025, 9, 1, 16, 0, tzinfo=UTC)) == date(2025, 9, 2)
        assert day(at("2025-09-01", "00:00")) == date(2025, 9, 1)


def noticed(year: int, off: Iterable[str] = (), worked: Iterable[str] = ()) -> Year:
    days = [Notice("假", date.fromisoformat(on), is_off_day=True) for on in off]
    days += [Notice("调休", date.fromisoformat(on), is_off_day=False) for on in worked]
    return Year.of(year, days).checked()


def file(year: int, *days: tuple[str, bool]) -> str:
    """Return a file of holiday-cn."""
    told = [{"name": "假", "date": on, "isOffDay": off} for on, off in days]
    return json.dumps({"$schema": "…", "$id": "…", "year": year, "papers": ["https://www.gov.cn/"], "days": told})


class TestNotice:
    def test_file_of_holiday_cn_is_read(self):
        year = Year.from_json(file(2027, ("2027-01-01", True), ("2027-02-14", False)))
        assert (year.year, year.papers, year.provisional) == (2027, ("https://www.gov.cn/",), False)
        assert year.off == {date(2027, 1, 1): "假"}
        assert year.worked == {date(2027, 2, 14): "假"}

    def test_order_of_the_days_means_nothing(self):
        days = [("2027-01-01", True), ("2027-02-14", False), ("2027-02-05", True)]
        assert Year.from_json(file(2027, *days)).sha256 == Year.from_json(file(2027, *reversed(days))).sha256

    def test_correction_is_told_apart(self):
        assert noticed(2027, ["2027-01-01"]).sha256 != noticed(2027, ["2027-01-02"]).sha256

    @given(st.dictionaries(st.dates(date(2026, 12, 1), date(2028, 1, 31)), st.booleans(), min_size=1, max_size=60))
    def test_what_is_written_reads_the_same(self, days: dict[date, bool]):
        year = Year.of(2027, [Notice("假", on, is_off_day=off) for on, off in days.items()]).checked()
        assert Year.from_json(year.to_json()) == year
        assert Year.from_json(year.to_json()).sha256 == year.sha256
        assert json.loads(year.to_json())["days"][0].keys() == {"name", "date", "isOffDay"}

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("", "holiday-cn"),
            ("[]", "holiday-cn"),
            ('{"year": 2027}', "days"),
            ('{"year": "2027", "days": []}', "year"),
            ('{"year": 2027, "days": []}', "1 to 200"),
            ('{"year": 2027, "days": [{"name": "元旦", "date": "2027-02-30", "isOffDay": true}]}', "date"),
            ('{"year": 2027, "days": [{"name": "元旦", "date": "2027-01-01"}]}', "isOffDay"),
            (file(2027, ("2027-01-01", True), ("2027-01-01", True)), "2027-01-01 is named twice"),
            (file(2027, ("2027-01-01", True), ("2027-01-01", False)), "2027-01-01 is named twice"),
            (file(2027, ("2026-10-01", True)), "2026-10-01 is not in 2027"),
            (file(2027, ("2026-11-30", True)), "2026-11-30 is not in 2027"),
            (file(2027, ("2028-02-01", True)), "2028-02-01 is not in 2027"),
        ],
    )
    def test_what_is_no_notice_is_refused_with_the_reason(self, text: str, said: str):
        with pytest.raises(ValueError, match=said):
            Year.from_json(text)

    def test_more_days_than_any_notice_has_are_refused(self):
        days = [(str(date(2027, 1, 1) + timedelta(days=n)), True) for n in range(NOTICE_DAYS_MAX + 1)]
        with pytest.raises(ValueError, match="not 201"):
            Year.from_json(file(2027, *days))
        assert Year.from_json(file(2027, *days[1:]))


class TestPublishedYear:
    def test_notice_prevails_over_the_library(self):
        calendar = Calendar().with_year(noticed(2025, ["2025-03-04"], ["2025-03-08"]))
        assert not calendar.is_working_day(date(2025, 3, 4))
        assert calendar.is_working_day(date(2025, 3, 8))
        assert calendar.is_working_day(date(2025, 10, 1))
        assert Calendar().is_working_day(date(2025, 3, 4))

    def test_later_edition_takes_the_place_of_the_earlier(self):
        calendar = Calendar().with_year(noticed(2027, ["2027-03-04"])).with_year(noticed(2027, ["2027-03-05"]))
        assert calendar.is_working_day(date(2027, 3, 4))
        assert not calendar.is_working_day(date(2027, 3, 5))

    def test_notice_may_speak_of_the_december_before(self):
        """国务院办公厅 has let New Year's holiday begin in December more than once."""
        calendar = Calendar().with_year(noticed(2027, ["2026-12-31", "2027-01-01"], ["2026-12-26"]))
        assert not calendar.is_working_day(date(2026, 12, 31))
        assert calendar.is_working_day(date(2026, 12, 26))
        assert calendar.is_working_day(date(2026, 12, 30))
        assert calendar.name_of(date(2026, 12, 26)) == "调休"

    def test_later_notice_prevails_where_two_speak_of_a_day(self):
        calendar = Calendar().with_year(noticed(2026, ["2026-12-31"]))
        assert not calendar.is_working_day(date(2026, 12, 31))
        assert calendar.with_year(noticed(2027, worked=["2026-12-31"])).is_working_day(date(2026, 12, 31))

    def test_year_without_a_notice_is_provisional_until_there_is_one(self):
        first, last = date(2026, 12, 20), date(2027, 1, 4)
        assert not Calendar().year(2026).provisional
        assert Calendar().year(2027).provisional
        assert Calendar().is_provisional(first, last)
        assert not Calendar().is_provisional(first, date(2026, 12, 31))
        whole = Calendar().with_year(Calendar().year(2027))
        assert not whole.is_provisional(first, last)

    def test_notice_that_leaves_statutory_days_out_leaves_the_year_provisional(self):
        """全国年节及纪念日放假办法 第二条: who publishes Labour Day alone has not said all."""
        labour_day = noticed(2033, ["2033-05-01", "2033-05-02"])
        assert Calendar().with_year(labour_day).is_provisional(date(2033, 3, 1), date(2033, 6, 1))
        whole = Calendar().year(2033).merged(labour_day)
        assert not Calendar().with_year(whole).is_provisional(date(2033, 3, 1), date(2033, 6, 1))

    def test_second_notice_leaves_what_the_first_said(self):
        one, other = noticed(2033, ["2033-01-01"], ["2033-01-08"]), noticed(2033, ["2033-05-02"], ["2033-01-09"])
        both = one.merged(other)
        assert set(both.off) == {date(2033, 1, 1), date(2033, 5, 2)}
        assert set(both.worked) == {date(2033, 1, 8), date(2033, 1, 9)}
        assert one.merged(one) == one

    def test_version_names_the_library_and_every_edition(self):
        one, other = noticed(2027, ["2027-01-01"]), noticed(2028, ["2028-01-01"])
        assert Calendar().version.startswith("holidays-")
        assert len({c.version for c in (Calendar(), Calendar().with_year(one), Calendar().with_year(other))}) == 3
        both = Calendar().with_year(one).with_year(other)
        assert both.version == Calendar().with_year(other).with_year(one).version
