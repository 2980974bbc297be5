"""The commands by which leaders become contacts of townships."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from contracts.vocabulary import Role
from services.assignment.domain.leader_areas import LeaderArea
from services.chassis.context import By
from services.chassis.store import Store
from services.chassis.writer import Done


class LeaderAreas:
    """What can be done about which leader is the contact of which township."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def link(self, leader: str, township: str, *, by: By) -> Done:
        """Make a leader the contact of a township (第五条第三项)."""
        return await self._change(leader, by, lambda a: a.link(leader, township, at=by.at))

    async def unlink(self, leader: str, township: str, *, by: By) -> Done:
        """Let a leader be the contact of a township no longer (第五条第三项)."""
        return await self._change(leader, by, lambda a: a.unlink(township, at=by.at))

    async def _change(self, leader: str, by: By, act: Callable[[LeaderArea], None]) -> Done:
        by.must_be(Role.conference_secretary)

        def decide(area: LeaderArea) -> dict[str, Any]:
            act(area)
            return {"leader": leader, "townships": area.townships}

        return await self.store.change(LeaderArea, LeaderArea.stream(leader), decide, by=by, may_open=True)
