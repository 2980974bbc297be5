"""The recorder of `eventsourcing` on asyncpg: one INSERT for any number of events, no table lock, no SERIALIZABLE.

The library's own recorders block a thread, and its PostgreSQL recorder locks the table for every append (about 500
appends a second) or, with database functions, loses events to its readers (measured: 1 to 2 %). This one keeps the
library's terms: ``StoredEvent`` in, ``IntegrityError`` for a version that is taken, notifications without gaps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec
from eventsourcing.persistence import IntegrityError

from contracts.envelope import Record
from services.chassis.database import Connection, Database


@dataclass(frozen=True, slots=True)
class Row:
    """A stored event as the table takes it."""

    stream: UUID
    version: int
    case: UUID | None
    lane: int
    id: UUID
    type: str
    body: bytes
    metadata: bytes
    at: datetime


class Replayed(Exception):
    """A command's id is already there: it was done before."""


_INSERT = """
WITH done AS (
    INSERT INTO command (command_id, fingerprint, stream_id, version, result)
    SELECT * FROM unnest($10::uuid[], $11::bytea[], $12::uuid[], $13::int[], $14::bytea[])
)
INSERT INTO event (stream_id, version, case_id, lane, id, type, body, metadata, at)
SELECT * FROM unnest($1::uuid[], $2::int[], $3::uuid[], $4::smallint[], $5::uuid[], $6::text[],
                     $7::bytea[], $8::bytea[], $9::timestamptz[])
"""
_STREAM = """
SELECT stream_id, version, type, body, metadata, at FROM event
WHERE stream_id = $1 AND version > $2 AND version <= $3 ORDER BY version {} LIMIT $4
"""
_STREAMS = """
SELECT stream_id, version, type, body, metadata, at FROM event
WHERE stream_id = ANY($1::uuid[]) ORDER BY stream_id, version
"""
_SEALED = """
SELECT s.seq, s.lane, s.lane_seq, e.id, e.stream_id, e.version, e.case_id, e.type, e.at, e.metadata, e.body
FROM sealed s JOIN event e USING (stream_id, version)
WHERE {} ORDER BY {} LIMIT {}
"""
_LANE = _SEALED.format("s.lane = $1 AND s.lane_seq > $2 AND s.lane_seq <= $3", "s.lane_seq", "$4")
_LOG = _SEALED.format("s.seq > coalesce($1, (SELECT seq FROM published))", "s.seq", "$2")

VERSION_MAX: Final = 2**31 - 1
LANE_SEQ_MAX: Final = 2**63 - 1


CommandRow = tuple[UUID, bytes, UUID, int, bytes]
"""Id, fingerprint, stream, the version that the stream then had, and the reply."""


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> Sequence[Sequence[Any]]:
    return list(zip(*rows, strict=True)) if rows else [()] * width


class Recorder:
    """Writes and reads the events of one service."""

    def __init__(self, database: Database, service: str) -> None:
        self.database = database
        self.service = service

    @staticmethod
    async def insert(connection: Connection, rows: Sequence[Row], commands: Sequence[CommandRow] = ()) -> None:
        """Append events, and the commands that they come from, with one statement: all or nothing.

        Raises ``IntegrityError`` where a version is taken, and ``Replayed`` where a command was done before.
        """
        events = [(r.stream, r.version, r.case, r.lane, r.id, r.type, r.body, r.metadata, r.at) for r in rows]
        try:
            await connection.execute(_INSERT, *_columns(events, 9), *_columns(commands, 5))
        except asyncpg.UniqueViolationError as error:
            raise (Replayed if error.constraint_name == "command_pkey" else IntegrityError)(str(error)) from error

    async def stream(
        self, stream: UUID, *, gt: int = -1, lte: int = VERSION_MAX, desc: bool = False, limit: int | None = None
    ) -> list[asyncpg.Record]:
        """Return the rows of a stream by version; all of them unless limited, for nobody may decide on a part."""
        async with self.database.connection() as connection:
            rows: list[asyncpg.Record] = await connection.fetch(
                _STREAM.format("DESC" if desc else "ASC"), stream, gt, lte, limit
            )
        return rows

    @staticmethod
    async def streams(connection: Connection, streams: Sequence[UUID]) -> list[asyncpg.Record]:
        """Return the rows of several streams, each by version."""
        rows: list[asyncpg.Record] = await connection.fetch(_STREAMS, list(streams))
        return rows

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
        return Record(
            self.service,
            row["lane"],
            row["lane_seq"],
            row["id"],
            row["stream_id"],
            row["version"],
            row["case_id"],
            row["type"],
            row["at"],
            msgspec.Raw(row["metadata"]),
            msgspec.Raw(row["body"]),
        )
