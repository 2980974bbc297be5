"""信访工作条例 第三十五条、第三十六条: who has asked within thirty days has asked in time, however late that is entered."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from contracts.mediation import CaseClosed, CaseReopened, OpinionServed, ReviewRequested
from contracts.vocabulary import ClockOutcome, HandlingState, Result, TerminationGround
from services.intake.domain import filing
from services.mediation.domain import ending
from services.mediation.domain.guards import AlreadyTerminated, ImpossibleDate
from services.mediation.domain.remedy import ReviewTooLate, review_until
from tests.intake import filed
from tests.law.test_r34_waiting import SERVED, World
from tests.mediation.cases import after, ask_recheck, ask_review, close, closed, rechecked, reviewed, serve, served
from tests.mediation.cases import decided as decided_
from tests.rules import at, refuses

LAST = date(2025, 10, 9)
"""Served on 1 September: the thirtieth day is 1 October, and offices work again on the 9th."""
AFTER = at("2026-01-02")


def test_request_received_on_the_last_day_and_entered_after_closing_reopens_the_case():
    """第三十五条: 自收到书面答复之日起30日内."""
    h = closed()
    ask_review(h, received_at=at("2025-10-09", "16:00"), now=AFTER)
    assert [type(event) for event in h.taken()] == [CaseReopened, ReviewRequested]
    assert h.state is HandlingState.review_open
    assert h.closed_at is None


def test_request_received_in_time_reopens_what_was_ended_because_nobody_had_asked():
    """第三十六条第三款: the procedure ends when the remedies are used up, or not used."""
    h = after(served(Result.explain), lambda h: ending.terminate(h, TerminationGround.remedy_lapsed, None, at=AFTER))
    ask_review(h, received_at=at("2025-10-09"), now=AFTER)
    assert h.state is HandlingState.review_open


def test_request_received_too_late_reopens_nothing():
    h = closed()
    with refuses(ReviewTooLate):
        ask_review(h, received_at=at("2025-10-10"), now=AFTER)
    assert h.state is HandlingState.closed


def test_case_that_a_recheck_has_ended_stays_ended():
    """第三十六条第三款."""
    h = after(rechecked(), lambda h: ending.terminate(h, TerminationGround.rechecked, None, at=AFTER))
    with refuses(AlreadyTerminated):
        ask_review(h, received_at=at("2025-10-09"), now=AFTER)


def test_recheck_asked_in_time_and_entered_after_closing_reopens_the_case():
    """第三十六条第一款."""
    h = after(reviewed(), close)
    ask_recheck(h, received_at=at("2025-10-20"), now=AFTER)
    assert h.state is HandlingState.recheck_open


@pytest.mark.parametrize(("posted", "received"), [("2025-10-09", "2025-10-13"), ("2025-09-30", "2025-10-20")])
def test_postmark_decides_whether_it_was_asked_in_time(posted: str, received: str):
    h = served(Result.explain)
    ask_review(h, received_at=at(received), now=at(received), posted_at=at(posted))
    assert h.review_requested_at == at(received)  # from which whoever answers has thirty days


@pytest.mark.parametrize(("posted", "received"), [("2025-10-10", "2025-10-13"), ("2025-10-10", "2025-10-10")])
def test_postmark_after_the_last_day_is_too_late(posted: str, received: str):
    with refuses(ReviewTooLate):
        ask_review(served(Result.explain), received_at=at(received), now=at("2025-10-20"), posted_at=at(posted))


@pytest.mark.parametrize(("posted", "received"), [("2025-08-30", "2025-09-10"), ("2025-09-11", "2025-09-10")])
def test_postmark_before_the_opinion_or_after_the_receipt_is_impossible(posted: str, received: str):
    with refuses(ImpossibleDate):
        ask_review(served(Result.explain), received_at=at(received), now=at("2025-10-01"), posted_at=at(posted))


def test_service_entered_late_leaves_thirty_days_from_its_entry():
    """The refusal and the clock agree: nobody's time is over before it could be verified that it ran."""
    h = decided_(Result.explain)
    serve(h, now=at("2025-11-03"), served_at=at("2025-09-01"))
    assert review_until(h) == date(2025, 12, 3)
    h = decided_(Result.explain)
    serve(h, now=at("2025-09-04"), served_at=at("2025-09-01"))
    assert review_until(h) == LAST


class TestClocks:
    @staticmethod
    def asked(**request: object) -> tuple[World, object]:
        world = World()
        case = world.registers(at("2026-03-02"))
        world.forwards(case, at("2026-03-03"))
        world.accepts(case, at("2026-03-04"))
        world.happens(case, OpinionServed, at("2026-03-10"), served_at=at("2026-03-10"), **SERVED)
        world.passes("2026-04-10")
        world.happens(case, CaseClosed, at("2026-04-13"), result=Result.explain)
        world.happens(case, CaseReopened, at("2026-04-14"))
        world.happens(case, ReviewRequested, at("2026-04-14"), review_body="gov", document=uuid4(), **request)
        return world, case

    def test_postmark_keeps_the_right_and_the_receipt_starts_the_answer(self):
        """C8 by the postmark, C9 by the receipt; somebody owes the answer, and the Case is open again."""
        world, case = self.asked(posted_at=at("2026-04-09"), received_at=at("2026-04-13"))
        assert (world.the(case, "C8").outcome, world.the(case, "C8").lapsed) == (ClockOutcome.met, False)
        assert (world.the(case, "C9").due_on, world.the(case, "C9").holder) == (date(2026, 5, 13), "gov")
        found = world.cases[case]
        assert (found.closed_at, str(found.state), found.next_duty.code) == (None, "review_open", "C9")

    def test_receipt_alone_after_the_last_day_leaves_the_right_lapsed(self):
        world, case = self.asked(received_at=at("2026-04-13"))
        assert world.the(case, "C8").lapsed


def test_intake_learns_that_the_case_goes_on():
    """第二十一条: who asks by query code is told what is so."""
    registration = filed.registered()
    filing.conclude(registration, at=AFTER)
    filing.go_on(registration, at=AFTER)
    assert registration.open
