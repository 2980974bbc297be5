"""The last day of every period of law, in hundreds of examples that were not counted by the code under test.

They were counted by a script of its own, which is not kept: a loop over single days that asks the package
``chinesecalendar`` 1.11 (its tables are typed from the State Council's notices for 2024, 2025 and 2026) whether a day
is worked, with limits and articles typed from the regulation. The days off of 2027 and 2028, for which there is no
notice, were written by hand: the statutory holidays, and a working day instead of each that falls on a weekend
(全国年节及纪念日放假办法). The notice for 2027 is invented.
"""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from contracts.periods.calendar import LEGAL_TIME, Calendar, Notice, Year
from contracts.vocabulary import LimitUnit
from services.accountability.clocks import rules
from services.accountability.clocks.explain import Explanation, NotInThisClock, Supposed, UnknownClock, suppose
from tests.rules import at, refuses

TABLE: Final = tomllib.loads((Path(__file__).parent / "vectors.toml").read_text("utf-8"))
VECTORS: Final = [
    pytest.param(vector, id=f"{theme}-{n}-{vector['code']}")
    for theme, vectors in TABLE["vectors"].items()
    for n, vector in enumerate(vectors, 1)
]
BOOK: Final = rules.in_force()
VECTORS_MIN: Final = 170


def notice() -> Year:
    """Return the invented notice for 2027."""
    told = TABLE["notice"]
    days = [Notice("假", on, is_off_day=on in told["off"]) for on in (*told["off"], *told["worked"])]
    return Year.of(told["year"], days).checked()


CALENDARS: Final = {False: Calendar(), True: Calendar().with_year(notice())}


def moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=LEGAL_TIME)


def supposed(text: str) -> Supposed:
    """Read ``HandlingExtended:30@2025-08-01T10:00``."""
    event, when = text.split("@")
    name, _, days = event.partition(":")
    return Supposed(name, moment(when), int(days) if days else None)


def explained(vector: dict[str, Any]) -> Explanation:
    events = [supposed(text) for text in vector.get("events", ())]
    calendar = CALENDARS[vector.get("notice", False)]
    return suppose(BOOK, vector["code"], moment(vector["start"]), events, calendar, fixed=vector.get("fixed"))


@pytest.mark.parametrize("vector", VECTORS)
def test_clock_ends_as_the_law_says(vector: dict[str, Any]):
    found = explained(vector)
    if "T" in vector["due"]:
        assert found.due_at == moment(vector["due"])
    else:
        assert found.due == date.fromisoformat(vector["due"])
    assert (found.verdict, found.provisional) == (vector["verdict"], vector.get("provisional", False))
    assert vector["article"] in found.article


def test_every_article_is_in_its_rule_and_every_rule_has_a_vector():
    vectors = [param.values[0] for param in VECTORS]
    assert len(vectors) >= VECTORS_MIN
    assert {vector["code"] for vector in vectors} == set(BOOK.rules)
    assert not [v for v in vectors if v["article"] not in BOOK.rules[v["code"]].article]


class TestWhatIsExplained:
    START = at("2025-08-13")

    def test_days_off_and_make_up_days_on_the_way_are_named(self):
        found = suppose(BOOK, "C5", self.START, [], Calendar())
        assert found.due == date(2025, 10, 13)
        assert found.moved_from == date(2025, 10, 12)
        assert [day.date for day in found.holidays] == [date(2025, 10, n) for n in (1, 2, 3, 6, 7, 8)]
        assert found.weekend_days == 16
        assert [day.date for day in found.make_up_days] == [date(2025, 9, 28), date(2025, 10, 11)]
        assert (found.counted_from, found.days_counted) == (date(2025, 8, 14), 61)

    def test_working_days_are_counted_without_the_days_off(self):
        found = suppose(BOOK, "C4", at("2025-09-26"), [], Calendar())
        assert (found.due, found.days_counted, found.moved_from) == (date(2025, 10, 10), 5, None)

    def test_hours_count_from_the_very_moment(self):
        """民法典 第二百零一条第二款."""
        found = suppose(BOOK, "C15", self.START, [], Calendar())
        assert found.unit is LimitUnit.hour
        assert found.counted_from == date(2025, 8, 13)

    def test_extension_and_hearing_are_told_apart(self):
        hearing = [supposed("HearingOpened@2025-08-20"), supposed("HearingClosed@2025-08-22")]
        extension = [supposed("HandlingExtended:20@2025-09-01")]
        found = suppose(BOOK, "C11", self.START, hearing, Calendar())
        assert (found.extension, found.pauses, found.paused) == (0, 3, False)
        found = suppose(BOOK, "C5", self.START, extension, Calendar())
        assert (found.extension, found.pauses, found.paused) == (20, 0, False)
        assert suppose(BOOK, "C11", self.START, hearing[:1], Calendar()).paused

    def test_what_comes_too_late_is_noted_as_without_effect(self):
        found = suppose(BOOK, "C5", self.START, [supposed("HandlingExtended:20@2025-10-14")], Calendar())
        assert found.extension == 0
        (note,) = found.notes
        assert "HandlingExtended" in note

    def test_days_over_are_counted_from_the_last_day(self):
        found = suppose(BOOK, "C5", self.START, [supposed("OpinionServed@2025-10-20T08:00")], Calendar())
        assert (found.verdict, found.days_over) == ("late", 7)

    def test_event_may_be_named_with_its_service(self):
        found = suppose(BOOK, "C5", self.START, [supposed("mediation.OpinionServed@2025-08-20")], Calendar())
        assert found.verdict == "met"


class TestRefusals:
    def test_hearing_has_no_effect_on_handling(self):
        """第三十六条第二款 speaks of the recheck alone."""
        with refuses(NotInThisClock):
            suppose(BOOK, "C5", at("2025-08-13"), [supposed("HearingOpened@2025-08-20")], Calendar())

    @pytest.mark.parametrize("code", ["C1", "C4", "C9", "C11"])
    def test_only_handling_can_be_extended(self, code: str):
        """第三十四条."""
        with refuses(NotInThisClock):
            suppose(BOOK, code, at("2025-08-13"), [supposed("HandlingExtended:5@2025-08-20")], Calendar())

    def test_period_that_there_is_not_cannot_be_asked_for(self):
        with refuses(UnknownClock):
            suppose(BOOK, "C99", at("2025-08-13"), [], Calendar())
