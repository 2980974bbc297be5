"""第二十二条、第二十三条、第三十一条: what was told apart wrongly is put right, and loses nobody anything."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import mediation
from contracts.assignment import CaseCameBack, CaseLeft, CaseRecalled, ClassificationLearnt
from contracts.event import typed_before
from contracts.intake import ClassificationCorrected
from contracts.mediation import AcceptanceNotified, OpinionIssued, RouteDetermined, SuggestionReplied
from contracts.vocabulary import (
    CaseState,
    ContentCategory,
    Forwarding,
    JudicialManner,
    Kind,
    LeavingReason,
    Result,
    Role,
    Route,
    ServiceMethod,
    SuggestionResult,
)
from services.accountability.clocks import rules
from services.accountability.clocks.effects import Clocks
from services.accountability.clocks.rules import Told
from services.assignment.domain.assigning import Assignment, NothingDisputed
from services.assignment.reactions import correct as learn
from services.chassis.errors import NotFound
from services.intake.domain import classification
from services.intake.domain.classification import (
    ROUTES,
    BureauPutsRight,
    NotReceivedHere,
    NotToBeCorrected,
    RouteDoesNotFit,
    SameClassification,
    UnitIsAccused,
)
from services.intake.domain.grouping import must_be_dividable
from services.intake.domain.registration import Registration
from services.intake.domain.track import must_be_among_who_know
from services.mediation.domain import answers, receiving
from services.mediation.domain.opinion import SuggestionIsReplied
from tests.assignment.test_domain import handed, received
from tests.assignment.test_jurisdiction import disputed
from tests.intake.filed import NOW, answered, classified, closed, registered, reported, sealed
from tests.law.ledger import Ledger
from tests.law.test_r24_back_and_forth import Passed
from tests.law.test_r28_keeps_out import by
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
        assert said(registration).route is to[1]
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
            event = said(registration)
            assert (event.accused_units, event.accused_persons) == (("RSJ",), ("officer-9",))
            assert (registration.accused_units, registration.accused_persons) == (("RSJ",), ("officer-9",))

    @pytest.mark.parametrize("state", [registered, answered, closed])
    def test_not_before_it_is_told_apart_nor_after_the_answer(self, state):
        with refuses(NotToBeCorrected):
            correct(state(), SUGGESTION)

    def test_no_unit_takes_the_review_of_whoever_appeals_to_it(self):
        """第三十五条: the bureau puts that right."""
        registration = classified(direct=True, receiving_unit="RSJ")
        with refuses(BureauPutsRight):
            correct(registration, SUGGESTION, unit="RSJ", as_receiver=True)
        correct(registration, JUDICIAL, unit="RSJ", as_receiver=True)
        correct(registration, APPEAL, unit="RSJ", as_receiver=True)
        correct(registration, SUGGESTION, unit="XFJ")
        correct(registration, APPEAL, unit="RSJ", as_receiver=True)

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
        correct(own, JUDICIAL, unit="RSJ", as_receiver=True)
        assert own.route is Route.judicial
        with refuses(NotReceivedHere):
            correct(classified(), SUGGESTION, unit="RSJ", as_receiver=True)

    def test_not_by_whom_it_complains_of(self):
        registration = classified()
        classification.accuse(registration, ["XFJ"], (), at=NOW)
        with refuses(UnitIsAccused):
            correct(registration, SUGGESTION, unit="XFJ")

    @pytest.mark.parametrize("unit", ["XFJ", "SXFJ", "RSJ"])
    def test_report_is_opened_again_by_nobody_who_may_not_know_of_it(self, unit: str):
        """第三十条第三款: another bureau has not received it."""
        registration, who = reported(), by(unit, role=Role.bureau_officer)
        if unit == registration.receiving_unit:
            must_be_among_who_know(registration, who, COUNTY)
            return
        with pytest.raises(NotFound):
            must_be_among_who_know(registration, who, COUNTY)

    @pytest.mark.parametrize("to", [REPORT, SUGGESTION])
    def test_what_a_unit_found_before_it_heard_of_that_changes_nothing(self, to: tuple[Kind, Route]):
        registration = classified()
        correct(registration, to)
        registration.taken()
        classification.learn_route(registration, Route.arbitration, at=NOW)
        assert (registration.taken(), registration.route) == ([], to[1])


# ------------------------------------------------------------------------------- behind the door


def corrected(to: tuple[Kind, Route]) -> ClassificationCorrected:
    registration = reported() if to != REPORT else classified()
    correct(registration, to)
    return said(registration)


def said(registration: Registration) -> ClassificationCorrected:
    [event] = [one for one in registration.taken() if isinstance(one, ClassificationCorrected)]
    return event


def learns(a: Assignment, to: tuple[Kind, Route]) -> list[type]:
    if to == REPORT:
        a.set_apart(at=NOW)
    else:
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

    def test_unit_loses_what_is_for_the_courts(self):
        """第二十二条第二款."""
        assignment = handed()
        assert learns(assignment, JUDICIAL) == [ClassificationLearnt, CaseRecalled]
        court = COUNTY.units["FY"]
        assignment.route_out(court, JudicialManner.forwarded, "RSJ", COUNTY, at=NOW)
        assert assignment.organ == "FY"

    def test_who_handles_it_hears_of_what_its_own_finding_had_changed(self):
        """第三十一条: the bureau puts right what a unit has found; here nobody had known of that."""
        assignment, handling = handed(), heard(kind=Kind.appeal_for_resolution)
        answers.determine_route(handling, "RSJ", Route.arbitration, uuid4(), at=HEARD)
        learn(assignment, corrected(APPEAL), NOW)
        learnt = the_event(assignment, ClassificationLearnt)
        receiving.learn_classification(handling, learnt.kind, learnt.route, learnt.reasons, at=HEARD)
        assert handling.route is Route.petition_procedure

    @pytest.mark.parametrize("to", [JUDICIAL, REPORT])
    def test_nobody_disputes_whose_it_is_any_more(self, to: tuple[Kind, Route]):
        """第二十二条第二款: also where it is with no unit, because each has given it back."""
        assignment = disputed()
        learns(assignment, to)
        assert assignment.dispute is None
        with refuses(NothingDisputed):
            assignment.designate("RSJ", (), "XZF", COUNTY, at=NOW)

    def test_report_is_nobodys_here(self):
        """第三十条第三款."""
        assignment = handed()
        assert learns(assignment, REPORT) == [CaseRecalled, CaseLeft]
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
                case_officer="o", method=ServiceMethod.post, receipt=typed_before("R-1"))  # fmt: skip


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
                document=uuid4(), method=ServiceMethod.post, served_at=at("2025-03-21"), receipt=typed_before("R-1"))  # fmt: skip
    assert "C5" not in running(ledger)


@pytest.mark.parametrize("to", [JUDICIAL, REPORT])
def test_arbiter_owes_nothing_about_what_is_no_units(to: tuple[Kind, Route]):
    """第二十二条第二款、第二十四条第一款."""
    world = Passed()
    world.objects("hr", "2026-03-04")
    world.asks("2026-03-05")
    assert world.owed("D2")[1] == "gov"
    facts = {"kind": to[0], "route": to[1], "category": WAGES, "reasons": uuid4()}
    world.happens(world.key, ClassificationLearnt, at("2026-03-06"), **facts)
    assert not world.duties("D2")


def test_report_that_a_unit_had_is_sealed_in_the_ledger_too():
    ledger = told_apart(*APPEAL)
    puts_right(ledger, at("2025-03-20"), *REPORT)
    ledger.tell(CaseRecalled, on="2025-03-20", unit="county-hr")
    assert ledger.case.state is CaseState.discipline_track


def test_last_word_is_the_one_that_the_handling_has_heard():
    """第三十一条: a unit finds something while the bureau puts something else right."""
    ledger = told_apart(*APPEAL)
    accepts(ledger)
    puts_right(ledger, at("2025-03-20"), *SUGGESTION)
    ledger.tell(RouteDetermined, on="2025-03-20", by="county-hr", unit="county-hr", route=Route.arbitration,
                reasons=uuid4())  # fmt: skip
    ledger.tell(mediation.ClassificationLearnt, on="2025-03-20", kind=SUGGESTION[0], route=SUGGESTION[1])
    assert (ledger.case.kind, ledger.case.route) == SUGGESTION
    assert not ledger.duties("D6")


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
