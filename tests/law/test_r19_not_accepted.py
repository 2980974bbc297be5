"""第十九条第三款、第二十条第一款、第二十三条第一款: each ground of non-acceptance proves itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from contracts.event import Event
from contracts.intake import NotAcceptedNotified
from contracts.mediation import (
    AcceptanceNotified,
    HandlingExtended,
    HandlingOpened,
    HandlingReturned,
    OpinionServed,
    ProcedureImported,
    ReviewOpinionServed,
)
from contracts.vocabulary import (
    Channel,
    ContentCategory,
    DuplicateReason,
    Level,
    NotAcceptedGround,
    ReviewResult,
    UnitKind,
)
from services.chassis.directory import NoSuchBody
from services.intake.domain import acceptance, grouping
from services.intake.domain.acceptance import (
    NotAboveLevel,
    NothingPending,
    NotPendingBelow,
    NotTheCompetentBody,
    NotTheSameMatter,
    PendingTooLong,
    WithinPower,
)
from services.intake.domain.registration import Registration
from tests.intake.filed import NOTICE, NOW, classified, registered
from tests.rules import at, called, refuses
from tests.units import county as units
from tests.units import entry

G = NotAcceptedGround
BODIES = units(
    entry("SXF", Level.province, None, kind=UnitKind.petition_bureau, competent=False),
    entry("CXF", Level.city, None, kind=UnitKind.petition_bureau, competent=False),
)


def happened(of: type[Event], on: str, **more: Any) -> Event:
    event = object.__new__(of)
    event.__dict__.update({"originator_id": uuid4(), "originator_version": 1, "timestamp": at(on), **more})
    return event


ACCEPTED = (
    happened(HandlingOpened, "2025-09-01", unit="RSJ"),
    happened(AcceptanceNotified, "2025-09-02", served_at=at("2025-09-02")),
)


def turn_away(
    r: Registration, ground: G, unit: str, pending: Registration | None = None, *, same: bool = True, on=NOW,
    body: str = "某局", told: Sequence[Event] = ACCEPTED,
) -> Registration:  # fmt: skip
    acceptance.not_accept(
        r, ground, unit, BODIES, pending=pending, handling=acceptance.in_handling(told), same_person=same, at=on, competent_body=called(body, BODIES), notice_no="1",
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

    def test_what_is_told_is_who_owes_the_answer_and_by_when(self):
        """Accepted on 2 September, and longer by thirty days: 1 December."""
        extended = happened(HandlingExtended, "2025-10-20", days=30)
        case = turn_away(registered(), G.pending_below, "XFJ", classified(), told=(*ACCEPTED, extended))
        told = case.taken()[-1]
        assert isinstance(told, NotAcceptedNotified)
        assert (told.pending_unit, told.answer_by) == ("RSJ", date(2025, 12, 1))

    def test_what_somebody_has_compared_and_found_the_same(self):
        case, pending = registered(place="P-2"), classified()
        grouping.confirm_duplicate(case, pending, [DuplicateReason.same_person], at=NOW)
        assert turn_away(case, G.pending_below, "XFJ", pending, same=False).state == "not_accepted"

    @pytest.mark.parametrize(("place", "same"), [("P-1", False), ("P-2", True)])
    def test_not_somebody_elses_and_not_another_matter(self, place: str, same: bool):
        with refuses(NotTheSameMatter):
            turn_away(registered(place=place), G.pending_below, "XFJ", classified(), same=same)

    def test_not_one_whose_time_is_over(self):
        """Accepted on 2 September, sixty days: 1 November is a Saturday."""
        turn_away(registered(), G.pending_below, "XFJ", classified(), on=at("2025-11-03"))
        with refuses(PendingTooLong):
            turn_away(registered(), G.pending_below, "XFJ", classified(), on=at("2025-11-04"))

    def test_extension_that_was_given_is_time_too(self):
        extended = happened(HandlingExtended, "2025-10-20", days=30)
        turn_away(registered(), G.pending_below, "XFJ", classified(), on=at("2025-12-01"), told=(*ACCEPTED, extended))
        with refuses(PendingTooLong):
            late = (*ACCEPTED, extended)
            turn_away(registered(), G.pending_below, "XFJ", classified(), on=at("2025-12-02"), told=late)

    def test_extension_that_the_unit_enters_when_its_time_is_over_waits_to_be_borne_out(self):
        """第三十四条: it has no effect until somebody outside the unit has seen that it was told in time."""
        claim = happened(HandlingExtended, "2025-11-04", days=30, served_at=at("2025-10-31"))
        told = (*ACCEPTED, claim)
        with refuses(PendingTooLong):
            turn_away(registered(), G.pending_below, "XFJ", classified(), on=at("2025-11-05"), told=told)
        assert acceptance.claimed(told) is claim
        assert acceptance.answered_by(told) == date(2025, 11, 3)
        assert acceptance.answered_by(told, borne_out=True) == date(2025, 12, 1)

    def test_what_is_entered_on_the_last_day_counts(self):
        told = (*ACCEPTED, happened(HandlingExtended, "2025-11-03", days=30))
        assert acceptance.claimed(told) is None
        assert acceptance.answered_by(told) == date(2025, 12, 1)

    def test_late_notice_gives_no_more_time(self):
        """Fifteen days to tell from 1 September, and sixty: 15 November is a Saturday."""
        told = (ACCEPTED[0], happened(AcceptanceNotified, "2025-10-20", served_at=at("2025-10-20")))
        turn_away(registered(), G.pending_below, "XFJ", classified(), on=at("2025-11-17"), told=told)
        with refuses(PendingTooLong):
            turn_away(registered(), G.pending_below, "XFJ", classified(), on=at("2025-11-18"), told=told)

    @pytest.mark.parametrize("unit", ["XZF", "SZF", "XFJ", "CXF"])
    def test_whoever_stands_above_the_unit_leaves_it_there(self, unit: str):
        assert turn_away(registered(), G.pending_below, unit, classified()).state == "not_accepted"

    @pytest.mark.parametrize("unit", ["RSJ", "JYJ", "ZF", "OFFICE"])
    def test_neither_the_unit_itself_nor_a_sister_nor_who_stands_below(self, unit: str):
        with refuses(NotPendingBelow):
            turn_away(registered(), G.pending_below, unit, classified())

    @pytest.mark.parametrize("answer", [OpinionServed, ProcedureImported, HandlingReturned])
    def test_not_one_that_is_answered_or_given_back(self, answer: type[Event]):
        told = (*ACCEPTED, happened(answer, "2025-09-20", served_at=at("2025-09-20")))
        with refuses(NothingPending):
            turn_away(registered(), G.pending_below, "XFJ", classified(), told=told)

    def test_one_that_a_review_has_thrown_back_is_pending_again(self):
        told = (
            *ACCEPTED,
            happened(OpinionServed, "2025-09-20", served_at=at("2025-09-20")),
            happened(ReviewOpinionServed, "2025-10-20", served_at=at("2025-10-20"), result=ReviewResult.revoke),
        )
        case = turn_away(registered(), G.pending_below, "XFJ", classified(), told=told, on=at("2025-12-01"))
        assert case.state == "not_accepted"

    def test_not_one_that_was_handed_on_and_not_accepted(self):
        with refuses(NothingPending):
            turn_away(registered(), G.pending_below, "XFJ", classified(), told=ACCEPTED[:1])

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
        case = turn_away(registered(channel=Channel.visit), G.visit_above_level, "SXF", body="RSJ")
        assert case.state == "not_accepted"

    @pytest.mark.parametrize("body", ["县人社局", "XZF", "SZF"])
    def test_way_is_to_who_decides_or_one_level_above(self, body: str):
        """到有权处理的本级或者上一级机关、单位."""
        case = turn_away(registered(channel=Channel.visit), G.visit_above_level, "SXF", body=body)
        assert case.state == "not_accepted"

    @pytest.mark.parametrize("body", ["JYJ", "ZJJ", "ZF", "XFJ", "某某办公室"])
    def test_way_is_to_nobody_else(self, body: str):
        """Who has no power in it, or receives nobody, or is not there."""
        with refuses(NotTheCompetentBody):
            turn_away(registered(channel=Channel.visit), G.visit_above_level, "SXF", body=body)

    def test_nobody_is_sent_away_from_a_level_where_nobody_is_known_to_decide(self):
        case = registered(channel=Channel.visit, category=ContentCategory.agriculture)
        with refuses(NotAboveLevel):
            turn_away(case, G.visit_above_level, "SXF")
