"""第二十八条第一款: who has entered something by a slip puts it right, and both stand on record; nothing due moves later.

What the petitioner has had, or what was done for them, is not undone by that: the remedies are there for it.
"""

from __future__ import annotations

from uuid import uuid4

from contracts.mediation import AcceptanceNotified, OpinionIssued, OpinionTakenBack
from contracts.vocabulary import CaseState, DocumentKind, DuplicateReason, Kind, Result, Route, ServiceMethod
from services.intake.domain import grouping
from services.intake.domain.grouping import AlreadyCompared
from services.intake.domain.saying import NotSo, said
from services.mediation.domain import opinion
from services.mediation.domain.guards import NotTheHandlingUnit
from services.mediation.domain.handling import Handling
from services.mediation.domain.opinion import AlreadyServed, ExecutedAlready, NotDecided
from tests.intake.filed import NOW, registered
from tests.law.ledger import Ledger
from tests.law.test_r32_a_paper_says_what_is_so import facts, happened
from tests.mediation.cases import HEARD, OTHER, SERVED, UNIT, decide, decided, execute, heard, serve, served
from tests.rules import refuses


def take_back(handling: Handling, unit: str = UNIT) -> None:
    opinion.take_back(handling, unit, uuid4(), at=HEARD)


class TestWrongOpinion:
    """第三十二条: what nobody has had yet need not be served wrong."""

    def test_is_taken_back_and_another_one_is_issued(self):
        handling = decided(Result.not_support)
        take_back(handling)
        [event] = handling.taken()
        assert isinstance(event, OpinionTakenBack)
        assert (event.opinion_no, event.result) == ("意1号", Result.not_support)
        decide(handling, Result.support)
        serve(handling)
        assert (handling.result, handling.served_at) == (Result.support, SERVED)

    def test_is_not_served_after_that(self):
        handling = decided()
        take_back(handling)
        with refuses(NotDecided):
            serve(handling)

    def test_not_what_the_petitioner_has(self):
        with refuses(AlreadyServed):
            take_back(served(Result.support))

    def test_not_what_was_done_for_them(self):
        handling = decided(Result.support)
        execute(handling, HEARD.date())
        with refuses(ExecutedAlready):
            take_back(handling)

    def test_not_where_there_is_none(self):
        with refuses(NotDecided):
            take_back(heard())

    def test_only_by_the_unit_whose_case_it_is(self):
        with refuses(NotTheHandlingUnit):
            take_back(decided(), OTHER)

    def test_days_to_answer_run_on(self):
        """第三十四条."""
        handling = decided()
        begun = handling.begun_at
        take_back(handling)
        assert handling.begun_at == begun


class TestWrongLink:
    """第二十二条: two cases were found to be one matter by a slip, or two."""

    def test_is_found_otherwise_and_both_stand_on_record(self):
        one, other = registered(), registered()
        grouping.confirm_duplicate(one, other, [DuplicateReason.same_person], at=NOW)
        grouping.dismiss_duplicate(one, other, at=NOW)
        assert not one.duplicates
        assert not one.of_same_person
        grouping.confirm_duplicate(one, other, [DuplicateReason.same_facts], at=NOW)
        assert one.duplicates == {other.id}

    def test_from_the_other_side_too(self):
        one, other = registered(), registered()
        grouping.confirm_duplicate(one, other, [DuplicateReason.same_person], at=NOW)
        grouping.dismiss_duplicate(other, one, at=NOW)
        assert not one.duplicates

    def test_not_after_one_has_gone_into_the_other(self):
        one, other = registered(), registered()
        grouping.confirm_duplicate(one, other, [DuplicateReason.same_person], at=NOW)
        grouping.merge_into(one, other, at=NOW)
        for first, second in ((one, other), (other, one)):
            with refuses(AlreadyCompared):
                grouping.dismiss_duplicate(first, second, at=NOW)


def test_paper_of_what_was_taken_back_is_not_issued():
    """第三十二条: a paper says what is so."""
    opinion_no, document = "意1号", uuid4()
    issued = happened(
        OpinionIssued, "2025-08-28", opinion_no=opinion_no, result=Result.support, legal_basis=["某法 第三条"],
        document=document, approved_by="head-1", review_body="XZF",
    )  # fmt: skip
    assert said(DocumentKind.opinion, facts(issued)).number == opinion_no
    gone = happened(OpinionTakenBack, "2025-08-29", opinion_no=opinion_no, result=Result.support, document=document)
    with refuses(NotSo):
        said(DocumentKind.opinion, facts(issued, gone))


def test_sixty_days_run_on_in_the_ledger():
    """第三十四条."""
    ledger = Ledger(kind=Kind.appeal_for_resolution, route=Route.petition_procedure)
    notice = {"notice_no": "1", "method": ServiceMethod.post, "served_at": NOW, "receipt": "EMS-1"}
    ledger.tell(AcceptanceNotified, case_officer="co-1", **notice)
    due = ledger.duty("C5").due_at
    ledger.tell(
        OpinionIssued, opinion_no="1", result=Result.support, legal_basis=["某法 第三条"], document=uuid4(),
        approved_by="head-1", review_body="XZF",
    )  # fmt: skip
    ledger.tell(OpinionTakenBack, opinion_no="1", result=Result.support, document=uuid4())
    assert (ledger.case.state, ledger.case.result) == (CaseState.accepted, None)
    assert ledger.duty("C5").due_at == due
