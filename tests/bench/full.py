"""full: what is otherwise when there are forty thousand cases, and what an idle machine does about them.

Two systems on the same servers take turns: one has some hundred cases that were really played, the other one begins as
its copy and is filled up. Both are asked and told the same.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import urlsplit

import asyncpg

from contracts.envelope import SERVICES
from contracts.vocabulary import Role
from services.chassis.logins import AUDITOR
from services.scenario import county, player
from services.scenario.step import Who
from tests.bench import lifecycle, questions, samples
from tests.bench.acting import Everybody
from tests.bench.cpu import of_services
from tests.bench.fill import SECONDS_MAX, copy_of, fill
from tests.bench.report import Entry, compare
from tests.harness import ROOT, Servers, System, free_port, system

CASES: Final = 40_000
REAL: Final = 160
"""Cases that are played; the county's year adds some."""
CLIENTS: Final = 32
ROUNDS: Final = 5
SECONDS: Final = 5.0
REST_SECONDS: Final = 10.0
"""How long services have to come to rest after their start."""
IDLE_SECONDS: Final = 20.0


async def run(servers: Servers, cases: int = CASES) -> AsyncIterator[Entry]:
    async with two(servers, cases) as (small, full):
        async with full.processes():
            yield await idle(full)
            async with small.processes():
                yield await stories(small, full)
                asked = await questions.ask(small, full)
        for entry in asked:
            yield entry
        yield Entry("questions_full", *_worst(asked))
        yield await audit(small, full)


def _worst(asked: list[Entry]) -> tuple[float, str, float | None, float | None]:
    worst = max(asked, key=lambda entry: entry.ratio or 0)
    print(f"questions_full: {len(asked)} questions, the slowest by comparison is {worst.name}")
    return worst.value, worst.unit, worst.baseline, worst.ratio


@asynccontextmanager
async def two(servers: Servers, cases: int) -> AsyncIterator[tuple[System, System]]:
    """A system with some cases, and its copy with many; none of their services runs."""
    async with system(servers) as small, system(servers) as full:
        async with small.processes():
            urls = {name: small.url(name) for name in SERVICES}
            await asyncio.to_thread(asyncio.run, played(urls))  # its client takes asyncio's own loop alone
            await small.establish(samples.UNIT)
            await small.register()
            await small.caught_up()
            await asyncio.sleep(REST_SECONDS)  # what time itself brings about is taken in, too
            await small.caught_up()
        await copy(small, full)
        started = time.perf_counter()
        there = await fill(full, cases)
        print(f"full: filled up to {there:,} cases in {time.perf_counter() - started:.0f} s")
        for made in (small, full):  # meanwhile others may have taken theirs
            made.ports.update((name, free_port()) for name in SERVICES)
        yield small, full


async def played(urls: dict[str, str]) -> None:
    """Load the county and play its year."""
    everybody, staff = Everybody(), county.County.read(county.HOME).all_staff(Role.platform_admin)
    keepers = [await everybody.proof(Who(one.officer, one.unit, Role.platform_admin)) for one in staff]
    await county.load(urls["assignment"], county.HOME, *keepers)
    report = await player.play(urls, cases=REAL, accounts=everybody)
    assert not report.unexpected, report.unexpected[0]


async def copy(of: System, to: System) -> None:
    """Put a copy of a system's database in the place of another one's."""
    to.key_file.write_bytes(of.key_file.read_bytes())
    to.sealed_key_file.write_bytes(of.sealed_key_file.read_bytes())
    theirs, ours = (urlsplit(made.database_url).path[1:] for made in (of, to))
    admin = await asyncpg.connect(of.servers.database_url)
    try:
        await admin.execute(f"DROP DATABASE {ours} WITH (FORCE)")
        await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", theirs)
        await admin.execute(f"CREATE DATABASE {ours} TEMPLATE {theirs}", timeout=SECONDS_MAX)
    finally:
        await admin.close()


async def idle(made: System) -> Entry:
    """Return how busy a processor is while nobody asks: the services, and the servers under them."""
    await asyncio.sleep(REST_SECONDS)
    cpu = of_services(made)
    before, started = cpu.read(), time.perf_counter()
    await asyncio.sleep(IDLE_SECONDS)
    used, seconds = cpu.since(before), time.perf_counter() - started
    print("idle: " + ", ".join(f"{name} {100 * some / seconds:.1f} %" for name, some in used.items()))
    return Entry("idle_cpu_pct", 100 * sum(used.values()) / seconds, "%")


async def stories(small: System, full: System) -> Entry:
    """Return how fast cases are told in the full system, against the small one."""
    rounds = []
    async with small.sql() as few, full.sql() as many:
        for n in range(ROUNDS + 1):  # the first one warms up
            pair = [
                (await lifecycle.play(made, db, CLIENTS, SECONDS)).rate for made, db in ((small, few), (full, many))
            ]
            if n:
                rounds.append((pair[0], pair[1]))
    return compare("lifecycle_full", "cases/s", rounds)


async def audit(small: System, full: System) -> Entry:
    """Return the seconds in which an auditor replays a case: in the full system a copy of it, and nothing is wrong."""
    async with small.sql() as few, full.sql() as many:  # both have told stories since one was the other's copy
        there = [row["id"] for row in await few.fetch("SELECT id FROM mediation.case_view")]
        case = await many.fetchval("SELECT id FROM mediation.case_view WHERE id = ANY($1) ORDER BY id LIMIT 1", there)
    cases = {small.database_of(AUDITOR): case, full.database_of(AUDITOR): copy_of(case, 1)}
    taken: dict[str, list[float]] = {url: [] for url in cases}
    for _ in range(ROUNDS):
        for url, one in cases.items():
            started = time.perf_counter()
            replay = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "services.cli", "audit", "replay", str(one), "--json",
                cwd=ROOT, env=os.environ | {"HUIYIN_DATABASE_URL": url}, stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )  # fmt: skip
            _, complaint = await replay.communicate()
            assert replay.returncode == 0, complaint.decode()
            taken[url].append(time.perf_counter() - started)
    small_s, full_s = (statistics.median(seconds) for seconds in taken.values())
    return Entry("audit_replay_s", full_s, "s", small_s, full_s / small_s)
