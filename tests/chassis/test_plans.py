"""What is asked all the time is answered from an index, however many events there are."""

from __future__ import annotations

import re

import asyncpg
import pytest

from services.chassis import recorder, relay
from tests.harness import Servers, System, system
from tests.sizes import size

EVENTS = size("PLANNED_EVENTS", 40_000, 400_000)

EVENTS_A_TRANSACTION = 40
_FILL = """
DO $$ BEGIN FOR _ IN 1..{} LOOP
    INSERT INTO intake.event (stream_id, version, case_id, lane, id, type, packed, at)
    SELECT gen_random_uuid(), 0, gen_random_uuid(), n % 12, gen_random_uuid(), 'intake.CaseRegistered.v1', 'x', now()
    FROM generate_series(1, {}) n;
    COMMIT;
END LOOP; END $$
"""
_PLAN = """
CREATE FUNCTION plan(statement text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN RETURN QUERY EXECUTE 'EXPLAIN (GENERIC_PLAN) ' || statement; END $$
"""
STATEMENTS = {
    "is there anything to seal": relay._ANYTHING,
    "is anything of a case unsealed": relay._UNSEALED,
    "seal": relay._SEAL.format(*relay._RETURNED),
    "seal and count": relay._SEAL.format(*relay._COUNTED),
    "what is to be published": recorder._LOG,
    "a lane": recorder._LANE,
    "streams": recorder._STREAMS.format(events=recorder._COMMON),
    "since": recorder._SINCE.format(events=recorder._COMMON),
    "streams, wherever they lie": recorder._STREAMS.format(events=recorder._AND_APART),
    "since, wherever they lie": recorder._SINCE.format(events=recorder._AND_APART),
}


async def filled(db: asyncpg.Connection, made: System) -> None:
    """Store many events and let the relay seal them."""
    await db.execute(_FILL.format(EVENTS // EVENTS_A_TRANSACTION, EVENTS_A_TRANSACTION))
    async with made.opened("intake") as intake:
        while await intake.relay.seal():
            pass
    await db.execute("VACUUM ANALYZE intake.event, intake.sealed")
    await db.execute("SET search_path = intake")
    await db.execute(_PLAN)


async def scanned(db: asyncpg.Connection, sql: str) -> set[str]:
    """Return the large tables that a statement reads from end to end, whatever its arguments are."""
    plan = "\n".join(line for (line,) in await db.fetch("SELECT plan($1)", sql))
    return {"event", "sealed"} & set(re.findall(r"Seq Scan on (\w+)", plan))


@pytest.mark.timeout(300)
async def test_nothing_is_read_from_end_to_end(servers: Servers):
    async with system(servers, ()) as made, made.sql() as db:
        await filled(db, made)
        for what, sql in STATEMENTS.items():
            assert await scanned(db, sql) == set(), what
        some = "SELECT EXISTS (SELECT 1 FROM event WHERE (epoch, xid, pos) > (SELECT epoch, xid, pos FROM seal_head))"
        assert await scanned(db, some) == {"event"}, "mutant: nobody says where what is unsealed would stand"
