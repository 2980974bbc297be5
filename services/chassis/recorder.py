"""The recorder of `eventsourcing` on asyncpg: one INSERT for any number of events, no table lock, no SERIALIZABLE.

The library's own recorders block a thread, and its PostgreSQL recorder locks the table for every append (about 500
appends a second) or, with database functions, loses events to its readers (measured: 1 to 2 %). This one keeps the
library's terms: ``StoredEvent`` in, ``IntegrityError`` for a version that is taken, notifications without gaps.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec
import structlog
from eventsourcing.persistence import IntegrityError

from contracts.envelope import LANE_SEQ_MAX, VERSION_MAX, Record
from contracts.packing import UNREADABLE, Unpackable, unpack
from services.chassis.apart import Apart
from services.chassis.database import Connection, Database
from services.chassis.stored import Row, Stored

_to_json = msgspec.json.Encoder().encode

log = structlog.get_logger()


Rows = Sequence[asyncpg.Record | Stored]
"""Stored events of a stream, by version."""


class CommandRow(msgspec.Struct, frozen=True):
    """A command that was done, the version that its stream then had, and the reply."""

    id: UUID
    fingerprint: bytes
    version: int
    reply: bytes


class Replayed(Exception):
    """A command's id is already there: it was done before."""


class WrongStore(Exception):
    """A row of a case that lies apart was to go where everybody's lies, or the other way round."""


class NumberTaken(IntegrityError):
    """A number is not the next one of its series: another process has numbered meanwhile."""


# Rows travel as JSON, which costs a third of what arrays do; bytes in it are base64, so they arrive as they were.
_INSERT = """
WITH done AS (
    INSERT INTO command (command_id, fingerprint, version, result)
    SELECT id, decode(fingerprint, 'base64'), version, decode(reply, 'base64')
    FROM json_to_recordset($2::json) AS c (id uuid, fingerprint text, version int, reply text)
){}
INSERT INTO event (stream_id, version, case_id, lane, id, type, packed, at)
SELECT stream, version, "case", lane, id, type, decode(packed, 'base64'), at
FROM json_to_recordset($1::json) AS e (stream uuid, version int, "case" uuid, lane smallint, id uuid, type text,
                                       packed text, at timestamptz)
"""
_STREAM = """
SELECT stream_id, version, type, packed, at FROM {events}
WHERE stream_id = $1 AND version > $2 AND version <= $3 ORDER BY version {order} LIMIT $4
"""
_STREAMS = """
SELECT stream_id, version, type, packed, at FROM {events}
WHERE stream_id = ANY($1::uuid[]) ORDER BY stream_id, version
"""
_SINCE = """
SELECT e.stream_id, e.version, e.type, e.packed, e.at
FROM unnest($1::uuid[], $2::int[]) AS k (stream_id, version)
JOIN {events} e ON e.stream_id = k.stream_id AND e.version >= k.version ORDER BY e.stream_id, e.version
"""
_COMMON: Final = "event"
_AND_APART: Final = """(
    SELECT stream_id, version, type, packed, at FROM event
    UNION ALL SELECT stream_id, version, '', uuid_send(case_id) || packed, at FROM apart.event
)"""
SEALED_UP: Final = ""
"""Where the type of an event stands, of one that lies apart."""
_SEALED = """
SELECT s.seq, s.lane, s.lane_seq, e.id, e.stream_id, e.version, e.case_id, e.type, e.at, e.packed, s.epoch
FROM (SELECT * FROM sealed WHERE {0} ORDER BY {1} LIMIT {2}) s
CROSS JOIN LATERAL (SELECT * FROM event WHERE (stream_id, version) = (s.stream_id, s.version) OFFSET 0) e
ORDER BY s.{1}
"""
"""Each event is looked up by itself: they are so small that the planner would rather read all of some ten thousand."""
_LANE = _SEALED.format("lane = $1 AND lane_seq > $2 AND lane_seq <= $3", "lane_seq", "$4")
_BEFORE: Final = "coalesce($1, (SELECT seq FROM published))"
_LOG = _SEALED.format(f"seq > {_BEFORE} AND seq <= {_BEFORE} + $2", "seq", "$2")
"""The numbers have no gaps; their index knows pages by the range of their numbers, so an end has to be named."""

NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


@cache
def _insert(texts: tuple[str, ...]) -> str:
    """Return the statement that appends, and does what other texts say beside it."""
    beside = (f", beside_{n} AS ({text.format(rows=f'${n}::json')})" for n, text in enumerate(texts, 3))
    return _INSERT.format("".join(beside))


class Recorder:
    """Writes and reads the events of one service."""

    def __init__(self, database: Database, service: str, apart: Apart | None = None) -> None:
        self.database = database
        self.service = service
        self.apart = apart
        """What lies apart, where this service has such a store."""
        self.events = _COMMON if apart is None else _AND_APART

    @staticmethod
    async def insert(
        connection: Connection,
        rows: Sequence[Row],
        commands: Sequence[CommandRow] = (),
        beside: Mapping[str, Sequence[Mapping[str, Any]]] = NOTHING,
    ) -> None:
        """Append events, the commands that they come from, and rows of other tables (see ``Statement``).

        It is one statement and so one round trip: all or nothing. Raises ``IntegrityError`` where a version is taken,
        ``NumberTaken`` where a number is, ``Replayed`` where a command was done before, and ``WrongStore``.
        """
        values = (rows, commands, *beside.values())
        try:
            await connection.execute(_insert(tuple(beside)), *[_to_json(v).decode() for v in values])
        except asyncpg.UniqueViolationError as error:
            raise (Replayed if error.constraint_name == "command_pkey" else IntegrityError)(str(error)) from error
        except asyncpg.SerializationError as error:
            raise NumberTaken(str(error)) from error
        except asyncpg.CheckViolationError as error:
            if error.constraint_name == "lies_apart":
                raise WrongStore(str(error)) from error
            raise

    async def stream(
        self, stream: UUID, *, gt: int = -1, lte: int = VERSION_MAX, desc: bool = False, limit: int | None = None
    ) -> list[asyncpg.Record | Stored]:
        """Return the rows of a stream by version; all of them unless limited, for nobody may decide on a part."""
        sql = _STREAM.format(events=self.events, order="DESC" if desc else "ASC")
        async with self.database.connection() as connection:
            return [self._opened(row) for row in await connection.fetch(sql, stream, gt, lte, limit)]

    async def streams(self, connection: Connection, streams: Sequence[UUID]) -> dict[UUID, Rows]:
        """Return the rows of several streams, each by version."""
        return self._each(streams, await connection.fetch(_STREAMS.format(events=self.events), list(streams)))

    async def since(self, versions: Mapping[UUID, int]) -> dict[UUID, Rows]:
        """Return the rows of several streams as they stand now, each from a version on."""
        sql = _SINCE.format(events=self.events)
        async with self.database.connection() as connection:
            return self._each(versions, await connection.fetch(sql, list(versions), list(versions.values())))

    async def published(self, stream: UUID) -> list[asyncpg.Record]:
        """Return the rows of a stream that other services may know of."""
        sql = _STREAM.format(events=_COMMON, order="ASC")
        async with self.database.connection() as connection:
            rows: list[asyncpg.Record] = await connection.fetch(sql, stream, -1, VERSION_MAX, None)
        return rows

    def _each(self, streams: Iterable[UUID], rows: Iterable[asyncpg.Record]) -> dict[UUID, Rows]:
        found: dict[UUID, list[asyncpg.Record | Stored]] = {stream: [] for stream in streams}
        for row in rows:
            found[row["stream_id"]].append(self._opened(row))
        return found  # type: ignore[return-value]  # as they are, they are to be read

    def _opened(self, row: asyncpg.Record) -> asyncpg.Record | Stored:
        return row if row["type"] != SEALED_UP or self.apart is None else self.apart.opened(row)

    async def lane(self, lane: int, *, after: int, upto: int = LANE_SEQ_MAX, limit: int) -> list[Record]:
        """Return sealed events of a lane, `after` excluded and `upto` included."""
        async with self.database.connection() as connection:
            rows = await connection.fetch(_LANE, lane, after, upto, limit)
        return [self.record(row) for row in rows]

    async def log(self, after: int | None, limit: int) -> list[asyncpg.Record]:
        """Return sealed events of the service in the order of their numbers; after the published ones for None."""
        async with self.database.connection() as connection:
            rows: list[asyncpg.Record] = await connection.fetch(_LOG, after, limit)
        return rows

    def record(self, row: asyncpg.Record) -> Record:
        """Return a sealed row as the record that travels."""
        _, lane, lane_seq, key, stream, version, case, name, at, packed, epoch = row
        try:
            metadata, body = unpack(packed)
        except Unpackable as error:  # its lane goes on: whoever reads the event parks it, and here it says why
            place = {"service": self.service, "stream": str(stream), "version": version}
            log.error("event_unpackable", **place, error=repr(error))  # noqa: TRY400  # the error says it all
            metadata, body = UNREADABLE
        raw = msgspec.Raw
        return Record(
            self.service, lane, lane_seq, key, stream, version, case, name, at, raw(metadata), raw(body), epoch
        )  # fmt: skip
