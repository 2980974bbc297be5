"""The commands of reception days."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from contracts.vocabulary import ReceptionMissReason, Role
from services.assignment.application.campaign import LED, ORGANISERS
from services.assignment.domain.receptions import Reception
from services.chassis.context import By
from services.chassis.store import Store
from services.chassis.writer import Done


class Receiving:
    """What can be done about the days on which leaders receive whoever comes."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def roster(self, leader: str, place: str, received_on: date, *, by: By) -> Done:
        """Publish who receives, where and when (第十八条第一款)."""
        by.must_be(*ORGANISERS)
        stream = Reception.stream(leader, place, received_on)
        return await self._change(stream, by, lambda r: r.roster(leader, place, received_on, at=by.at), may_open=True)

    async def hold(self, reception: UUID, cases: Sequence[UUID], follow_up_due: date, *, by: By) -> Done:
        """Note what was received (第十八条第二款)."""
        by.must_be(Role.intake_clerk, *ORGANISERS)
        return await self._change(reception, by, lambda r: r.hold(cases, follow_up_due, at=by.at))

    async def miss(self, reception: UUID, reason: ReceptionMissReason, *, by: By) -> Done:
        """Note that nobody was received (第十八条第二款)."""
        by.must_be(Role.intake_clerk, *ORGANISERS)
        return await self._change(reception, by, lambda r: r.miss(reason, at=by.at))

    async def follow_up(self, reception: UUID, document: UUID, *, by: By) -> Done:
        """Show that what was promised is done (第十八条第二款)."""
        by.must_be(*LED)
        return await self._change(reception, by, lambda r: r.follow_up(document, at=by.at))

    async def _change(
        self, reception: UUID, by: By, act: Callable[[Reception], None], *, may_open: bool = False
    ) -> Done:
        def decide(aggregate: Reception) -> dict[str, Any]:
            act(aggregate)
            return {"reception_id": reception, "state": aggregate.state}

        return await self.store.change(Reception, reception, decide, by=by, may_open=may_open)
