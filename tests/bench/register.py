"""register: what a durable petition costs above a route that forgets it."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from contracts.vocabulary import Role
from tests.bench import samples
from tests.bench.acting import shown
from tests.bench.cpu import Cpu, of_services
from tests.bench.http import Connection, connected, request
from tests.bench.report import Entry, compare, rate
from tests.harness import ROOT, Servers, System, free_port, system, until

CONNECTIONS = 64
ROUNDS = 5
WARM_UP_SECONDS = 1.0
SECONDS = 2.0


async def run(servers: Servers) -> AsyncIterator[Entry]:
    yield await above_nothing(servers)
    yield await above_no_rights(servers)


async def above_nothing(servers: Servers) -> Entry:
    async with system(servers) as made, made.processes("assignment", "intake"), empty() as bare:
        await made.enter({"code": samples.BUREAU, "officers": {samples.OFFICER: [Role.intake_clerk]}})
        await known(made)
        made.kill("assignment", signal.SIGTERM)  # the directory is known now, and registering is what is measured
        (bare_url, bare_pid), ours = bare, made.url("intake")
        for url in (bare_url, ours):
            await load(url, WARM_UP_SECONDS)
        rounds = []
        for _ in range(ROUNDS):
            await published(made)
            by_bare = await rate(Cpu(servers, [bare_pid]), lambda: load(bare_url, SECONDS))
            rounds.append((by_bare, await rate(of_services(made), lambda: load(ours, SECONDS))))
    return compare("register", "requests/s", rounds)


async def above_no_rights(servers: Servers) -> Entry:
    """Let two processes of one store take turns, of which one asks nobody who they are and what they may."""
    async with system(servers) as made, made.processes("assignment"):
        made.spawn("intake", only="relay,reactions")
        await made.enter({"code": samples.BUREAU, "officers": {samples.OFFICER: [Role.intake_clerk]}})
        async with in_turns(made, "intake") as (urls, pids):
            await known(made)
            made.kill("assignment", signal.SIGTERM)
            for url in urls:
                await load(url, WARM_UP_SECONDS)
            rounds = []
            for n in range(2 * ROUNDS):
                taken = {}
                for one in (0, 1) if n % 2 else (1, 0):
                    await published(made)
                    cpu, url = Cpu(servers, [pids[one]]), urls[one]
                    taken[one] = await rate(cpu, lambda url=url: load(url, SECONDS))
                rounds.append((taken[0], taken[1]))
    return compare("authz_register", "requests/s", rounds)


@asynccontextmanager
async def in_turns(made: System, name: str) -> AsyncIterator[tuple[Sequence[str], Sequence[int]]]:
    """Serve one store by two processes: one that believes everybody, and ours. The address of the service is ours."""
    ports, pids = (free_port(), free_port()), []
    for key, port, module in zip(("unguarded", "ours"), ports, ("tests.bench.unguarded", "services.cli"), strict=True):
        pids.append(made.spawn(name, key=key, port=port, only="api", module=module).pid)
        made.ports[name] = port
        await made.healthy(name)
    yield [f"http://127.0.0.1:{port}" for port in ports], pids


@asynccontextmanager
async def empty() -> AsyncIterator[tuple[str, int]]:
    """The route that does nothing, in a process of its own."""
    port = free_port()
    proc = subprocess.Popen([sys.executable, "-m", "tests.bench.empty", str(port)], cwd=ROOT)
    url = f"http://127.0.0.1:{port}"

    async def up() -> bool:
        try:
            async with connected(url, 1):
                return True
        except OSError:
            return False

    try:
        await until(up, "the empty route is up")
        yield url, proc.pid
    finally:
        proc.terminate()
        proc.wait(10)


async def load(url: str, seconds: float, connections: int = CONNECTIONS) -> int:
    """Post petitions as fast as they are answered; return how many that were."""
    headers = [*shown(samples.OFFICER, samples.BUREAU, "intake_clerk"), ("idempotency-key", "<KEY>")]
    before, after = request("POST", "/petitions", headers, samples.PETITION).split(b"<KEY>")
    keys = samples.numbers()
    end = time.perf_counter() + seconds

    async def client(connection: Connection) -> int:
        count = 0
        while time.perf_counter() < end:
            status, body = await connection.exchange(before + next(keys).encode() + after)
            assert status == 201, body
            count += 1
        return count

    async with connected(url, connections) as made:
        return sum(await asyncio.gather(*map(client, made)))


async def known(made: System) -> None:
    """Wait until the service knows whoever registers by the directory."""

    async def taken() -> bool:
        return (await made.send("intake", "/petitions", samples.PETITION, role=Role.intake_clerk)).status_code == 201

    await until(taken, "whoever registers is known")


async def published(made: System) -> None:
    """Wait until the relay has nothing more to do, so that it is not at work beside the baseline."""

    async def all_out() -> bool:
        async with made.sql() as db:
            return bool(
                await db.fetchval("SELECT (SELECT seq FROM intake.published) = (SELECT count(*) FROM intake.event)")
            )

    await until(all_out, "every event is published")
