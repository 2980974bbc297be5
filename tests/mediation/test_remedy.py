"""复查、复核: within thirty days, one level up, by other people, and at last."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from contracts.mediation import (
    HearingClosed,
    HearingOpened,
    RecheckOpinionServed,
    RecheckRequested,
    ReviewOpinionServed,
    ReviewRequested,
)
from contracts.vocabulary import HearingStage, RecordKind, Result, ReviewResult
from services.mediation.domain import remedy
from services.mediation.domain.handling import Handling
from services.mediation.domain.inquiry import HearingNotClosed
from services.mediation.domain.opinion import NotAnOpinion, SameOpinionAgain
from services.mediation.domain.remedy import (
    ChangeUnnamed,
    NoRecheckPending,
    NoReviewPending,
    NothingToRecheck,
    NothingToReview,
    NotTheRecheckBody,
    NotTheReviewBody,
    RecheckTooLate,
    ReviewTooLate,
    SamePeople,
    WrongRecheckBody,
)
from tests.mediation.cases import (
    CASE,
    DIRECTORY,
    OTHER,
    RECHECK_ASKED,
    RECHECKER,
    REVIEWED,
    REVIEWER,
    UNIT,
    after,
    ask_recheck,
    ask_review,
    decide,
    decided,
    execute,
    notify,
    open_,
    put,
    recheck,
    rechecked,
    review,
    reviewed,
    serve,
    served,
    the_event,
)
from tests.rules import at, check_replay, refuses


class TestReview:
    def test_petitioner_asks_and_the_unit_above_answers(self):
        """第三十五条."""
        handling = served(Result.explain)
        ask_review(handling)
        the_event(handling, ReviewRequested)
        assert handling.state == "review_open"
        review(handling)
        the_event(handling, ReviewOpinionServed)
        assert (handling.state, remedy.recheck_until(handling)) == ("review_served", date(2025, 10, 20))

    def test_last_day_is_put_off_by_the_holiday_and_the_day_after_it_is_too_late(self):
        """第三十五条: day 30 is National Day."""
        ask_review(served(), received_at=at("2025-10-09", "23:59"))
        with refuses(ReviewTooLate):
            ask_review(served(), received_at=at("2025-10-10", "00:00"))

    def test_request_that_came_in_time_may_be_put_on_file_later(self):
        """第三十五条: «自收到…之日起»."""
        handling = served()
        ask_review(handling, received_at=at("2025-10-09"), now=at("2025-10-12"))
        assert the_event(handling, ReviewRequested).received_at == at("2025-10-09")

    def test_only_what_the_petitioner_has_is_reviewed_and_once(self):
        """第三十五条."""
        for handling in (decided(), after(served(), ask_review), reviewed()):
            with refuses(NothingToReview):
                ask_review(handling)
        for handling in (served(), reviewed()):
            with refuses(NoReviewPending):
                review(handling)

    def test_only_the_unit_above_reviews(self):
        """第三十五条."""
        for body in (UNIT, OTHER):
            with refuses(NotTheReviewBody):
                ask_review(served(), body)
            with refuses(NotTheReviewBody):
                review(after(served(), ask_review), body=body)

    def test_any_of_the_units_above_may_be_asked_and_it_then_answers(self):
        """第三十五条: the territorial one or that of the line."""
        handling = after(served(), lambda h: ask_review(h, "SSWJ"))
        with refuses(NotTheReviewBody):
            review(handling)
        review(handling, body="SSWJ")

    @pytest.mark.parametrize("who", ["co-1", "head-1"])
    def test_nobody_reviews_their_own_work(self, who: str):
        """第二十八条第三款."""
        with refuses(SamePeople):
            review(after(served(), ask_review), who=who)

    @pytest.mark.parametrize("body", [REVIEWER, UNIT, OTHER, "OFFICE", "SSWJ", "000"])
    def test_recheck_is_by_the_unit_above_the_reviewing_one(self, body: str):
        """第三十六条: no sister, inner office, other line, or unknown code."""
        with refuses(WrongRecheckBody):
            review(after(served(), ask_review), recheck_body=body)

    def test_change_says_what_holds_instead(self):
        """第三十五条."""
        for result, changed_to in ((ReviewResult.change, ()), (ReviewResult.uphold, (Result.support,))):
            with refuses(ChangeUnnamed):
                review(after(served(), ask_review), result, changed_to=changed_to)
        with refuses(NotAnOpinion):
            review(after(served(), ask_review), ReviewResult.change, changed_to=(Result.agreed,))
        handling = reviewed(ReviewResult.change, changed_to=(Result.support,))
        assert (handling.result, handling.executed) == (Result.support, False)
        execute(handling, date(2025, 9, 20), now=REVIEWED)


class TestRevocation:
    def test_what_was_revoked_is_not_said_again_on_the_same_facts(self):
        """第三十五条."""
        handling = reviewed(ReviewResult.revoke)
        assert (handling.state, remedy.review_until(handling)) == ("accepted", None)
        with refuses(SameOpinionAgain):
            decide(handling, Result.explain, now=REVIEWED)
        put(handling, RecordKind.facts_verified, now=REVIEWED)
        decide(handling, Result.explain, now=REVIEWED)

    def test_another_opinion_is_possible_at_once_and_may_be_reviewed(self):
        """第三十五条."""
        handling = reviewed(ReviewResult.revoke)
        decide(handling, Result.support, now=REVIEWED)
        serve(handling, now=REVIEWED)
        ask_review(handling, received_at=RECHECK_ASKED)
        assert handling.state == "review_open"

    def test_recheck_may_revoke_too(self):
        """第三十六条."""
        assert rechecked(ReviewResult.revoke).state == "accepted"


class TestRecheck:
    def test_petitioner_asks_for_the_last_time(self):
        """第三十六条."""
        handling = reviewed()
        ask_recheck(handling)
        the_event(handling, RecheckRequested)
        assert handling.state == "recheck_open"
        recheck(handling)
        the_event(handling, RecheckOpinionServed)
        assert handling.state == "recheck_served"

    def test_last_day_and_the_day_after_it(self):
        """第三十六条."""
        ask_recheck(reviewed(), received_at=at("2025-10-20", "23:59"))
        with refuses(RecheckTooLate):
            ask_recheck(reviewed(), received_at=at("2025-10-21", "00:00"))

    def test_only_a_review_opinion_is_rechecked_and_once(self):
        """第三十六条."""
        for handling in (served(), after(reviewed(), ask_recheck), rechecked()):
            with refuses(NothingToRecheck):
                ask_recheck(handling)
        for handling in (reviewed(), rechecked()):
            with refuses(NoRecheckPending):
                recheck(handling)

    def test_only_the_unit_that_the_review_opinion_named_rechecks(self):
        """第三十六条."""
        with refuses(NotTheRecheckBody):
            ask_recheck(reviewed(), REVIEWER)
        with refuses(NotTheRecheckBody):
            recheck(after(reviewed(), ask_recheck), body=REVIEWER)

    @pytest.mark.parametrize("who", ["co-1", "head-1", "reviewer-1"])
    def test_nobody_rechecks_their_own_work(self, who: str):
        """第二十八条第三款."""
        with refuses(SamePeople):
            recheck(after(reviewed(), ask_recheck), who=who)

    def test_last_word_waits_for_the_hearing(self):
        """第三十六条第二款."""
        handling = after(reviewed(), ask_recheck)
        remedy.open_recheck_hearing(handling, RECHECKER, "presider-1", DIRECTORY, public=True, at=RECHECK_ASKED)
        assert the_event(handling, HearingOpened).stage is HearingStage.recheck
        with refuses(HearingNotClosed):
            recheck(handling)
        remedy.close_recheck_hearing(handling, RECHECKER, uuid4(), at=RECHECK_ASKED)
        the_event(handling, HearingClosed)
        recheck(handling)


def test_whole_way_through_all_remedies_can_be_replayed():
    def answer(handling: Handling) -> None:
        decide(handling, Result.explain)

    steps = [open_, notify, *(lambda h, k=k: put(h, k) for k in RecordKind), answer, serve]
    revoked = [ask_review, lambda h: review(h, ReviewResult.revoke), lambda h: decide(h, now=REVIEWED)]
    again = [ask_review, review, ask_recheck, lambda h: recheck(h, ReviewResult.change, changed_to=(Result.support,))]
    assert len(check_replay(Handling, CASE, [*steps, *again])) == len(steps) + len(again)
    assert len(check_replay(Handling, CASE, [*steps, *revoked])) == len(steps) + len(revoked)
