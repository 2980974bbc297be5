"""Which units are proposed for a case, and which never are (第五条第三项, 第二十二条至第二十四条)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.vocabulary import ContentCategory, Kind, Level, Route, RoutingReason
from services.assignment.domain.routing import ARTICLES, Matter, propose
from services.chassis.directory import Directory
from tests.units import COUNTY, UNITS, entry

C = ContentCategory
R = RoutingReason


def matter(
    category: C, *accused: str, kind: Kind = Kind.appeal_for_resolution, route=Route.petition_procedure, place="C1"
):
    return Matter(kind, route, category, place, COUNTY.off_limits(accused))


CASES = {
    "department with the power": (matter(C.unpaid_wages), ["RSJ"]),
    "another power of the same department": (matter(C.social_security), ["RSJ"]),
    "township of the place before any department": (matter(C.village_works), ["ZF"]),
    "no other township, whatever its powers": (matter(C.housing), ["ZJJ"]),
    "township that it happened in": (matter(C.housing, place="ZF2"), ["ZF2", "ZJJ"]),
    "who carries on": (matter(C.medical), ["NEW"]),
    "who carries on for who carried on": (matter(C.education), ["NEW"]),
    "nobody has the power: the government of the place": (matter(C.agriculture), ["ZF", "XZF"]),
    "nobody knows the place: the department all the same": (matter(C.unpaid_wages, place="?"), ["RSJ"]),
    "neither place nor power": (matter(C.agriculture, place="?"), []),
    "litigation goes to the organs of the law": (matter(C.litigation, route=Route.judicial), ["FY"]),
    "report goes to the discipline organ": (
        matter(C.official_conduct, kind=Kind.report_accusation, route=Route.discipline_supervision), ["JW", "SJW"],
    ),
    "report about the committee goes above it": (
        matter(C.official_conduct, "XW", kind=Kind.report_accusation, route=Route.discipline_supervision), ["SJW"],
    ),
    "accused department is passed by, upwards": (matter(C.unpaid_wages, "RSJ"), ["XZF"]),
    "accused department of a line": (matter(C.transport, "SWJ"), ["SSWJ", "XZF"]),
    "accused township": (matter(C.village_works, "ZF"), ["XZF"]),
    "accused village accuses nobody above it": (matter(C.village_works, "C1"), ["ZF"]),
    "accused government: nobody under it": (matter(C.unpaid_wages, "XZF"), []),
    "accused government: the line above it": (matter(C.transport, "XZF"), ["SSWJ"]),
    "accused successor": (matter(C.medical, "NEW"), ["XZF"]),
}  # fmt: skip


@pytest.mark.parametrize(("given_", "wanted"), CASES.values(), ids=CASES)
def test_units_are_proposed(given_: Matter, wanted: list[str]):
    found = [p.unit for p in propose(COUNTY, given_)]
    assert found[: len(wanted)] == wanted
    assert set(found) - set(wanted) <= {"ZF", "XZF"}, "beside these only the government of the place"


class TestReasons:
    def test_lowest_level_with_the_power_is_told(self):
        assert R.level in propose(COUNTY, matter(C.village_works))[0].reasons

    def test_delegated_power_counts_like_an_own_one(self):
        """第二十二条第二项: and the township comes before the department that delegated it."""
        town = replace(COUNTY.units["ZF"], delegated=frozenset({C.housing}))
        found = propose(Directory({**COUNTY.units, "ZF": town}), matter(C.housing))
        assert [p.unit for p in found[:2]] == ["ZF", "ZJJ"]
        assert R.delegated in found[0].reasons

    def test_unclear_duties_are_the_governments(self):
        """第二十四条第二款."""
        assert R.unclear in propose(COUNTY, matter(C.agriculture))[0].reasons

    def test_who_carries_on_is_told(self):
        assert R.successor in propose(COUNTY, matter(C.medical))[0].reasons

    def test_every_reason_has_its_article(self):
        assert set(ARTICLES) == set(RoutingReason)


def test_circle_in_the_directory_ends():
    """Nobody forbids it, so it must not hang."""
    circle = {
        "A": entry("A", Level.county, "B", sector_superior="B", powers=frozenset({C.housing})),
        "B": entry("B", Level.county, "A", sector_superior="A"),
    }
    assert propose(Directory(circle), replace(matter(C.housing, place="A"), barred=frozenset({"A", "B"}))) == []
    assert propose(Directory(circle), matter(C.housing, place="A"))


def test_circle_of_successors_in_the_directory_ends():
    """It is refused now; a county that has one must be answered all the same."""
    circle = {
        "A": entry("A", Level.county, None, powers=frozenset({C.housing}), successors=("B",)),
        "B": entry("B", Level.county, None, successors=("A",)),
    }
    assert propose(Directory(circle), matter(C.housing, place="A")) == []


@given(
    accused=st.sets(st.sampled_from([unit.code for unit in UNITS]), max_size=3),
    category=st.sampled_from(list(C)),
    kind=st.sampled_from(list(Kind)),
    place=st.sampled_from(["C1", "ZF", "ZF2", "XZF", "?"]),
)
def test_no_proposal_is_accused_or_may_not_decide(accused: set[str], category: C, kind: Kind, place: str):
    """第二十八条第三款, 第三十条第三款, 第三十二条."""
    route = Route.discipline_supervision if kind is Kind.report_accusation else Route.petition_procedure
    for proposal in propose(COUNTY, matter(category, *accused, kind=kind, route=route, place=place)):
        assert not COUNTY.is_off_limits(proposal.unit, accused)
        assert COUNTY.units[proposal.unit].competent
        assert not COUNTY.units[proposal.unit].successors
        assert proposal.reasons
