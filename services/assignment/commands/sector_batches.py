"""The command that hands the cases of one sector to its department at once."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from pydantic import BaseModel, Field

from contracts.vocabulary import ContentCategory, Forwarding, Role
from services.assignment.application.sector_batches import BatchAssigning
from services.assignment.domain.sector_batches import SectorBatch
from services.chassis.commands import Command, Reply
from services.chassis.context import By
from services.chassis.fields import Day
from services.chassis.references import GivenUnit, NamedCase
from services.chassis.running import Running
from services.chassis.writer import Done

BATCH_MAX: Final = 200


class Outcome(BaseModel):
    """What became of a case: ``handed``, or the code of the refusal."""

    case_id: UUID
    outcome: str


class BatchAssigned(Reply):
    """What became of each case."""

    batch_id: UUID
    batch_no: str
    items: list[Outcome]


class AssignSectorBatch(
    Command[SectorBatch], path="/batches", by=(Role.bureau_officer,), called="批量交办", status=201,
    reply=BatchAssigned, location="/batches/{batch_id}",
):  # fmt: skip
    """Hand the cases of a sector to its department, and say what became of each (第二十二条)."""

    category: ContentCategory
    mode: Forwarding
    unit: GivenUnit
    cases: list[NamedCase] = Field(min_length=1, max_length=BATCH_MAX)
    due_on: Day | None = None

    async def run(self, running: Running, by: By) -> Done:
        assigning = BatchAssigning(running.store)
        return await assigning.assign(self.category, self.mode, self.unit, self.due_on, self.cases, by=by)
