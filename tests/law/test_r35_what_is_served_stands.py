"""第三十五条, 第二十八条第三款: a late accusation takes the case from a unit, and nothing from the petitioner."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from contracts.accountability import ClockStopped
from contracts.assignment import CaseForwarded, CaseRecalled
from contracts.event import typed_before
from contracts.mediation import (
    CommitmentMade,
    HandlingCarriedOn,
    OpinionIssued,
    OpinionServed,
    RemedyPassedOn,
    ReviewOpinionServed,
    ReviewRequested,
)
from contracts.vocabulary import CaseState, ClockNature, ContentCategory, Level, Result, Route, ServiceMethod, UnitKind
from services.accountability.case import assignment as case_of_assignment
from services.mediation.domain import ending, receiving, remedy
from services.mediation.domain.handling import Handling
from services.mediation.domain.remedy import NotTheReviewBody, Request, WrongRecheckBody
from tests.law.ledger import BUREAU, Ledger
from tests.mediation.cases import DIRECTORY as COUNTY
from tests.mediation.cases import (
    OTHER,
    RECHECKER,
    REVIEW_ASKED,
    REVIEWED,
    REVIEWER,
    SERVED,
    UNIT,
    after,
    ask_review,
    decide,
    delivered,
    heard,
    open_,
    served,
    the_event,
)
from tests.rules import at, refuses
from tests.units import county, entry

SECTOR = "SSWJ"
DIRECTORY = county(
    *COUNTY.units.values(),
    entry(SECTOR, Level.city, "SZF", kind=UnitKind.department, powers=frozenset({ContentCategory.unpaid_wages})),
)  # fmt: skip


def accuse(h: Handling, *units: str) -> None:
    """Let the case complain of somebody, as it is learnt here: whoever may not touch it loses it."""
    receiving.learn_accused(h, units, (), DIRECTORY, at=SERVED)
    if h.unit in DIRECTORY.off_limits(units):
        receiving.give_back(h, UNIT, at=SERVED)


def ask(h: Handling, body: str | None = None) -> None:
    remedy.request_review(h, body, Request(REVIEW_ASKED, uuid4()), DIRECTORY, at=REVIEW_ASKED)


def accused_late(*units: str) -> Handling:
    return after(served(Result.explain), lambda h: accuse(h, *units))


class TestHandling:
    def test_r35_opinion_that_is_served_stands_when_its_unit_is_accused(self):
        """自收到书面答复之日起30日内: that time began, and nobody takes it back."""
        handling = accused_late(UNIT)
        assert (handling.unit, handling.served_at, handling.state) == (None, SERVED, "opinion_served")
        ask(handling)
        assert the_event(handling, ReviewRequested).review_body == REVIEWER

    def test_r28_opinion_that_nobody_has_is_void(self):
        handling = after(heard(), decide, lambda h: accuse(h, UNIT))
        assert (handling.unit, handling.result, handling.issued_at) == (None, None, None)

    def test_r28_who_gets_the_case_goes_on_from_there(self):
        """What was granted and promised is done by somebody, and the case is closed."""
        handling = after(accused_late(UNIT), lambda h: open_(h, OTHER, SERVED))
        assert (handling.unit, handling.served_at) == (OTHER, SERVED)
        ending.close(handling, OTHER, at=at("2026-01-01"))

    @pytest.mark.parametrize(("accused", "body"), [((REVIEWER,), SECTOR), ((SECTOR,), REVIEWER), (("JW",), REVIEWER)])
    def test_r35_another_admissible_body_looks_again(self, accused: tuple[str, ...], body: str):
        """上一级机关、单位: of the two lines the one that may touch the case."""
        handling = accused_late(*accused)
        with refuses(NotTheReviewBody):
            ask(handling, accused[0])
        ask(handling)
        assert the_event(handling, ReviewRequested).review_body == body

    def test_r35_where_none_is_left_it_is_one_above(self):
        handling = accused_late(REVIEWER, SECTOR)
        ask(handling)
        assert the_event(handling, ReviewRequested).review_body == RECHECKER

    def test_r35_who_was_asked_already_passes_it_on(self):
        handling = after(served(Result.explain), ask_review, lambda h: accuse(h, REVIEWER))
        assert handling.review_body == SECTOR
        with refuses(NotTheReviewBody):
            answer(handling, REVIEWER, "SZF")
        answer(handling, SECTOR, "SZF")
        the_event(handling, ReviewOpinionServed)

    def test_r36_nobody_names_a_body_that_may_not_touch_the_case(self):
        handling = after(served(Result.explain), ask_review, lambda h: accuse(h, "SZF"))
        with refuses(WrongRecheckBody):
            answer(handling, handling.review_body or "", "SZF")


def answer(h: Handling, body: str, recheck_body: str) -> None:
    verdict = remedy.Verdict(remedy.ReviewResult.uphold, uuid4(), "somebody")
    remedy.serve_review(h, body, "查1号", verdict, delivered(REVIEWED), recheck_body, DIRECTORY, at=REVIEWED)


# ------------------------------------------------------------------------------ and its clocks

HANDED = {"registration_no": "1", "route": Route.petition_procedure, "unit": "other", "unit_name": "另一单位"}


def answered() -> Ledger:
    """An opinion is served that grants something and promises more."""
    ledger = Ledger(result=Result.support)
    paper = {"document": uuid4()}
    ledger.tell(
        OpinionIssued, opinion_no="意1号", result=Result.support, legal_basis=typed_before("某法 第三条"), approved_by="head-1",
        review_body="gov", decided_by="co-1", **paper,
    )  # fmt: skip
    ledger.tell(OpinionServed, method=ServiceMethod.post, served_at=at("2025-03-03"), receipt=typed_before("EMS-1"))
    ledger.tell(CommitmentMade, commitment=1, due_on=date(2025, 5, 6), **paper)
    return ledger


def rights(ledger: Ledger) -> dict[str, date | None]:
    return {clock.code: clock.due_on for clock in ledger.all() if clock.open and clock.nature is ClockNature.right}


def owed(ledger: Ledger) -> dict[str, tuple[str | None, date | None]]:
    return {duty.code: (duty.holder, duty.due_on) for duty in ledger.duties()}


def test_r35_right_to_review_runs_on_and_what_was_granted_is_owed_on_the_same_days():
    ledger = answered()
    before, granted = rights(ledger), owed(ledger)
    ledger.tell(CaseRecalled, unit="county-hr")
    assert rights(ledger) == before
    assert {"C8", "C17"} <= before.keys()
    assert {code: day for code, (_, day) in owed(ledger).items() if code in granted} == {
        code: day for code, (_, day) in granted.items()
    }
    assert {holder for holder, _ in owed(ledger).values()} == {BUREAU}, "nobody accused owes anything"
    assert (ledger.case.state, ledger.case.unit) == (CaseState.opinion_served, None)


def test_r28_who_gets_the_case_owes_it_and_tells_nobody_a_second_time():
    ledger = answered()
    granted = owed(ledger)
    ledger.tell(CaseRecalled, unit="county-hr")
    ledger.tell(CaseForwarded, **HANDED)
    ledger.tell(HandlingCarriedOn, unit="other", unit_name="另一单位")
    assert owed(ledger) == {code: ("other", day) for code, (_, day) in granted.items()}
    assert (ledger.case.state, ledger.case.unit) == (CaseState.opinion_served, "other")


def test_r35_review_is_owed_by_whoever_it_was_passed_on_to():
    ledger = answered()
    ledger.tell(ReviewRequested, review_body="gov", received_at=at("2025-03-10"), document=uuid4())
    day = ledger.duty("C9").due_on
    ledger.tell(RemedyPassedOn, from_unit="gov", unit="sector")
    assert (ledger.duty("C9").holder, ledger.duty("C9").due_on) == ("sector", day)
    assert not [event for event in ledger.events if isinstance(event, ClockStopped) and event.code == "C9"]


def test_checker_sees_that_a_late_accusation_destroys_what_is_served(monkeypatch: pytest.MonkeyPatch):
    """Mutant: the case is told anew, answered or not."""

    def forget(case, state) -> None:
        case.state, case.served_at = state, None

    monkeypatch.setattr(case_of_assignment, "_stand", forget)
    with pytest.raises(AssertionError):
        test_r35_right_to_review_runs_on_and_what_was_granted_is_owed_on_the_same_days()
