"""第三十一条: 有权处理的机关、单位应当区分情况, whatever was said at the door; and nobody waits longer for that."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.event import typed_before
from contracts.mediation import (
    AcceptanceNotified,
    OpinionIssued,
    ProcedureImported,
    RouteDetermined,
    SimplifiedTrackConverted,
)
from contracts.vocabulary import ClockOutcome, Kind, Result, Route, ServiceMethod, SimplifiedGround
from services.mediation.domain import answers, receiving, timing
from services.mediation.domain.answers import NotAnAppeal, NotTheUnitsToTell, SameRoute
from services.mediation.domain.guards import AlreadyDecided, NotTheHandlingUnit
from services.mediation.domain.handling import Handling
from services.mediation.domain.opinion import NotByOpinion
from tests.law.ledger import Ledger
from tests.mediation.cases import (
    DIRECTORY,
    HEARD,
    OTHER,
    UNIT,
    accepted,
    decide,
    decided,
    delivered,
    heard,
    open_,
    opened,
    the_event,
)
from tests.rules import at, refuses

APPEAL = {"kind": Kind.appeal_for_resolution}
OWN_WAYS = (*sorted(answers.IMPORTED), Route.petition_procedure)
SERVED = {"method": ServiceMethod.post, "receipt": typed_before("R-1")}


def tell_apart(h: Handling, route: Route, unit: str = UNIT) -> None:
    answers.determine_route(h, unit, route, uuid4(), at=HEARD)


def import_(h: Handling) -> None:
    answers.import_procedure(h, UNIT, "RSJ", "导1号", delivered(HEARD), DIRECTORY, at=HEARD)


class TestTheUnit:
    def test_brings_into_a_procedure_what_the_bureau_took_for_a_petition(self):
        """第四项: 可以通过行政复议、行政裁决……等行政程序解决的，导入相应程序处理。"""
        handling = accepted(**APPEAL)
        tell_apart(handling, Route.administrative_procedure)
        assert the_event(handling, RouteDetermined).route is Route.administrative_procedure
        import_(handling)
        assert the_event(handling, ProcedureImported).route is Route.administrative_procedure

    def test_gives_an_opinion_on_what_the_bureau_took_for_another_procedure(self):
        """第六项: 不属于以上情形的，……出具信访处理意见书。"""
        handling = heard(route=Route.administrative_procedure, **APPEAL)
        with refuses(NotByOpinion):
            decide(handling)
        tell_apart(handling, Route.petition_procedure)
        handling.taken()
        decide(handling, Result.support)
        assert the_event(handling, OpinionIssued).result is Result.support

    def test_tells_apart_before_the_petitioner_is_told(self):
        """第二十三条第三款: the notice tells of 处理途径和程序."""
        handling = opened(**APPEAL)
        tell_apart(handling, Route.arbitration)
        assert handling.route is Route.arbitration

    def test_what_it_found_stands_where_another_unit_gets_the_case(self):
        handling = opened(**APPEAL)
        tell_apart(handling, Route.arbitration)
        receiving.give_back(handling, UNIT, at=HEARD)
        open_(handling, OTHER, now=HEARD, **APPEAL)
        assert handling.route is Route.arbitration
        tell_apart(handling, Route.petition_procedure, OTHER)
        assert handling.route is Route.petition_procedure

    def test_what_goes_another_way_is_simple_no_more(self):
        """信访事项简易办理办法 第五条第一项."""
        handling = accepted(**APPEAL)
        timing.choose_simplified(
            handling, UNIT, SimplifiedGround.clear_facts, repeated=False, instructed=False, at=HEARD
        )
        handling.taken()
        tell_apart(handling, Route.statutory_duty)
        assert [type(event) for event in handling.taken()] == [RouteDetermined, SimplifiedTrackConverted]
        assert not handling.simplified


class TestRefused:
    @pytest.mark.parametrize("route", [Route.judicial, Route.discipline_supervision])
    def test_courts_and_discipline_organs_are_reached_from_the_door(self, route: Route):
        """第二十二条第二款."""
        with refuses(NotTheUnitsToTell):
            tell_apart(accepted(**APPEAL), route)

    def test_suggestion_has_no_ways(self):
        with refuses(NotAnAppeal):
            tell_apart(accepted(kind=Kind.suggestion), Route.arbitration)

    def test_same_way_again(self):
        with refuses(SameRoute):
            tell_apart(accepted(**APPEAL), Route.petition_procedure)

    def test_after_the_answer(self):
        with refuses(AlreadyDecided):
            tell_apart(decided(**APPEAL), Route.arbitration)

    def test_by_another_unit(self):
        with refuses(NotTheHandlingUnit):
            tell_apart(accepted(**APPEAL), Route.arbitration, OTHER)


# ------------------------------------------------------------------------------- the clocks

ACCEPTED_AT = at("2025-03-05")


def accepted_as(route: Route) -> Ledger:
    ledger = Ledger(kind=Kind.appeal_for_resolution, route=route, with_unit_since=at("2025-03-04"))
    ledger.tell(AcceptanceNotified, on=ACCEPTED_AT, by="county-hr", notice_no="1", served_at=ACCEPTED_AT,
                case_officer="o", **SERVED)  # fmt: skip
    return ledger


def finds(ledger: Ledger, route: Route, on) -> None:
    ledger.tell(RouteDetermined, on=on, by="county-hr", unit="county-hr", route=route, reasons=uuid4())


def running(ledger: Ledger) -> dict[str, object]:
    return {clock.code: clock.due_on for clock in ledger.all() if clock.open}


def test_sixty_days_run_from_the_acceptance_also_where_the_way_is_known_later():
    """第三十四条: 自受理之日起60日内办结."""
    ledger, usual = accepted_as(Route.administrative_procedure), accepted_as(Route.petition_procedure)
    assert running(ledger).keys() == {"D6"}
    finds(ledger, Route.petition_procedure, at("2025-03-15"))
    assert running(ledger) == running(usual)
    assert next(c for c in ledger.all() if c.code == "D6").outcome is ClockOutcome.void


def test_sixty_days_run_on_until_the_case_is_in_the_other_procedure():
    ledger = accepted_as(Route.petition_procedure)
    due = running(ledger)["C5"]
    finds(ledger, Route.administrative_procedure, at("2025-03-15"))
    assert running(ledger) == {"C5": due, "D6": at("2025-03-31").date()}
    ledger.tell(ProcedureImported, on=at("2025-03-20"), by="county-hr", served_at=at("2025-03-20"),
                route=Route.administrative_procedure, competent_body="RSJ", notice_no="2", **SERVED)  # fmt: skip
    assert running(ledger).keys() == {"D7"}


@settings(max_examples=60, deadline=None)
@given(
    first=st.sampled_from(OWN_WAYS), ways=st.lists(st.tuples(st.sampled_from(OWN_WAYS), st.integers(0, 20)), max_size=6)
)
def test_no_day_moves_later_however_often_it_is_told_apart(first: Route, ways: list[tuple[Route, int]]):
    ledger, now, last = accepted_as(first), ACCEPTED_AT, {}
    for route, days in ways:
        now += timedelta(days=days)
        finds(ledger, route, now)
        for code, due in running(ledger).items():
            assert due <= last.setdefault(code, due)
        assert ledger.case.route is route
    if Route.petition_procedure in {first, *(route for route, _ in ways)}:
        assert running(ledger)["C5"] == running(accepted_as(Route.petition_procedure))["C5"]
