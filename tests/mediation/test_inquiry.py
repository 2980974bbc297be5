"""Recusal and hearings."""

from __future__ import annotations

from uuid import uuid4

import pytest

from contracts.mediation import HearingClosed, HearingOpened, RecusalDecided, RecusalDeclared, RecusalRequested
from contracts.vocabulary import HearingStage, Route
from services.mediation.domain import inquiry
from services.mediation.domain.handling import Handling
from services.mediation.domain.inquiry import (
    AlreadyRecused,
    HearingNotClosed,
    NoHearing,
    NoHearingOnThisRoute,
    NoRecusalPending,
    OwnRecusal,
    PresiderHandles,
    PresiderRecused,
    RecusedOfficer,
    SuccessorUnnamed,
)
from tests.mediation.cases import HEARD, UNIT, accepted, after, decide, heard, the_event
from tests.rules import refuses


def request(handling: Handling, officer: str = "co-1") -> None:
    inquiry.request_recusal(handling, officer, uuid4(), at=HEARD)


def declare(handling: Handling, officer: str = "co-1") -> None:
    inquiry.declare_recusal(handling, UNIT, officer, at=HEARD)


def rule(handling: Handling, officer="co-1", granted=True, by="head-1", successor: str | None = "co-2") -> None:
    inquiry.decide_recusal(handling, UNIT, officer, granted=granted, decided_by=by, successor=successor, at=HEARD)


def hold(handling: Handling, presider: str = "presider-1") -> None:
    inquiry.open_hearing(handling, UNIT, presider, public=True, at=HEARD)


class TestRecusal:
    def test_officer_who_declares_an_interest_steps_aside_at_once(self):
        """第二十八条第三款."""
        handling = accepted()
        declare(handling)
        the_event(handling, RecusalDeclared)
        with refuses(RecusedOfficer):
            inquiry.admit(handling, "co-1")
        inquiry.admit(handling, "co-2")

    def test_petitioner_asks_and_the_head_decides(self):
        """第二十八条第三款: somebody else handles the case from there."""
        handling = accepted()
        request(handling)
        the_event(handling, RecusalRequested)
        inquiry.admit(handling, "co-1")
        rule(handling)
        the_event(handling, RecusalDecided)
        assert handling.case_officer == "co-2"
        with refuses(RecusedOfficer):
            inquiry.admit(handling, "co-1")

    def test_officer_returns_when_there_is_no_interest(self):
        """第二十八条第三款."""
        handling = after(accepted(), declare, lambda h: rule(h, granted=False, successor=None))
        inquiry.admit(handling, "co-1")
        assert handling.case_officer == "co-1"

    def test_nobody_decides_on_themselves(self):
        """第二十八条第三款."""
        handling = after(accepted(), lambda h: declare(h, "head-1"))
        with refuses(OwnRecusal):
            rule(handling, "head-1")

    @pytest.mark.parametrize("successor", [None, "co-1"])
    def test_case_is_not_left_without_an_officer(self, successor: str | None):
        """第二十八条第一款."""
        with refuses(SuccessorUnnamed):
            rule(after(accepted(), request), successor=successor)

    def test_it_is_asked_for_and_decided_once(self):
        """第二十八条第三款."""
        with refuses(NoRecusalPending):
            rule(accepted())
        handling = after(accepted(), request)
        with refuses(AlreadyRecused):
            request(handling)
        with refuses(AlreadyRecused):
            declare(after(handling, rule))


class TestHearing:
    def test_nothing_is_decided_while_it_goes_on(self):
        """第三十一条第六项."""
        handling = heard()
        hold(handling)
        assert the_event(handling, HearingOpened).stage is HearingStage.handling
        assert handling.state == "hearing"
        with refuses(HearingNotClosed):
            decide(handling)
        with refuses(HearingNotClosed):
            hold(handling)
        inquiry.close_hearing(handling, UNIT, uuid4(), at=HEARD)
        the_event(handling, HearingClosed)
        decide(handling)

    def test_officer_of_the_case_does_not_preside(self):
        """第二十八条第三款."""
        with refuses(PresiderHandles):
            hold(accepted(), "co-1")

    def test_officer_who_keeps_out_does_not_preside(self):
        """第二十八条第三款."""
        handling = accepted()
        declare(handling, "presider-1")
        with refuses(PresiderRecused):
            hold(handling, "presider-1")

    @pytest.mark.parametrize("route", [Route.judicial, Route.arbitration, Route.administrative_procedure])
    def test_what_others_decide_is_not_heard_here(self, route: Route):
        """第三十一条第一项至第四项."""
        with refuses(NoHearingOnThisRoute):
            hold(accepted(route=route))

    def test_hearing_that_is_not_held_is_not_closed(self):
        """第三十一条第六项."""
        with refuses(NoHearing):
            inquiry.close_hearing(accepted(), UNIT, uuid4(), at=HEARD)
