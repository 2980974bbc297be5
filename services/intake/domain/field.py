"""Work outside the office: field visits, the diary, days in the villages (第十八条第二款). Issues, never persons."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from uuid import UUID

from contracts.intake import DiaryEntryAdded, FieldDayHeld, FieldVisitLogged, FollowUpDone
from contracts.periods.calendar import current, day
from contracts.vocabulary import ContentCategory, DiaryState, FieldDayState, FieldVisitState
from services.chassis.aggregate import when
from services.chassis.entry import Entry
from services.chassis.errors import Invalid, Refused

_ARTICLE: Final = "信访工作条例 第十八条第二款"


class NotOfThatDay(Invalid):
    """What is put on record has happened, and what is promised lies ahead."""

    code = "not_of_that_day"
    title = "日期有误"
    article = _ARTICLE


class BackDated(Refused):
    """A diary is written on the day or when offices open next; later it would be a story."""

    code = "back_dated"
    title = "日记只能当日或者至迟下一工作日补记，不得倒填日期"
    article = _ARTICLE


class NothingToFollowUp(Refused):
    """The visit promised nothing, or what it promised has been done."""

    code = "no_promise_open"
    title = "没有待落实的事项"
    article = _ARTICLE


class MoreSolvedThanFound(Invalid):
    """Nobody solves more problems than there were."""

    code = "more_solved_than_found"
    title = "解决数不得多于发现数"
    article = _ARTICLE


class FieldVisit(Entry):
    """A visit to the place of a problem, and what it promised."""

    def start(self) -> None:
        """Nobody has gone anywhere yet."""
        self.unit = self.officer = self.place = ""
        self.category: ContentCategory | None = None
        self.visited_on: date | None = None
        self.follow_up_on: date | None = None
        self.done = False

    @property
    def state(self) -> FieldVisitState:
        """What a list shows."""
        if self.follow_up_on is None:
            return FieldVisitState.logged
        return FieldVisitState.followed_up if self.done else FieldVisitState.to_follow_up

    def log(
        self, unit: str, officer: str, place: str, category: ContentCategory, visited_on: date,
        follow_up_on: date | None, document: UUID | None, *, at: datetime,
    ) -> None:  # fmt: skip
        """Put the visit on record."""
        if visited_on > day(at) or (follow_up_on is not None and follow_up_on < visited_on):
            raise NotOfThatDay
        self.record(
            FieldVisitLogged, at=at, unit=unit, officer=officer, place=place, category=category, visited_on=visited_on,
            follow_up_on=follow_up_on, document=document,
        )  # fmt: skip

    def follow_up(self, document: UUID, *, at: datetime) -> None:
        """Show that what was promised is done."""
        if self.state is not FieldVisitState.to_follow_up:
            raise NothingToFollowUp
        self.record(FollowUpDone, at=at, document=document)

    @when
    def _(self, event: FieldVisitLogged) -> None:
        self.unit, self.officer, self.place = event.unit, event.officer, event.place
        self.category, self.visited_on, self.follow_up_on = event.category, event.visited_on, event.follow_up_on

    @when
    def _(self, _: FollowUpDone) -> None:
        self.done = True


class DiaryEntry(Entry):
    """A page of an officer's diary; there is no command that changes one."""

    def start(self) -> None:
        """The page is white."""
        self.unit = self.officer = ""
        self.day: date | None = None
        self.document: UUID | None = None
        self.linked_case: UUID | None = None

    @property
    def state(self) -> DiaryState:
        """What a list shows."""
        return DiaryState.linked if self.linked_case else DiaryState.unlinked

    def add(self, unit: str, officer: str, on: date, document: UUID, linked_case: UUID | None, *, at: datetime) -> None:
        """Write about today, or about what has been since the last working day."""
        if on > day(at):
            raise NotOfThatDay
        if day(at) > current().working_days_after(on, 1):
            raise BackDated
        self.record(
            DiaryEntryAdded, at=at, unit=unit, officer=officer, day=on, document=document, linked_case=linked_case
        )

    @when
    def _(self, event: DiaryEntryAdded) -> None:
        self.unit, self.officer, self.day = event.unit, event.officer, event.day
        self.document, self.linked_case = event.document, event.linked_case


class FieldDay(Entry):
    """A day that a unit was out in the villages."""

    def start(self) -> None:
        """Nobody was out yet."""
        self.unit = self.place = ""
        self.held_on: date | None = None
        self.found_count = self.solved_count = 0

    @property
    def state(self) -> FieldDayState:
        """What a list shows."""
        return FieldDayState.all_solved if self.found_count == self.solved_count else FieldDayState.held

    def hold(self, unit: str, place: str, held_on: date, found_count: int, solved_count: int, *, at: datetime) -> None:
        """Put the day on record."""
        if held_on > day(at):
            raise NotOfThatDay
        if solved_count > found_count:
            raise MoreSolvedThanFound
        self.record(
            FieldDayHeld, at=at, unit=unit, place=place, held_on=held_on, found_count=found_count,
            solved_count=solved_count,
        )  # fmt: skip

    @when
    def _(self, event: FieldDayHeld) -> None:
        self.unit, self.place, self.held_on = event.unit, event.place, event.held_on
        self.found_count, self.solved_count = event.found_count, event.solved_count
