"""Streams as they stand now, of which nothing is sent twice: what was read of one stays as it was.

Of a stream that this process has read before, only what came afterwards is asked for, and its last event once more.
Where that is not what was read, the store is another one than before (put back from a backup, say), and the stream is
read anew. The commands of a case come one soon after the other, and reading what it had come to was a third of each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final
from uuid import UUID

import asyncpg
import msgspec

from contracts.envelope import Cause
from contracts.event import Event, decode
from contracts.packing import unpack
from services.chassis.recorder import Recorder
from services.chassis.together import Together

EVENTS_MAX: Final = 20_000
"""How many events of streams are remembered, those that were asked for last: some ten megabytes."""


class _Caused(msgspec.Struct):
    cause: Cause | None = None


_read_cause = msgspec.json.Decoder(_Caused).decode


class Stream:
    """A stream as it was read: its events, each decoded when somebody looks at it for the first time."""

    __slots__ = ("_events", "_metadata", "key", "rows")

    def __init__(self, key: UUID, rows: Sequence[asyncpg.Record]) -> None:
        self.key = key
        self.rows = rows
        self._events: list[Event] = []
        self._metadata = b""

    def __iter__(self) -> Iterator[Event]:
        """Yield the events, older versions brought up to the newest."""
        events = self._events
        yield from events
        for _, version, name, packed, at in self.rows[len(events) :]:
            self._metadata, body = unpack(packed)
            events.append(decode(name, self.key, version, at, body))
            yield events[-1]

    @property
    def cause(self) -> Cause | None:
        """The foreign event that the last one answers, of those that somebody has looked at."""
        return _read_cause(self._metadata).cause if self._metadata else None

    def followed_by(self, rows: Sequence[asyncpg.Record]) -> Stream:
        """Return it as it stands now."""
        later = Stream(self.key, [*self.rows, *rows])
        later._events, later._metadata = self._events.copy(), self._metadata
        return later


class Streams:
    """The streams of a store, read together with whatever others ask for."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._together = Together(self._read)
        self._known: dict[UUID, Stream] = {}
        """Those that were read, the one that was asked for last at the end."""
        self._events = 0

    async def of(self, key: UUID) -> Stream:
        """Return a stream as it stands now; without events where there is none."""
        return await self._together.of(key)

    async def _read(self, keys: Sequence[UUID]) -> dict[UUID, Stream]:
        known = {key: self._known.get(key) for key in keys}
        since = await self._recorder.since({key: len(stream.rows) if stream else 0 for key, stream in known.items()})
        if strange := [key for key, stream in known.items() if stream and since[key][:1] != stream.rows[-1:]]:
            since |= await self._recorder.since(dict.fromkeys(strange, 0))
            known |= dict.fromkeys(strange)
        found = {}
        for key, stream in known.items():
            rows = since[key]
            if stream is None:
                found[key] = Stream(key, rows)
            else:
                found[key] = stream.followed_by(rows[1:]) if rows[1:] else stream
            self._remember(found[key])
        return found

    def _remember(self, stream: Stream) -> None:
        if (before := self._known.pop(stream.key, None)) is not None:
            self._events -= len(before.rows)
        if not stream.rows:
            return
        self._known[stream.key] = stream
        self._events += len(stream.rows)
        while self._events > EVENTS_MAX:
            self._events -= len(self._known.pop(next(iter(self._known))).rows)
