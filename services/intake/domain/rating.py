"""Satisfaction: said by the petitioner, once, about the bureau and the handling unit, and by nobody for them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from contracts.intake import AnswerLearnt, SatisfactionRecorded
from contracts.periods import period
from contracts.periods.calendar import day
from contracts.vocabulary import Route, Satisfaction
from services.chassis.aggregate import when
from services.chassis.errors import Refused
from services.intake.domain.grouping import Grouping


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


class Rating(Grouping):
    """What petitioners think of how their case was dealt with."""

    def start(self) -> None:
        """Nobody has been asked."""
        super().start()
        self.rated: set[UUID] = set()

    def learn_answer(self, served_at: datetime, *, at: datetime) -> None:
        """Learn that the petitioner has an answer."""
        if self.answered_at is None:
            self.record(AnswerLearnt, at=at, served_at=served_at)

    def rate(self, petition: UUID, bureau: Satisfaction, handler: Satisfaction, *, at: datetime) -> None:
        """Record what the petitioner thinks."""
        if self.confidential or self.route not in (None, Route.petition_procedure):
            raise NotRateable
        if self.answered_at is None:
            raise NotAnswered
        if petition in self.repeats or petition in set(self.taken_over) - self.firsts:
            raise NotTheFirstPetition
        if petition in self.rated:
            raise AlreadyRated
        if day(at) > period("C17").last_day(self.answered_at):
            raise RatingClosed
        self.record(SatisfactionRecorded, at=at, petition=petition, bureau=bureau, handler=handler)

    @when
    def _(self, event: AnswerLearnt) -> None:
        self.answered_at = event.served_at

    @when
    def _(self, event: SatisfactionRecorded) -> None:
        self.rated.add(event.petition)
