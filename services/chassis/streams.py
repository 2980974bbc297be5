"""Streams as they stand now, of which nothing is sent or folded twice: what was read of one stays as it was.

Of a stream that this process has read before, only what came afterwards is asked for, and its last event once more.
Where that is not what was read, the store is another one than before (put back from a backup, say), and the stream is
read anew. The commands of a case come one soon after the other, and reading what it had come to was a third of each.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Final, TypeVar
from uuid import UUID

import asyncpg
import msgspec

from contracts.envelope import Cause
from contracts.event import decode
from contracts.packing import unpack
from services.chassis.aggregate import Aggregate
from services.chassis.recorder import Recorder
from services.chassis.together import Together

A = TypeVar("A", bound=Aggregate)

STREAMS_MAX: Final = 1_000
"""How many streams are remembered, those that were asked for last: some ten megabytes."""


class _Caused(msgspec.Struct):
    cause: Cause | None = None


_read_cause = msgspec.json.Decoder(_Caused).decode


def folded(kind: type[A], key: UUID, rows: Sequence[asyncpg.Record]) -> A:
    """Return what rows amount to, older versions of events brought up to the newest; blank for another kind's."""
    aggregate = kind.blank(key)
    _go_on(aggregate, deque(rows))
    return aggregate


def _go_on(aggregate: Aggregate, rows: deque[asyncpg.Record]) -> None:
    """Let an aggregate go on with rows, which are taken away; those of another kind stay, and it stays blank."""
    metadata = b""
    while rows:
        _, version, name, packed, at = rows[0]
        metadata, body = unpack(packed)
        event = decode(name, aggregate.id, version, at, body)
        if not aggregate.exists and type(event) not in aggregate.applies:
            return
        event.mutate(aggregate)
        rows.popleft()
    if metadata:
        aggregate.cause = _read_cause(metadata).cause


class Stream:
    """A stream as far as this process has read it, and what it amounts to as soon as somebody has looked."""

    __slots__ = ("_known", "_later", "key", "last", "version")

    def __init__(self, key: UUID, rows: Sequence[asyncpg.Record] = ()) -> None:
        self.key = key
        self.version = 0
        self.last: asyncpg.Record | None = None
        """The row of its last event as it was read."""
        self._known: Aggregate | None = None
        self._later: deque[asyncpg.Record] = deque()
        """The rows that nobody has looked at."""
        self.goes_on(rows)

    def goes_on(self, rows: Sequence[asyncpg.Record]) -> bool:
        """Go on with rows that begin with what was read last, or sooner; return False where that was another event."""
        if self.last is not None and self.last not in rows:
            return False
        for row in rows:
            _, version, *_ = row
            if version > self.version:
                self.last, self.version = row, version
                self._later.append(row)
        return True

    def of(self, kind: type[A]) -> A:
        """Return what it amounts to, for whoever asks to change it; blank for another kind's."""
        known = kind.blank(self.key) if self._known is None else self._known
        _go_on(known, self._later)
        if known.exists:
            self._known = known
        return known.copied() if isinstance(known, kind) else kind.blank(self.key)


class Streams:
    """The streams of a store, read together with whatever others ask for."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._together = Together(self._read)
        self._known: dict[UUID, Stream] = {}
        """Those that were read, the one that was asked for last at the end."""

    async def of(self, key: UUID) -> Stream:
        """Return a stream as it stands now; without events where there is none."""
        return await self._together.of(key)

    async def _read(self, keys: Sequence[UUID]) -> dict[UUID, Stream]:
        found = {key: self._known.get(key) or Stream(key) for key in keys}
        since = await self._recorder.since({key: stream.version for key, stream in found.items()})
        if strange := [key for key, stream in found.items() if not stream.goes_on(since[key])]:
            anew = await self._recorder.since(dict.fromkeys(strange, 0))
            found |= {key: Stream(key, anew[key]) for key in strange}
        for key, stream in found.items():
            self._known.pop(key, None)
            if stream.version:
                self._known[key] = stream
        while len(self._known) > STREAMS_MAX:
            del self._known[next(iter(self._known))]
        return found
