"""Looking out for records that their source has not written: what is set aside is on record within seconds.

Whatever stands on a topic and is no event of its source's is set aside by its place (``services/chassis/doubts.py``).
Of those that were found together an entry tells how many there are and where they stand, and nothing of what they say.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import structlog

from contracts.ids import derived
from contracts.vocabulary import ClockKind, Role
from services.accountability.domain.disowned import Disowned
from services.chassis.context import By
from services.chassis.database import AWAY, alone
from services.chassis.store import Store
from services.chassis.writer import Work

LOOK_SECONDS: Final = 1.0
TOGETHER_MAX: Final = 1_000
_STORE: Final = "SELECT store FROM epoch ORDER BY number DESC LIMIT 1"
_FOUND: Final = """
SELECT place, source, lane, attempts, told FROM parked
WHERE lane_seq IS NULL AND attempts > told ORDER BY number LIMIT $1
"""
_TOLD: Final = """
UPDATE parked p SET told = t.attempts FROM unnest($1::text[], $2::int[]) AS t (place, attempts) WHERE p.place = t.place
"""

log = structlog.get_logger()


class Forgeries:
    """Records what was set aside."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self.store = store
        self.now = now

    async def run(self) -> None:
        """Look again and again, for ever."""
        while True:
            try:
                while await self.look():
                    pass
            except AWAY as error:
                log.warning("forgeries_wait", error=repr(error))
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> int:
        """Record what was set aside since the last time; return how many records that was, at most so many at once."""
        async with self.store.database.connection() as connection:
            if not await connection.fetch(_FOUND, 1):
                return 0
        async with self.store.database.transaction() as connection:
            await alone(connection, "forgeries")
            found = await connection.fetch(_FOUND, TOGETHER_MAX)
            if not found:
                return 0
            lanes: dict[tuple[str, int], list[Any]] = defaultdict(list)
            for row in found:
                lanes[row["source"], row["lane"]].append(row)
            ledger = UUID(int=(await connection.fetchval(_STORE)).int)
            works = [self._work(ledger, *lane, rows) for lane, rows in lanes.items()]
            await self.store.writer.write(connection, works)
            await connection.execute(_TOLD, [row["place"] for row in found], [row["attempts"] for row in found])
        self.store.appended.set()
        return len(found)

    def _work(self, ledger: UUID, source: str, lane: int, rows: list[Any]) -> Work:
        disowned = Disowned.blank(Disowned.stream(ledger, rows[0]["place"], rows[0]["attempts"]))
        command = derived(disowned.id, "command")
        by = By(
            actor=f"system:{self.store.service}", unit=self.store.service, role=Role.system, at=self.now(),
            clock=ClockKind.real, request_id=str(command), command_id=command,
        )  # fmt: skip
        count = sum(row["attempts"] - row["told"] for row in rows)
        disowned.find(source, lane, count, (rows[0]["place"], rows[-1]["place"]), at=by.at)
        return Work(self.store.rows(disowned, by), self.store.view_statements(disowned))
