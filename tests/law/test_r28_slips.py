"""第二十八条第一款: who has entered something by a slip puts it right, and both stand on record; nothing due moves later.

What the petitioner has had, or what was done for them, is not undone by that: the remedies are there for it.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from contracts import intake, mediation
from contracts.event import typed_before
from contracts.mediation import (
    AcceptanceNotified,
    CommitmentMade,
    DeliveryReturned,
    ExecutionOrdered,
    OpinionIssued,
    OpinionServed,
    OpinionTakenBack,
)
from contracts.vocabulary import (
    CaseState,
    DocumentKind,
    DuplicateReason,
    Kind,
    RecordKind,
    Result,
    ReturnedPaper,
    ReturnReason,
    ReviewResult,
    Role,
    Route,
    ServiceMethod,
)  # fmt: skip
from services.chassis.errors import NotFound
from services.chassis.slips import NoReceipt, NotTheirEntry
from services.intake.domain import grouping
from services.intake.domain.grouping import AlreadyCompared
from services.intake.domain.saying import NotSo, said
from services.mediation.domain import opinion, receiving
from services.mediation.domain.guards import NotTheHandlingUnit
from services.mediation.domain.handling import Handling
from services.mediation.domain.opinion import AlreadyServed, ExecutedAlready, NotDecided
from tests.harness import GOVERNMENT, HEAD, Servers, System
from tests.intake.filed import NOW, registered
from tests.law.ledger import Ledger
from tests.law.test_r32_a_paper_says_what_is_so import facts, happened
from tests.law.test_r35_came_back import BACK as LATER
from tests.law.test_r35_came_back import SECOND, comes_back
from tests.mediation.cases import (
    HEARD,
    OTHER,
    REVIEWED,
    SERVED,
    UNIT,
    after,
    ask_review,
    decide,
    decided,
    delivered,
    execute,
    heard,
    put,
    review,
    serve,
    served,
    the_event,
)  # fmt: skip
from tests.rules import refused, refuses
from tests.steps import PAPER, SYSTEM, act, clocks, document, ok, open_county, paper, typed
from tests.steps import registered as registered_case
from tests.steps import served as served_case


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

    def test_nor_what_one_of_several_has_while_that_of_another_came_back(self):
        handling = after(
            served(Result.support),
            lambda h: receiving.learn_petitioners(h, (SECOND,), at=SERVED),
            lambda h: opinion.serve_another(h, UNIT, SECOND, delivered(SERVED), at=SERVED),
        )
        comes_back(handling, ReturnedPaper.opinion, SECOND, now=LATER)
        with refuses(AlreadyServed):
            opinion.take_back(handling, UNIT, uuid4(), at=LATER)

    def test_what_came_back_was_not_had(self):
        """第三十五条 收到: nobody has to send something wrong once more, nor to wait for the review to put it right."""
        handling = served(Result.not_support)
        begun = handling.begun_at
        comes_back(handling, ReturnedPaper.opinion, now=LATER)
        handling.taken()
        opinion.take_back(handling, UNIT, uuid4(), at=LATER)
        assert the_event(handling, OpinionTakenBack).waits_since == begun
        assert (handling.served_at, handling.unreached, handling.answered) == (None, False, False)
        decide(handling, Result.support, now=LATER)
        handling.taken()
        serve(handling, now=LATER)
        assert not the_event(handling, OpinionServed).again

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

    def test_what_was_promised_with_it_is_promised_to_nobody(self):
        """第二十七条: what an earlier opinion promised stays, for that one the petitioner has had."""
        handling = served(Result.not_support)
        opinion.make_commitment(handling, UNIT, date(2025, 10, 1), uuid4(), at=SERVED)
        ask_review(handling)
        review(handling, ReviewResult.revoke)
        put(handling, RecordKind.facts_verified, now=REVIEWED)
        decide(handling, Result.support, now=REVIEWED)
        opinion.make_commitment(handling, UNIT, date(2025, 11, 1), uuid4(), at=REVIEWED)
        handling.taken()
        opinion.take_back(handling, UNIT, uuid4(), at=REVIEWED)
        assert the_event(handling, OpinionTakenBack).promises == (2,)
        assert handling.commitments == {1: date(2025, 10, 1)}

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
        OpinionIssued, "2025-08-28", opinion_no=opinion_no, result=Result.support, legal_basis=typed_before("某法 第三条"),
        document=document, approved_by="head-1", review_body="XZF",
    )  # fmt: skip
    assert said(DocumentKind.opinion, facts(issued)).number == opinion_no
    gone = happened(OpinionTakenBack, "2025-08-29", opinion_no=opinion_no, result=Result.support, document=document)
    with refuses(NotSo):
        said(DocumentKind.opinion, facts(issued, gone))


def test_sixty_days_run_on_in_the_ledger():
    """第三十四条."""
    ledger = Ledger(kind=Kind.appeal_for_resolution, route=Route.petition_procedure)
    notice = {"notice_no": "1", "method": ServiceMethod.post, "served_at": NOW, "receipt": typed_before("EMS-1")}
    ledger.tell(AcceptanceNotified, case_officer="co-1", **notice)
    due = ledger.duty("C5").due_at
    ledger.tell(
        OpinionIssued, opinion_no="1", result=Result.support, legal_basis=typed_before("某法 第三条"), document=uuid4(),
        approved_by="head-1", review_body="XZF",
    )  # fmt: skip
    ledger.tell(OpinionTakenBack, opinion_no="1", result=Result.support, document=uuid4())
    assert (ledger.case.state, ledger.case.result) == (CaseState.accepted, None)
    assert ledger.duty("C5").due_at == due


def test_what_came_back_and_is_taken_back_is_owed_by_the_day_that_it_had():
    """第三十四条: that it was sent in time stays so, and has answered nobody; what was granted with it is owed no more."""
    ledger = Ledger(kind=Kind.appeal_for_resolution, route=Route.petition_procedure)
    sent = {"method": ServiceMethod.post, "served_at": NOW, "receipt": typed_before("EMS-1")}
    ledger.tell(AcceptanceNotified, notice_no="1", case_officer="co-1", **sent)
    due = ledger.duty("C5").due_at
    ledger.tell(
        OpinionIssued, opinion_no="1", result=Result.support, legal_basis=typed_before("某法 第三条"), document=uuid4(),
        approved_by="head-1", review_body="XZF",
    )  # fmt: skip
    ledger.tell(OpinionServed, **sent)
    note = {
        "paper": ReturnedPaper.opinion,
        "receipt": typed_before("T-1"),
        "reason": ReturnReason.moved,
        "returned_on": NOW.date(),
    }
    ledger.tell(DeliveryReturned, entry=1, **note)
    assert {duty.code for duty in ledger.duties()} == {"D3", "D57"}
    ledger.tell(OpinionTakenBack, opinion_no="1", result=Result.support, document=uuid4(), waits_since=NOW)
    assert [(duty.code, duty.due_at) for duty in ledger.duties()] == [("C5", due)]


def test_who_was_urged_to_do_what_was_taken_back_owes_nothing():
    """第三十二条第二款: nobody can carry out what no opinion grants."""
    ledger = Ledger(kind=Kind.appeal_for_resolution, route=Route.petition_procedure)
    ledger.tell(
        OpinionIssued, opinion_no="1", result=Result.support, legal_basis=typed_before("某法 第三条"), document=uuid4(),
        approved_by="head-1", review_body="XZF",
    )  # fmt: skip
    ledger.tell(ExecutionOrdered, unit="land", due_on=date(2025, 4, 1), document=uuid4())
    assert ledger.duty("D15").holder == "land"
    ledger.tell(OpinionTakenBack, opinion_no="1", result=Result.support, document=uuid4())
    assert not ledger.duties("D15")


def test_promise_is_owed_no_more_with_what_was_taken_back():
    ledger = Ledger(kind=Kind.appeal_for_resolution, route=Route.petition_procedure)
    for number in (1, 2):
        ledger.tell(CommitmentMade, commitment=number, due_on=date(2025, 4, number), document=uuid4())
    ledger.tell(OpinionTakenBack, opinion_no="1", result=Result.support, document=uuid4(), promises=(2,))
    assert [clock.item for clock in ledger.duties("D18")] == ["1"]
    assert ledger.case.commitments_open == 1


class TestWrongReceipt:
    """第二十一条第二款: what is entered is true; a number of a receipt that was typed wrong is put right, by who did."""

    def test_paper_says_the_right_one(self):
        served = {"method": ServiceMethod.post, "served_at": NOW, "receipt": typed_before("EMS-1")}
        told = happened(AcceptanceNotified, notice_no="受1号", case_officer="co-1", originator_version=2, **served)
        right = typed_before("EMS-7")
        wrong = {"entry": 2, "before": served["receipt"], "document": uuid4()}
        for kind, number in ((mediation.ReceiptCorrected, right), (intake.ReceiptCorrected, served["receipt"])):
            service = said(DocumentKind.acceptance_notice, facts(told, happened(kind, after=right, **wrong))).service
            assert service is not None
            assert service.receipt == number, "each service counts its own events"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        yield made


@pytest.mark.asyncio(loop_scope="module")
class TestWrongReceiptEntered:
    """The correction is an event of its own, in which both numbers stand."""

    async def test_by_who_entered_it_or_their_head(self, county: System):
        case = await served_case(county)
        served_as = await version(county, "mediation", case, "mediation.OpinionServed")
        before = {clock["code"]: clock["due_on"] for clock in await clocks(county, case)}
        path = f"receipts/{served_as}/correction"
        body = {"receipt": "EMS-3", "document": await document(county, case)}
        refused(await act(county, case, path, body, actor="co-2"), 403, NotTheirEntry)
        refused(await act(county, case, path, body, role=Role.unit_head, unit=GOVERNMENT), 403, NotTheirEntry)
        ok(await act(county, case, path, body))
        ok(await act(county, case, path, body | {"receipt": "EMS-4"}, role=Role.unit_head, actor=HEAD))
        told = await happenings(county, "mediation", case)
        found = [one["body"] for one in told if one["type"].startswith("mediation.ReceiptCorrected")]
        numbers = [[await typed(county, case, one[name]) for name in ("before", "after")] for one in found]
        assert numbers == [["EMS-2", "EMS-3"], ["EMS-3", "EMS-4"]]
        assert {clock["code"]: clock["due_on"] for clock in await clocks(county, case)} == before

    async def test_only_of_what_has_one(self, county: System):
        case = await served_case(county)
        body = {"receipt": "EMS-3", "document": await document(county, case)}
        opened = await version(county, "mediation", case, "mediation.HandlingOpened")
        refused(await act(county, case, f"receipts/{opened}/correction", body, role=Role.unit_head), 409, NoReceipt)
        refused(await act(county, case, "receipts/999/correction", body), 404, NotFound)

    async def test_of_a_paper(self, county: System):
        case = await registered_case(county)
        made = await paper(county, case, PAPER)
        by: dict[str, Any] = {"role": Role.bureau_officer, "unit": UNIT}
        body = {"method": "post", "receipt": "EMS-5"}
        service = ok(await county.send("intake", f"/cases/{case}/papers/{made}/service", body, **by))
        right = {"receipt": "EMS-6", "document": await document(county, case)}
        path = f"/cases/{case}/papers/{made}/receipts/{service['version']}/correction"
        ok(await county.send("intake", path, right, **by))
        [found] = [one["body"] for one in await happenings(county, "intake", made) if "ReceiptCorrected" in one["type"]]
        assert [await typed(county, case, found[name]) for name in ("before", "after")] == ["EMS-5", "EMS-6"]


async def happenings(county: System, service: str, stream: str) -> list[dict[str, Any]]:
    reply = await county.client.get(f"{county.url(service)}/streams/{stream}/events", headers=SYSTEM)
    assert reply.status_code == 200, reply.text
    found: list[dict[str, Any]] = reply.json()
    return found


async def version(county: System, service: str, stream: str, kind: str) -> int:
    return next(one["version"] for one in await happenings(county, service, stream) if one["type"].startswith(kind))
