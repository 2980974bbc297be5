"""The commands of assignment: one method each."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from contracts.vocabulary import Forwarding, ObjectionGround, Role
from services.assignment.application.directory import found
from services.assignment.domain.assigning import Assignment
from services.chassis.context import By
from services.chassis.store import Done, Store


class Assigning:
    """What the bureau and the units can do about who has a case."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def hand(self, case: UUID, mode: Forwarding, unit: str, due_on: date | None, *, by: By) -> Done:
        """Forward or assign a case (第二十二条)."""
        by.must_be(Role.bureau_officer)
        competent = await found(self.store, unit)

        def act(assignment: Assignment) -> dict[str, Any]:
            assignment.hand(mode, competent, due_on, at=by.at)
            return {"case_id": case}

        return await self.store.change(Assignment, case, act, by=by)

    async def object(
        self, case: UUID, ground: ObjectionGround, reasons: UUID, proposed_unit: str | None, *, by: By
    ) -> Done:
        """Object to jurisdiction within five working days (第二十三条第三款)."""
        by.must_be(Role.unit_receiver, Role.unit_head)

        def act(assignment: Assignment) -> dict[str, Any]:
            assignment.object(by.unit, ground, reasons, proposed_unit, at=by.at)
            return {"case_id": case}

        return await self.store.change(Assignment, case, act, by=by)

    async def decide(self, case: UUID, *, upheld: bool, by: By) -> Done:
        """Decide on an objection (第二十三条第三款)."""
        by.must_be(Role.bureau_officer)

        def act(assignment: Assignment) -> dict[str, Any]:
            assignment.decide(upheld=upheld, at=by.at)
            return {"case_id": case}

        return await self.store.change(Assignment, case, act, by=by)
