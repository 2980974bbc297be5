"""Who may never get a case, what a unit keeps, what leaves for the courts, and who says whose a disputed case is."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from contracts.assignment import CaseForwarded, TransferBraked
from contracts.vocabulary import (
    ContentCategory,
    DisputeLevel,
    Forwarding,
    JudicialManner,
    Kind,
    LeavingReason,
    Level,
    ObjectionGround,
    Route,
    UnitKind,
)  # fmt: skip
from services.assignment.domain.assigning import (
    BOUNCES_MAX,
    AlreadyRejected,
    Assignment,
    CaseHasLeft,
    Dispute,
    NotAJudicialOrgan,
    NothingDisputed,
    NothingToObjectTo,
    NotJudicial,
    NotReceivedDirectly,
    OthersKeepOut,
    TooManyBounces,
    UnitHasSuccessor,
)  # fmt: skip
from services.assignment.domain.directory import (
    CannotDecide,
    DelegatedByAnother,
    NotTheirPower,
    SucceedsItself,
    Unit,
    must_have_given,
)
from services.chassis.directory import Directory
from tests.rules import at, check_replay, refuses
from tests.units import COUNTY, county, entry

NOW = at("2025-08-26")
CASE = uuid4()
GROUND = ObjectionGround.other_unit_competent
TO_SUPERIOR = Dispute(DisputeLevel.common_superior, "XZF", ("RSJ", "JYJ"))


def unit(code: str = "RSJ", **more: Any) -> Unit:
    made = Unit.blank(Unit.stream(code))
    facts = {
        "name": code,
        "level": Level.county,
        "parent": "XZF",
        "sector_superior": None,
        "powers": (),
        "competent": True,
    }
    made.establish(code, facts | more, at=NOW)
    made.taken()
    return made


def received(**more: Any) -> Assignment:
    made = Assignment.blank(CASE)
    facts = {
        "registration_no": "XF20250826-ABCDEFGH", "kind": Kind.appeal_for_resolution, "place": "P-1",
        "route": Route.petition_procedure, "category": ContentCategory.unpaid_wages,
    }  # fmt: skip
    made.receive(at=NOW, **(facts | more))
    made.taken()
    return made


def hand(case: Assignment, to: str = "RSJ", directory: Directory = COUNTY) -> None:
    case.hand(Forwarding.forward, to, None, "XFJ", directory, at=NOW)


def object_(case: Assignment, by: str = "RSJ", proposed: str | None = None) -> None:
    case.object(by, GROUND, uuid4(), proposed, "XFJ", COUNTY, at=NOW)


def bounced(times: int, **more: Any) -> Assignment:
    case = received(**more)
    for _ in range(times):
        hand(case)
        object_(case)
        case.decide("XFJ", COUNTY, upheld=True, at=NOW)
    return case


def disputed() -> Assignment:
    case = bounced(BOUNCES_MAX)
    case.refer(TO_SUPERIOR, COUNTY, at=NOW)
    return case


class TestAccused:
    """第二十八条第三款, 第三十条第三款."""

    @pytest.mark.parametrize("accused", ["RSJ", "XZF", "XW"])
    def test_no_accused_unit_nor_one_under_it_gets_the_case(self, accused: str):
        with refuses(OthersKeepOut):
            hand(received(accused_units=(accused,)))

    def test_nor_does_it_take_propose_lead_or_help(self):
        taken = received(accused_units=("RSJ",), direct=True, receiving_unit="RSJ")
        with refuses(OthersKeepOut):
            taken.take("RSJ", COUNTY, at=NOW)
        case = received(accused_units=("JYJ",))
        hand(case)
        with refuses(OthersKeepOut):
            object_(case, proposed="JYJ")
        object_(case)
        with refuses(OthersKeepOut):
            case.refer(TO_SUPERIOR, COUNTY, at=NOW)
        case = disputed()
        case.learn_accused(["JYJ"], [], COUNTY, at=NOW)
        with refuses(OthersKeepOut):
            case.designate("JYJ", (), "XZF", COUNTY, at=NOW)
        with refuses(OthersKeepOut):
            case.designate("RSJ", ("JYJ",), "XZF", COUNTY, at=NOW)

    def test_unit_that_is_no_more_gets_nothing(self):
        """第二十四条第二款."""
        with refuses(UnitHasSuccessor):
            hand(received(), "OLD")


class TestHanding:
    def test_unit_is_told_what_it_must_know(self):
        """第二十三条第二款, 第三十五条."""
        case = received(anonymous=True)
        hand(case)
        (event,) = case.taken()
        assert isinstance(event, CaseForwarded)
        assert (event.anonymous, event.kind, event.review_bodies) == (True, Kind.appeal_for_resolution, ("XZF",))

    def test_unit_takes_what_it_received_directly_and_nothing_else(self):
        """第二十三条第一款."""
        case = received(direct=True, receiving_unit="RSJ")
        case.take("RSJ", COUNTY, at=NOW)
        assert (case.state, case.unit) == ("with_unit", "RSJ")
        with refuses(NothingToObjectTo):
            object_(case)
        with refuses(NotReceivedDirectly):
            received(receiving_unit="RSJ").take("RSJ", COUNTY, at=NOW)

    def test_case_that_has_left_goes_nowhere(self):
        """第二十二条."""
        case = received()
        case.leave(LeavingReason.merged, at=NOW)
        with refuses(CaseHasLeft):
            hand(case)


class TestJudicial:
    """第二十二条第二款, 第三十一条第一项."""

    def test_case_about_litigation_leaves_for_the_organs_of_the_law(self):
        case = received(route=Route.judicial)
        case.route_out(
            entry("FY", kind=UnitKind.political_legal_organ), JudicialManner.explained, "XFJ", COUNTY, at=NOW
        )
        assert case.state == "routed_out"

    def test_only_there_and_only_such_a_case(self):
        with refuses(NotAJudicialOrgan):
            received(route=Route.judicial).route_out(
                entry("RSJ", kind=UnitKind.department), JudicialManner.forwarded, "XFJ", COUNTY, at=NOW
            )
        with refuses(NotJudicial):
            received().route_out(entry("FY"), JudicialManner.forwarded, "XFJ", COUNTY, at=NOW)


class TestDispute:
    """第二十三条第三款, 第二十四条第一款."""

    def test_rejected_objection_is_not_raised_again(self):
        case = received()
        hand(case)
        object_(case)
        case.decide("XFJ", COUNTY, upheld=False, at=NOW)
        with refuses(AlreadyRejected):
            object_(case)

    def test_case_that_came_back_too_often_is_not_handed_on(self):
        case = bounced(BOUNCES_MAX)
        assert isinstance(case.taken()[-1], TransferBraked)
        with refuses(TooManyBounces):
            hand(case)

    def test_unit_keeps_the_case_until_it_is_said_whose_it_is(self):
        case = received()
        hand(case)
        object_(case)
        case.refer(TO_SUPERIOR, COUNTY, at=NOW)
        assert (case.state, case.unit) == ("disputed", "RSJ")
        case.designate("JYJ", ("RSJ",), "XZF", COUNTY, at=NOW)
        assert (case.state, case.unit, case.bounces) == ("with_unit", "JYJ", 0)
        with refuses(NothingToObjectTo):
            object_(case, "JYJ")

    def test_nothing_is_disputed_that_nobody_objects_to(self):
        with refuses(NothingDisputed):
            received().refer(TO_SUPERIOR, COUNTY, at=NOW)
        with refuses(NothingDisputed):
            received().designate("RSJ", (), "XZF", COUNTY, at=NOW)

    def test_replay_amounts_to_the_live_state(self):
        check_replay(
            Assignment,
            CASE,
            [
                lambda a: a.receive(
                    at=NOW, registration_no="1", kind=Kind.appeal_for_resolution, route=Route.petition_procedure,
                    category=ContentCategory.housing, place="P-1",
                ),
                *[hand, object_, lambda a: a.decide("XFJ", COUNTY, upheld=True, at=NOW)] * BOUNCES_MAX,
                hand,
                lambda a: a.refer(TO_SUPERIOR, COUNTY, at=NOW),
                lambda a: a.designate("JYJ", ("RSJ",), "XZF", COUNTY, at=NOW),
                lambda a: a.learn_withdrawal(pending=True, at=NOW),
                lambda a: a.learn_withdrawal(pending=False, at=NOW),
                lambda a: a.leave(LeavingReason.withdrawn, at=NOW),
            ],
        )  # fmt: skip


class TestDirectory:
    """第五条第三项, 第二十四条第二款, 第三十五条."""

    def test_power_is_delegated_and_taken_back(self):
        town = unit("ZF")
        town.delegate(ContentCategory.housing, "ZJJ", COUNTY, at=NOW)
        assert town.delegated == {ContentCategory.housing: "ZJJ"}
        town.take_back(ContentCategory.housing, at=NOW)
        assert town.delegated == {}

    def test_who_may_not_decide_is_given_no_power(self):
        with refuses(CannotDecide):
            unit("CW", competent=False).delegate(ContentCategory.housing, "ZJJ", COUNTY, at=NOW)

    def test_what_one_unit_has_given_away_no_other_one_gives(self):
        """第五条第三项; who carries the first one on does, 第二十四条第二款."""
        county_ = county(entry("ZJJ", successors=("NEW",)), entry("NEW"), entry("JYJ"))
        town = unit("ZF")
        town.delegate(ContentCategory.housing, "ZJJ", county_, at=NOW)
        with refuses(DelegatedByAnother):
            town.delegate(ContentCategory.housing, "JYJ", county_, at=NOW)
        town.delegate(ContentCategory.housing, "NEW", county_, at=NOW)
        assert town.delegated == {ContentCategory.housing: "NEW"}

    def test_who_has_given_a_power_takes_it_back_and_who_carries_that_one_on(self):
        """第五条第三项, 第二十四条第二款."""
        housing = ContentCategory.housing
        county_ = county(
            entry("ZJJ", successors=("NEW",)), entry("NEW"), entry("JYJ", powers=frozenset({housing})), entry("ZF")
        )  # fmt: skip
        town = unit("ZF")
        town.delegate(housing, "ZJJ", county_, at=NOW)
        for other in ("JYJ", "ZF"):
            with refuses(NotTheirPower):
                must_have_given(other, housing, town, county_)
        for giver in ("ZJJ", "NEW"):
            must_have_given(giver, housing, town, county_)

    def test_no_unit_carries_itself_on(self):
        with refuses(SucceedsItself):
            unit().succeed(["RSJ"], COUNTY, at=NOW)

    @pytest.mark.parametrize(
        ("facts", "bodies"),
        [
            ({"parent": "XZF", "sector_superior": None}, ("XZF",)),
            ({"parent": "XZF", "sector_superior": "SSWJ"}, ("XZF", "SSWJ")),
            ({"parent": "XZF", "sector_superior": "SSWJ", "vertical_managed": True}, ("SSWJ",)),
            ({"parent": "OFFICE", "sector_superior": None}, ("RSJ",)),
            ({"parent": "OLDER", "sector_superior": None}, ("NEW",)),
            ({"parent": None, "sector_superior": None}, ()),
            ({"parent": "000", "sector_superior": "XFJ"}, ("XW",)),
        ],
        ids=[
            "township",
            "department",
            "vertically managed",
            "part of an office",
            "body that is no more",
            "nobody above",
            "nobody knows the body",
        ],
    )
    def test_review_goes_to_the_unit_above(self, facts: dict[str, Any], bodies: tuple[str, ...]):
        assert county(entry("U", **facts)).bodies_above("U") == bodies

    def test_replay_of_a_unit(self):
        check_replay(
            Unit,
            Unit.stream("ZF"),
            [
                lambda u: u.establish(
                    "ZF",
                    {"name": "镇", "level": Level.township, "parent": "XZF", "sector_superior": None, "powers": (),
                     "competent": True},
                    at=NOW,
                ),
                lambda u: u.delegate(ContentCategory.housing, "ZJJ", COUNTY, at=NOW),
                lambda u: u.take_back(ContentCategory.housing, at=NOW),
                lambda u: u.succeed(["ZF"], COUNTY, at=NOW),
                lambda u: u.succeed(["XZF"], COUNTY, at=NOW),
            ],
        )  # fmt: skip
