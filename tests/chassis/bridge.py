"""The asyncpg recorder behind the library's synchronous interface, so that the library's own tests can judge it.

Nothing is added to what is judged: inserting is ``Recorder.insert`` in a transaction, reading is ``Recorder.stream``,
and the notification ids are the numbers that ``Relay.seal`` gives. Everything runs in an event loop of its own thread.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID, uuid4

from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    Notification,
    StoredEvent,
    Subscription,
)

from contracts.envelope import VERSION_MAX, lane_of
from contracts.packing import pack, unpack
from services.chassis.running import Running
from services.chassis.stored import Row
from tests.harness import Servers, system, until

T = TypeVar("T")
PAGE = 500


class Bridge:
    """A store that is empty at first, and a way to wait for what runs in its loop."""

    def __init__(self, running: Running, loop: asyncio.AbstractEventLoop) -> None:
        self.running = running
        self._loop = loop

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)


@contextmanager
def bridge(servers: Servers) -> Iterator[Bridge]:
    """Open an empty store in a thread's event loop until the block ends."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    ready: asyncio.Event = asyncio.Event()
    done: asyncio.Event = asyncio.Event()
    made: list[Running] = []

    async def live() -> None:
        async with system(servers, ()) as huiyin, huiyin.opened("intake") as running:
            made.append(running)
            ready.set()
            await done.wait()

    life = asyncio.run_coroutine_threadsafe(live(), loop)
    life.add_done_callback(lambda _: loop.call_soon_threadsafe(ready.set))
    try:
        asyncio.run_coroutine_threadsafe(ready.wait(), loop).result(60)
        if not made:
            life.result(1)
        yield Bridge(made[0], loop)
    finally:
        loop.call_soon_threadsafe(done.set)
        life.exception(60)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


class BridgedAggregateRecorder(AggregateRecorder):
    """Streams alone: an insert returns no ids."""

    def __init__(self, bridge: Bridge) -> None:
        self.bridge = bridge
        self.store = bridge.running.store
        self.relay = bridge.running.relay

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int] | None:
        self.bridge.wait(self._insert(stored_events))
        return None

    async def _insert(self, events: Sequence[StoredEvent]) -> None:
        now = datetime.now(UTC)
        rows = []
        for e in events:
            stream = e.originator_id
            assert isinstance(stream, UUID), f"{stream!r} is no stream of ours"
            rows.append(
                Row(stream, e.originator_version, None, lane_of(stream), uuid4(), e.topic, pack(b"{}", e.state), now)
            )
        if rows:
            async with self.store.database.transaction() as connection:
                await self.store.recorder.insert(connection, rows)

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        assert isinstance(originator_id, UUID)
        rows = self.bridge.wait(
            self.store.recorder.stream(
                originator_id,
                gt=-1 if gt is None else gt,
                lte=VERSION_MAX if lte is None else lte,
                desc=desc,
                limit=limit,
            )
        )
        return [StoredEvent(r["stream_id"], r["version"], r["type"], unpack(r["packed"])[1]) for r in rows]


class BridgedApplicationRecorder(BridgedAggregateRecorder, ApplicationRecorder):
    """Streams and the one sequence of the service."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int] | None:
        return self.bridge.wait(self._insert_and_number(stored_events))

    async def _insert_and_number(self, events: Sequence[StoredEvent]) -> list[int]:
        await self._insert(events)
        if not events:
            return []

        async def numbers() -> list[int]:
            await self.relay.seal()
            async with self.store.database.connection() as connection:
                rows = await connection.fetch(
                    "SELECT seq FROM sealed JOIN unnest($1::uuid[], $2::int[]) AS e (stream_id, version) "
                    "USING (stream_id, version) ORDER BY seq",
                    [e.originator_id for e in events],
                    [e.originator_version for e in events],
                )
            return [r["seq"] for r in rows] if len(rows) == len(events) else []

        return list(await until(numbers, "the events are sealed"))

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        after = 0 if start is None else start - inclusive_of_start
        return self.bridge.wait(self._notifications(after, limit, stop, topics))

    async def _notifications(
        self, after: int, limit: int, stop: int | None, topics: Sequence[str]
    ) -> Sequence[Notification]:
        found: list[Notification] = []
        while rows := await self.store.recorder.log(after, PAGE if topics else limit):
            for r in rows:
                after = r["seq"]
                if len(found) == limit or (stop is not None and after > stop):
                    return found
                if not topics or r["type"] in topics:
                    found.append(Notification(r["stream_id"], r["version"], r["type"], unpack(r["packed"])[1], after))
        return found

    def max_notification_id(self) -> int | None:
        return self.bridge.wait(self._max())

    async def _max(self) -> int | None:
        async with self.store.database.connection() as connection:
            return await connection.fetchval("SELECT max(seq) FROM sealed")

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Subscription[ApplicationRecorder]:
        raise NotImplementedError("readers of Huiyin follow lanes, not threads")
