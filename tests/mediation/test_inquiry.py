"""Recusal and hearings."""

from __future__ import annotations

from uuid import uuid4

import pytest

from contracts.mediation import HearingClosed, HearingOpened, RecusalDecided, RecusalDeclared, RecusalRequested
from contracts.vocabulary import HearingStage, Route
from services.chassis.charge import NotOfTheUnit
from services.chassis.recusal import AlreadyRecused, NoRecusalPending, OthersKeepOut, OwnRecusal
from services.mediation.domain import inquiry, people
from services.mediation.domain.guards import NotTheHandlingUnit
from services.mediation.domain.handling import Handling
from services.mediation.domain.inquiry import (
    HearingNotClosed,
    NoHearing,
    NoHearingOnThisRoute,
    PresiderHandles,
    SuccessorUnnamed,
)
from services.mediation.domain.people import NobodyKnown, NotTheHead
from tests.mediation.cases import DIRECTORY, HEARD, OTHER, REVIEWER, UNIT, accepted, after, decide, heard, the_event
from tests.rules import refuses


def request(handling: Handling, officer: str = "co-1") -> None:
    inquiry.request_recusal(handling, officer, uuid4(), DIRECTORY, at=HEARD)


def declare(handling: Handling, officer: str = "co-1") -> None:
    inquiry.declare_recusal(handling, UNIT, officer, DIRECTORY, at=HEARD)


def rule(
    handling: Handling, officer="co-1", granted=True, by="head-1", successor: str | None = "co-2", unit: str = UNIT
) -> None:
    inquiry.decide_recusal(
        handling, unit, officer, DIRECTORY, granted=granted, decided_by=by, successor=successor, at=HEARD
    )


def hold(handling: Handling, presider: str = "presider-1") -> None:
    inquiry.open_hearing(handling, UNIT, presider, DIRECTORY, public=True, at=HEARD)


class TestRecusal:
    def test_officer_who_declares_an_interest_steps_aside_at_once(self):
        """第二十八条第三款."""
        handling = accepted()
        declare(handling)
        the_event(handling, RecusalDeclared)
        with refuses(OthersKeepOut):
            people.must_not_be_recused(DIRECTORY, "co-1", handling)
        people.must_not_be_recused(DIRECTORY, "co-2", handling)

    @pytest.mark.parametrize(("units", "persons"), [((OTHER,), ()), ((), ("presider-1",))])
    def test_whom_the_case_complains_of_takes_no_part(self, units: tuple[str, ...], persons: tuple[str, ...]):
        """第二十八条第三款: neither the person, nor who acts for the unit or for one that stands under it."""
        handling = accepted(accused_units=units, accused_persons=persons)
        for act in (hold, lambda h: rule(after(h, request), successor="co-3")):
            with pytest.raises((OthersKeepOut, NotOfTheUnit)):
                act(handling)
        with refuses(OthersKeepOut):
            people.must_not_be_recused(DIRECTORY, "presider-1", handling)

    def test_petitioner_asks_and_the_head_decides(self):
        """第二十八条第三款: somebody else handles the case from there."""
        handling = accepted()
        request(handling)
        the_event(handling, RecusalRequested)
        people.must_not_be_recused(DIRECTORY, "co-1", handling)
        rule(handling)
        the_event(handling, RecusalDecided)
        assert handling.case_officer == "co-2"
        with refuses(OthersKeepOut):
            people.must_not_be_recused(DIRECTORY, "co-1", handling)

    def test_officer_returns_when_there_is_no_interest(self):
        """第二十八条第三款."""
        handling = after(accepted(), declare, lambda h: rule(h, granted=False, successor=None))
        people.must_not_be_recused(DIRECTORY, "co-1", handling)
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

    @pytest.mark.parametrize(("successor", "refusal"), [("presider-1", NotOfTheUnit), ("nobody", NotOfTheUnit)])
    def test_whoever_goes_on_is_one_of_the_unit(self, successor: str, refusal: type):
        """第二十八条第三款."""
        with refuses(refusal):
            rule(after(accepted(), request), successor=successor)

    @pytest.mark.parametrize("by", ["co-2", "head-2", "nobody"])
    def test_who_is_no_head_of_the_unit_does_not_decide(self, by: str):
        """第二十八条第三款."""
        with refuses(NotTheHead):
            rule(after(accepted(), request), by=by)

    def test_whether_the_head_keeps_out_is_decided_above(self):
        """第二十八条第三款: nobody decides about themselves, and nobody under them about them."""
        handling = after(accepted(), lambda h: request(h, "head-1"))
        rule(handling, "head-1", by="governor", unit=REVIEWER, successor=None)
        the_event(handling, RecusalDecided)
        with refuses(NotTheHandlingUnit):
            rule(after(accepted(), request), by="governor", unit=REVIEWER)

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

    def test_somebody_whom_nobody_knows_does_not_preside(self):
        """第二十八条第三款、第三十一条第六项."""
        with refuses(NobodyKnown):
            hold(accepted(), "nobody")

    def test_officer_who_keeps_out_does_not_preside(self):
        """第二十八条第三款."""
        handling = accepted()
        declare(handling, "presider-1")
        with refuses(OthersKeepOut):
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
