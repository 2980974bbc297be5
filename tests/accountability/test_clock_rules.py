"""The rules as data: what is refused when they are read, what a place may change, and what holds of all of them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.periods import book
from contracts.periods.book import BadRules
from contracts.periods.calendar import LEGAL_TIME, Calendar, day
from contracts.schema import declared
from contracts.vocabulary import ClockNature, LimitUnit
from services.accountability.clocks import rules
from services.accountability.clocks.explain import NotInThisClock, Supposed, suppose
from services.accountability.clocks.rules import Act, Rule
from tests.rules import at, refuses

BOOK: Final = rules.in_force()
PLACES: Final = ("henan", "shandong", "zhejiang")
CALENDAR: Final = Calendar()
IN_DAYS: Final = [r for r in BOOK.rules.values() if r.unit in {LimitUnit.day, LimitUnit.working_day}]
OF_LAW: Final = {
    "C1": (15, "day"), "C1a": (4, "day"), "C2": (15, "day"), "C3": (15, "day"), "C4": (5, "working_day"),
    "C5": (60, "day"), "C6": (0, "fixed"), "C7": (10, "working_day"), "C7a": (3, "working_day"),
    "C7r": (1, "working_day"), "C8": (30, "day"), "C9": (30, "day"), "C10": (30, "day"), "C11": (30, "day"),
    "C9o": (5, "working_day"), "C10o": (30, "day"),
    "C12": (30, "day"), "C13": (30, "day"), "C14": (15, "working_day"), "C14r": (15, "working_day"),
    "C3o": (15, "day"), "C5o": (5, "working_day"), "C8o": (30, "day"),
    "C15": (1, "hour"), "C15f": (24, "hour"), "C16": (30, "day"), "C17": (30, "day"),
}  # fmt: skip
RIGHTS: Final = {"C4", "C8", "C8o", "C10", "C10o", "C13", "C17", "D10", "D40"}

moments = st.datetimes(*map(datetime.fromisoformat, ("2023-12-01", "2028-06-30"))).map(
    lambda at: at.replace(tzinfo=LEGAL_TIME)
)
in_days = st.sampled_from(IN_DAYS)
every = st.sampled_from(list(BOOK.rules.values()))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with the national rules, for a place's own beside them."""
    (tmp_path / "national.toml").write_text((book.HOME / "national.toml").read_text("utf-8"), "utf-8")
    return tmp_path


def read(home: Path, text: str) -> rules.RuleBook:
    (home / "place.toml").write_text(text, "utf-8")
    return rules.read(book.read("place", home))


NEW: Final = """
[X1]
title = "新"
article = "某条例 第一条"
basis = "law"
limit = 3
unit = "day"
nature = "duty"
holder = "unit"
"""


class TestNationalRules:
    def test_periods_of_law_are_as_long_as_the_law_says(self):
        found = {code: (r.limit, r.unit.name) for code, r in BOOK.rules.items() if code.startswith("C")}
        assert found == OF_LAW

    def test_only_what_the_petitioner_or_the_unit_may_do_is_a_right(self):
        assert {code for code, r in BOOK.rules.items() if r.nature is ClockNature.right} == RIGHTS

    def test_only_handling_is_extended_and_only_recheck_pauses(self):
        """第三十四条, 第三十六条第二款."""
        assert [c for c, r in BOOK.rules.items() if r.extension] == ["C5"]
        assert {c for c, r in BOOK.rules.items() for t in r.triggers if t.act in {Act.pause, Act.resume}} == {"C11"}

    def test_every_event_is_declared(self):
        known = {rules.name_of(name) for name in declared()}
        assert {t.event for r in BOOK.rules.values() for t in r.triggers} <= known


class TestPlaces:
    @pytest.mark.parametrize(
        ("place", "code", "limit", "unit"),
        [
            ("zhejiang", "C1", 5, LimitUnit.working_day),
            ("zhejiang", "C3", 5, LimitUnit.working_day),
            ("zhejiang", "C5", 30, LimitUnit.day),
            ("henan", "C1", 5, LimitUnit.day),
            ("henan", "C5", 30, LimitUnit.day),
            ("shandong", "C9a", 3, LimitUnit.working_day),
        ],
    )
    def test_place_is_stricter_and_cites_its_own_article(self, place: str, code: str, limit: int, unit: LimitUnit):
        rule = rules.read(book.read(place)).rule(code)
        assert (rule.limit, rule.unit) == (limit, unit)
        assert "条例 第" in rule.article.split("；")[-1]

    @pytest.mark.parametrize("place", PLACES)
    def test_no_period_of_a_place_ends_later_than_the_national_one(self, place: str):
        for code, local in rules.read(book.read(place)).rules.items():
            if (national := BOOK.rules.get(code)) is None or national == local:
                continue
            for n in range(3 * 366):
                start = at("2024-01-01") + timedelta(days=n)
                assert local.due(start, CALENDAR).due_on <= national.due(start, CALENDAR).due_on, (code, start)

    def test_each_place_has_a_version_of_its_own(self):
        versions = {rules.read(book.read(place)).version for place in (book.NATIONAL, *PLACES)}
        assert len(versions) == 4
        assert book.profiles() == ["henan", "national", "shandong", "zhejiang"]

    def test_version_tells_a_limit_apart(self, home: Path):
        shorter = read(home, "[C1]\nlimit = 10").version
        book.read.cache_clear()
        assert read(home, "[C1]\nlimit = 11").version != shorter

    def test_new_period_ends_with_the_case_as_all_do(self, home: Path):
        rule = read(home, NEW + 'start = [{ event = "intake.CaseRegistered", where = ["known"] }]').rule("X1")
        assert {t.event for t in rule.triggers if t.act is Act.void} >= {"intake.CaseWithdrawn"}

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("[C1]\nlimit = 16", "C1: 16 日 is longer than 15 日"),
            ('[C1]\nlimit = 11\nunit = "working_day"', "longer"),
            ('[C4]\nlimit = 8\nunit = "day"', "longer"),
            ("[C5]\nlimit = 61", "longer"),
            ('[C6]\nlimit = 1\nunit = "day"', "longer"),
            ("[C15]\nlimit = 2", "longer"),
            ("[C1]\nlimit = 0", "whole number"),
            ("[C1]\nlimit = -1", "whole number"),
            ('[C1]\nlimit = "5"', "whole number"),
            ('[C1]\narticle = "某条例 第一条"', "whole number"),
            ('[C1]\nlimit = 5\nunit = "fortnight"', "no unit 'fortnight'"),
            ('[C1]\nlimit = 5\nholder = "unit"', "cannot change 'holder'"),
            ("[C5]\nlimit = 30\nextension = { days_max = 60, times_max = 1 }", "cannot change 'extension'"),
            ("[C99]\nlimit = 5", "C99"),
            (NEW.replace('"day"', '"fortnight"'), "fortnight"),
            (NEW.replace("= 3", "= 0"), "whole number"),
            (NEW.replace('"unit"', '"landlord"'), "no field landlord"),
            (NEW + "colour = 1", "colour"),
            (NEW + 'start = [{ event = "intake.CaseForgotten" }]', "there is no event intake.CaseForgotten"),
            (NEW + 'start = [{ event = "intake.CaseRegistered", at = "born_at" }]', "no field born_at"),
            (NEW + 'start = [{ event = "intake.CaseRegistered", at = "case.born_at" }]', "no field case.born_at"),
            (NEW + 'start = [{ event = "intake.CaseRegistered", when = { colour = 1 } }]', "no field colour"),
            (NEW + 'start = [{ event = "intake.CaseRegistered", where = ["rich"] }]', "rich"),
            (NEW + 'start = [{ event = "intake.CaseRegistered", how = 1 }]', "how"),
            (NEW + 'start = [{ at = "received_at" }]', "event"),
            (NEW + 'extension = { event = "mediation.HandlingExtended" }', "days_max"),
            ("[C1", "place.toml"),
        ],
    )
    def test_what_cannot_be_a_rule_is_refused(self, home: Path, text: str, said: str):
        with pytest.raises(BadRules, match=said.replace("(", "\\(")):
            read(home, text)

    def test_place_without_rules_is_refused(self, home: Path):
        with pytest.raises(BadRules, match="no rules of 'nowhere'"):
            book.read("nowhere", home)


# ------------------------------------------------------------------- what holds of every period


class TestEveryPeriod:
    @given(in_days, moments, st.integers(0, 90))
    def test_last_day_is_a_working_day(self, rule: Rule, start: datetime, extra: int):
        """民法典 第二百零三条."""
        due = rule.due(start, CALENDAR, extra_days=extra)
        assert CALENDAR.is_working_day(due.due_on)
        assert due.due_at == datetime.combine(due.due_on + timedelta(days=1), datetime.min.time(), LEGAL_TIME)

    @given(every, moments, st.timedeltas(timedelta(0), timedelta(days=40)))
    def test_later_start_never_ends_earlier(self, rule: Rule, start: datetime, after: timedelta):
        assert rule.due(start + after, CALENDAR).due_at >= rule.due(start, CALENDAR).due_at

    @given(moments, st.integers(1, 120), st.integers(0, 60))
    def test_extension_never_shortens_and_never_gives_more_than_thirty_days(self, start: datetime, days: int, on: int):
        """第三十四条."""
        before = suppose(BOOK, "C5", start, [], CALENDAR)
        extended = [Supposed("HandlingExtended", start + timedelta(days=on), days)]
        after = suppose(BOOK, "C5", start, extended, CALENDAR)
        assert after.due >= before.due
        assert after.extension == min(days, 30)
        most = CALENDAR.days_after(day(start), 90)
        assert after.due <= most
        assert suppose(BOOK, "C5", start, extended * 2, CALENDAR).due == after.due

    @given(every, moments, st.sampled_from(sorted(declared())))
    def test_event_that_the_rule_does_not_name_is_refused(self, rule: Rule, start: datetime, wire_name: str):
        event = wire_name.rpartition(".")[0]
        if any(t.event == event and t.act is not Act.start for t in rule.triggers):
            return
        with refuses(NotInThisClock):
            suppose(BOOK, rule.code, start, [Supposed(event, start)], CALENDAR, fixed=day(start))

    @given(st.sampled_from([r for r in IN_DAYS if r.code != "C5"]), moments, st.integers(-2, 2), st.integers(0, 1439))
    def test_stop_is_late_exactly_from_midnight_after_the_last_day(
        self, rule: Rule, start: datetime, off: int, minute: int
    ):
        stops = [t.event for t in rule.triggers if t.act is Act.stop]
        if not stops:
            return
        due = rule.due(start, CALENDAR).due_on
        moment = datetime.combine(due, datetime.min.time(), LEGAL_TIME) + timedelta(days=off, minutes=minute)
        found = suppose(BOOK, rule.code, start, [Supposed(stops[0], moment)], CALENDAR)
        late = "late" if rule.nature is ClockNature.duty else "lapsed"
        assert found.verdict == (late if day(moment) > due else "met")

    @given(every, moments)
    def test_what_is_explained_can_be_said_to_another_program(self, rule: Rule, start: datetime):
        found = suppose(BOOK, rule.code, start, [], CALENDAR, fixed=day(start))
        said = msgspec.json.decode(msgspec.json.encode(found))
        assert date.fromisoformat(said["due"]) == found.due
