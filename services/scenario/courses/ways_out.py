"""Review, recheck, and what follows on the last word (第三十五条 to 第三十七条)."""

from __future__ import annotations

from typing import Final

from contracts.vocabulary import DocumentKind, Result, ReturnReason, ReviewResult, ServiceMethod, TerminationGround
from services.scenario.courses.common import answered, ended, to_unit
from services.scenario.courses.plot import CIVIL, Plot
from services.scenario.telling import Telling
from services.scenario.telling.writing import OF_NO_EVENT


def _reviewed(t: Telling, result: ReviewResult, method: ServiceMethod | None = None) -> Telling:
    answered(to_unit(t), Result.not_support).after(0).write(DocumentKind.opinion).after(3, 20).ask_review()
    return t.after(9, 22).review(result, method=method)


def _review_upheld(t: Telling) -> None:
    """The review opinion comes back by post and is served once more (第三十六条)."""
    _reviewed(t, ReviewResult.uphold, ServiceMethod.post).after(0).write(DocumentKind.review_opinion, by=t.reviewer)
    ended(t.after(5, 9).come_back(ReturnReason.not_collected).after(1, 3).serve_review_again())


def _review_changed(t: Telling) -> None:
    """Asked by post in time, told after the closing: the unit above grants what was refused, and then it is done."""
    ended(answered(to_unit(t), Result.not_support))
    ended(t.after(0, 2).ask_review_by_post().after(9, 22).review(ReviewResult.change, Result.support))


def _review_revoked(t: Telling) -> None:
    """The unit looks again, and does not say the same on the same facts."""
    _reviewed(t, ReviewResult.revoke).after(1, 3).issue(Result.not_support, code="same_opinion_again")
    ended(t.after(2, 9).verify().after(3, 9).issue(Result.support).after(0, 3).serve())


def _rechecked(t: Telling) -> Telling:
    _reviewed(t, ReviewResult.uphold).after(4, 20).ask_recheck().after(3, 9).hear_again()
    t.after(4, 12).recheck(ReviewResult.uphold)
    return t.after(2, 9).terminate(TerminationGround.rechecked)


def _terminated(t: Telling) -> None:
    """Heard once more and settled; help goes on (第三十七条第三款)."""
    _rechecked(t).after(0).write(DocumentKind.recheck_opinion, by=t.reviewer)
    t.after(9, 25).care().after(0).write(*OF_NO_EVENT)


def _exhausted(t: Telling) -> None:
    """Who repeats what a recheck has settled is registered and told so (第三十六条第三款)."""
    _rechecked(t).after(2, 9).care().after(6, 20).repeat().after(1, 5).no_longer_accept()
    t.after(0).write(DocumentKind.no_longer_accepted_notice, by=t.officer, petition="repeat_id")


WAYS_OUT: Final = {
    "review_upheld": Plot(1, _review_upheld, 155, categories=CIVIL),
    "review_changed": Plot(1, _review_changed, 210, categories=CIVIL),
    "review_revoked": Plot(1, _review_revoked, 175, categories=CIVIL),
    "terminated": Plot(1, _terminated, 210, categories=CIVIL),
    "exhausted": Plot(1, _exhausted, 210, categories=CIVIL),
}
