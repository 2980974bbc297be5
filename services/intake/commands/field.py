"""The commands of work outside the office: field visits, the diary, days in the villages, boxes."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from pydantic import Field

from contracts.periods.calendar import day
from contracts.vocabulary import ContentCategory, Role
from services.chassis import fields
from services.chassis.charge import must_belong
from services.chassis.commands import Entry, OnEntry, Owned
from services.chassis.context import By
from services.chassis.fields import Code, ShelfNo
from services.chassis.references import KnownPlace
from services.chassis.running import Running
from services.intake.commands.cases import KnownCase
from services.intake.domain.boxes import Box
from services.intake.domain.field import DiaryEntry, FieldDay, FieldVisit

FIELD: Final = (Role.case_officer, Role.unit_receiver, Role.unit_head, Role.bureau_officer)
BOX: Final = (Role.bureau_officer, Role.unit_receiver, Role.unit_head)
ITEMS_MAX: Final = 10_000

Count = Annotated[int, Field(ge=0, le=ITEMS_MAX)]


class LogFieldVisit(Entry[FieldVisit], path="/field-visits", by=FIELD, called="下访记录"):
    """Put on record where somebody went, about what, and until when something is done about it (第十八条第二款)."""

    place: KnownPlace
    category: ContentCategory
    visited_on: fields.Day
    follow_up_on: fields.Day | None = None
    document: UUID | None = None

    def act(self, v: FieldVisit, by: By) -> None:
        v.log(by.unit, by.actor, self.place, self.category, self.visited_on, self.follow_up_on, self.document, at=by.at)


class FollowUp(
    Owned, OnEntry[FieldVisit], path="/field-visits/{field_visit_id}/follow-up", by=FIELD, called="下访落实"
):
    """Show that what a field visit promised is done (第十八条第二款)."""

    document: UUID

    def act(self, v: FieldVisit, by: By) -> None:
        v.follow_up(self.document, at=by.at)


class WriteDiary(Entry[DiaryEntry], path="/diary", by=FIELD, called="民情日记"):
    """Write into one's own diary, on the next working day at the latest; it lies in the vault (第十八条第二款)."""

    document: UUID
    day: fields.Day | None = None
    linked_case: KnownCase | None = None
    _named: UUID | None

    async def look_up(self, running: Running, by: By) -> None:
        await super().look_up(running, by)
        self._named = self.linked_case and await running.store.as_named_in(self.stream(by), self.linked_case)

    def act(self, e: DiaryEntry, by: By) -> None:
        e.add(by.unit, by.actor, self.day or day(by.at), self.document, self._named, at=by.at)


class HoldFieldDay(Entry[FieldDay], path="/field-days", by=FIELD, called="集中下访日"):
    """Put on record a day in the villages, and how many problems it found and solved (第十八条第二款)."""

    place: KnownPlace
    found_count: Count
    solved_count: Count
    day: fields.Day | None = None

    def act(self, d: FieldDay, by: By) -> None:
        d.hold(by.unit, self.place, self.day or day(by.at), self.found_count, self.solved_count, at=by.at)


class RegisterBox(Entry[Box], path="/boxes", by=BOX, called="设立清风箱"):
    """Put up a box in a village (第十七条)."""

    may_open = True
    box_no: ShelfNo
    place: KnownPlace

    def stream(self, _: By) -> UUID:
        return Box.stream(self.box_no)

    def act(self, b: Box, by: By) -> None:
        b.register(self.box_no, self.place, by.unit, at=by.at)


class OpenBox(Owned, OnEntry[Box], path="/boxes/{box_id}/openings", by=BOX, called="开箱"):
    """Open a box together with somebody else, and count what lay in it (第二十二条)."""

    second_opener: Code
    item_count: Count

    def act(self, b: Box, by: By) -> None:
        must_belong(self.second_opener, b.unit, self.directory)
        b.open((by.actor, self.second_opener), self.item_count, at=by.at)


class RegisterBoxItem(Owned, OnEntry[Box], path="/boxes/{box_id}/items", by=BOX, called="开箱件登记"):
    """Say which case an item of the box has become (第二十二条)."""

    case_in = "case"
    case: KnownCase
    _named: UUID

    async def look_up(self, running: Running, by: By) -> None:
        await super().look_up(running, by)
        self._named = await running.store.as_named_in(self.stream(by), self.case)

    def act(self, b: Box, by: By) -> None:
        b.register_item(self._named, at=by.at)
