"""A store of many cases: what some hundred real ones have left in all four stores, many times over.

Every copy has ids, numbers, places, people and days at the desk of its own, and what counts goes on counting: versions of streams,
numbers without gaps in every lane, the order of the ledger, causes. So services go on working on it, and an auditor
finds nothing missing. What is known by its name (units, leaders' areas, reception days) is there once; and no text of
a copy can be decrypted, for its key is bound to the id of another case.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from hashlib import md5, sha256
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec

from contracts.envelope import LANES, SERVICES
from contracts.ids import NUMBER_CHARS, spelled
from contracts.packing import expanded, squeezed
from contracts.packing.codec import HEADLESS
from tests.harness import System

SHARED: Final = ("assignment.UnitEstablished.", "assignment.LeaderAreaLinked.", "assignment.ReceptionRostered.")
"""What opens a stream whose id follows from a name, and not from a command."""
DEFAULTS: Final = {"pos", "xid", "recorded_at", "ledgered_at", "party_units"}
"""Columns that the database fills in."""
PACKED: Final = {"packed", "folded", "result"}
SECONDS_MAX: Final = 600

_TOKENS: Final = re.compile(
    rb'[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?<="place":")[^"]+|XF\d{8}-[0-9A-Z]{6,8}'
    rb"|(?<=\xe3\x80\x94\d{4}\xe3\x80\x95)[0-9A-Z]{8}"
)
"""Ids, places, registration numbers, and the letters of a document's number (意〔2026〕7H2K9DXM号)."""
_LANE_SEQ: Final = re.compile(rb'(?<="lane_seq":)\d+')
_SEQ: Final = re.compile(rb'(?<="seq":)\d+')
_EVENTS: Final = """
SELECT s.seq, s.lane_seq, e.* FROM {0}.sealed s JOIN {0}.event e USING (stream_id, version) ORDER BY s.seq
"""
_TABLES: Final = """
SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = $1::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped GROUP BY c.relname
"""
_HEADS: Final = """
UPDATE {0}.seal_head SET seq = (SELECT max(seq) FROM {0}.sealed),
    (xid, pos) = (SELECT xid, pos FROM {0}.event ORDER BY xid DESC, pos DESC LIMIT 1);
UPDATE {0}.published SET seq = (SELECT seq FROM {0}.seal_head);
DELETE FROM {0}.lane_link;
UPDATE {0}.lane_head h SET last = (SELECT coalesce(max(s.lane_seq), 0) FROM {0}.sealed s WHERE s.lane = h.lane);
"""
_CURSOR: Final = """
UPDATE {0}.cursor c SET last = (SELECT h.last FROM {1}.lane_head h WHERE h.lane = c.lane), link = NULL, seal = NULL
WHERE c.source = '{1}'
"""
_BEHIND: Final = """
SELECT count(*) FROM {0}.cursor c JOIN {1}.lane_head h USING (lane) WHERE c.source = '{1}' AND c.last <> h.last
"""
_LEDGER: Final = """
UPDATE accountability.ledger_head SET seq = (SELECT max(seq) FROM accountability.ledger_entry);
UPDATE accountability.lookout_head SET seq = (SELECT seq FROM accountability.ledger_head);
"""


async def fill(made: System, cases: int) -> int:
    """Let a system whose services have come to rest, and do not run, have so many cases; return how many it has."""
    template = Template()
    async with made.sql() as db:
        for reader in SERVICES:
            for source in SERVICES:
                assert not await db.fetchval(_BEHIND.format(reader, source)), f"{reader} has not taken in {source}"
        await template.read(db)
        there = int(await db.fetchval("SELECT count(*) FROM intake.case_view"))
        copies = max(cases - 1, 0) // there
        async with AsyncExitStack() as stack:
            writers = {service: await stack.enter_async_context(made.sql()) for service in SERVICES}
            for n in range(1, copies + 1):
                copy = Copy(n, template.tokens)
                await asyncio.gather(*(template.write(db, service, copy) for service, db in writers.items()))
        for service in SERVICES:
            await db.execute(_HEADS.format(service), timeout=SECONDS_MAX)
        for reader in SERVICES:
            for source in SERVICES:
                await db.execute(_CURSOR.format(reader, source))
        await db.execute(_LEDGER)
        await db.execute("VACUUM ANALYZE", timeout=SECONDS_MAX)
        await db.execute("CHECKPOINT", timeout=SECONDS_MAX)
    return there * (copies + 1)


class Copy:
    """What ids, numbers and places of the template are in one copy."""

    def __init__(self, n: int, tokens: Iterable[bytes]) -> None:
        self.n = n
        self.texts: list[bytes] = []
        self.ids: list[UUID | None] = []
        salt = b"%d" % n
        for token in tokens:
            digest = md5(token + salt, usedforsecurity=False).digest()
            made = None
            if len(token) == len(str(UUID(int=0))):
                made = _in_lane(digest, UUID(token.decode()).int % LANES)
                text = str(made).encode()
            elif token.startswith(b"XF"):
                text = token[:11] + spelled(int.from_bytes(digest), NUMBER_CHARS).encode()
            elif len(token) == NUMBER_CHARS and token.isalnum():
                text = spelled(int.from_bytes(digest), NUMBER_CHARS).encode()
            else:
                text = token + b"." + salt
            self.texts.append(text)
            self.ids.append(made)


def copy_of(thing: UUID, n: int) -> UUID:
    """Return the id of a case or stream in the `n`-th copy; 1 is the first."""
    found = Copy(n, [str(thing).encode()]).ids[0]
    assert found is not None
    return found


Making = Callable[[Copy], Any]
"""Makes a value of a copy's row."""


class Template:
    """The rows of the real cases, taken apart into what stays and what is new in every copy."""

    def __init__(self) -> None:
        self.tokens: dict[bytes, int] = {}
        """What is new in every copy, and its place in a ``Copy``."""
        self._once: set[bytes] = set()
        """Ids of what is there once."""
        self._copied: set[UUID] = set()
        """Streams and cases of which there will be copies."""
        self._lane_seqs: dict[tuple[str, int, int], Making] = {}
        self._entries: dict[int, Making] = {}
        self._tables: dict[str, list[tuple[str, Sequence[str], Sequence[Sequence[Making]]]]] = {}

    async def read(self, db: asyncpg.Connection) -> None:
        """Take all rows apart."""
        events = {service: await db.fetch(_EVENTS.format(service)) for service in SERVICES}
        for rows in events.values():
            once = {r["stream_id"] for r in rows if r["version"] == 1 and r["type"].startswith(SHARED)}
            self._once |= {str(r[key]).encode() for r in rows if r["stream_id"] in once for key in ("stream_id", "id")}
            self._copied |= {r[key] for r in rows if r["stream_id"] not in once for key in ("stream_id", "case_id")}
        self._copied.discard(None)
        for service, rows in events.items():
            for lane in range(LANES):
                some = [row for row in rows if row["lane"] == lane]
                numbers = self._counted(some, "lane_seq")
                self._lane_seqs |= {(service, lane, number): made for number, made in numbers.items()}
        ledger = await db.fetch("SELECT * FROM accountability.ledger_entry ORDER BY seq")
        self._entries = self._counted(ledger, "seq")
        for service, rows in events.items():
            self._tables[service] = []
            seqs = {"sealed": self._counted(rows, "seq")}
            for table, columns in await db.fetch(_TABLES, service):
                found = {"event": rows, "ledger_entry": ledger}.get(table)
                if found is None:
                    found = await db.fetch(f"SELECT * FROM {service}.{table}")
                names = [name for name in columns if name not in DEFAULTS]
                of = seqs.get(table, self._entries)
                made = [
                    [self._value(service, row, name, of) for name in names] for row in found if self._is_copied(row)
                ]
                if made:
                    self._tables[service].append((table, names, made))

    async def write(self, db: asyncpg.Connection, service: str, copy: Copy) -> None:
        """Write a copy of a service's rows."""
        async with db.transaction():
            for table, columns, rows in self._tables[service]:
                records = [[make(copy) for make in row] for row in rows]
                await db.copy_records_to_table(
                    table, schema_name=service, columns=columns, records=records, timeout=SECONDS_MAX
                )

    def _counted(self, rows: Sequence[asyncpg.Record], column: str) -> dict[int, Making]:
        """Return how the numbers of rows go on in copies, by the numbers that they have."""
        last = max((row[column] for row in rows), default=0)
        some = [row[column] for row in rows if self._is_copied(row)]
        return {number: _number(last - len(some) + rank, len(some)) for rank, number in enumerate(some, 1)}

    def _is_copied(self, row: asyncpg.Record) -> bool:
        if "stream_id" in row:
            return row["stream_id"] in self._copied
        return any(isinstance(value, UUID) and value in self._copied for value in row)

    def _value(self, service: str, row: asyncpg.Record, column: str, seqs: Mapping[int, Making]) -> Making:
        value = row[column]
        if column == "lane_seq":
            return self._lane_seqs[row.get("service", service), row["lane"], value]
        if column == "seq":
            return seqs[value]
        if isinstance(value, UUID):
            return self._id(value)
        if isinstance(value, list) and value and isinstance(value[0], UUID):
            ids = [self._id(one) for one in value]
            return lambda copy: [make(copy) for make in ids]
        if isinstance(value, str):
            make = _joined([self._token(value.encode())] if column == "place" else self._parts(value.encode(), {}))
            return lambda copy: make(copy).decode()
        if isinstance(value, list) and column == "arrivals":
            return lambda copy: [f"{came}.{copy.n}" for came in value]
        if isinstance(value, list) and column == "persons":
            return lambda copy: [_own(person, copy) for person in value]
        if isinstance(value, bytes) and column == "digest":
            return lambda copy: _own(value, copy)
        if isinstance(value, bytes) and column in PACKED:
            text = expanded(value)
            made = _joined(self._parts(text, self._numbers(column, text)))
            if text == value:
                return made
            return lambda copy: squeezed(made(copy), value[0] % HEADLESS)
        return lambda _: value

    def _numbers(self, column: str, value: bytes) -> dict[tuple[int, int], Making | None]:
        """Return how the numbers go on that stand in JSON: where it tells of its cause, or up to where it was folded."""
        metadata = value.partition(b"\n")[0]
        if column == "packed" and (found := _LANE_SEQ.search(metadata)):
            cause = msgspec.json.decode(metadata)["cause"]
            return {found.span(): self._lane_seqs.get((cause["service"], cause["lane"], cause["lane_seq"]))}
        if column == "folded":
            return {found.span(): self._entries.get(int(found[0])) for found in _SEQ.finditer(value)}
        return {}

    def _id(self, value: UUID) -> Making:
        if (text := str(value).encode()) in self._once:
            return lambda _: value
        number = self._token(text)
        return lambda copy: copy.ids[number]

    def _token(self, text: bytes) -> int:
        return self.tokens.setdefault(text, len(self.tokens))

    def _parts(self, text: bytes, numbers: Mapping[tuple[int, int], Making | None]) -> list[bytes | int | Making]:
        """Return what a text consists of: what stays, tokens, and numbers that go on."""
        found: list[tuple[tuple[int, int], int | Making]] = [(span, made) for span, made in numbers.items() if made]
        found += [(m.span(), self._token(m[0])) for m in _TOKENS.finditer(text) if m[0] not in self._once]
        parts: list[bytes | int | Making] = []
        end = 0
        for (start, stop), part in sorted(found, key=lambda some: some[0]):
            parts += [text[end:start], part]
            end = stop
        return [*parts, text[end:]]


def _own(digest: bytes, copy: Copy) -> bytes:
    return sha256(digest + b"%d" % copy.n).digest()


def _number(first: int, step: int) -> Making:
    return lambda copy: first + copy.n * step


def _joined(parts: Sequence[bytes | int | Making]) -> Making:
    def joined(copy: Copy) -> bytes:
        texts = copy.texts
        return b"".join(
            [p if type(p) is bytes else texts[p] if type(p) is int else b"%d" % p(copy) for p in parts]  # type: ignore[operator]
        )

    return joined


def _in_lane(digest: bytes, lane: int) -> UUID:
    """Return an id that belongs to a lane, which the last byte decides: 256 leaves 4 when it is divided by twelve."""
    rest = (lane - 4 * sum(digest[:15])) % LANES
    return UUID(bytes=digest[:15] + bytes([rest + LANES * (digest[15] % 21)]))
