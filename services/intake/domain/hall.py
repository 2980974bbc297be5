"""The reception hall: desks of departments, and visits that are received in one place (第十八条第三款)."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from contracts.ids import derived
from contracts.intake import DeskClosed, DeskOpened, OneStopSessionOpened, VisitQueued, VisitServed
from contracts.periods.calendar import LEGAL_TIME, day
from contracts.vocabulary import DeskState, SessionState
from services.chassis.aggregate import when
from services.chassis.entry import CaseEntry, Entry
from services.chassis.errors import Invalid, Refused

_ARTICLE: Final = "信访工作条例 第十八条第三款"


class NoSuchHours(Invalid):
    """A desk is open on some days of the week, and closes after it has opened."""

    code = "no_such_hours"
    title = "窗口值守时间有误"
    article = _ARTICLE


class DeskIsClosed(Refused):
    """Nobody is at a desk that the department has given up."""

    code = "desk_closed"
    title = "窗口已撤销"
    article = _ARTICLE


class DeskOffDuty(Refused):
    """Nobody is to be sent to a desk at which nobody sits."""

    code = "desk_off_duty"
    title = "窗口不在值守时间"
    article = _ARTICLE


class OneVisitOneRecord(Refused):
    """A visit is put on record once, however many desks it needs."""

    code = "one_visit_one_record"
    title = "该次来访已登记接待"
    article = _ARTICLE


class QueuedAlready(Refused):
    """The visit waits for this desk, or has been there."""

    code = "queued_already"
    title = "已在该窗口排号"
    article = _ARTICLE


class NotWaiting(Refused):
    """The desk receives who waits for it."""

    code = "not_waiting"
    title = "未在该窗口候访"
    article = _ARTICLE


class Desk(Entry):
    """A department's desk in the hall."""

    def start(self) -> None:
        """There is no desk yet."""
        self.unit = self.desk_no = self.opens = self.closes = ""
        self.weekdays: tuple[int, ...] = ()
        self.closed = False

    @property
    def state(self) -> DeskState:
        """What a list shows."""
        return DeskState.closed if self.closed else DeskState.open

    def open(
        self, unit: str, desk_no: str, weekdays: tuple[int, ...], opens: str, closes: str, *, at: datetime
    ) -> None:
        """Open the desk, with the hours at which somebody is there."""
        if not weekdays or opens >= closes:
            raise NoSuchHours(f"{opens}–{closes}")
        self.record(
            DeskOpened, at=at, unit=unit, desk_no=desk_no, weekdays=tuple(sorted(set(weekdays))), opens=opens,
            closes=closes,
        )  # fmt: skip

    def close(self, *, at: datetime) -> None:
        """Give the desk up."""
        if self.closed:
            raise DeskIsClosed
        self.record(DeskClosed, at=at, unit=self.unit, desk_no=self.desk_no)

    def must_receive(self, at: datetime) -> None:
        """Raise ``DeskIsClosed`` or ``DeskOffDuty`` where nobody is at the desk at a moment."""
        if self.closed:
            raise DeskIsClosed
        clock = at.astimezone(LEGAL_TIME).strftime("%H:%M")
        if day(at).isoweekday() not in self.weekdays or not self.opens <= clock < self.closes:
            raise DeskOffDuty(f"值守时间 {self.opens}–{self.closes}")

    @when
    def _(self, event: DeskOpened) -> None:
        self.unit, self.desk_no, self.weekdays = event.unit, event.desk_no, tuple(event.weekdays)
        self.opens, self.closes = event.opens, event.closes

    @when
    def _(self, _: DeskClosed) -> None:
        self.closed = True


class Session(CaseEntry):
    """One visit in the hall, with all desks that it needs."""

    def start(self) -> None:
        """Nobody has come yet."""
        super().start()
        self.petition: UUID | None = None
        self.unit = ""
        self.opened_at: datetime | None = None
        self.waiting: dict[UUID, str] = {}
        self.served: list[UUID] = []

    @staticmethod
    def stream(petition: UUID) -> UUID:
        """Return the stream of the visit with which a petition came in."""
        return derived(petition, "session")

    @property
    def state(self) -> SessionState:
        """What a list shows."""
        if self.waiting:
            return SessionState.waiting
        return SessionState.served if self.served else SessionState.opened

    def open(self, case: UUID, petition: UUID, unit: str, *, at: datetime) -> None:
        """Put the visit on record, once."""
        if self.exists:
            raise OneVisitOneRecord
        self.record(OneStopSessionOpened, at=at, case=case, petition=petition, unit=unit)

    def queue(self, desk: Desk, queue_no: str, *, at: datetime) -> None:
        """Let the visitor wait for a desk."""
        desk.must_receive(at)
        if desk.id in self.waiting or desk.id in self.served:
            raise QueuedAlready
        self.record(VisitQueued, at=at, case=self.of, desk=desk.id, queue_no=queue_no)

    def serve(self, desk: UUID, *, at: datetime) -> None:
        """Let the desk receive the visitor."""
        if desk not in self.waiting:
            raise NotWaiting
        self.record(VisitServed, at=at, case=self.of, desk=desk)

    @when
    def _(self, event: OneStopSessionOpened) -> None:
        self.of, self.petition, self.unit, self.opened_at = event.case, event.petition, event.unit, event.timestamp

    @when
    def _(self, event: VisitQueued) -> None:
        self.waiting[event.desk] = event.queue_no

    @when
    def _(self, event: VisitServed) -> None:
        del self.waiting[event.desk]
        self.served.append(event.desk)
