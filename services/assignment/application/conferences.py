"""The commands of the joint conference."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from contracts.ids import derived
from contracts.vocabulary import Role
from services.assignment.application.directory import found
from services.assignment.domain.assigning import Assignment
from services.assignment.domain.conferences import Conference
from services.chassis.context import By, document_no
from services.chassis.store import New, Store
from services.chassis.writer import Done


class Conferring:
    """What the secretary of the joint conference can do, and the units that it gives something to do."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def convene(self, held_on: date, *, by: By) -> Done:
        """Call the joint conference (第十三条)."""
        by.must_be(Role.conference_secretary)
        conference = Conference.blank(derived(by.command_id, "conference"))
        conference_no = document_no("联", by)
        conference.convene(conference_no, held_on, at=by.at)
        reply = {"conference_id": conference.id, "conference_no": conference_no}
        return await self.store.create(lambda: New(conference, reply), by=by)

    async def add_item(self, conference: UUID, matter: UUID | None, document: UUID, *, by: By) -> Done:
        """Put something on the agenda (第十三条第一款)."""
        by.must_be(Role.conference_secretary)
        if matter is not None:
            await self.store.known(Assignment, matter)
        return await self._change(conference, by, lambda c: c.add_item(matter, document, at=by.at))

    async def summon(self, conference: UUID, unit: str, *, by: By) -> Done:
        """Have a unit come (第十三条第一款, 第十四条第二项)."""
        by.must_be(Role.conference_secretary, Role.bureau_officer)
        await found(self.store, unit)
        return await self._change(conference, by, lambda c: c.summon(unit, at=by.at))

    async def decide(self, conference: UUID, item: int, owner: str, due_on: date, document: UUID, *, by: By) -> Done:
        """Record who does what until when (第十三条第一款)."""
        by.must_be(Role.conference_secretary)
        await found(self.store, owner)
        return await self._change(conference, by, lambda c: c.decide(item, owner, due_on, document, at=by.at))

    async def carry_out(self, conference: UUID, item: int, proof: UUID, *, by: By) -> Done:
        """Report that what was decided is done (第十二条第二款)."""
        by.must_be(Role.unit_head, Role.unit_receiver)
        return await self._change(conference, by, lambda c: c.carry_out(by.unit, item, proof, at=by.at))

    async def find_overdue(self, conference: UUID, *, by: By) -> Done:
        """Put the decisions on record whose day has passed (第十二条第二款)."""
        by.must_be(Role.system, Role.conference_secretary)
        return await self._change(conference, by, lambda c: c.find_overdue(at=by.at))

    async def _change(self, conference: UUID, by: By, act: Callable[[Conference], None]) -> Done:
        def decide(aggregate: Conference) -> dict[str, Any]:
            act(aggregate)
            return {"conference_id": conference, "state": aggregate.state, "items": len(aggregate.agenda)}

        return await self.store.change(Conference, conference, decide, by=by)
