"""Reading streams: commands that arrive together share a query, as they share a transaction when they are written.

What waits while a query is under way goes with the next one, so nothing waits for company, and whoever asks sees all
that was committed before the question.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from typing import Final
from uuid import UUID

import asyncpg

from services.chassis.database import Database
from services.chassis.recorder import Recorder

READERS_MAX: Final = 2
"""Queries in flight: while one is on its way back the other is filled."""
STREAMS_MAX: Final = 64
"""Streams that one query reads."""

Rows = Sequence[asyncpg.Record]


class Reader:
    """Reads whole streams of one service."""

    def __init__(self, database: Database, recorder: Recorder) -> None:
        self.database = database
        self.recorder = recorder
        self._wanted: dict[UUID, list[asyncio.Future[Rows]]] = {}
        self._readers = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def rows(self, stream: UUID) -> Rows:
        """Return the rows of a stream by version. Raises one of ``AWAY``."""
        found: asyncio.Future[Rows] = asyncio.get_running_loop().create_future()
        # Several may wait for one stream, each for itself: one that gives up is nobody else's business.
        self._wanted.setdefault(stream, []).append(found)
        if self._readers < READERS_MAX:
            self._readers += 1
            reader = asyncio.create_task(self._read())
            self._tasks.add(reader)
            reader.add_done_callback(self._tasks.discard)
        return await found

    async def _read(self) -> None:
        try:
            while self._wanted:
                await self._read_some()
        finally:
            self._readers -= 1  # now, and not when the loop comes to know of the end: until then somebody may ask

    async def _read_some(self) -> None:
        some = {stream: self._wanted.pop(stream) for stream in list(self._wanted)[:STREAMS_MAX]}
        rows: dict[UUID, list[asyncpg.Record]] = {stream: [] for stream in some}
        try:
            async with self.database.connection() as connection:
                for row in await self.recorder.streams(connection, list(some)):
                    rows[row["stream_id"]].append(row)
        except Exception as error:  # noqa: BLE001  # handed to those that wait for it
            for found in _waiting(some.values()):
                found.set_exception(error)
        else:
            for stream, asked in some.items():
                for found in _waiting([asked]):
                    found.set_result(rows[stream])


def _waiting(asked: Iterable[list[asyncio.Future[Rows]]]) -> Iterator[asyncio.Future[Rows]]:
    """Return those that have not given up meanwhile."""
    return (found for some in asked for found in some if not found.done())
