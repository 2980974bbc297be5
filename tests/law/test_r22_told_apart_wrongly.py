"""第二十二条、第二十三条、第三十一条: what was told apart wrongly is put right, and loses nobody anything."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.assignment import CaseCameBack, CaseLeft, CaseRecalled, ClassificationLearnt
from contracts.intake import ClassificationCorrected
from contracts.mediation import AcceptanceNotified, OpinionIssued, RouteDetermined, SuggestionReplied
from contracts.vocabulary import (
    ContentCategory,
    Forwarding,
    JudicialManner,
    Kind,
    LeavingReason,
    Result,
    Route,
    ServiceMethod,
    SuggestionResult,
)
from services.accountability.clocks import rules
from services.accountability.clocks.effects import Clocks
from services.accountability.clocks.rules import Told
from services.assignment.domain.assigning import Assignment
from services.assignment.reactions import correct as learn
from services.intake.domain import classification
from services.intake.domain.classification import (
    ROUTES,
    NotReceivedHere,
    NotToBeCorrected,
    RouteDoesNotFit,
    SameClassification,
    UnitIsAccused,
)
from services.intake.domain.grouping import must_be_dividable
from services.intake.domain.registration import Registration
from services.mediation.domain import receiving
from services.mediation.domain.opinion import SuggestionIsReplied
from tests.assignment.test_domain import handed, received
from tests.intake.filed import NOW, answered, classified, closed, registered, reported, sealed
from tests.law.ledger import Ledger
from tests.law.test_r31_the_unit_tells_apart import ACCEPTED_AT, OWN_WAYS
from tests.mediation.cases import HEARD, decide, decided, heard, the_event
from tests.rules import at, refuses
from tests.units import COUNTY

WAGES = ContentCategory.unpaid_wages
APPEAL = (Kind.appeal_for_resolution, Route.petition_procedure)
SUGGESTION = (Kind.suggestion, Route.petition_procedure)
JUDICIAL = (Kind.appeal_for_resolution, Route.judicial)
REPORT = (Kind.report_accusation, Route.discipline_supervision)
CLASSES = [(kind, route) for kind, routes in ROUTES.items() for route in sorted(routes)]


def correct(r: Registration, to: tuple[Kind, Route], **more: Any) -> None:
    classification.correct(r, *to, WAGES, uuid4(), COUNTY, at=NOW, **more)


class TestAtTheDoor:
    @pytest.mark.parametrize("was", [one for one in CLASSES if one != REPORT])
    @pytest.mark.parametrize("to", CLASSES)
    def test_each_class_is_put_right_to_each_other(self, was: tuple[Kind, Route], to: tuple[Kind, Route]):
        registration = classified(*was)
        if was == to:
            with refuses(SameClassification):
                correct(registration, to)
            return
        correct(registration, to)
        assert the_event(registration, ClassificationCorrected).route is to[1]
        assert (registration.kind, registration.route) == to
        assert registration.confidential is (to == REPORT)

    def test_report_that_was_none_is_divided_or_handed_on(self):
        """第三十条第三款 binds what is a report."""
        registration = reported()
        correct(registration, APPEAL)
        must_be_dividable(registration)
        assert not registration.confidential

    def test_nobody_is_freed_of_what_they_are_accused_of(self):
        """第二十八条第三款、第三十条第三款: whoever is complained of is so for good."""
        registration = classified()
        classification.name_accused(registration, ["RSJ"], ["officer-9"], COUNTY, at=NOW)
        for to in (SUGGESTION, JUDICIAL, APPEAL):
            registration.taken()
            correct(registration, to)
            event = the_event(registration, ClassificationCorrected)
            assert (event.accused_units, event.accused_persons) == (("RSJ",), ("officer-9",))
            assert (registration.accused_units, registration.accused_persons) == (("RSJ",), ("officer-9",))

    @pytest.mark.parametrize("state", [registered, answered, closed])
    def test_not_before_it_is_told_apart_nor_after_the_answer(self, state):
        with refuses(NotToBeCorrected):
            correct(state(), SUGGESTION)

    def test_what_is_settled_elsewhere_stays(self):
        with refuses(NotToBeCorrected):
            correct(classified(), SUGGESTION, settled=True)

    def test_what_the_discipline_organ_has_stays_sealed(self):
        """第三十条第三款."""
        with refuses(NotToBeCorrected):
            correct(sealed(), APPEAL)

    def test_route_that_does_not_fit(self):
        with refuses(RouteDoesNotFit):
            correct(classified(), (Kind.suggestion, Route.judicial))

    def test_receiver_puts_right_what_came_to_their_own_unit(self):
        own = classified(direct=True, receiving_unit="RSJ")
        correct(own, SUGGESTION, unit="RSJ", as_receiver=True)
        assert own.kind is Kind.suggestion
        with refuses(NotReceivedHere):
            correct(classified(), SUGGESTION, unit="RSJ", as_receiver=True)

    def test_not_by_whom_it_complains_of(self):
        registration = classified()
        classification.accuse(registration, ["XFJ"], (), at=NOW)
        with refuses(UnitIsAccused):
            correct(registration, SUGGESTION, unit="XFJ")


# ------------------------------------------------------------------------------- behind the door


def corrected(to: tuple[Kind, Route]) -> ClassificationCorrected:
    registration = reported() if to != REPORT else classified()
    correct(registration, to)
    return the_event(registration, ClassificationCorrected)


def learns(a: Assignment, to: tuple[Kind, Route]) -> list[type]:
    learn(a, corrected(to), NOW)
    return [type(event) for event in a.taken()]


class TestHandingOn:
    def test_what_was_taken_for_the_courts_is_handed_on(self):
        """第二十二条第一项."""
        assignment = received(Route.judicial)
        assert learns(assignment, APPEAL) == [ClassificationLearnt]
        assignment.hand(Forwarding.forward, "RSJ", None, "XFJ", COUNTY, at=NOW)
        assert assignment.unit == "RSJ"

    def test_unit_keeps_what_it_is_still_to_handle(self):
        assignment = handed()
        assert learns(assignment, SUGGESTION) == [ClassificationLearnt]
        assert (assignment.unit, assignment.kind) == ("RSJ", Kind.suggestion)
        assert learns(assignment, SUGGESTION) == []

    def test_unit_loses_what_is_for_the_courts(self):
        """第二十二条第二款."""
        assignment = handed()
        assert learns(assignment, JUDICIAL) == [ClassificationLearnt, CaseRecalled]
        court = COUNTY.units["FY"]
        assignment.route_out(court, JudicialManner.forwarded, "RSJ", COUNTY, at=NOW)
        assert assignment.organ == "FY"

    def test_report_is_nobodys_here(self):
        """第三十条第三款."""
        assignment = handed()
        assert learns(assignment, REPORT) == [ClassificationLearnt, CaseRecalled, CaseLeft]
        assert (assignment.unit, assignment.left) == (None, LeavingReason.sealed)
        assert learns(assignment, APPEAL) == [ClassificationLearnt, CaseCameBack]

    def test_report_that_was_none_is_heard_of(self):
        assignment = Assignment.blank(uuid4())
        learn(assignment, corrected(APPEAL), NOW)
        assert (assignment.kind, assignment.state) == (Kind.appeal_for_resolution, "awaiting_unit")


class TestHandling:
    def test_appeal_that_was_taken_for_a_suggestion_has_an_opinion(self):
        """第三十一条第六项, and so a review (第三十五条)."""
        handling = heard(kind=Kind.suggestion)
        with refuses(SuggestionIsReplied):
            decide(handling)
        receiving.learn_classification(handling, *APPEAL, uuid4(), at=HEARD)
        handling.taken()
        decide(handling, Result.support)
        assert the_event(handling, OpinionIssued).result is Result.support

    def test_what_is_answered_stays_what_it_was_answered_as(self):
        handling = decided(kind=Kind.appeal_for_resolution)
        receiving.learn_classification(handling, *SUGGESTION, uuid4(), at=HEARD)
        assert handling.taken() == []


# ------------------------------------------------------------------------------- the clocks


def told_apart(kind: Kind, route: Route) -> Ledger:
    return Ledger(kind=kind, route=route, with_unit_since=at("2025-03-04"), category=WAGES)


def accepts(ledger: Ledger) -> None:
    ledger.tell(AcceptanceNotified, on=ACCEPTED_AT, by="county-hr", notice_no="1", served_at=ACCEPTED_AT,
                case_officer="o", method=ServiceMethod.post, receipt="R-1")  # fmt: skip


def puts_right(ledger: Ledger, on, kind: Kind, route: Route) -> None:
    ledger.tell(ClassificationCorrected, on=on, registration_no="XF1", kind=kind, route=route, category=WAGES,
                place="village", reasons=uuid4())  # fmt: skip


def running(ledger: Ledger) -> dict[str, Any]:
    return {clock.code: clock.due_on for clock in ledger.all() if clock.open}


def test_appeal_is_answered_sixty_days_after_it_was_accepted_as_a_suggestion():
    """第三十四条."""
    ledger, usual = told_apart(*SUGGESTION), told_apart(*APPEAL)
    for one in (ledger, usual):
        accepts(one)
    puts_right(ledger, at("2025-03-20"), *APPEAL)
    assert running(ledger)["C5"] == running(usual)["C5"]


def test_suggestion_is_replied_to_by_the_day_on_which_the_appeal_was_due():
    ledger = told_apart(*APPEAL)
    accepts(ledger)
    due = running(ledger)
    puts_right(ledger, at("2025-03-20"), *SUGGESTION)
    assert running(ledger) == due
    ledger.tell(SuggestionReplied, on=at("2025-03-21"), by="county-hr", reply_no="1", result=SuggestionResult.adopted,
                document=uuid4(), method=ServiceMethod.post, served_at=at("2025-03-21"), receipt="R-1")  # fmt: skip
    assert "C5" not in running(ledger)


STEPS = st.tuples(st.integers(0, 12), st.sampled_from([*(one for one in CLASSES if one != REPORT), *OWN_WAYS]))


@settings(max_examples=100, deadline=None)
@given(first=st.sampled_from([one for one in CLASSES if one != REPORT]), steps=st.lists(STEPS, max_size=7))
def test_no_day_moves_later_whatever_is_put_right(first: tuple[Kind, Route], steps: list[tuple[int, Any]]):
    """Neither of what runs, nor of the sixty days that would have run, had it been told apart rightly at once."""
    no_day_moves_later(first, *steps)


def no_day_moves_later(first: tuple[Kind, Route], *steps: tuple[int, Any]) -> None:
    ledger, now, last = told_apart(*first), ACCEPTED_AT, {}
    accepts(ledger)
    for days, what in steps:
        now += timedelta(days=days)
        if isinstance(what, Route):
            ledger.tell(RouteDetermined, on=now, by="county-hr", unit="county-hr", route=what, reasons=uuid4())
        else:
            puts_right(ledger, now, *what)
        for code, due in running(ledger).items():
            assert due <= last.setdefault(code, due), code
        if (ledger.case.kind, ledger.case.route) == APPEAL:
            usual = told_apart(*APPEAL)
            accepts(usual)
            assert running(ledger)["C5"] == running(usual)["C5"]


class TestMutants:
    """What is asked after each correction sees what it is there to see."""

    def test_sixty_days_that_begin_with_the_correction(self, monkeypatch: pytest.MonkeyPatch):
        real = rules._moment

        def anew(told: Told, name: str) -> datetime:
            return real(told, "" if name == "case.waits_since" else name)

        monkeypatch.setattr(rules, "_moment", anew)
        with pytest.raises(AssertionError):
            no_day_moves_later(SUGGESTION, (5, APPEAL))

    def test_procedure_that_is_found_once_more_with_days_of_its_own(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(Clocks, "given_up", lambda *_: ())
        with pytest.raises(AssertionError):
            no_day_moves_later(APPEAL, (1, OWN_WAYS[0]), (5, APPEAL), (5, OWN_WAYS[0]))
