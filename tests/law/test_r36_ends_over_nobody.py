"""信访工作条例 第三十二条、第三十五条、第三十六条: the procedure ends over nobody of several who has not had the last word."""

from __future__ import annotations

from uuid import uuid4

import pytest

from contracts.vocabulary import Result, TerminationGround
from services.mediation.domain import ending, receiving, remedy
from services.mediation.domain.ending import NotServedToAll, OthersGoOn, ReviewStillOpen
from services.mediation.domain.handling import Handling
from tests.law.test_r35_own_days import LATER, SECOND, of_two
from tests.mediation.cases import (
    RECHECKED,
    RECHECKER,
    REVIEWED,
    REVIEWER,
    SERVED,
    after,
    ask_recheck,
    ask_review,
    delivered,
    heard,
    recheck,
    review,
    served,
)
from tests.rules import at, refuses

MUCH_LATER = at("2026-01-05")


def end(h: Handling, ground: TerminationGround, now=MUCH_LATER, document=None) -> None:
    ending.terminate(h, ground, document, at=now)


def reviewed_of_two(*, told: bool) -> Handling:
    h = after(of_two(SERVED), ask_review, review)
    if told:
        remedy.serve_on_another(h, REVIEWER, SECOND, delivered(REVIEWED), recheck=False, at=REVIEWED)
    return h


class TestLapsed:
    def test_not_over_who_has_no_opinion(self):
        h = of_two(None)
        with refuses(NotServedToAll):
            end(h, TerminationGround.remedy_lapsed)

    def test_not_in_the_days_of_who_was_served_later(self):
        h = of_two(LATER)
        with refuses(ReviewStillOpen):
            end(h, TerminationGround.remedy_lapsed, at("2025-10-15"))
        end(h, TerminationGround.remedy_lapsed, at("2025-10-21"))
        assert h.terminated_at

    def test_not_over_who_was_not_told_what_the_review_said(self):
        with refuses(NotServedToAll):
            end(reviewed_of_two(told=False), TerminationGround.remedy_lapsed)
        end(reviewed_of_two(told=True), TerminationGround.remedy_lapsed)


class TestRechecked:
    def test_not_over_who_was_not_told_the_last_word(self):
        h = after(reviewed_of_two(told=True), ask_recheck, recheck)
        with refuses(NotServedToAll):
            end(h, TerminationGround.rechecked)
        remedy.serve_on_another(h, RECHECKER, SECOND, delivered(RECHECKED), recheck=True, at=RECHECKED)
        end(h, TerminationGround.rechecked)
        assert h.terminated_for is TerminationGround.rechecked


class TestNoSuccessor:
    @pytest.mark.parametrize("had", [heard, lambda: served(Result.explain)], ids=["handled", "answered"])
    def test_what_the_others_petition_for_goes_on(self, had):
        """0047: one of several is gone, and the case goes on for the others; it ends as soon as there are none."""
        h = after(had(), lambda h: receiving.learn_petitioners(h, (SECOND,), at=SERVED))
        with refuses(OthersGoOn):
            end(h, TerminationGround.no_successor, document=uuid4())
        receiving.learn_parting(h, SECOND, anonymous=False, unclear=False, at=SERVED)
        end(h, TerminationGround.no_successor, document=uuid4())
        assert h.terminated_at


def test_checker_sees_an_end_over_who_has_no_opinion(monkeypatch: pytest.MonkeyPatch):
    """Mutant: nobody looks who of several has been served."""
    monkeypatch.setattr(Handling, "unserved", ())
    with pytest.raises(pytest.fail.Exception):
        TestLapsed().test_not_over_who_has_no_opinion()
