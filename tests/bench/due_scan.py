"""due_scan: what a round of the watch costs, with few and with a million clocks that are not due."""

from __future__ import annotations

import statistics
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import asyncpg

from services.accountability.clocks import rules
from services.accountability.clocks.scan import Watch
from services.accountability.main import SERVICE
from services.chassis.running import Running
from tests.bench.report import Entry
from tests.clocks import begun, put
from tests.harness import Servers, system

FEW, MANY = 10_000, 1_000_000
ROUNDS = 30
DUE = 20
"""Clocks that a round finds overdue, as after any midnight of a county."""
_FILL = """
INSERT INTO accountability.clock_view
SELECT gen_random_uuid(), 1, gen_random_uuid(), 'C5', 'duty', 'real', 'county-hr', 'running', now(), current_date + 30,
       now() + interval '30 days' + n * interval '1 second', false, NULL, NULL, false
FROM generate_series(1, $1) n
"""


async def run(servers: Servers) -> AsyncIterator[Entry]:
    async with (
        system(servers, ("accountability",)) as made,
        Running(SERVICE, made.settings("accountability")).opened() as running,
        made.sql() as db,
    ):
        watch = Watch(running.store, rules.in_force(), lambda: datetime.now(UTC))
        few = await cost(watch, db, FEW)
        many = await cost(watch, db, MANY - FEW)
    yield Entry("due_scan", many, "ms", few, many / few)


async def cost(watch: Watch, db: asyncpg.Connection, more: int) -> float:
    """Add clocks that are not due; return the milliseconds of a round, which finds some that are."""
    await db.execute(_FILL, more, timeout=300)
    await db.execute("VACUUM ANALYZE accountability.clock_view", timeout=300)
    taken = []
    for _ in range(ROUNDS):
        now = datetime.now(UTC)
        await put(watch.store, [begun("C15", now - timedelta(hours=2)) for _ in range(DUE)])
        started = time.perf_counter()
        found = await watch.expire(now)
        taken.append(1_000 * (time.perf_counter() - started))
        assert found == DUE
    return statistics.median(taken)
