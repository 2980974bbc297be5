"""第二十四条第一款: who says whose a case is, between whom, and by whose people."""

from __future__ import annotations

from uuid import uuid4

import pytest

from contracts.vocabulary import (
    Channel,
    ContentCategory,
    DisputeLevel,
    Forwarding,
    JudicialManner,
    Kind,
    ObjectionGround,
    Route,
    UnitKind,
)
from services.assignment.domain.assigning import (
    Assignment,
    Dispute,
    HasCommonSuperior,
    LettersAreForwarded,
    NoCommonSuperior,
    NotAConference,
    NotConcerned,
    NotTheArbiter,
)
from services.chassis.recusal import OthersKeepOut
from tests.rules import at, refuses
from tests.units import COUNTY, entry

NOW = at("2025-09-26")


def received(**more) -> Assignment:
    made = Assignment.blank(uuid4())
    facts = {"kind": Kind.appeal_for_resolution, "route": Route.petition_procedure, "place": "P-1"}
    made.receive(at=NOW, registration_no="1", category=ContentCategory.unpaid_wages, **facts | more)
    return made


def objected(unit: str = "RSJ", **more) -> Assignment:
    case = received(**more)
    case.hand(Forwarding.forward, unit, None, "XFJ", COUNTY, at=NOW)
    case.object(unit, ObjectionGround.other_unit_competent, uuid4(), None, "XFJ", COUNTY, at=NOW)
    return case


def refer(case: Assignment, level: str, arbiter: str, *units: str) -> Assignment:
    case.refer(Dispute(DisputeLevel[level], arbiter, units), COUNTY, at=NOW)
    return case


class TestArbiter:
    """受理有争议的，由其共同的上一级机关、单位决定受理机关；没有共同的上一级机关、单位的，由共同的信访工作联席会议协调处理。"""

    def test_common_superior_is_one_level_up(self):
        assert refer(objected(), "common_superior", "XZF", "RSJ", "JYJ").state == "disputed"
        for other in ("SZF", "XW", "LXH", "ZJJ"):
            with refuses(NoCommonSuperior):
                refer(objected(), "common_superior", other, "RSJ", "JYJ")

    def test_conference_is_asked_only_where_nobody_stands_above_all(self):
        with refuses(HasCommonSuperior):
            refer(objected(), "joint_conference", "LXH", "RSJ", "JYJ")
        assert refer(objected(), "joint_conference", "LXH", "RSJ", "FY").state == "disputed"

    def test_who_is_complained_of_is_no_party(self):
        """第二十八条第三款."""
        with refuses(OthersKeepOut):
            refer(objected(accused_units=("JYJ",)), "common_superior", "XZF", "RSJ", "JYJ")

    @pytest.mark.parametrize("arbiter", ["ZJJ", "XFJ", "XZF"])
    def test_department_is_no_conference(self, arbiter: str):
        with refuses(NotAConference):
            refer(objected(), "joint_conference", arbiter, "RSJ", "FY")

    def test_who_has_the_case_is_concerned(self):
        with refuses(NotConcerned):
            refer(objected(), "common_superior", "XZF", "JYJ", "ZJJ")


class TestDecision:
    def test_own_people_of_who_was_asked_decide(self):
        case = refer(objected(), "common_superior", "XZF", "RSJ", "JYJ")
        for other in ("XFJ", "LXH", "RSJ"):
            with refuses(NotTheArbiter):
                case.designate("JYJ", ("RSJ",), other, COUNTY, at=NOW)
        case.designate("JYJ", ("RSJ",), "XZF", COUNTY, at=NOW)
        assert case.unit == "JYJ"

    def test_only_units_concerned_lead_or_help(self):
        case = refer(objected(), "common_superior", "XZF", "RSJ", "JYJ")
        with refuses(NotConcerned):
            case.designate("ZJJ", (), "XZF", COUNTY, at=NOW)
        with refuses(NotConcerned):
            case.designate("JYJ", ("ZJJ",), "XZF", COUNTY, at=NOW)


class TestLitigation:
    """第二十二条第二款: 涉法涉诉信件，应当转送同级政法部门；对走访反映涉诉问题的信访人，应当释法明理。"""

    COURT = entry("FY", kind=UnitKind.political_legal_organ)

    @pytest.mark.parametrize("channel", [c for c in Channel if c is not Channel.visit])
    def test_what_was_not_brought_in_person_is_forwarded(self, channel: Channel):
        case = received(route=Route.judicial, channel=channel)
        with refuses(LettersAreForwarded):
            case.route_out(self.COURT, JudicialManner.explained, "XFJ", COUNTY, at=NOW)
        case.route_out(self.COURT, JudicialManner.forwarded, "XFJ", COUNTY, at=NOW)
        assert case.organ == "FY"

    def test_visitor_is_told_where_to_go(self):
        case = received(route=Route.judicial, channel=Channel.visit)
        case.route_out(self.COURT, JudicialManner.explained, "XFJ", COUNTY, at=NOW)
        assert case.organ == "FY"
