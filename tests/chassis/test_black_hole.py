"""A database that is there and says nothing: a proxy that swallows every byte, a PostgreSQL whose processes are stopped.

Promise 20: whoever asks is told within five seconds that it is away, and ten seconds after it speaks again all is as it
was: the pool, the tasks of the process, the connections at the server.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest

from contracts.vocabulary import Role
from services.chassis.http import gate
from tests.harness import Servers, System, own_postgres, petition, until
from tests.proxy import Proxy
from tests.sizes import size

ANSWER_SECONDS_MAX = 5.0
HEALED_SECONDS_MAX = 10.0
HOLE_SECONDS = size("HOLE_SECONDS", 7, 60)
CLIENTS = 24
Hole = Callable[[], Awaitable[None]]
Place = Callable[[Servers], AbstractAsyncContextManager[tuple[System, Hole, Hole]]]


@asynccontextmanager
async def swallowing(servers: Servers) -> AsyncIterator[tuple[System, Hole, Hole]]:
    """Between the service and its database is a proxy that takes all and passes on nothing."""
    async with own_postgres(servers) as huiyin, Proxy(huiyin.database_url) as proxy:

        async def falls_silent() -> None:
            proxy.silent = True

        async def speaks() -> None:
            proxy.silent = False
            await proxy.cut()  # what was swallowed is lost, and so is every connection on which it was

        yield replace(huiyin, database_url=proxy.url), falls_silent, speaks


@asynccontextmanager
async def stopped(servers: Servers) -> AsyncIterator[tuple[System, Hole, Hole]]:
    """Every process of the database is stopped, and goes on later as if nothing had been."""
    async with own_postgres(servers) as huiyin:
        held: list[int] = []

        async def falls_silent() -> None:
            postmaster = huiyin.servers.postgres.pid
            held.extend([postmaster, *children(postmaster)])
            for pid in held:
                os.kill(pid, signal.SIGSTOP)

        async def speaks() -> None:
            while held:
                os.kill(held.pop(), signal.SIGCONT)

        try:
            yield huiyin, falls_silent, speaks
        finally:
            await speaks()


def children(pid: int) -> list[int]:
    return [int(n) for task in Path(f"/proc/{pid}/task").iterdir() for n in (task / "children").read_text().split()]


places = pytest.mark.parametrize("place", [swallowing, stopped])


@dataclass
class Heard:
    """What clients were told, and after how long."""

    statuses: Counter[int] = field(default_factory=Counter)
    longest: float = 0.0

    async def of(self, asked: Awaitable[httpx2.Response]) -> int:
        begun = time.monotonic()
        status = (await asked).status_code
        self.longest = max(self.longest, time.monotonic() - begun)
        self.statuses[status] += 1
        return status


def tasks() -> Counter[str]:
    """Return what runs in this process, by what it is, but for the proxy."""
    running = (task.get_coro().__qualname__ for task in asyncio.all_tasks())  # type: ignore[union-attr]
    return Counter(name for name in running if not name.startswith("Proxy."))


async def through_a_hole(servers: Servers, place: Place) -> Heard:
    """Let the database fall silent under load and speak again; return what was told meanwhile, when all is well again."""
    async with place(servers) as (huiyin, falls_silent, speaks), huiyin.within("intake", parts=frozenset({"api"})):
        receipt = await huiyin.register()
        pool, before = huiyin.running["intake"].database.pool, tasks()
        over = asyncio.Event()
        await falls_silent()
        load = asyncio.create_task(asking(huiyin, receipt, over))
        await asyncio.sleep(HOLE_SECONDS)
        await speaks()
        over.set()
        healed_by = time.monotonic() + HEALED_SECONDS_MAX
        heard = await load

        async def works() -> bool:
            reply = await huiyin.send("intake", "/petitions", petition(), role=Role.intake_clerk)
            return reply.status_code == 201 and pool.get_idle_size() == pool.get_size()

        await until(works, "the pool is back", healed_by - time.monotonic())

        async def none_is_left() -> bool:
            return not tasks() - before

        await until(none_is_left, "every task has ended", HEALED_SECONDS_MAX)

        async def none_is_leaked() -> bool:
            async with huiyin.sql() as db:
                there = await db.fetchval(
                    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'huiyin-intake'"
                )
            return bool(there == pool.get_size())

        await until(none_is_leaked, "the server has the connections of the pool, and no other", HEALED_SECONDS_MAX)
        return heard


async def asking(huiyin: System, receipt: dict[str, str], over: asyncio.Event) -> Heard:
    heard = Heard()
    url, code, case = huiyin.url("intake"), receipt["query_code"], receipt["case_id"]
    kinds: list[Callable[[], Awaitable[httpx2.Response]]] = [
        lambda: huiyin.send("intake", "/petitions", petition(), role=Role.intake_clerk),
        lambda: huiyin.classify(case),
        lambda: huiyin.client.get(f"{url}/cases"),
        lambda: huiyin.client.get(f"{url}/cases/{uuid4()}"),
        lambda: huiyin.log_in(code),
        lambda: huiyin.with_session("hp_of-nobody", "/progress/papers"),
        lambda: huiyin.client.get(f"{url}/health/ready"),
        lambda: huiyin.client.get(f"{url}/lanes"),
    ]

    async def client(n: int) -> None:
        while not over.is_set():
            await heard.of(kinds[n % len(kinds)]())

    await asyncio.gather(*map(client, range(CLIENTS)))
    return heard


@pytest.fixture(autouse=True)
def no_rubbish() -> Iterator[None]:
    """Leave no future of a lost connection (asyncpg) to be collected in the middle of another test."""
    yield
    gc.collect()


@pytest.mark.timeout(60 + 3 * HOLE_SECONDS)
@places
async def test_whoever_asks_is_told_in_time_and_all_is_as_it_was(servers: Servers, place: Place):
    heard = await through_a_hole(servers, place)
    print(f"{place.__name__}: {dict(heard.statuses)}, {heard.longest:.1f} s at most")
    assert heard.longest <= ANSWER_SECONDS_MAX
    assert heard.statuses[503] >= CLIENTS


async def test_checker_sees_whoever_waits_for_single_statements_alone(
    servers: Servers, monkeypatch: pytest.MonkeyPatch
):
    """MUTANT: the driver's own limit of each statement (asyncpg #1326), and none of the whole."""
    monkeypatch.setattr(gate, "COMMAND_SECONDS_MAX", 60.0)
    with pytest.raises(AssertionError):
        await test_whoever_asks_is_told_in_time_and_all_is_as_it_was(servers, stopped)
