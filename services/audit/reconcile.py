"""Whether the ledger is what the stores have and what their services have signed: nothing is lost, added or another.

It reads the databases and believes no service. What the stores have and the ledger has not is either on its way, where
its number is above what was taken in, or missing. The chain of each lane is worked out once from the store and once
from the ledger; the ledger's must come to what its source has signed, by the key that the operator says is its
source's.

What the disk has damaged is neither missing nor another: its numbers are told, as far as they can be read.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Final

import asyncpg
import msgspec

from contracts.chain import START, Signers, link_of, read_seal
from contracts.envelope import LANES, SERVICES, Record
from contracts.packing import UNREADABLE, Unpackable, unpack
from services.audit.book import BATCH_MAX, CONNECT_SECONDS_MAX

UNSIGNED_SECONDS_MAX: Final = 10.0
"""For how long entries of a lane may stand after its newest seal: what is taken in in parts has one at its end."""
PAUSE_SECONDS: Final = 0.2
SHOWN_MAX: Final = 20
"""Differences that are told one by one."""

DAMAGE: Final = (
    asyncpg.DataCorruptedError,
    asyncpg.IndexCorruptedError,
    asyncpg.UndefinedFileError,
    asyncpg.PostgresIOError,
)
"""What a database answers of which the disk does not give back what was written to it."""

_STORE: Final = """
SELECT s.lane, s.lane_seq, e.id, e.stream_id, e.version, e.case_id, e.type, e.at, e.packed, s.epoch
FROM {0}.sealed s JOIN {0}.event e USING (stream_id, version) ORDER BY s.lane, s.lane_seq
"""
_LEDGER: Final = """
SELECT lane, lane_seq, id, stream_id, version, case_id, type, at, packed, epoch
FROM accountability.ledger_entry WHERE service = $1 ORDER BY lane, lane_seq, epoch DESC
"""
_PARKED: Final = "SELECT lane, lane_seq FROM accountability.parked WHERE source = $1 AND lane_seq IS NOT NULL"
_OF_STORE: Final = """
SELECT e.* FROM {0}.sealed s JOIN {0}.event e USING (stream_id, version)
WHERE $1 = '{0}' AND s.lane = $2 AND s.lane_seq > $3 AND s.lane_seq <= $4
"""
_OF_LEDGER: Final = """
SELECT * FROM accountability.ledger_entry WHERE service = $1 AND lane = $2 AND lane_seq > $3 AND lane_seq <= $4
"""
_LANES: Final = "SELECT lane, last FROM {}.lane_head WHERE last > 0 ORDER BY lane"
_SIGNED: Final = "SELECT last, seal_seq FROM accountability.cursor WHERE (source, lane) = ($1, $2)"
_BY_KEYS: Final = """
SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_hashjoin = off;
SET LOCAL enable_mergejoin = off
"""
_CURSORS: Final = "SELECT lane, last, link, seal, seal_seq FROM {}.cursor WHERE source = $1"
_UNNUMBERED: Final = """
SELECT count(*) FROM {0}.event e
WHERE NOT EXISTS (SELECT FROM {0}.sealed s WHERE (s.stream_id, s.version) = (e.stream_id, e.version))
"""


@dataclass
class Reconciled:
    """What came of it."""

    entries: int = 0
    on_the_way: int = 0
    wrong: list[str] = field(default_factory=list)
    unsigned: dict[tuple[str, int], int] = field(default_factory=dict)
    """Lanes of the ledger whose last entries stood after their newest seal, and how far they were taken in."""

    def find(self, what: str) -> None:
        """Take note of a difference."""
        self.wrong.append(what)


async def reconcile(database_url: str, signers: Signers) -> Reconciled:
    """Compare the ledger with each store, as both are at one moment."""
    found = Reconciled()
    connection = await asyncpg.connect(database_url, timeout=CONNECT_SECONDS_MAX)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            for service in SERVICES:
                try:
                    async with connection.transaction():
                        await _one(connection, service, signers, found)
                except DAMAGE as error:
                    found.find(f"{service} cannot be compared: {error}")
                    await _name_what_is_damaged(connection, service, found)
        await _find_unsigned(connection, found)
    finally:
        await connection.close()
    return found


async def _one(connection: Any, service: str, signers: Signers, found: Reconciled) -> None:  # noqa: ANN401  # asyncpg's
    cursors: dict[str, dict[int, Any]] = {}
    for reader in SERVICES:
        rows = await connection.fetch(_CURSORS.format(reader), service)
        cursors[reader] = {row["lane"]: row for row in rows}
    taken = {lane: row["last"] for lane, row in cursors["accountability"].items()}
    parked = {tuple(row) for row in await connection.fetch(_PARKED, service)}
    lanes = _Lanes(service, signers, cursors, found)
    theirs = _records(connection, service, _LEDGER, service)
    entry = await anext(theirs, None)
    async for record in _records(connection, service, _STORE.format(service)):
        while entry is not None and _place(entry) < _place(record):
            found.find(f"{_at(entry)} is in the ledger ({entry.id}), and its source has no event of that number")
            lanes.ledger(entry)
            entry = await anext(theirs, None)
        lanes.store(record)
        if entry is not None and _place(entry) == _place(record):
            found.entries += 1
            if told(entry) != told(record):
                found.find(f"{_at(record)} is {entry.id} in the ledger, and its source has another event ({record.id})")
            lanes.ledger(entry)
            entry = await anext(theirs, None)
        elif record.lane_seq > taken.get(record.lane, 0):
            found.on_the_way += 1
        elif _place(record) in parked:
            found.on_the_way += 1
            lanes.ledger(record)
        else:
            found.find(f"{_at(record)} was taken in and is not in the ledger ({record.id})")
    while entry is not None:
        found.find(f"{_at(entry)} is in the ledger ({entry.id}), and its source has no event of that number")
        entry = await anext(theirs, None)
    found.on_the_way += await connection.fetchval(_UNNUMBERED.format(service))
    lanes.end()


async def _find_unsigned(connection: Any, found: Reconciled) -> None:  # noqa: ANN401
    """Wait for the seals of what was just being taken in; what gets none was not written by its source."""
    until = monotonic() + UNSIGNED_SECONDS_MAX
    left = found.unsigned
    while left:
        rows = {lane: await connection.fetchrow(_SIGNED, *lane) for lane in left}
        left = {lane: last for lane, last in left.items() if rows[lane]["seal_seq"] < rows[lane]["last"] == last}
        if monotonic() > until:
            for (service, lane), last in left.items():
                found.find(f"{service}/{lane} in the ledger has no seal of its source at its end, {last}")
            return
        await asyncio.sleep(PAUSE_SECONDS)


async def _name_what_is_damaged(connection: Any, service: str, found: Reconciled) -> None:  # noqa: ANN401
    """Tell which numbers of a service cannot be read, in its store and in the ledger."""
    await connection.execute(_BY_KEYS)
    for lane, last in await connection.fetch(_LANES.format(service)):
        for where, sql in (("its store", _OF_STORE.format(service)), ("the ledger", _OF_LEDGER)):
            async for seq in _unreadable(connection, sql, service, lane, (0, last)):
                found.find(f"{service}/{lane}/{seq} cannot be read in {where}: what it lies on is damaged")


async def _unreadable(
    connection: Any,  # noqa: ANN401
    sql: str,
    service: str,
    lane: int,
    stretch: tuple[int, int],
) -> AsyncIterator[int]:
    """Yield the numbers of a stretch of a lane that cannot be read, found by halves."""
    after, upto = stretch
    try:
        async with connection.transaction():
            await connection.fetch(sql, service, lane, after, upto)
    except DAMAGE:
        if upto - after == 1:
            yield upto
            return
        middle = (after + upto) // 2
        for half in ((after, middle), (middle, upto)):
            async for seq in _unreadable(connection, sql, service, lane, half):
                yield seq


class _Lanes:
    """The chains of a service's lanes, as the store and as the ledger has them, and what readers know of them."""

    def __init__(self, service: str, signers: Signers, cursors: dict[str, dict[int, Any]], found: Reconciled) -> None:
        self.service = service
        self.signers = signers
        self.cursors = cursors
        self.found = found
        self._stored = [START] * LANES
        self._entered = [START] * LANES
        self._seen: set[tuple[str, int]] = set()
        self._signed: set[int] = set()

    def store(self, record: Record) -> None:
        """Go on with the chain of the store, and compare where readers are with it."""
        link = self._stored[record.lane] = link_of(self._stored[record.lane], record)
        for reader, lanes in self.cursors.items():
            row = lanes.get(record.lane)
            if row is not None and row["last"] == record.lane_seq:
                self._seen.add((reader, record.lane))
                if row["link"] is not None and row["link"] != link:
                    self.found.find(f"{reader} has taken in another history of {self.service}/{record.lane}")

    def ledger(self, record: Record) -> None:
        """Go on with the chain of the ledger, and look whether its source has signed it."""
        link = self._entered[record.lane] = link_of(self._entered[record.lane], record)
        row = self.cursors["accountability"].get(record.lane)
        if row is not None and row["seal_seq"] == record.lane_seq:
            seal = read_seal(row["seal"])
            self._signed.add(record.lane)
            if not self.signers.know(seal, record, link):
                self.found.find(f"the ledger up to {_at(record)} is not what {self.service} has signed")

    def end(self) -> None:
        """Tell of readers that are further than the store, and of lanes of the ledger that nobody has signed."""
        for lane, row in self.cursors["accountability"].items():
            if row["link"] is not None and lane not in self._signed:
                self.found.find(f"{self.service}/{lane} in the ledger has no seal of its source")
            elif row["link"] is not None and row["seal_seq"] < row["last"]:
                self.found.unsigned[self.service, lane] = row["last"]
        for reader, lanes in self.cursors.items():
            for lane, row in lanes.items():
                if row["last"] > 0 and (reader, lane) not in self._seen:
                    place = f"{self.service}/{lane}/{row['last']}"
                    self.found.find(f"{reader} has taken in what its source does not have, up to {place}")


async def _records(connection: Any, service: str, sql: str, *values: str) -> AsyncIterator[Record]:  # noqa: ANN401
    cursor = await connection.cursor(sql, *values)
    before: tuple[int, int] | None = None
    while rows := await cursor.fetch(BATCH_MAX):
        for row in rows:
            if (place := (row["lane"], row["lane_seq"])) != before:  # of two entries the one of the later life
                yield _record(service, row)
            before = place


def _record(service: str, row: Any) -> Record:  # noqa: ANN401  # an asyncpg.Record
    try:
        metadata, body = unpack(row["packed"])
    except Unpackable:
        metadata, body = UNREADABLE
    return Record(
        service, row["lane"], row["lane_seq"], row["id"], row["stream_id"], row["version"], row["case_id"], row["type"],
        row["at"], msgspec.Raw(metadata), msgspec.Raw(body), row["epoch"],
    )  # fmt: skip


def told(record: Record) -> tuple[object, ...]:
    """Return a record as something that can be compared: raw JSON does not compare."""
    return tuple(bytes(v) if isinstance(v, msgspec.Raw) else v for v in msgspec.structs.astuple(record))


def _place(record: Record) -> tuple[int, int]:
    return record.lane, record.lane_seq


def _at(record: Record) -> str:
    return f"{record.service}/{record.lane}/{record.lane_seq}"
