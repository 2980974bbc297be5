"""The lists of what is entered in the hall and outside it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from fastapi import Response

from contracts.vocabulary import ExternalSystem
from services.chassis.context import By
from services.chassis.errors import NotFound, SourceAway
from services.chassis.fields import IssuedNo
from services.chassis.questions import Answer, Listing, Question, page, rows
from services.chassis.running import Running
from services.chassis.source import once
from services.chassis.views import EVERYONE
from services.intake.application.doors import Door, doors
from services.intake.application.elsewhere import known_as
from services.intake.views import (
    BoxRow,
    BulkLookRow,
    ConductIncidentRow,
    ContactCardRow,
    ContactPointRow,
    ContactRow,
    DeskRow,
    DialogueRow,
    DiaryRow,
    DoorCountRow,
    EmergencyAccessRow,
    ErasureRow,
    ExternalReferenceRow,
    FieldDayRow,
    FieldVisitRow,
    HelpPlanRow,
    LoadPlanRow,
    NoticeRow,
    SessionRow,
    SkipLevelVisitRow,
    StepFormRow,
)


class Desks(Listing[DeskRow], path="/desks", called="窗口", where=("state", "unit"), sort=("id", "unit"), open=True):
    """List the desks in the hall (第十八条第三款)."""


class Sessions(
    Listing[SessionRow], path="/sessions", called="来访接待",
    where=("state", "unit", "case_id"), sort=("id", "opened_at"),
):  # fmt: skip
    """List visits in the hall (第十八条第三款)."""


class FieldVisits(
    Listing[FieldVisitRow], path="/field-visits", called="下访",
    where=("state", "unit", "officer"), sort=("id", "unit", "follow_up_on"),
):  # fmt: skip
    """List field visits (第十八条第二款)."""


class Diary(
    Listing[DiaryRow], path="/diary", called="日记", where=("state", "unit", "officer"), sort=("id", "officer", "day")
):
    """List the pages of diaries, without their words (第十八条第二款)."""


class FieldDays(
    Listing[FieldDayRow], path="/field-days", called="下访日",
    where=("state", "unit", "place"), sort=("id", "unit", "held_on"),
):  # fmt: skip
    """List days in the villages (第十八条第二款)."""


class Boxes(Listing[BoxRow], path="/boxes", called="清风箱", where=("state", "unit"), sort=("id", "box_no")):
    """List the boxes of villages, and how often nobody opened one (第二十二条)."""


class StepForms(
    Listing[StepFormRow], path="/step-forms", called="诉求单",
    where=("state", "holder", "case_id"), sort=("id", "holder", "until"),
):  # fmt: skip
    """List who has which case at a level, and until when (第二十条)."""


class ContactCardShown(ContactCardRow):
    """Whom a petitioner turns to, with what stands on the door; nothing while the directory cannot be asked."""

    post: str | None
    name: str | None


class ContactCards(
    Listing[ContactCardRow], path="/contact-cards", called="联系卡", reply=page(ContactCardShown),
    where=("state", "unit", "case_id"), sort=("id", "unit"),
):  # fmt: skip
    """List whom petitioners turn to (第十八条第一款)."""

    async def ask(self, running: Running, by: By | None) -> Answer | Response:
        answer = await super().ask(running, by)
        assert isinstance(answer, Answer)
        plates: dict[tuple[str, str], Door] = {}
        with suppress(SourceAway):
            plates = await once(partial(_plates, running, {card["unit"] for card in answer.value["items"]}))
        for card in answer.value["items"]:
            plate = plates.get((card["unit"], card["duty_officer"]))
            card["post"], card["name"] = (plate.post, plate.name) if plate else (None, None)
        return answer


async def _plates(running: Running, units: Collection[str]) -> dict[tuple[str, str], Door]:
    """Return what stands on the doors of units, by unit and officer. Raises ``SourceAway``."""
    return {(unit, door.officer): door for unit in units for door in await doors(running, unit)}


class Notices(
    Listing[NoticeRow],
    path="/notices",
    called="公开事项",
    where=("state", "unit", "kind"),
    sort=("id", "published_at"),
    open=True,
):
    """List what the public was told (第十八条第一款)."""


class NoticeShown(NoticeRow):
    """A notice, with what it says."""

    text: str | None


class ShowNotice(
    Question, path="/notices/{notice_id}", called="公开事项内容", sight=EVERYONE, reply=NoticeShown, open=True
):
    """Show what the public was told (第十八条第一款)."""

    notice_id: UUID

    async def ask(self, running: Running, by: By | None) -> Answer:  # noqa: ARG002  # it is public
        sql = (
            f"SELECT {', '.join(NoticeRow.view.shown)}, t.text "  # noqa: S608  # names of ours
            "FROM notice_view LEFT JOIN notice_text t ON t.sha256 = text_sha256 WHERE id = $1"
        )
        if not (found := await rows(running.store, sql, self.notice_id)):
            raise NotFound(str(self.notice_id))
        return Answer(found[0], found[0]["version"])


class References(Listing[ExternalReferenceRow], path="/references", called="外部编号", where=("system",)):
    """Find the case of a number in another system, before anybody enters it a second time (第二十一条第一款)."""

    external_no: IssuedNo | None = None
    if TYPE_CHECKING:
        known_as: Sequence[UUID]  # set without pydantic

    async def ask(self, running: Running, by: By | None) -> Answer | Response:
        """Show those of a number, in whichever system, by what it is known as here."""
        if self.external_no is not None:
            systems = ExternalSystem if self.system is None else [self.system]  # type: ignore[attr-defined]  # a column
            found = [await known_as(running, system, self.external_no) for system in systems]
            object.__setattr__(self, "known_as", found)
        return await super().ask(running, by)

    def _narrowed(self) -> tuple[list[str], list[Any]]:
        conditions, values = super()._narrowed()
        if self.external_no is not None:
            at = values.index(self.external_no)
            conditions[at], values[at] = f"id = ANY(${at + 1}::uuid[])", self.known_as
        return conditions, values


class ReferencesOfCase(Listing[ExternalReferenceRow], path="/cases/{case_id}/references", called="事项外部编号"):
    """List the numbers of a case in other systems (第二十一条第一款)."""


class ContactPoints(
    Listing[ContactPointRow], path="/contact-points", called="联系点",
    where=("state", "unit", "place", "officer"), sort=("id", "place"),
):  # fmt: skip
    """List who is there for which place (第十八条第二款)."""


class HelpPlans(
    Listing[HelpPlanRow], path="/help-plans", called="帮扶计划",
    where=("state", "unit", "officer", "case_id"), sort=("id", "due_on"),
):  # fmt: skip
    """List who helps until when (第三十七条第二款、第三款)."""


class EmergencyAccesses(
    Listing[EmergencyAccessRow], path="/emergency-accesses", called="应急查阅",
    where=("state", "officer", "reviewer", "case_id"), sort=("id", "asked_at"),
):  # fmt: skip
    """List who may or might read which case for once, until when, and who looks at why (个人信息保护法 第五十四条)."""


class EmergencyAccessesOfCase(
    Listing[EmergencyAccessRow], path="/cases/{case_id}/emergency-accesses", called="事项应急查阅"
):
    """List who may or might read a case for once, for whoever has it (个人信息保护法 第五十一条)."""


class BulkLooks(
    Listing[BulkLookRow], path="/bulk-looks", called="批量查阅", where=("state", "officer", "unit"),
    sort=("id", "asked_at"),
):  # fmt: skip
    """List who reads more texts than one person reads alone, and who has agreed (个人信息保护法 第五十一条)."""


class Erasures(
    Listing[ErasureRow], path="/erasures", called="个人信息删除", where=("state", "case_id"), sort=("id", "asked_at"),
):  # fmt: skip
    """List what is only kept, what it is kept for, and what was destroyed (个人信息保护法 第四十七条)."""


class Dialogues(
    Listing[DialogueRow], path="/dialogues", called="走访对话",
    where=("unit", "place", "people"), sort=("id", "held_on"),
):  # fmt: skip
    """List the talks that were offered to groups (第十八条第二款)."""


class ContactsOfCase(Listing[ContactRow], path="/cases/{case_id}/contacts", called="联系记录"):
    """List the talks that the petitioner of a case was offered (第二十八条第一款)."""


class SkipLevelVisits(
    Listing[SkipLevelVisitRow], path="/skip-level-visits", called="越级走访",
    where=("level", "cause", "case_id"), sort=("id", "visited_on"),
):  # fmt: skip
    """List visits past the levels below, each with why (第二十条第一款)."""


class DoorCounts(
    Listing[DoorCountRow], path="/door-counts", called="登记缺口", where=("unit", "day"), sort=("id", "day")
):
    """List how many came to which unit on which day, and whether all of it is on file (第二十二条、第四十三条)."""


class IncidentsOfCase(
    Listing[ConductIncidentRow], path="/cases/{case_id}/conduct-incidents", called="违规行为记录", where=("state",)
):
    """List what is on record in this case, as long as it lasts; there is no list across cases (第四十七条)."""


class LoadPlans(
    Listing[LoadPlanRow], path="/load-plans", called="接待力量安排",
    where=("unit", "occasion"), sort=("id", "first_on"),
):  # fmt: skip
    """List for which days more desks are wanted (第十八条第三款)."""
