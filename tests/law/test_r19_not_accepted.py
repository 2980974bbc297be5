"""第十九条第三款、第二十条第一款、第二十三条第一款: each ground of non-acceptance proves itself."""

from __future__ import annotations

import pytest

from contracts.vocabulary import Channel, ContentCategory, DuplicateReason, Level, NotAcceptedGround, UnitKind
from services.intake.domain import acceptance, grouping
from services.intake.domain.acceptance import (
    NoSuchBody,
    NotAboveLevel,
    NothingPending,
    NotTheCompetentBody,
    NotTheSameMatter,
    PendingTooLong,
    WithinPower,
)
from services.intake.domain.registration import Registration
from tests.intake.filed import NOTICE, NOW, classified, registered
from tests.rules import at, refuses
from tests.units import county as units
from tests.units import entry

G = NotAcceptedGround
BODIES = units(
    entry("SXF", Level.province, None, kind=UnitKind.petition_bureau, competent=False),
    entry("CXF", Level.city, None, kind=UnitKind.petition_bureau, competent=False),
)


def turn_away(
    r: Registration, ground: G, unit: str, pending: Registration | None = None, *, same: bool = True, on=NOW,
    body: str = "某局",
) -> Registration:  # fmt: skip
    acceptance.not_accept(
        r, ground, unit, BODIES, pending=pending, same_person=same, at=on, competent_body=body, notice_no="1",
        **NOTICE,
    )  # fmt: skip
    return r


class TestWayOn:
    """第二十三条第一款: 应当告知信访人向有权处理的机关、单位提出."""

    @pytest.mark.parametrize("body", ["RSJ", "县人社局", "XZF", "省劳动人事争议仲裁院"])
    def test_who_has_the_power_or_leads_who_has_it(self, body: str):
        assert turn_away(registered(), G.not_within_power, "JYJ", body=body).state == "not_accepted"

    @pytest.mark.parametrize("body", ["OFFICE", "CWH", "OLD", "ZJJ", "ZF"])
    def test_no_inner_office_no_committee_nobody_who_is_no_more_or_has_no_power(self, body: str):
        with refuses(NotTheCompetentBody):
            turn_away(registered(), G.not_within_power, "JYJ", body=body)

    def test_no_code_that_nobody_has(self):
        with refuses(NoSuchBody):
            turn_away(registered(), G.not_within_power, "JYJ", body="NOPE")

    def test_where_nobody_here_has_the_power_any_body_may_be_named(self):
        case = registered(category=ContentCategory.agriculture)
        assert turn_away(case, G.not_within_power, "JYJ", body="ZJJ").state == "not_accepted"


class TestPending:
    """信访事项已经受理或者正在办理的，信访人在规定期限内向上级机关、单位又提出同一信访事项的，上级机关、单位不予受理。"""

    def test_same_matter_of_the_same_person_within_its_time(self):
        assert turn_away(registered(), G.pending_below, "XFJ", classified()).state == "not_accepted"

    def test_what_somebody_has_compared_and_found_the_same(self):
        case, pending = registered(place="P-2"), classified()
        grouping.confirm_duplicate(case, pending, [DuplicateReason.same_person], at=NOW)
        assert turn_away(case, G.pending_below, "XFJ", pending, same=False).state == "not_accepted"

    @pytest.mark.parametrize(("place", "same"), [("P-1", False), ("P-2", True)])
    def test_not_somebody_elses_and_not_another_matter(self, place: str, same: bool):
        with refuses(NotTheSameMatter):
            turn_away(registered(place=place), G.pending_below, "XFJ", classified(), same=same)

    def test_not_one_that_has_taken_longer_than_the_law_allows(self):
        """Fifteen days to tell and sixty to decide: 1 September, 16 September, 17 November (15th is a Saturday)."""
        turn_away(registered(), G.pending_below, "XFJ", classified(), on=at("2025-11-17"))
        with refuses(PendingTooLong):
            turn_away(registered(), G.pending_below, "XFJ", classified(), on=at("2025-11-18"))

    def test_not_one_that_nobody_has_looked_at(self):
        with refuses(NothingPending):
            turn_away(registered(), G.pending_below, "XFJ", registered())


class TestPower:
    """对不属于本机关、单位或者本系统职权范围的，应当告知信访人向有权处理的机关、单位提出。"""

    @pytest.mark.parametrize("unit", ["RSJ", "XZF"])
    def test_competent_unit_and_who_stands_above_it_turn_nobody_away(self, unit: str):
        with refuses(WithinPower):
            turn_away(registered(), G.not_within_power, unit)

    @pytest.mark.parametrize("unit", ["JYJ", "ZF"])
    def test_others_say_who_is_competent(self, unit: str):
        assert turn_away(registered(), G.not_within_power, unit).state == "not_accepted"


class TestLevel:
    """应当到有权处理的本级或者上一级机关、单位设立或者指定的接待场所提出。"""

    @pytest.mark.parametrize("unit", ["XFJ", "CXF", "ZF", "000"])
    def test_visit_to_the_own_level_or_one_above_is_received(self, unit: str):
        with refuses(NotAboveLevel):
            turn_away(registered(channel=Channel.visit), G.visit_above_level, unit)

    def test_visit_two_levels_above_is_shown_the_way(self):
        case = turn_away(registered(channel=Channel.visit), G.visit_above_level, "SXF")
        assert case.state == "not_accepted"

    def test_nobody_is_sent_away_from_a_level_where_nobody_is_known_to_decide(self):
        case = registered(channel=Channel.visit, category=ContentCategory.agriculture)
        with refuses(NotAboveLevel):
            turn_away(case, G.visit_above_level, "SXF")
