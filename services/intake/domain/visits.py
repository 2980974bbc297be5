"""Visits that are counted: past the levels below and why, and in days of which many are expected. Of nobody's score."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from contracts.intake import LoadPlanned, SkipLevelVisitRecorded
from contracts.periods.calendar import day
from contracts.vocabulary import Level, LoadOccasion, SkipCause
from services.chassis.aggregate import when
from services.chassis.entry import CaseEntry, Entry
from services.chassis.errors import Invalid, Refused

LOAD_DAYS_MAX: Final = 92


class VisitAhead(Invalid):
    """A visit is counted when it was made."""

    code = "visit_ahead"
    title = "走访日期不得晚于今日"
    article = "信访工作条例 第二十条"


class NobodyCame(Refused):
    """A letter, a call and what comes online may go to any level; past levels goes who comes."""

    code = "nobody_came"
    title = "该事项没有来访登记，不得登记为越级走访"
    article = "信访工作条例 第二十条第一款"


class NoSuchDays(Invalid):
    """A plan is about days that come, and about no more than a season."""

    code = "no_such_days"
    title = "安排的起止日期有误"
    article = "信访工作条例 第二十条第四款"


class SkipLevelVisit(CaseEntry):
    """A visit past the levels below, and why. The registration stands whatever is said here (第二十二条)."""

    def start(self) -> None:
        """Nobody has come yet."""
        super().start()
        self.level: Level | None = None
        self.skip_cause: SkipCause | None = None
        self.person_count = 0
        self.visited_on: date | None = None

    def enter(
        self, case: UUID, level: Level, cause: SkipCause, person_count: int, visited_on: date, *, came: bool,
        at: datetime,
    ) -> None:  # fmt: skip
        """Put the visit and its cause on record, where somebody came with the case."""
        if not came:
            raise NobodyCame
        if visited_on > day(at):
            raise VisitAhead
        self.record(
            SkipLevelVisitRecorded, at=at, case=case, level=level, cause=cause, person_count=person_count,
            visited_on=visited_on,
        )  # fmt: skip

    @when
    def _(self, event: SkipLevelVisitRecorded) -> None:
        self.of, self.level, self.skip_cause = event.case, event.level, event.cause
        self.person_count, self.visited_on = event.person_count, event.visited_on


class LoadPlan(Entry):
    """For which days more desks are wanted."""

    def start(self) -> None:
        """Nothing is planned yet."""
        self.unit = ""
        self.occasion: LoadOccasion | None = None
        self.first_on: date | None = None
        self.last_on: date | None = None
        self.expected_visits = self.desks = 0

    def plan(self, *, at: datetime, **facts: Any) -> None:  # noqa: ANN401  # the fields of the event
        """Plan for days that come."""
        days = (facts["last_on"] - facts["first_on"]).days
        if facts["last_on"] < day(at) or not 0 <= days <= LOAD_DAYS_MAX:
            raise NoSuchDays
        self.record(LoadPlanned, at=at, **facts)

    @when
    def _(self, event: LoadPlanned) -> None:
        self.unit, self.occasion, self.first_on, self.last_on = (
            event.unit,
            event.occasion,
            event.first_on,
            event.last_on,
        )
        self.expected_visits, self.desks = event.expected_visits, event.desks
