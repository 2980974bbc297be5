"""authz_list: a page of a list of 100,000 cases, against a service that asks nobody who they are and shows everything."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from uuid import uuid4

import asyncpg

from contracts.vocabulary import Level, Role, UnitKind
from services.chassis.directory import Entry as Unit
from services.chassis.directory import Post
from services.chassis.units import written
from tests.bench.acting import shown
from tests.bench.cpu import Cpu
from tests.bench.http import Connection, connected, request
from tests.bench.register import in_turns
from tests.bench.report import Entry, compare, rate
from tests.harness import Servers, system

CASES, UNITS = 100_000, 300
ROUNDS = 10
SECONDS = 1.0
CONNECTIONS = 4
_FILL = """
INSERT INTO mediation.case_view (id, version, registration_no, state, unit, executed, open_commitments, parties, accused)
SELECT gen_random_uuid(), 1, 'XF-' || n, 'accepted', 'U' || n % $2, false, 0, ARRAY['handles/U' || n % $2],
       CASE WHEN n % 100 = 0 THEN ARRAY['U' || (n + 1) % $2] END
FROM generate_series(1, $1) n
"""


def county() -> Sequence[Unit]:
    """Return a government, its bureau and the departments under it."""

    def people(code: str) -> dict[str, Post]:
        return {f"o-{code}": Post((Role.case_officer, Role.bureau_officer))}

    above = [
        Unit("XZF", "县政府", Level.county, kind=UnitKind.government, competent=False),
        Unit(
            "XFJ",
            "信访局",
            Level.county,
            kind=UnitKind.petition_bureau,
            parent="XZF",
            competent=False,
            officers=people("XFJ"),
        ),
    ]
    units = (f"U{n}" for n in range(UNITS))
    return [
        *above,
        *(Unit(one, one, Level.county, kind=UnitKind.department, parent="XZF", officers=people(one)) for one in units),
    ]


async def run(servers: Servers) -> AsyncIterator[Entry]:
    async with system(servers, ("mediation",)) as made, made.sql() as db, in_turns(made, "mediation") as (urls, pids):
        await filled(db)
        for name, unit, role, narrowed in (
            ("authz_list", "XFJ", Role.bureau_officer, ""),
            ("authz_list_of_unit", "U7", Role.case_officer, "&unit=U7"),
        ):
            asked = request("GET", f"/cases?limit=50{narrowed}", shown(f"o-{unit}", unit, role))
            rounds = []
            for n in range(ROUNDS):
                taken = {}
                for one in (0, 1) if n % 2 else (1, 0):
                    cpu, url = Cpu(servers, [pids[one]]), urls[one]
                    taken[one] = await rate(cpu, lambda url=url, asked=asked: pages(url, asked))
                rounds.append((taken[0], taken[1]))
            yield compare(name, "requests/s", rounds)


async def filled(db: asyncpg.Connection) -> None:
    await db.execute(_FILL, CASES, UNITS, timeout=300)
    await db.executemany(
        "INSERT INTO mediation.directory_unit (id, version, entry) VALUES ($1, 1, $2)",
        [(uuid4(), written(unit)) for unit in county()],
    )
    await db.execute("VACUUM ANALYZE mediation.case_view", timeout=300)


async def pages(url: str, asked: bytes) -> int:
    """Ask for a page as fast as it is answered; return how often."""
    end = time.perf_counter() + SECONDS

    async def client(connection: Connection) -> int:
        count = 0
        while time.perf_counter() < end:
            status, body = await connection.exchange(asked)
            assert status == 200, body
            count += 1
        return count

    async with connected(url, CONNECTIONS) as made:
        return sum(await asyncio.gather(*map(client, made)))
