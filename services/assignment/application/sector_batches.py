"""Handing the cases of one sector to its department at once: one command, and one more for each case."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from msgspec.structs import replace

from contracts.ids import derived
from contracts.vocabulary import ContentCategory, Forwarding
from services.assignment.application.assigning import hand
from services.assignment.domain.assigning import Assignment
from services.assignment.domain.sector_batches import SectorBatch
from services.chassis.context import By
from services.chassis.errors import DomainError, Unavailable
from services.chassis.store import New, Store
from services.chassis.writer import Done

HANDED: Final = "handed"
"""What became of a case that went to the department; any other answer is the code of a refusal."""
TOGETHER_MAX: Final = 32
"""Cases that are handed over at the same time; each may have to wait until it arrives from intake."""


class BatchAssigning:
    """What the bureau can do about many cases of one sector."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def assign(
        self, category: ContentCategory, mode: Forwarding, unit: str, due_on: date | None, cases: Sequence[UUID],
        *, by: By,
    ) -> Done:  # fmt: skip
        """Hand each case over, and say what became of each (第二十二条).

        Whoever was interrupted sends the same command again: each case has a command of its own that is done once.
        """
        await self.store.directories.knowing(unit)
        key = derived(by.command_id, "batch")

        def opening() -> New:
            batch = SectorBatch.blank(key)
            batch.assign(self.store.number("信批", by), category, mode, unit, due_on, cases, at=by.at)
            return New(batch, {"batch_id": key})

        await self.store.create(opening, by=by)
        batch = await self.store.load(SectorBatch, key)
        outcomes: dict[UUID, str] = {}
        todo = [] if batch.completed else batch.cases
        for first in range(0, len(todo), TOGETHER_MAX):
            some = todo[first : first + TOGETHER_MAX]
            done = await asyncio.gather(*(self._hand(batch, case, mode, due_on, by) for case in some))
            outcomes |= zip(some, done, strict=True)
        return await self._complete(batch, outcomes, by)

    async def _hand(self, batch: SectorBatch, case: UUID, mode: Forwarding, due_on: date | None, by: By) -> str:
        try:
            batch.check(await self.store.known(Assignment, case))
            await hand(self.store, case, mode, batch.unit, due_on, by=_within(by, str(case)))
        except Unavailable:
            raise  # nobody knows what became of it: the same key goes on here
        except DomainError as refusal:
            return refusal.code
        return HANDED

    async def _complete(self, batch: SectorBatch, outcomes: dict[UUID, str], by: By) -> Done:
        def decide(aggregate: SectorBatch) -> dict[str, Any]:
            handed = [case for case, outcome in outcomes.items() if outcome == HANDED]
            refused = [case for case in outcomes if case not in handed]
            aggregate.complete(handed, refused, at=by.at)
            items = [{"case_id": case, "outcome": outcome} for case, outcome in outcomes.items()]
            return {"batch_id": aggregate.id, "batch_no": aggregate.batch_no, "items": items}

        return await self.store.change(SectorBatch, batch.id, decide, by=_within(by, "completed"))


def _within(by: By, part: str) -> By:
    """Return the context of a part of a command: the same people, and a key that follows from theirs.

    That they have to do with each case was asked as they named it.
    """
    return replace(by, command_id=derived(by.command_id, part), expected_versions=None, has_to_do=True)
