"""Satisfaction: said by the petitioner, once, about the bureau and the handling unit, and by nobody for them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from contracts.intake import AnswerLearnt, AnswerUndone, SatisfactionRecorded
from contracts.periods import period
from contracts.periods.calendar import day
from contracts.periods.lateness import began
from contracts.vocabulary import Route, Satisfaction
from services.chassis.errors import Refused
from services.intake.domain.registration import Registration


class NotRateable(Refused):
    """What goes another legal way or must not be known is not rated here."""

    code = "not_rateable"
    title = "该事项不在满意度评价范围"
    article = "信访工作条例 第二十一条第二款"


class NotAnswered(Refused):
    """Nobody rates an answer that they do not have."""

    code = "not_answered"
    title = "尚未答复，不能评价"
    article = "信访工作条例 第二十一条第二款"
    decided_by = "mediation"


class NotTheFirstPetition(Refused):
    """Who first brought the matter rates how it was dealt with; a repeat adds no second voice."""

    code = "not_the_first_petition"
    title = "仅初次登记的信访件可以评价"
    article = "信访工作条例 第二十一条第二款"


class AlreadyRated(Refused):
    """A petition is rated once."""

    code = "already_rated"
    title = "该信访件已评价"
    article = "信访工作条例 第二十一条第二款"


class RatingClosed(Refused):
    """The thirty days are over."""

    code = "rating_closed"
    title = "评价期限已过"
    article = "信访工作条例 第二十一条第二款"


def learn_answer(r: Registration, served_at: datetime, *, at: datetime) -> None:
    """Learn that the petitioner has an answer, or has one that came back before, and invite them to rate it."""
    if r.answered_at is None or day(served_at) > day(r.answered_at):
        invited = period("C17").last_day(began(served_at, at)) if _is_rated(r) else None
        r.record(AnswerLearnt, at=at, served_at=served_at, rate_until=invited)


def unlearn_answer(r: Registration, *, at: datetime) -> None:
    """Learn that what came back was taken back: that it was sent in time has answered nobody (第三十五条 收到)."""
    if r.answered_at is not None:
        r.record(AnswerUndone, at=at)


def rate(r: Registration, petition: UUID, bureau: Satisfaction, handler: Satisfaction, *, at: datetime) -> None:
    """Record what the petitioner thinks."""
    if not _is_rated(r):
        raise NotRateable
    if r.answered_at is None or r.answer_learnt_at is None:
        raise NotAnswered
    if petition in r.repeats or petition in set(r.taken_over) - r.firsts:
        raise NotTheFirstPetition
    if petition in r.rated:
        raise AlreadyRated
    if day(at) > period("C17").last_day(began(r.answered_at, r.answer_learnt_at)):
        raise RatingClosed
    r.record(SatisfactionRecorded, at=at, petition=petition, bureau=bureau, handler=handler)


def _is_rated(r: Registration) -> bool:
    return not r.confidential and r.route in (None, Route.petition_procedure)
