"""第二十二条、第二十八条第三款: in the county that is shipped, what complains of who leads it goes up one level."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contracts.vocabulary import ContentCategory, Forwarding, Kind, Level, Route, UnitKind
from services.assignment.domain.assigning import Assignment
from services.assignment.domain.routing import Matter, propose
from services.chassis.directory import Directory
from services.scenario.county import HOME, County
from tests.assignment.test_jurisdiction import received
from tests.rules import at
from tests.units import county as small
from tests.units import entry

NOW = at("2026-03-02")
SHIPPED = County.read(HOME)
DIRECTORY = Directory.of(
    replace(entry, powers=frozenset(SHIPPED.units[entry.code].powers)) for entry in SHIPPED.directory.units.values()
)
CITY, COMMITTEE, GOVERNMENT = "980700000103", "980726000101", "980726000103"
PLACES = [*(unit.code for unit in SHIPPED.villages()[:3]), "P-1"]


def offered(place: str, *accused: str, category: ContentCategory = ContentCategory.unpaid_wages) -> list[str]:
    barred = DIRECTORY.off_limits(accused)
    matter = Matter(Kind.appeal_for_resolution, Route.petition_procedure, category, place, barred)
    return [proposal.unit for proposal in propose(DIRECTORY, matter)]


def forwarded(unit: str, *accused: str) -> Assignment:
    case = received(accused_units=accused, receiving_unit=SHIPPED.bureau)
    case.hand(Forwarding.forward, unit, None, SHIPPED.bureau, DIRECTORY, at=NOW)
    return case


@pytest.mark.parametrize("place", PLACES)
def test_r22_complaint_about_the_county_government_goes_to_the_city(place: str):
    """属地管理、分级负责: past everybody who stands under it, to who stands above."""
    assert offered(place, GOVERNMENT) == [CITY]
    assert forwarded(CITY, GOVERNMENT).unit == CITY


def test_r22_complaint_about_the_county_committee_goes_to_the_committee_above():
    above = DIRECTORY.bodies_to_look_again(COMMITTEE)
    assert [DIRECTORY.units[code].kind for code in above] == [UnitKind.party_committee]
    assert forwarded(above[0], COMMITTEE).unit == above[0]


@pytest.mark.parametrize("unit", [COMMITTEE, GOVERNMENT])
def test_r22_who_leads_the_county_may_be_handed_a_case(unit: str):
    """第二十二条第一项 属于本级机关、单位……处理决定的."""
    assert forwarded(unit).unit == unit


@pytest.mark.parametrize("place", PLACES)
def test_r22_nobody_is_proposed_to_whom_the_bureau_cannot_forward(place: str):
    for category in ContentCategory:
        for unit in offered(place, category=category):
            assert DIRECTORY.within_reach(SHIPPED.bureau, unit)
            assert forwarded(unit).unit == unit


def test_r28_it_goes_up_as_far_as_it_must():
    """Past a unit above that is complained of itself, or of which that is so."""
    city = entry("SZF", Level.city, None, kind=UnitKind.government)
    world = small(entry("XZF", parent=None, kind=UnitKind.government, sector_superior="SZF"), city)
    barred = world.off_limits(["XZF"])
    matter = Matter(Kind.appeal_for_resolution, Route.petition_procedure, ContentCategory.unpaid_wages, "P-1", barred)
    assert [proposal.unit for proposal in propose(world, matter)] == ["SZF"]
