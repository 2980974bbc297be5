"""The commands of leaders' instructions on letters."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from contracts.ids import derived
from contracts.vocabulary import Role
from services.assignment.application.campaign import LED
from services.assignment.application.directory import found
from services.assignment.domain.assigning import Assignment
from services.assignment.domain.instructions import Instruction
from services.chassis.context import By
from services.chassis.store import New, Store
from services.chassis.writer import Done


class Instructing:
    """What leaders write on letters, and what units answer."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def instruct(self, case: UUID, leader: str, unit: str, document: UUID, due_on: date, *, by: By) -> Done:
        """Record what a leader wrote on a letter (第十八条第二款)."""
        by.must_be(*LED)
        await self.store.known(Assignment, case)
        await found(self.store, unit)
        instruction = Instruction.blank(derived(by.command_id, "instruction"))
        instruction.instruct(case, leader, unit, document, due_on, at=by.at)
        return await self.store.create(
            lambda: New(instruction, {"instruction_id": instruction.id, "case_id": case}), by=by
        )

    async def answer(self, instruction: UUID, document: UUID, *, by: By) -> Done:
        """Report to the leader what was done (第十八条第二款)."""
        by.must_be(Role.unit_receiver, Role.case_officer, Role.unit_head)

        def decide(aggregate: Instruction) -> dict[str, Any]:
            aggregate.answer(by.unit, document, at=by.at)
            return {"instruction_id": instruction, "state": aggregate.state}

        return await self.store.change(Instruction, instruction, decide, by=by)
