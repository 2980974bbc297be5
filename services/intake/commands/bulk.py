"""The commands by which somebody reads more texts than one person reads alone, as another one agrees (第五十一条)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from contracts.vocabulary import LookPurpose, Role
from services.chassis.commands import Entry, OnEntry
from services.chassis.context import By
from services.intake.application.office import READERS
from services.intake.domain.bulk import COUNT_MAX, BulkLook
from services.intake.domain.texts import must_be_of_duty


class AskBulkLook(Entry[BulkLook], path="/bulk-looks", by=READERS, called="申请批量查阅"):
    """Ask to read more texts within an hour than one person reads alone, and say what for (第五十一条)."""

    purpose: LookPurpose
    count: Annotated[int, Field(ge=1, le=COUNT_MAX, description="How many more texts")]

    def act(self, b: BulkLook, by: By) -> None:
        must_be_of_duty(self.purpose, by.role)
        b.ask(self.purpose, self.count, by=by)


class GrantBulkLook(
    OnEntry[BulkLook], path="/bulk-looks/{bulk_look_id}/approval", by=(Role.unit_head, Role.supervisor),
    called="同意批量查阅",
):  # fmt: skip
    """Agree, as another person who has charge in the unit: from now on they read so many more, for an hour."""

    def act(self, b: BulkLook, by: By) -> None:
        b.grant(by=by)
