"""flood: what clerks notice of somebody elsewhere who asks as fast as they are answered."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from urllib.parse import urlsplit

from contracts.vocabulary import Role
from tests.bench import samples
from tests.bench.acting import shown
from tests.bench.http import Connection, connected, request
from tests.bench.register import known, published
from tests.bench.report import Entry
from tests.harness import ROOT, Servers, system

ELSEWHERE = "127.0.0.2"
FLOODING = 128
"""Connections from which somebody asks without a pause."""
CLERKS = 8
A_SECOND = 100
"""Registrations of all clerks together."""
ROUNDS = 8
SETTLE_SECONDS, SECONDS = 1.0, 3.0
STRANGER_UNITS = 60


async def run(servers: Servers) -> AsyncIterator[Entry]:
    quiet: list[float] = []
    flooded: list[float] = []
    async with system(servers, stranger_units=STRANGER_UNITS) as made, made.processes("assignment", "intake"):
        await made.enter({"code": samples.BUREAU, "officers": {samples.OFFICER: [Role.intake_clerk]}})
        await known(made)
        made.kill("assignment", signal.SIGTERM)
        url = made.url("intake")
        await register(url, SECONDS)
        for n in range(2 * ROUNDS):
            await published(made)
            if (n + n // 2) % 2:  # in turns, and neither of them always first
                flood = subprocess.Popen(
                    [sys.executable, "-m", "tests.bench.flood", url], cwd=ROOT, stdout=subprocess.PIPE, text=True
                )
                try:
                    assert flood.stdout
                    await asyncio.to_thread(flood.stdout.readline)
                    await register(url, SETTLE_SECONDS)
                    flooded += await register(url, SECONDS)
                finally:
                    flood.terminate()
                flood.wait(10)
            else:
                await register(url, SETTLE_SECONDS)
                quiet += await register(url, SECONDS)
    before, after = p99(quiet), p99(flooded)
    yield Entry("flood_p99_ms", after, "ms", before, after / before)


def p99(seconds: list[float]) -> float:
    return 1e3 * sorted(seconds)[int(0.99 * len(seconds))]


async def register(url: str, seconds: float) -> list[float]:
    """Let clerks post petitions at their pace; return how long each took."""
    headers = [*shown(samples.OFFICER, samples.BUREAU, "intake_clerk"), ("idempotency-key", "<KEY>")]
    before, after = request("POST", "/petitions", headers, samples.PETITION).split(b"<KEY>")
    keys, took = samples.numbers(), list[float]()
    begun = time.perf_counter()

    async def clerk(n: int, connection: Connection) -> None:
        due = begun + n / A_SECOND
        while due < begun + seconds:
            await asyncio.sleep(due - time.perf_counter())
            sent = time.perf_counter()
            status, body = await connection.exchange(before + next(keys).encode() + after)
            took.append(time.perf_counter() - sent)
            assert status == 201, body
            due += CLERKS / A_SECOND

    async with connected(url, CLERKS) as made:
        await asyncio.gather(*(clerk(n, one) for n, one in enumerate(made)))
    return took


async def flood(url: str) -> None:
    """Ask as fast as one is answered until told to stop; say when that has begun."""
    host, port = urlsplit(url).hostname, urlsplit(url).port
    loop = asyncio.get_running_loop()
    asked = request("GET", "/cases", ())
    me = asyncio.current_task()
    assert me is not None
    loop.add_signal_handler(signal.SIGTERM, me.cancel)

    async def stranger() -> None:
        while True:
            with suppress(OSError):
                _, one = await loop.create_connection(Connection, host, port, local_addr=(ELSEWHERE, 0))
                while True:
                    await one.exchange(asked)

    with suppress(asyncio.CancelledError):
        strangers = asyncio.gather(*(stranger() for _ in range(FLOODING)))
        print("begun", flush=True)
        await strangers


if __name__ == "__main__":
    asyncio.run(flood(sys.argv[1]))
