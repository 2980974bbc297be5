"""seal: how soon an auditor sees what was committed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID

import asyncpg

from contracts.envelope import SERVICES
from tests.bench.lifecycle import EVENTS_A_CASE, Teller, caught_up, clients, ledger_head, running
from tests.bench.report import Entry
from tests.harness import Servers, System

EVENTS_A_SECOND = 200
WARM_UP_SECONDS = 3.0
SECONDS = 15.0
CONNECTIONS = 32
LOOK_SECONDS = 0.005
_NEW = """
SELECT seq, id FROM accountability.ledger_entry WHERE seq > $1 AND service <> 'accountability' ORDER BY seq
"""


async def run(servers: Servers) -> AsyncIterator[Entry]:
    async with running(servers) as made, made.sql() as db:
        await steady(made, db, WARM_UP_SECONDS)
        seconds = await steady(made, db, SECONDS)
    ordered = sorted(1_000 * s for s in seconds)
    for name, part in (("seal_p50_ms", 0.5), ("seal_p99_ms", 0.99), ("seal_max_ms", 1.0)):
        yield Entry(name, ordered[round((len(ordered) - 1) * part)], "ms")


async def steady(made: System, db: asyncpg.Connection, seconds: float) -> list[float]:
    """Begin cases at a steady pace; return how long each of their events took into the ledger."""
    before = await ledger_head(db)
    teller, cases = Teller(), round(seconds * EVENTS_A_SECOND / EVENTS_A_CASE)
    idle: asyncio.Queue[dict] = asyncio.Queue()

    async def one(connections: dict) -> None:
        await teller.play(connections)
        idle.put_nowait(connections)

    async with clients(made, CONNECTIONS) as connected, made.sql() as eyes:
        for connections in connected:
            idle.put_nowait(connections)
        watching = asyncio.create_task(watch(eyes, cases * EVENTS_A_CASE))
        started = time.perf_counter()
        async with asyncio.TaskGroup() as tasks:
            for n in range(cases):
                early = started + n * EVENTS_A_CASE / EVENTS_A_SECOND - time.perf_counter()
                await asyncio.sleep(max(0.0, early))
                tasks.create_task(one(await idle.get()))
        await caught_up(db, before + cases * EVENTS_A_CASE)
        seen = await watching
    if teller.sent_again:
        print(f"seal: {teller.sent_again} commands of {cases} cases were answered with 503 and sent again")
    stored: dict[UUID, datetime] = {}
    for service in SERVICES:
        rows = await db.fetch(f"SELECT id, recorded_at FROM {service}.event WHERE id = ANY($1::uuid[])", list(seen))
        stored |= {row["id"]: row["recorded_at"] for row in rows}
    assert len(stored) == len(seen)
    return [(seen[event] - stored[event]).total_seconds() for event in seen]


async def watch(db: asyncpg.Connection, wanted: int) -> dict[UUID, datetime]:
    """Look at the ledger again and again; return when each new entry of another service was there to be seen."""
    last = await db.fetchval("SELECT seq FROM accountability.ledger_head")
    seen: dict[UUID, datetime] = {}
    while len(seen) < wanted:
        rows = await db.fetch(_NEW, last)
        now = datetime.now(UTC)
        for row in rows:
            seen[row["id"]] = now
            last = row["seq"]
        await asyncio.sleep(LOOK_SECONDS)
    return seen
