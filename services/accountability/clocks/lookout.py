"""Looking out for cases in which nobody has to act: no duty, no answer served, and no end (件件有着落).

That must not be; where a rule is missing after all, it is on record a minute later. Only cases with news are looked at,
once, when the news has been in the ledger for a while: what answers it in another service takes its time, and starts
the next clock. So a round costs what has happened, and nothing for all the cases that wait.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Final

import asyncpg
import structlog

from contracts.packing import expanded
from services.accountability.case import read_case
from services.accountability.domain.orphans import Orphan
from services.audit.entry import Entry
from services.chassis.context import by_reaction, cause_of
from services.chassis.database import AWAY, alone
from services.chassis.store import Store
from services.chassis.writer import Work

LOOK_SECONDS: Final = 10.0
QUIET_SECONDS: Final = 60.0
"""How long the newest entry of a case may be without an answer before the case is looked at."""
ENTRIES_MAX: Final = 2_000
"""Entries whose cases are looked at in one transaction."""
_HEAD: Final = "SELECT seq FROM ledger_head"
_SEEN: Final = "SELECT seq FROM lookout_head"
_MOVE: Final = "UPDATE lookout_head SET seq = $1"
_UNHELD: Final = """
SELECT e.*, v.folded FROM (
    SELECT DISTINCT case_id FROM ledger_entry WHERE seq > $1 AND seq <= $2
) touched JOIN case_view v ON v.id = touched.case_id JOIN ledger_entry e ON e.seq = v.seq
WHERE v.seq <= $2
    AND NOT EXISTS (
        SELECT 1 FROM clock_view c
        WHERE c.case_id = v.id AND c.nature = 'duty' AND c.state IN ('running', 'paused', 'breached')
    )
ORDER BY v.seq
"""

log = structlog.get_logger()


class Lookout:
    """Records that nobody has to act in a case, as the answer of accountability to the newest entry of it."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self.store = store
        self.now = now

    async def run(self) -> None:
        """Look again and again, for ever."""
        heads: deque[tuple[float, int]] = deque()
        clock = asyncio.get_running_loop().time
        while True:
            try:
                heads.append((clock(), await self.head()))
                while heads[0][0] <= clock() - QUIET_SECONDS:
                    while await self.look(heads[0][1]):
                        pass
                    heads.popleft()
            except AWAY as error:
                log.warning("lookout_waits", error=repr(error))
            await asyncio.sleep(LOOK_SECONDS)

    async def head(self) -> int:
        """Return how many entries the ledger has."""
        async with self.store.database.connection() as connection:
            return int(await connection.fetchval(_HEAD))

    async def look(self, upto: int) -> int:
        """Look at cases without news after entry `upto`; return how many entries that was, at most so many at once."""
        async with self.store.database.transaction() as connection:
            await alone(connection, "lookout")
            seen = int(await connection.fetchval(_SEEN))
            if (to := min(upto, seen + ENTRIES_MAX)) <= seen:
                return 0
            found = {Orphan.stream(row["id"]): row for row in await connection.fetch(_UNHELD, seen, to)}
            orphans = await self.store.load_many(connection, dict.fromkeys(found, Orphan))
            works = [work for stream, orphan in orphans.items() if (work := self._noticed(orphan, found[stream])).rows]
            if works:
                await self.store.writer.write(connection, works)
            await connection.execute(_MOVE, to)
        self.store.appended.set()
        return to - seen

    def _noticed(self, orphan: Orphan, row: asyncpg.Record) -> Work:
        case, entry = read_case(expanded(row["folded"])), Entry.of(row).record
        if case.ended or case.answered or case.orphaned_since is not None:
            return Work([])
        by = by_reaction(self.store.service, entry, self.now())
        orphan.cause = cause_of(entry)
        orphan.detect(case.case_id, entry.at, at=by.at)
        return Work(self.store.rows(orphan, by), self.store.view_statements(orphan))
