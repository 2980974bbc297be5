"""The rules of reception days (接访日): published before, held or missed on the day, followed up after it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from contracts.assignment import ReceptionFollowedUp, ReceptionHeld, ReceptionMissed, ReceptionRostered
from contracts.ids import derived
from contracts.periods.calendar import day
from contracts.vocabulary import ReceptionMissReason, ReceptionState
from services.assignment.domain.sponsorship import LEADERS_ARTICLE
from services.chassis.aggregate import Aggregate, when
from services.chassis.errors import Invalid, Refused

RECEPTIONS: Final = UUID("5f2d9a34-1b0c-5c6e-9e0d-4a6b8c1d7e93")
"""Namespace of reception days: the same leader, place and day are the same reception."""


class RosterDayPassed(Invalid):
    """A day is published before it comes, or nobody can come."""

    code = "roster_day_passed"
    title = "接访日须提前公布"
    article = "信访工作条例 第十八条第一款"


class AlreadyRostered(Refused):
    """The leader is on the roster for that day and place."""

    code = "already_rostered"
    title = "该领导当日已排班"
    article = "信访工作条例 第十八条第一款"


class NotTheDayYet(Refused):
    """Nothing is held or missed before the day."""

    code = "not_the_day_yet"
    title = "接访日未到或未过"
    article = LEADERS_ARTICLE


class ReceptionIsOver(Refused):
    """It is on record whether the reception was held."""

    code = "reception_is_over"
    title = "该接访日已登记结果"
    article = LEADERS_ARTICLE


class FollowUpDayPassed(Invalid):
    """What was promised is due after the day on which it was promised."""

    code = "follow_up_day_passed"
    title = "跟进期限须晚于接访日"
    article = LEADERS_ARTICLE


class NothingToFollowUp(Refused):
    """Nothing was promised, or it is done."""

    code = "nothing_to_follow_up"
    title = "没有待跟进的接访事项"
    article = LEADERS_ARTICLE


class Reception(Aggregate):
    """One day of one leader at one place. Its stream belongs to no case."""

    def start(self) -> None:
        """The day is not on the roster."""
        self.leader = self.place = ""
        self.received_on: date | None = None
        self.cases: list[UUID] = []
        self.follow_up_due: date | None = None
        self.state = ReceptionState.rostered

    @staticmethod
    def stream(leader: str, place: str, received_on: date) -> UUID:
        """Return the stream of a leader's day at a place."""
        return derived(RECEPTIONS, f"{leader}/{place}/{received_on}")

    @property
    def case(self) -> UUID | None:
        """Many cases are received on a day, which belongs to none."""
        return None

    def roster(self, leader: str, place: str, received_on: date, *, at: datetime) -> None:
        """Publish who receives, where and when."""
        if self.exists:
            raise AlreadyRostered
        if received_on <= day(at):
            raise RosterDayPassed
        self.record(ReceptionRostered, at=at, leader=leader, place=place, received_on=received_on)

    def hold(self, cases: Sequence[UUID], follow_up_due: date, *, at: datetime) -> None:
        """Note what was received and until when the leader comes back to it."""
        self._must_have_no_outcome()
        if self.received_on is None or day(at) < self.received_on:
            raise NotTheDayYet
        if follow_up_due <= self.received_on:
            raise FollowUpDayPassed
        self.record(
            ReceptionHeld, at=at, cases=tuple(dict.fromkeys(cases)), follow_up_due=follow_up_due, leader=self.leader
        )

    def miss(self, reason: ReceptionMissReason, *, at: datetime) -> None:
        """Note that the day has passed and nobody was received."""
        self._must_have_no_outcome()
        if self.received_on is None or day(at) <= self.received_on:
            raise NotTheDayYet
        self.record(ReceptionMissed, at=at, reason_code=reason)

    def follow_up(self, document: UUID, *, at: datetime) -> None:
        """Show that what was promised is done."""
        if self.state is not ReceptionState.held:
            raise NothingToFollowUp
        self.record(ReceptionFollowedUp, at=at, document=document)

    def _must_have_no_outcome(self) -> None:
        if self.state is not ReceptionState.rostered:
            raise ReceptionIsOver

    @when
    def _(self, event: ReceptionRostered) -> None:
        self.leader, self.place, self.received_on = event.leader, event.place, event.received_on

    @when
    def _(self, event: ReceptionHeld) -> None:
        self.state, self.cases, self.follow_up_due = ReceptionState.held, list(event.cases), event.follow_up_due

    @when
    def _(self, _: ReceptionMissed) -> None:
        self.state = ReceptionState.missed

    @when
    def _(self, _: ReceptionFollowedUp) -> None:
        self.state = ReceptionState.followed_up
