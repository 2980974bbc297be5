"""清风箱: village boxes that two people open together on every working day."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from contracts.ids import derived
from contracts.intake import BoxItemRegistered, BoxOpened, BoxOpeningMissed, BoxRegistered
from contracts.vocabulary import BoxState
from services.chassis.aggregate import when
from services.chassis.entry import Entry
from services.chassis.errors import Refused

BOXES: Final = UUID("0b7f2c64-6a0e-5f57-8a51-7a0f3f3a9d10")
"""Namespace of boxes: the same number is the same box."""
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
        self.items = 0
        self.cases: list[UUID] = []

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
        self.record(BoxOpened, at=at, openers=openers, item_count=item_count, unit=self.unit)

    def register_item(self, case: UUID, *, at: datetime) -> None:
        """Say which case an item has become."""
        if case in self.cases:
            raise ItemRegistered
        if len(self.cases) == self.items:
            raise NoSuchItem
        self.record(BoxItemRegistered, at=at, linked_case=case)

    @when
    def _(self, event: BoxRegistered) -> None:
        self.box_no, self.place, self.unit = event.box_no, event.place, event.unit

    @when
    def _(self, event: BoxOpened) -> None:
        self.items += event.item_count

    @when
    def _(self, event: BoxItemRegistered) -> None:
        self.cases.append(event.linked_case)

    @when
    def _(self, _: BoxOpeningMissed) -> None:
        """Who had to look once put it on record here; the watch of the duties does so now."""
