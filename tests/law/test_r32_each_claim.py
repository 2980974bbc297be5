"""第三十二条: 信访处理意见书应当载明信访人投诉请求、处理意见: each of several claims has an answer, and its own way on."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from contracts.assignment import ClaimsLearnt
from contracts.event import typed_before
from contracts.intake import ClaimsCorrected, ClaimsListed, PetitionAttached
from contracts.mediation import ClaimsAnswered, OpinionIssued, OpinionServed, ReviewOpinionServed
from contracts.vocabulary import ContentCategory, DocumentKind, Result, ReviewResult, Role
from services.assignment import reactions
from services.intake.application.registering import Content
from services.intake.domain import claims, filing, grouping
from services.intake.domain.claims import ClaimDropped, ClaimInLetter, ClaimsAnsweredAlready, NothingOverstated
from services.intake.domain.grouping import ClaimLeftOut
from services.intake.domain.guards import NotOpen
from services.intake.domain.registration import Registration
from services.intake.domain.saying import said
from services.mediation.commands.remedy import ServeReview
from services.mediation.domain import opinion, receiving
from services.mediation.domain.ending import NotExecuted, ReviewStillOpen
from services.mediation.domain.handling import Handling
from services.mediation.domain.opinion import ClaimUnanswered, NotAnOpinion, RefusalNotSimple, SameOpinionAgain
from services.mediation.domain.remedy import ChangeUnnamed
from tests.assignment.test_domain import received
from tests.intake.filed import NOW, answered, classified, closed, facts, first, registered
from tests.law.ledger import Ledger
from tests.law.test_r28_keeps_out import by
from tests.law.test_r32_a_paper_says_what_is_so import facts as told
from tests.law.test_r32_a_paper_says_what_is_so import happened
from tests.mediation.cases import (
    REVIEWED,
    SERVED,
    after,
    ask_review,
    close,
    decide,
    execute,
    heard,
    review,
    serve,
    the_event,
)
from tests.rules import at, refuses

SUPPORT, EXPLAIN, REFUSE = Result.support, Result.explain, Result.not_support
MIXED = (SUPPORT, REFUSE)


def holding(count: int) -> Handling:
    return after(heard(), lambda h: receiving.learn_claims(h, count, at=SERVED))


def mixed(*results: Result) -> Handling:
    """Return a case in which the petitioner has an opinion on each claim."""
    results = results or MIXED
    return after(holding(len(results)), lambda h: decide(h, *results), serve)


class TestOpinion:
    @pytest.mark.parametrize("results", [(SUPPORT,), (SUPPORT, EXPLAIN), (SUPPORT, EXPLAIN, REFUSE, REFUSE)])
    def test_r32_opinion_that_leaves_a_claim_out_is_refused(self, results: tuple[Result, ...]):
        handling = holding(3)
        with refuses(ClaimUnanswered):
            decide(handling, *results)

    def test_r32_three_claims_have_three_answers(self):
        handling = holding(3)
        decide(handling, SUPPORT, EXPLAIN, REFUSE)
        each, whole = handling.taken()
        assert isinstance(each, ClaimsAnswered)
        assert isinstance(whole, OpinionIssued)
        assert each.results == (SUPPORT, EXPLAIN, REFUSE)
        assert (each.opinion_no, whole.result) == (whole.opinion_no, SUPPORT)

    def test_r32_each_answer_is_one_of_the_three(self):
        """第三十二条第一项至第三项."""
        with refuses(NotAnOpinion):
            decide(holding(2), SUPPORT, Result.agreed)

    def test_case_of_one_claim_is_as_simple_as_ever(self):
        handling = heard()
        decide(handling, SUPPORT)
        assert the_event(handling, OpinionIssued).result is SUPPORT
        with refuses(ClaimUnanswered):
            decide(heard(), SUPPORT, EXPLAIN)

    def test_no_claim_is_refused_simply(self):
        """信访事项简易办理办法 第五条第三项."""
        handling = holding(2)
        handling.simplified = True
        with refuses(RefusalNotSimple):
            decide(handling, *MIXED)

    def test_what_turned_up_with_the_notice_stays_whoever_has_the_case(self):
        """第二十四条: claims are the case's, not the unit's."""
        handling = after(holding(2), lambda h: receiving.give_back(h, "RSJ", at=SERVED))
        assert handling.claims == 2

    def test_what_was_taken_back_is_said_to_each_anew(self):
        handling = after(holding(2), lambda h: decide(h, *MIXED))
        opinion.take_back(handling, "RSJ", uuid4(), at=SERVED)
        assert handling.answers == (None,)
        with refuses(ClaimUnanswered):
            decide(handling, SUPPORT)

    def test_opinion_that_counts_no_claims_is_seen(self, monkeypatch: pytest.MonkeyPatch):
        """The mutant: whatever is said is enough."""
        monkeypatch.setattr(opinion, "must_answer_each", lambda *_: None)
        with pytest.raises(pytest.fail.Exception):
            self.test_r32_opinion_that_leaves_a_claim_out_is_refused((SUPPORT, EXPLAIN))


class TestBothWaysOn:
    def test_r32_what_is_granted_is_executed_and_what_is_not_may_be_reviewed(self):
        """第三十二条第二款、第三十五条: closing needs both over."""
        handling = mixed()
        with refuses(ReviewStillOpen):
            close(handling, now=at("2025-09-10"))
        with refuses(NotExecuted):
            close(handling)
        execute(handling, date(2025, 9, 1))
        with refuses(ReviewStillOpen):
            close(handling, now=at("2025-09-10"))
        close(handling)

    def test_r35_what_is_not_granted_is_reviewed_while_the_rest_is_executed(self):
        handling = mixed()
        ask_review(handling)
        execute(handling, date(2025, 9, 12), now=at("2025-09-12"))
        review(handling, ReviewResult.uphold)
        assert handling.executed

    def test_clocks_of_both_run(self):
        ledger = Ledger()
        ledger.tell(ClaimsAnswered, opinion_no="意1号", results=MIXED)
        ledger.tell(
            OpinionIssued, opinion_no="意1号", result=SUPPORT, legal_basis=typed_before("某法"), document=uuid4(), approved_by="h",
            review_body="city",
        )  # fmt: skip
        ledger.tell(OpinionServed, method="post", served_at=at("2025-03-03"), receipt=typed_before("EMS-1"))
        assert {"D3", "C8"} <= {clock.code for clock in ledger.all() if clock.open}
        assert ledger.case.results == MIXED


class TestLookedAtAgain:
    def changed(self, before: tuple[Result, ...], now: tuple[Result, ...], *, executed: bool = False) -> Any:
        handling = mixed(*before)
        if executed:
            execute(handling, date(2025, 9, 1))
        handling = after(handling, ask_review)
        review(handling, ReviewResult.change, changed_to=now)
        [*_, event] = handling.taken()
        assert isinstance(event, ReviewOpinionServed)
        return handling, event.changed_to

    def test_r35_review_says_what_becomes_of_each(self):
        handling = after(mixed(), ask_review)
        with refuses(ClaimUnanswered):
            review(handling, ReviewResult.change, changed_to=(SUPPORT,))

    def test_what_is_granted_only_now_is_to_be_executed(self):
        handling, changed_to = self.changed(MIXED, (SUPPORT, SUPPORT), executed=True)
        assert changed_to is SUPPORT
        assert not handling.executed

    def test_what_was_granted_and_done_is_not_done_again(self):
        handling, changed_to = self.changed(MIXED, (SUPPORT, EXPLAIN), executed=True)
        assert changed_to is None
        assert handling.executed
        assert handling.answers == (SUPPORT, EXPLAIN)

    def test_what_is_granted_no_more_is_owed_no_more(self):
        handling, changed_to = self.changed(MIXED, (EXPLAIN, REFUSE))
        assert (changed_to, handling.result) == (EXPLAIN, EXPLAIN)

    def test_r35_what_was_revoked_is_not_said_to_each_again(self):
        handling = after(mixed(), ask_review, lambda h: review(h, ReviewResult.revoke))
        with refuses(SameOpinionAgain):
            decide(handling, *MIXED, now=REVIEWED)
        decide(handling, SUPPORT, EXPLAIN, now=REVIEWED)


def listed(registration: Registration) -> list[int]:
    return [event.count for event in registration.taken() if isinstance(event, ClaimsListed)]


def test_change_begins_with_the_first_claim():
    """第三十五条: what becomes of the second is no answer to the first."""
    body = {"method": "post", "receipt": "EMS-1", "document": uuid4(), "recheck_body": "XZF", "result": "change"}
    command = ServeReview(case_id=uuid4(), changed_further_to=["support", "explain"], **body)
    with refuses(ChangeUnnamed):
        command.verdict(uuid4(), by("XZF", "rev-1", Role.reviewer, NOW))


class TestAtTheDoor:
    @pytest.mark.parametrize(
        ("said", "count"),
        [
            (None, 1), ([], 1), ("赔偿", 2), (["赔偿"], 2), ([" ", None], 1), (["赔偿", " ", None], 2), (["赔偿", 1000, "道歉"], 4),
            (["诉"] * 49, 50), (["诉"] * 50, 2),
        ],
    )  # fmt: skip
    def test_r22_however_they_are_told_nobody_is_refused(self, said: Any, count: int):
        content = Content(claim="补发工资", further_claims=said)
        assert content.count == count
        assert "".join(content.further_claims or ()).count("诉") == [*(said or ())].count("诉")

    def test_one_claim_is_on_file_without_more(self):
        registration = Registration.blank(uuid4())
        filing.register(registration, at=NOW, claims=1, **first())
        assert not listed(registration)

    def test_several_are_counted_and_told_with_the_case(self):
        """第二十二条: whoever gets the case has not seen the letter yet."""
        registration = Registration.blank(uuid4())
        filing.register(registration, at=NOW, claims=3, **first())
        assert listed(registration) == [3]
        claims.tell_claims(registration, at=NOW)
        assert listed(registration) == [3]
        assert registration.claims == 3

    def test_unit_hears_of_it_from_the_door(self):
        assignment = received()
        reactions.learn_claims(assignment, happened(ClaimsListed, count=3).event, NOW)
        reactions.learn_claims(assignment, happened(ClaimsListed, count=3).event, NOW)
        [event] = assignment.taken()
        assert isinstance(event, ClaimsLearnt)
        assert event.count == 3

    def test_letter_with_more_claims_adds_to_them_until_the_answer(self):
        registration = classified()
        filing.attach(registration, at=NOW, claims=2, **facts())
        assert listed(registration) == [2]
        late = answered()
        filing.attach(late, at=NOW, claims=2, **facts())
        [attached] = late.taken()
        assert isinstance(attached, PetitionAttached)

    def test_no_claim_is_lost_by_a_merger(self):
        """L1: what is joined holds what each of them held."""
        one, other = registered(), registered()
        claims.hold(other, 3, at=NOW)
        grouping.merge_into(other, one, at=NOW)
        assert one.claims == 3

    @pytest.mark.parametrize(("parts", "all_of_them"), [((1, 1), False), ((2, 1), True), ((1, 1, 1), True)])
    def test_no_claim_is_lost_by_a_division(self, parts: tuple[int, ...], *, all_of_them: bool):
        """第二十四条: each has a place in one of the parts."""
        registration = registered()
        claims.hold(registration, 3, at=NOW)
        own = first(category=ContentCategory.medical)
        part = {name: own[name] for name in ("registration_no", "petition", "category", "place", "content")}
        part["content_sha256"] = "0" * 64
        children = [(Registration.blank(uuid4()), part | {"petition": uuid4(), "claims": count}) for count in parts]
        if not all_of_them:
            with refuses(ClaimLeftOut):
                grouping.split_into(registration, children, at=NOW)
            return
        grouping.split_into(registration, children, at=NOW)
        assert tuple(child.claims for child, _ in children) == parts

    def test_who_reads_the_letter_lists_more_and_drops_none(self):
        registration = classified()
        claims.list_claims(registration, 3, uuid4(), at=NOW)
        assert listed(registration) == [3]
        for count in (2, 3):
            with refuses(ClaimDropped):
                claims.list_claims(registration, count, uuid4(), at=NOW)

    def test_what_was_listed_by_a_slip_is_put_right_and_nothing_that_is_written(self):
        """第三十二条、第二十八条第一款: an answer is owed to each claim, and to none that was never there."""
        registration = classified()
        claims.list_claims(registration, 5, uuid4(), at=NOW)
        correct = partial(
            claims.correct_claims, registration, document=uuid4(), confirmation=uuid4(), written=2, at=NOW
        )
        for count, refusal in ((1, ClaimInLetter), (5, NothingOverstated), (6, NothingOverstated)):
            with refuses(refusal):
                correct(count)
        with refuses(ClaimsAnsweredAlready):
            correct(2, settled=True)
        correct(2)
        assert registration.claims == 2
        claims.hold(registration, 3, at=NOW)
        assert registration.claims == 3, "a letter that asks for more counts as ever"
        with refuses(NotOpen):
            claims.correct_claims(closed(), 1, uuid4(), uuid4(), written=1, at=NOW)

    def test_unit_hears_of_that_too(self):
        assignment = received()
        corrected = happened(ClaimsCorrected, before=5, count=2, document=uuid4(), confirmation=uuid4()).event
        reactions.learn_claims(assignment, happened(ClaimsListed, count=5).event, NOW)
        for _ in range(2):
            reactions.learn_fewer_claims(assignment, corrected, NOW)
        assert [event.count for event in assignment.taken()] == [5, 2]
        handling = after(holding(5), lambda h: receiving.learn_claims(h, 2, at=SERVED))
        decide(handling, *MIXED)

    def test_what_is_asked_for_after_the_answer_is_another_petition(self):
        with refuses(ClaimsAnsweredAlready):
            claims.list_claims(classified(), 2, uuid4(), settled=True, at=NOW)
        assert not closed().open


def test_r32_opinion_paper_lists_each_claim_with_its_result():
    """第三十二条: 载明."""
    issued = {"legal_basis": typed_before("某法"), "document": uuid4(), "approved_by": "h", "review_body": "XZF"}
    events = [
        happened(ClaimsAnswered, opinion_no="意1号", results=MIXED),
        happened(OpinionIssued, opinion_no="意1号", result=SUPPORT, **issued),
    ]
    so = said(DocumentKind.opinion, told(*events))
    assert so.items["result"] == "第1项诉求予以支持；第2项诉求不予支持"
