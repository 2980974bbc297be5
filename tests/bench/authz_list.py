"""authz_list: a page of a list of 100,000 cases by the table of rights, and the same page for a service, which has none."""

from __future__ import annotations

import statistics
import time
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from uuid import uuid4

import asyncpg

from contracts.vocabulary import ClockKind, Level, Role, UnitKind
from services.chassis.context import By
from services.chassis.directory import Entry as Unit
from services.chassis.directory import Post
from services.chassis.running import Running
from services.chassis.units import written
from services.mediation.main import SERVICE
from services.mediation.questions.cases import ListHandlings
from tests.bench.report import Entry
from tests.harness import Servers, system

CASES, UNITS = 100_000, 300
ROUNDS = 60
PAGES = 5
"""Pages that are read one after the other, as whoever works down a list does."""
_FILL = """
INSERT INTO mediation.case_view (id, version, registration_no, state, unit, executed, open_commitments, parties, accused)
SELECT gen_random_uuid(), 1, 'XF-' || n, 'accepted', 'U' || n % $2, false, 0, ARRAY['handles/U' || n % $2],
       CASE WHEN n % 100 = 0 THEN ARRAY['U' || (n + 1) % $2] END
FROM generate_series(1, $1) n
"""


def county() -> Sequence[Unit]:
    """Return a government, its bureau and the departments under it."""
    people = {"o-1": Post("干部", (Role.case_officer,))}
    above = [
        Unit("XZF", "县政府", Level.county, kind=UnitKind.government, competent=False),
        Unit("XFJ", "信访局", Level.county, kind=UnitKind.petition_bureau, parent="XZF", competent=False),
    ]
    units = (f"U{n}" for n in range(UNITS))
    return [
        *above,
        *(Unit(one, one, Level.county, kind=UnitKind.department, parent="XZF", officers=people) for one in units),
    ]


def by(unit: str, role: Role) -> By:
    return By(
        actor="o-9", unit=unit, role=role, at=datetime.now(UTC), clock=ClockKind.real, request_id="b",
        command_id=uuid4(),
    )  # fmt: skip


async def run(servers: Servers) -> AsyncIterator[Entry]:
    async with (
        system(servers, ("mediation",)) as made,
        Running(SERVICE, made.settings("mediation")).opened() as running,
        made.sql() as db,
    ):
        await filled(db)
        everything = by("platform", Role.system)
        for name, who, unit in (
            ("authz_list", by("XFJ", Role.bureau_officer), None),
            ("authz_list_of_unit", by("U7", Role.case_officer), "U7"),
        ):
            plain, seen = [], []
            for n in range(ROUNDS):
                turn = [(everything, plain), (who, seen)]
                for asking, taken in turn if n % 2 else turn[::-1]:
                    taken.append(await pages(running, asking, unit))
            before, after = statistics.median(plain), statistics.median(seen)
            yield Entry(name, after, "ms", before, after / before)


async def filled(db: asyncpg.Connection) -> None:
    await db.execute(_FILL, CASES, UNITS, timeout=300)
    await db.executemany(
        "INSERT INTO mediation.directory_unit (id, version, entry) VALUES ($1, 1, $2)",
        [(uuid4(), written(unit)) for unit in county()],
    )
    await db.execute("VACUUM ANALYZE mediation.case_view", timeout=300)


async def pages(running: Running, who: By, unit: str | None) -> float:
    """Return the milliseconds of a page, read as one of the first of a list."""
    after = None
    begun = time.perf_counter()
    for _ in range(PAGES):
        answer = await ListHandlings(unit=unit, after=after).ask(running, who)  # type: ignore[call-arg]  # its fields are made
        shown = answer.value
        assert len(shown["items"]) == 50
        after = shown["next"]
    return 1_000 * (time.perf_counter() - begun) / PAGES
