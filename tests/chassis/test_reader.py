"""Commands that arrive together share a query, and nothing else: each sees what was there when it asked.

No server: a database in memory whose answers come when the test lets them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest

from services.chassis.reader import READERS_MAX, STREAMS_MAX, Reader, Rows

STREAMS = [UUID(int=n) for n in range(1, 4 * STREAMS_MAX)]


class Memory:
    """Streams as numbers of events; a query reads when it is sent, and its answer waits for `let_go`."""

    def __init__(self) -> None:
        self.events: dict[UUID, int] = {}
        self.queries: list[list[UUID]] = []
        self.let_go = asyncio.Event()
        self.fails: Exception | None = None

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Memory]:
        yield self

    async def streams(self, _: Memory, streams: Sequence[UUID]) -> list[dict[str, Any]]:
        self.queries.append(list(streams))
        rows = [{"stream_id": s, "version": n + 1} for s in streams for n in range(self.events.get(s, 0))]
        await self.let_go.wait()
        if self.fails:
            raise self.fails
        return rows


@pytest.fixture
def memory() -> Memory:
    return Memory()


def ask(reader: Reader, *streams: UUID) -> list[asyncio.Task[Rows]]:
    return [asyncio.create_task(reader.rows(stream)) for stream in streams]


async def turns() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_those_who_wait_share_the_next_query(memory: Memory):
    reader = Reader(memory, memory)  # type: ignore[arg-type]
    memory.events = {stream: n % 3 for n, stream in enumerate(STREAMS)}
    first = ask(reader, *STREAMS[:READERS_MAX])
    await turns()
    rest = ask(reader, *STREAMS[READERS_MAX:], *STREAMS[READERS_MAX:])  # twice
    await turns()
    memory.let_go.set()
    found = await asyncio.gather(*first, *rest)
    asked = [*STREAMS, *STREAMS[READERS_MAX:]]
    assert [len(rows) for rows in found] == [memory.events[stream] for stream in asked]
    assert all(row["stream_id"] == stream for stream, rows in zip(asked, found, strict=True) for row in rows)
    assert max(map(len, memory.queries)) == STREAMS_MAX
    assert len(memory.queries) < 10


async def test_what_was_there_when_it_was_asked_for_is_seen(memory: Memory):
    """An answer under way is too old for whoever asks now."""
    reader = Reader(memory, memory)  # type: ignore[arg-type]
    stream = STREAMS[0]
    early = ask(reader, stream)
    await turns()
    memory.events[stream] = 1
    late = ask(reader, stream)
    await turns()
    memory.let_go.set()
    assert [len(rows) for rows in await asyncio.gather(*early, *late)] == [0, 1]


async def test_whoever_gives_up_takes_nobody_with_it(memory: Memory):
    reader = Reader(memory, memory)  # type: ignore[arg-type]
    impatient, patient = ask(reader, STREAMS[0], STREAMS[0])
    await turns()
    impatient.cancel()
    memory.let_go.set()
    assert await patient == []
    with pytest.raises(asyncio.CancelledError):
        await impatient


async def test_failure_is_told_to_all_and_the_next_question_is_asked_anew(memory: Memory):
    reader = Reader(memory, memory)  # type: ignore[arg-type]
    memory.fails = ConnectionResetError()
    memory.let_go.set()
    failed = await asyncio.gather(*ask(reader, *STREAMS[:3]), return_exceptions=True)
    assert [type(error) for error in failed] == [ConnectionResetError] * 3
    memory.fails = None
    assert await reader.rows(STREAMS[0]) == []


@pytest.mark.parametrize("later", range(12))
async def test_whoever_asks_when_the_readers_end_is_answered(memory: Memory, later: int):
    reader = Reader(memory, memory)  # type: ignore[arg-type]
    first = []
    for n in range(READERS_MAX):
        first += ask(reader, STREAMS[n])
        await turns()
    memory.let_go.set()
    for _ in range(later):
        await asyncio.sleep(0)
    async with asyncio.timeout(5):
        found = await asyncio.gather(*first, *ask(reader, STREAMS[-1]))
    assert found == [[]] * (READERS_MAX + 1)
