"""Watching the clocks: what is overdue is put on record, once, by whichever replica sees it first.

The due table is asked by its index for what is due and not yet recorded, so a round costs what is overdue and nothing
for what is not. Where there is something, the ledger's lock is held: replicas take turns, and no clock is stopped
meanwhile. The oldest come first, so nothing is starved, also after hours of standing still.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg
import structlog

from contracts.ids import derived
from contracts.packing import expanded
from contracts.vocabulary import ClockKind, Role
from services.accountability.case import Case, read_case
from services.accountability.clocks.clock import Clock
from services.accountability.clocks.effects import Clocks
from services.accountability.clocks.keeper import Keeper
from services.accountability.clocks.rules import RuleBook
from services.accountability.following import LEDGER
from services.chassis.context import By
from services.chassis.database import AWAY, Connection, alone
from services.chassis.store import Store
from services.chassis.stored import Row
from services.chassis.writer import Work
from services.chassis.years import in_force

SCAN_SECONDS: Final = 5.0
"""How often the due table is asked: a breach is on record a minute after midnight at the latest, mostly much sooner."""
SCAN_BATCH_MAX: Final = 500
_WATCH: Final = UUID("2f6f0b8e-1f0f-5a5e-8d6a-6b9b8d0f7a11")
_DUE: Final = """
SELECT c.case_id, c.subject, c.code, v.folded FROM clock_view c LEFT JOIN case_view v ON v.id = c.case_id
WHERE c.state = 'running' AND c.kind = $1 AND c.due_at <= $2 ORDER BY c.due_at LIMIT $3
"""
_FIRST: Final = UUID(int=0)
_AFTER: Final = "SELECT after, done FROM recalculation WHERE rules = $1 AND calendar = $2"
_NEXT: Final = """
(SELECT id FROM clock_view WHERE state = 'running' AND id > $1 ORDER BY id LIMIT $2)
UNION ALL (SELECT id FROM clock_view WHERE state = 'paused' AND id > $1 ORDER BY id LIMIT $2)
UNION ALL (SELECT id FROM clock_view WHERE state = 'breached' AND id > $1 ORDER BY id LIMIT $2)
UNION ALL (SELECT id FROM clock_view WHERE outcome = 'late' AND id > $1 ORDER BY id LIMIT $2) ORDER BY id LIMIT $2
"""
_SO_FAR: Final = """
INSERT INTO recalculation (rules, calendar, after, done) VALUES ($1, $2, $3, $4)
ON CONFLICT (rules, calendar) DO UPDATE SET after = EXCLUDED.after, done = EXCLUDED.done
"""

log = structlog.get_logger()


class Watch:
    """Records breaches and lapses, and counts anew what a changed calendar or rule touches."""

    def __init__(self, store: Store, book: RuleBook, now: Callable[[], datetime]) -> None:
        self.store = store
        self.book = book
        self.now = now
        self.keeper = Keeper(store, book, now)

    async def run(self) -> None:
        """Look again and again, for ever."""
        while True:
            try:
                while await self.recalculate():
                    pass
                while await self.expire(self.now()):
                    pass
            except AWAY as error:
                log.warning("watch_waits", error=repr(error))
            await asyncio.sleep(SCAN_SECONDS)

    async def expire(self, now: datetime, kind: ClockKind = ClockKind.real) -> int:
        """Record the oldest of what is over by `now`, at most so many; return how many there were."""
        async with self.store.database.connection() as connection:
            if not await connection.fetch(_DUE, kind, now, 1):
                return 0
        async with self.store.database.transaction() as connection:
            await alone(connection, LEDGER)
            rows = await connection.fetch(_DUE, kind, now, SCAN_BATCH_MAX)
            await self._expire(connection, rows, self._by(now, kind))
        return len(rows)

    async def _expire(self, connection: Connection, due: Sequence[asyncpg.Record], by: By) -> None:
        """Record that some clocks are over, and let begin what begins because of that."""
        calendar = await in_force(connection)
        cases = {row["subject"] or row["case_id"]: _case(row) for row in due}
        clocks, codes = Clocks(), {row["code"] for row in due}
        await self.keeper.add_open(clocks, connection, [row["case_id"] for row in due], codes)
        await self.keeper.add_open(clocks, connection, [row["subject"] for row in due], codes, by_subject=True)
        rows: list[Row] = []
        changed: dict[UUID, Clock] = {}
        for about, case in cases.items():
            for clock in self.keeper.over(about, case, by.at, clocks, calendar, by):
                rows += self.store.rows(clock, by)
                changed[clock.id] = clock
        await self._write(connection, rows, changed.values())

    async def recalculate(self) -> int:
        """Count the next open clocks anew, if calendar or rules have changed; return how many were looked at."""
        async with self.store.database.connection() as connection:
            calendar = await in_force(connection)
            if (row := await connection.fetchrow(_AFTER, self.book.version, calendar.version)) and row["done"]:
                return 0
        async with self.store.database.transaction() as connection:
            await alone(connection, LEDGER)
            calendar = await in_force(connection)
            version = (self.book.version, calendar.version)
            row = await connection.fetchrow(_AFTER, *version)
            if row and row["done"]:
                return 0
            before = row["after"] if row else _FIRST
            rows = await connection.fetch(_NEXT, before, SCAN_BATCH_MAX)
            ids = [row["id"] for row in rows]
            now = self.now()

            def again(clock: Clock) -> None:
                clock.recalculate(self.book.rule(clock.code), calendar, self.book.version, at=now)

            await self._change(connection, ids, self._by(now, ClockKind.real), again)
            after = ids[-1] if ids else before
            await connection.execute(_SO_FAR, *version, after, len(ids) < SCAN_BATCH_MAX)
        return len(ids)

    async def _change(self, connection: Connection, ids: list[UUID], by: By, act: Callable[[Clock], None]) -> None:
        if not ids:
            return
        clocks = (await self.store.load_many(connection, dict.fromkeys(ids, Clock))).values()
        for clock in clocks:
            act(clock)
        changed = [clock for clock in clocks if clock.pending_events]
        await self._write(connection, [row for clock in changed for row in self.store.rows(clock, by)], changed)

    async def _write(self, connection: Connection, rows: list[Row], changed: Iterable[Clock]) -> None:
        if rows:
            statements = [s for clock in changed for s in self.store.view_statements(clock)]
            await self.store.writer.write(connection, [Work(rows, statements)])
            self.store.appended.set()

    def _by(self, now: datetime, kind: ClockKind) -> By:
        name = f"watch/{now.isoformat()}"
        return By(
            actor=f"system:{self.store.service}",
            unit=self.store.service,
            role=Role.system,
            at=now,
            clock=kind,
            request_id=name,
            command_id=derived(_WATCH, name),
        )


def _case(row: asyncpg.Record) -> Case:
    """Return the Case as it stands, blank where nothing is known of it."""
    return read_case(expanded(row["folded"])) if row["folded"] else Case(row["case_id"] or row["subject"])
