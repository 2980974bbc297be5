"""Commands that arrive together share a query, and nothing else: each sees what was there when it asked.

No server: a database in memory whose answers come when the test lets them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

import pytest

from services.chassis.together import KEYS_MAX, QUERIES_MAX, Together

STREAMS = [UUID(int=n) for n in range(1, 4 * KEYS_MAX)]


class Memory:
    """Streams as numbers of events; a query reads when it is sent, and its answer waits for `let_go`."""

    def __init__(self) -> None:
        self.events: dict[UUID, int] = {}
        self.queries: list[list[UUID]] = []
        self.let_go = asyncio.Event()
        self.fails: Exception | None = None

    async def streams(self, streams: Sequence[UUID]) -> dict[UUID, list[int]]:
        self.queries.append(list(streams))
        rows = {stream: list(range(self.events.get(stream, 0))) for stream in streams}
        await self.let_go.wait()
        if self.fails:
            raise self.fails
        return rows


@pytest.fixture
def memory() -> Memory:
    return Memory()


Reading = Together[UUID, list[int]]


def ask(reader: Reading, *streams: UUID) -> list[asyncio.Task[list[int]]]:
    return [asyncio.create_task(reader.of(stream)) for stream in streams]


async def turns() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_those_who_wait_share_the_next_query(memory: Memory):
    reader = Together(memory.streams)
    memory.events = {stream: n % 3 for n, stream in enumerate(STREAMS)}
    first = ask(reader, *STREAMS[:QUERIES_MAX])
    await turns()
    rest = ask(reader, *STREAMS[QUERIES_MAX:], *STREAMS[QUERIES_MAX:])  # twice
    await turns()
    memory.let_go.set()
    found = await asyncio.gather(*first, *rest)
    asked = [*STREAMS, *STREAMS[QUERIES_MAX:]]
    assert [len(rows) for rows in found] == [memory.events[stream] for stream in asked]
    assert max(map(len, memory.queries)) == KEYS_MAX
    assert len(memory.queries) < 10


async def test_what_was_there_when_it_was_asked_for_is_seen(memory: Memory):
    """An answer under way is too old for whoever asks now."""
    reader = Together(memory.streams)
    stream = STREAMS[0]
    early = ask(reader, stream)
    await turns()
    memory.events[stream] = 1
    late = ask(reader, stream)
    await turns()
    memory.let_go.set()
    assert [len(rows) for rows in await asyncio.gather(*early, *late)] == [0, 1]


async def test_whoever_gives_up_takes_nobody_with_it(memory: Memory):
    reader = Together(memory.streams)
    impatient, patient = ask(reader, STREAMS[0], STREAMS[0])
    await turns()
    impatient.cancel()
    memory.let_go.set()
    assert await patient == []
    with pytest.raises(asyncio.CancelledError):
        await impatient


async def test_failure_is_told_to_all_and_the_next_question_is_asked_anew(memory: Memory):
    reader = Together(memory.streams)
    memory.fails = ConnectionResetError()
    memory.let_go.set()
    failed = await asyncio.gather(*ask(reader, *STREAMS[:3]), return_exceptions=True)
    assert [type(error) for error in failed] == [ConnectionResetError] * 3
    memory.fails = None
    assert await reader.of(STREAMS[0]) == []


@pytest.mark.parametrize("later", range(12))
async def test_whoever_asks_when_the_readers_end_is_answered(memory: Memory, later: int):
    reader = Together(memory.streams)
    first = []
    for n in range(QUERIES_MAX):
        first += ask(reader, STREAMS[n])
        await turns()
    memory.let_go.set()
    for _ in range(later):
        await asyncio.sleep(0)
    async with asyncio.timeout(5):
        found = await asyncio.gather(*first, *ask(reader, STREAMS[-1]))
    assert found == [[]] * (QUERIES_MAX + 1)
