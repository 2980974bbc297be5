"""清风箱: village boxes that two people open together on every working day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Final
from uuid import UUID

from contracts.ids import derived
from contracts.intake import BoxItemRegistered, BoxOpened, BoxOpeningMissed, BoxRegistered
from contracts.periods.calendar import day, is_working_day
from contracts.vocabulary import BoxState
from services.chassis.aggregate import when
from services.chassis.entry import Entry
from services.chassis.errors import Refused

BOXES: Final = UUID("0b7f2c64-6a0e-5f57-8a51-7a0f3f3a9d10")
"""Namespace of boxes: the same number is the same box."""
MISSED_DAYS_MAX: Final = 60
"""How many missed days one look puts on record; the next look goes on."""
OPENERS: Final = 2


class BoxExists(Refused):
    """A number stands on one box only."""

    code = "box_exists"
    title = "该编号的清风箱已设立"
    article = "信访工作条例 第十七条"


class TwoMustOpen(Refused):
    """Two different people open the box, so that nothing gets lost on the way."""

    code = "two_must_open"
    title = "须由两人共同开箱"
    article = "信访工作条例 第二十二条"


class NoSuchItem(Refused):
    """More cases than items were in the box: one of them came from elsewhere."""

    code = "no_such_box_item"
    title = "登记件数多于开箱件数"
    article = "信访工作条例 第二十二条"


class ItemRegistered(Refused):
    """The item is a case already."""

    code = "item_registered"
    title = "该件已登记"
    article = "信访工作条例 第二十二条"


class Box(Entry):
    """A village's box."""

    def start(self) -> None:
        """There is no box yet."""
        self.box_no = self.place = self.unit = ""
        self.settled_until: date | None = None
        """Up to this day it is on record whether the box was opened."""
        self.opened_on: list[date] = []
        """The days since then on which it was opened."""
        self.items = 0
        self.cases: list[UUID] = []
        self.missed = 0

    @staticmethod
    def stream(box_no: str) -> UUID:
        """Return the stream of the box with a number."""
        return derived(BOXES, box_no)

    @property
    def state(self) -> BoxState:
        """What a list shows."""
        return BoxState.to_register if self.items > len(self.cases) else BoxState.clear

    def register(self, box_no: str, place: str, unit: str, *, at: datetime) -> None:
        """Put the box up; it is due for opening from the next working day."""
        if self.exists:
            raise BoxExists
        self.record(BoxRegistered, at=at, box_no=box_no, place=place, unit=unit)

    def open(self, openers: tuple[str, ...], item_count: int, *, at: datetime) -> None:
        """Open the box and count what lies in it."""
        if len(set(openers)) != OPENERS:
            raise TwoMustOpen
        self.record(BoxOpened, at=at, openers=openers, item_count=item_count)

    def register_item(self, case: UUID, *, at: datetime) -> None:
        """Say which case an item has become."""
        if case in self.cases:
            raise ItemRegistered
        if len(self.cases) == self.items:
            raise NoSuchItem
        self.record(BoxItemRegistered, at=at, linked_case=case)

    def look_for_missed_days(self, *, at: datetime) -> None:
        """Put every working day before today on which nobody opened the box on record, each once."""
        missed = (on for on in self._unsettled(day(at)) if is_working_day(on) and on not in self.opened_on)
        for on in list(islice(missed, MISSED_DAYS_MAX)):
            self.record(BoxOpeningMissed, at=at, day=on)

    def _unsettled(self, today: date) -> Iterator[date]:
        assert self.settled_until is not None
        start = self.settled_until
        return (start + timedelta(days=n) for n in range(1, (today - start).days))

    @when
    def _(self, event: BoxRegistered) -> None:
        self.box_no, self.place, self.unit = event.box_no, event.place, event.unit
        self.settled_until = day(event.timestamp)

    @when
    def _(self, event: BoxOpened) -> None:
        self.opened_on.append(day(event.timestamp))
        self.items += event.item_count

    @when
    def _(self, event: BoxItemRegistered) -> None:
        self.cases.append(event.linked_case)

    @when
    def _(self, event: BoxOpeningMissed) -> None:
        self.settled_until = event.day
        self.opened_on = [on for on in self.opened_on if on > event.day]
        self.missed += 1
