"""append: what it costs to store one event durably."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore

from contracts.packing import unpack
from contracts.vocabulary import LookPurpose
from services.chassis.context import By
from services.chassis.running import Running
from services.chassis.store import New
from services.chassis.stored import Row
from services.intake.domain.texts import Disclosure
from services.intake.main import SERVICE
from tests.bench import samples
from tests.bench.cpu import Cpu
from tests.bench.report import Entry, Rate, compare, rate
from tests.harness import Servers, system

CLIENTS = 16
ROUNDS = 5
WARM_UP_SECONDS = 0.5
SECONDS = 1.2

INSERT = """
INSERT INTO assignment.event (stream_id, version, case_id, lane, id, type, packed, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""


async def run(servers: Servers) -> AsyncIterator[Entry]:
    async with system(servers, ()) as made, Running(SERVICE, made.settings("intake")).opened() as running:
        cpu, library = Cpu(servers, here=True), Library(made.database_url)
        bare = [await asyncpg.connect(made.database_url) for _ in range(CLIENTS)]
        try:
            against_library: list[tuple[Rate, Rate]] = []
            against_bare: list[tuple[Rate, Rate]] = []
            for seconds in (WARM_UP_SECONDS, *[SECONDS] * ROUNDS):
                by_library = await rate(cpu, lambda s=seconds: library.append(s))
                before = await rate(cpu, lambda s=seconds: append_ours(running, s))
                by_asyncpg = await rate(cpu, lambda s=seconds: append_bare(bare, s))
                after = await rate(cpu, lambda s=seconds: append_ours(running, s))
                if seconds == SECONDS:
                    against_library.append((by_library, before))
                    against_bare.append((by_asyncpg, after))
        finally:
            library.close()
            for connection in bare:
                await connection.close()
    yield compare("append_library", "events/s", against_library)
    yield compare("append_asyncpg", "events/s", against_bare)


async def together(client: Callable[[int, float], Awaitable[int]], seconds: float) -> int:
    """Let all clients append until the time is over; return how many events they stored."""
    end = time.perf_counter() + seconds
    return sum(await asyncio.gather(*(client(n, end) for n in range(CLIENTS))))


async def append_ours(running: Running, seconds: float) -> int:
    case, content = uuid4(), uuid4()

    def disclosed(by: By) -> New:
        disclosure = Disclosure.blank(by.command_id)
        disclosure.disclose(case, content, LookPurpose.handling, by.unit, by.role, at=by.at)
        return New(disclosure)

    async def client(_: int, end: float) -> int:
        count = 0
        while time.perf_counter() < end:
            by = samples.by()
            await running.store.create(partial(disclosed, by), by=by)
            count += 1
        return count

    return await together(client, seconds)


def _sample() -> Row:
    """The row that `append_ours` stores, its bytes made beforehand: only what must be unique will be new."""
    by = samples.by()
    disclosure = Disclosure.blank(by.command_id)
    disclosure.disclose(uuid4(), uuid4(), LookPurpose.handling, by.unit, by.role, at=by.at)
    return samples.rows(disclosure, by)[0]


ROW = _sample()
PLAIN = b"".join(unpack(ROW.packed))
"""What the library keeps of it, which packs nothing."""


async def append_bare(connections: list[asyncpg.Connection], seconds: float) -> int:
    r = ROW

    async def client(n: int, end: float) -> int:
        insert = await connections[n].prepare(INSERT)
        count = 0
        while time.perf_counter() < end:
            await insert.fetch(uuid4(), 1, r.case, r.lane, uuid4(), r.type, r.packed, r.at)
            count += 1
        return count

    return await together(client, seconds)


class Library:
    """The recorder that `eventsourcing` ships for PostgreSQL, as its users run it: threads and a pool."""

    def __init__(self, database_url: str) -> None:
        url = urlsplit(database_url)
        self._datastore = PostgresDatastore(
            dbname=url.path[1:],
            host=url.hostname or "",
            port=url.port or 5432,
            user=url.username or "",
            password=url.password or "",
            pool_size=CLIENTS,
        )
        self._recorder = PostgresApplicationRecorder(self._datastore)
        self._recorder.create_table()
        self._threads = ThreadPoolExecutor(CLIENTS)

    async def append(self, seconds: float) -> int:
        loop = asyncio.get_running_loop()
        return await together(lambda _, end: loop.run_in_executor(self._threads, self._client, end), seconds)

    def _client(self, end: float) -> int:
        count = 0
        while time.perf_counter() < end:
            self._recorder.insert_events([StoredEvent(uuid4(), 1, ROW.type, PLAIN)])
            count += 1
        return count

    def close(self) -> None:
        self._threads.shutdown()
        self._datastore.close()
