"""Who has the case, what is learnt from elsewhere, acceptance and its time."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from contracts.event import typed_before
from contracts.mediation import (
    CoUnitsNamed,
    HandlingAccepted,
    HandlingExtended,
    HandlingOpened,
    HandlingReturned,
    HandlingStopped,
    ObjectionLearnt,
    ObjectionSettled,
    OpinionIssued,
    SimplifiedTrackChosen,
    SimplifiedTrackConverted,
    SixOneDischarged,
    SixOneLearnt,
)
from contracts.vocabulary import RecordKind, Result, Route, SimplifiedGround, StopReason
from services.chassis.charge import NotOfTheUnit
from services.mediation.domain import acceptance, receiving, timing
from services.mediation.domain.acceptance import AlreadyNotified, NoticeImpossible, NoticeOwed
from services.mediation.domain.guards import HasStopped, ImpossibleDate
from services.mediation.domain.handling import Handling
from services.mediation.domain.opinion import ObjectionPending, RefusalNotSimple
from services.mediation.domain.people import NotTheHead
from services.mediation.domain.timing import (
    AlreadyExtended,
    AlreadySimplified,
    AssignedFromAbove,
    ExtensionTooLate,
    ExtensionTooLong,
    InstructedByLeader,
    NotSimplified,
    OtherRoute,
    RepeatPetition,
    SeveralPetitioners,
    SeveralUnits,
)
from tests.mediation.cases import (
    CASE,
    DIRECTORY,
    HEARD,
    NOTIFIED,
    OTHER,
    SERVED,
    UNIT,
    accepted,
    after,
    closed,
    decide,
    delivered,
    heard,
    notify,
    open_,
    opened,
    put,
    the_event,
)
from tests.rules import at, refuses

LEAD = {"unit_name": "主办", "registration_no": "XF20250825-ABCDEF", "route": Route.petition_procedure}


def stop(handling: Handling) -> None:
    receiving.stop(handling, StopReason.withdrawn, at=HEARD)


def learn_objection(handling: Handling) -> None:
    receiving.learn_objection(handling, UNIT, at=HEARD)


def simplify(handling: Handling, **more: bool) -> None:
    facts = {"repeated": False, "instructed": False} | more
    timing.choose_simplified(handling, UNIT, SimplifiedGround.clear_facts, at=HEARD, **facts)


def extend(handling: Handling, days: int = 30, on=HEARD, now=None, by: str = "head-1") -> None:
    timing.extend(handling, UNIT, days, by, uuid4(), "延1号", delivered(on), DIRECTORY, at=now or on)


class TestPeople:
    @pytest.mark.parametrize("officer", ["co-9", "presider-1"])
    def test_nobody_handles_a_case_for_a_unit_that_is_not_theirs(self, officer: str):
        """第二十八条第一款."""
        with refuses(NotOfTheUnit):
            notify(opened(), case_officer=officer)
        with refuses(NotOfTheUnit):
            acceptance.accept(opened(anonymous=True), UNIT, officer, DIRECTORY, at=NOTIFIED)

    @pytest.mark.parametrize("officer", ["co-1", "head-2", "nobody"])
    def test_time_is_given_by_a_head_of_the_unit(self, officer: str):
        """第三十四条: «经本机关、单位负责人批准»."""
        with refuses(NotTheHead):
            extend(accepted(), by=officer)


class TestAccept:
    def test_case_of_which_nobody_can_be_told_is_accepted_without_notice_and_decided(self):
        """第二十三条第二款: the sixty days run, and whoever cannot be found need not be heard."""
        handling = opened(anonymous=True)
        acceptance.accept(handling, UNIT, "co-1", DIRECTORY, at=NOTIFIED)
        the_event(handling, HandlingAccepted)
        assert (handling.state, handling.accepted_at) == ("accepted", NOTIFIED)
        put(handling, RecordKind.facts_verified)
        decide(handling)
        assert handling.state == "opinion_issued"

    def test_notice_to_nobody_is_refused(self):
        """第二十三条第二款."""
        with refuses(NoticeImpossible):
            notify(opened(anonymous=True))

    def test_who_can_be_told_must_be_told(self):
        """第二十三条第二款, 第四十四条第三项."""
        with refuses(NoticeOwed):
            acceptance.accept(opened(), UNIT, "co-1", DIRECTORY, at=NOTIFIED)

    def test_case_is_accepted_once(self):
        """第三十四条: a second time would move the sixty days."""
        handling = after(opened(anonymous=True), lambda h: acceptance.accept(h, UNIT, "co-1", DIRECTORY, at=NOTIFIED))
        with refuses(AlreadyNotified):
            acceptance.accept(handling, UNIT, "co-2", DIRECTORY, at=HEARD)


class TestLeadUnit:
    def test_handling_begins_anew_for_another_unit(self):
        """第二十四条."""
        handling = heard()
        receiving.hand_to_lead(handling, OTHER, (UNIT,), at=HEARD, **LEAD)
        the_event(handling, HandlingOpened)
        assert (handling.unit, handling.co_units, handling.state) == (OTHER, (UNIT,), "with_unit")

    def test_unit_that_has_it_goes_on_and_learns_who_helps(self):
        """第二十四条."""
        handling = heard()
        for _ in range(2):
            receiving.hand_to_lead(handling, UNIT, (OTHER,), at=HEARD, **LEAD)
        the_event(handling, CoUnitsNamed)
        assert (handling.co_units, handling.state) == ((OTHER,), "accepted")

    def test_closed_case_stays_where_it_is(self):
        """第三十四条."""
        handling = closed()
        receiving.hand_to_lead(handling, OTHER, (), at=HEARD, **LEAD)
        assert not handling.taken()


class TestObjection:
    def test_unit_that_objects_decides_nothing_until_it_is_settled(self):
        """第二十三条第三款."""
        handling = heard()
        learn_objection(handling)
        the_event(handling, ObjectionLearnt)
        with refuses(ObjectionPending):
            decide(handling)
        receiving.settle_objection(handling, UNIT, at=HEARD)
        the_event(handling, ObjectionSettled)
        decide(handling)

    def test_unit_that_objected_and_has_to_lead_goes_on(self):
        """第二十四条."""
        handling = after(heard(), learn_objection)
        receiving.hand_to_lead(handling, UNIT, (), at=HEARD, **LEAD)
        the_event(handling, CoUnitsNamed)
        decide(handling)
        the_event(handling, OpinionIssued)

    def test_what_is_learnt_twice_happens_once(self):
        """第二十三条第三款."""
        handling = after(heard(), learn_objection)
        learn_objection(handling)
        assert not handling.taken()
        receiving.settle_objection(handling, OTHER, at=HEARD)
        assert not handling.taken()


class TestStop:
    @pytest.mark.parametrize("reason", StopReason)
    def test_unit_stops_when_there_is_nothing_left_to_answer(self, reason: StopReason):
        handling = heard()
        for _ in range(2):
            receiving.stop(handling, reason, at=HEARD)
        the_event(handling, HandlingStopped)
        assert handling.state == reason

    def test_nothing_is_done_in_a_case_that_stopped(self):
        with refuses(HasStopped):
            decide(after(heard(), stop))

    def test_closed_case_is_not_withdrawn_afterwards(self):
        handling = closed()
        stop(handling)
        assert not handling.taken()

    def test_case_that_stopped_before_a_unit_had_it_reaches_none(self):
        handling = after(Handling.blank(CASE), stop, open_)
        assert (handling.unit, handling.state) == (None, "withdrawn")


def test_case_about_litigation_leaves_the_unit():
    """第二十八条第二款, 第三十一条第一项."""
    handling = heard()
    for _ in range(2):
        receiving.leave_to_courts(handling, at=HEARD)
    the_event(handling, HandlingReturned)
    assert handling.state == "returned"


def test_six_one_scheme_is_learnt_and_discharged_once():
    """第十八条第二款."""
    handling = heard()
    for _ in range(2):
        receiving.come_under_six_one(handling, typed_before("令1号"), at=HEARD)
    the_event(handling, SixOneLearnt)
    for _ in range(2):
        receiving.complete_six_one(handling, typed_before("令1号"), at=HEARD)
    the_event(handling, SixOneDischarged)


class TestSimplifiedTrack:
    def test_simple_case_is_handled_simply_and_goes_back(self):
        """信访事项简易办理办法 第四条, 第五条: the sixty days have always run."""
        handling = accepted()
        simplify(handling)
        the_event(handling, SimplifiedTrackChosen)
        timing.convert_simplified(handling, UNIT, uuid4(), at=HEARD)
        the_event(handling, SimplifiedTrackConverted)
        assert handling.accepted_at == NOTIFIED

    @pytest.mark.parametrize("route", [route for route in Route if route is not Route.petition_procedure])
    def test_case_of_another_procedure_is_not_simple(self, route: Route):
        """信访事项简易办理办法 第五条第一项."""
        with refuses(OtherRoute):
            simplify(accepted(route=route))

    def test_case_that_the_own_bureau_has_assigned_is_not_simple_either(self):
        """信访事项简易办理办法 第五条第二项."""
        with refuses(AssignedFromAbove):
            simplify(accepted(due_on=date(2025, 12, 31)))

    def test_case_assigned_from_above_is_not_simple(self):
        """信访事项简易办理办法 第五条第二项."""
        with refuses(AssignedFromAbove):
            simplify(accepted(from_above=True))

    def test_case_of_several_units_is_not_simple(self):
        """信访事项简易办理办法 第五条第四项."""
        with refuses(SeveralUnits):
            simplify(accepted(co_units=(OTHER,)))

    def test_case_of_several_petitioners_is_not_handled_simply(self):
        """信访事项简易办理办法 第五条第四项."""
        handling = after(accepted(), lambda h: receiving.learn_petitioners(h, (uuid4(),), at=HEARD))
        with refuses(SeveralPetitioners):
            simplify(handling)

    def test_who_comes_again_is_not_handled_simply(self):
        """信访事项简易办理办法 第四条: 初次信访事项."""
        with refuses(RepeatPetition):
            simplify(accepted(), repeated=True)

    def test_what_a_leader_has_written_on_is_not_simple(self):
        """信访事项简易办理办法 第五条第二项."""
        with refuses(InstructedByLeader):
            simplify(accepted(), instructed=True)

    def test_claim_is_not_refused_on_the_simple_way(self):
        """信访事项简易办理办法 第五条第三项."""
        handling = after(heard(), simplify)
        with refuses(RefusalNotSimple):
            decide(handling, Result.not_support)
        decide(after(handling, lambda h: timing.convert_simplified(h, UNIT, uuid4(), at=HEARD)), Result.not_support)

    def test_it_is_chosen_and_left_once(self):
        """信访事项简易办理办法 第四条, 第五条."""
        with refuses(AlreadySimplified):
            simplify(after(accepted(), simplify))
        with refuses(NotSimplified):
            timing.convert_simplified(accepted(), UNIT, uuid4(), at=HEARD)


class TestExtend:
    def test_time_is_longer_once(self):
        """第三十四条."""
        handling = accepted()
        before = timing.decide_until(handling)
        extend(handling)
        the_event(handling, HandlingExtended)
        assert (before, timing.decide_until(handling)) == (date(2025, 10, 27), date(2025, 11, 25))
        with refuses(AlreadyExtended):
            extend(handling, 1)

    @pytest.mark.parametrize("days", [0, 31])
    def test_it_is_thirty_days_at_most(self, days: int):
        """第三十四条: «延长期限不得超过30日»."""
        with refuses(ExtensionTooLong):
            extend(accepted(), days)

    def test_day_sixty_is_in_time_and_the_day_after_it_is_not(self):
        """第三十四条: day 60 is Sunday 26 October, so the time ends on Monday."""
        extend(accepted(), on=at("2025-10-27", "23:59"))
        with refuses(ExtensionTooLate):
            extend(accepted(), on=at("2025-10-28", "00:00"))

    def test_notice_served_in_time_may_be_put_on_file_later(self):
        """第三十四条."""
        extend(accepted(), on=at("2025-10-27"), now=at("2025-10-30"))
        with refuses(ImpossibleDate):
            extend(accepted(), on=at("2025-10-27"), now=at("2025-10-20"))

    def test_no_time_is_added_elsewhere(self):
        """第三十四条: only what 第三十一条第六项 names has sixty days."""
        with refuses(OtherRoute):
            extend(accepted(route=Route.statutory_duty))

    def test_nobody_is_kept_waiting_who_cannot_be_told_why(self):
        """第三十四条."""
        handling = after(opened(anonymous=True), lambda h: acceptance.accept(h, UNIT, "co-1", DIRECTORY, at=NOTIFIED))
        with refuses(NoticeImpossible):
            extend(handling, on=SERVED)
