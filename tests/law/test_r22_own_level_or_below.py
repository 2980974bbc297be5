"""第二十二条: a bureau forwards to its own level and to those below, in its territory; letters about litigation stay level."""

from __future__ import annotations

from uuid import uuid4

import pytest

from contracts.vocabulary import Channel, ContentCategory, Forwarding, JudicialManner, Kind, Level, Route, UnitKind
from services.assignment.domain.assigning import Assignment, NotOfTheLevel, OutOfReach
from services.chassis.directory import Directory
from tests.rules import at, refuses
from tests.units import county, entry

NOW = at("2026-03-02")
COURTS = UnitKind.political_legal_organ
WORLD = county(
    entry("SXFJ", Level.city, None, kind=UnitKind.petition_bureau, competent=False),
    entry("SRSJ", Level.city, "SZF", kind=UnitKind.department),
    entry("RSJ", kind=UnitKind.department, sector_superior="SRSJ"),
    entry("SW", Level.county, None, kind=UnitKind.department, sector_superior="SSW", vertical_managed=True),
    entry("SSW", Level.city, None, kind=UnitKind.department),
    entry("ZY", Level.city, None, kind=COURTS),
    entry("XW2", Level.county, None, kind=UnitKind.party_committee, competent=False),
    entry("XZF2", Level.county, "XW2", kind=UnitKind.government, sector_superior="SZF"),
    entry("RSJ2", Level.county, "XZF2", kind=UnitKind.department, sector_superior="SRSJ"),
    entry("ZF9", Level.township, "XZF2", kind=UnitKind.township),
    entry("FY2", Level.county, "XZF2", kind=COURTS),
)
"""Two counties of one city: what ends with 2 or 9 is the other one's."""


def received(**more) -> Assignment:
    made = Assignment.blank(uuid4())
    facts = {"kind": Kind.appeal_for_resolution, "route": Route.petition_procedure, "place": "P-1"}
    made.receive(at=NOW, registration_no="1", category=ContentCategory.unpaid_wages, **facts | more)
    return made


def forward(to: str, sender: str = "XFJ", directory: Directory = WORLD, **more) -> str | None:
    case = received(**more)
    case.hand(Forwarding.forward, to, None, sender, directory, at=NOW)
    return case.unit


class TestForwarding:
    """第一款第一项: 属于本级机关、单位或者其工作部门处理决定的；第二项: 涉及下级机关、单位的."""

    @pytest.mark.parametrize("to", ["RSJ", "XZF", "ZF", "JW", "FY"])
    def test_own_level_and_below_get_it(self, to: str):
        assert forward(to) == to

    def test_organ_of_the_own_level_that_only_its_sector_leads_gets_it(self):
        """条: a vertical organ is of the level all the same."""
        assert forward("SW") == "SW"

    @pytest.mark.parametrize("to", ["SRSJ", "SSW", "SJW", "ZY"])
    def test_nobody_above_does(self, to: str):
        with refuses(OutOfReach):
            forward(to)

    @pytest.mark.parametrize("to", ["RSJ2", "XZF2", "ZF9"])
    def test_nobody_of_another_county_does(self, to: str):
        with refuses(OutOfReach):
            forward(to)

    @pytest.mark.parametrize("to", ["SRSJ", "RSJ", "RSJ2", "ZF", "ZF9", "SW"])
    def test_bureau_of_the_city_reaches_all_of_the_city(self, to: str):
        assert forward(to, sender="SXFJ") == to

    def test_past_the_unit_that_may_not_touch_it_a_case_goes_up(self):
        """第二十八条第三款、第三十条第三款: who is complained of is passed by, upwards."""
        assert forward("SRSJ", accused_units=("RSJ",)) == "SRSJ"
        with refuses(OutOfReach):
            forward("SSW", accused_units=("RSJ",))

    def test_of_what_the_directory_does_not_know_nothing_follows(self):
        assert forward("RSJ", sender="XFJ-OF-ELSEWHERE") == "RSJ"


class TestLitigation:
    """第二款: 对收到的涉法涉诉信件，应当转送同级政法部门依法处理."""

    def route(self, organ: str, sender: str = "XFJ", channel: Channel = Channel.letter, **more) -> str | None:
        case = received(route=Route.judicial, channel=channel, **more)
        manner = JudicialManner.explained if channel is Channel.visit else JudicialManner.forwarded
        case.route_out(WORLD.units[organ], manner, sender, WORLD, at=NOW)
        return case.organ

    def test_letter_goes_to_the_organ_of_the_own_level(self):
        assert self.route("FY") == "FY"
        assert self.route("ZY", sender="SXFJ") == "ZY"

    @pytest.mark.parametrize(("organ", "sender"), [("ZY", "XFJ"), ("FY2", "XFJ"), ("FY", "SXFJ")])
    def test_and_to_no_other(self, organ: str, sender: str):
        with refuses(NotOfTheLevel):
            self.route(organ, sender)

    def test_visitor_is_shown_the_way_to_whoever_is_competent(self):
        """引导其向有关政法部门反映问题."""
        assert self.route("ZY", channel=Channel.visit) == "ZY"

    def test_other_units_leave_it_to_whoever_is_competent(self):
        """第二十八条第二款: 由有关政法部门依法处理."""
        assert self.route("ZY", sender="RSJ", direct=True, receiving_unit="RSJ") == "ZY"
