"""Reading the ledger for an auditor: straight from the database, in one read-only snapshot, checked on the way.

No service has to run and none is believed: what is shown are the stored rows, and what is claimed of them (no gap, no
entry before its cause) is found out here. Memory is constant whatever the length of the ledger.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias
from uuid import UUID

import asyncpg
import msgspec

import contracts.accountability
import contracts.assignment
import contracts.intake
import contracts.mediation  # noqa: F401  # a contract that is not imported cannot be read
from contracts.envelope import Cause, Metadata, lane_of
from contracts.event import REGISTRY, Event, UnknownEvent, decode
from services.cli.errors import StackError

BATCH_MAX: Final = 500
CONNECT_SECONDS_MAX: Final = 10
PREFIX_CHARS_MIN: Final = 4

_ENTRIES: Final = """
SELECT seq, service, lane, lane_seq, id, stream_id, version, case_id, type, at, ledgered_at, metadata, body
FROM ledger_entry WHERE seq > $1 AND ($2::uuid IS NULL OR case_id = $2) ORDER BY seq
"""
_CAUSES: Final = """
SELECT service, lane, lane_seq, seq, id, type FROM ledger_entry
JOIN unnest($1::text[], $2::smallint[], $3::bigint[]) AS c (service, lane, lane_seq) USING (service, lane, lane_seq)
"""
_GAPS: Final = """
SELECT service, lane, seq, lane_seq, before FROM (
    SELECT service, lane, seq, lane_seq,
           lag(lane_seq, 1, 0::bigint) OVER (PARTITION BY service, lane ORDER BY lane_seq) AS before
    FROM ledger_entry WHERE $1::smallint IS NULL OR lane = $1
) numbered WHERE lane_seq <> before + 1 ORDER BY seq LIMIT 1
"""
_BEGINNING: Final = "SELECT DISTINCT case_id FROM ledger_entry WHERE case_id BETWEEN $1 AND $2 LIMIT 2"
_REGISTERED: Final = """
SELECT DISTINCT case_id FROM ledger_entry WHERE type = ANY($1::text[]) AND position($2::bytea IN body) > 0 LIMIT 2
"""

Row: TypeAlias = Any
"""An `asyncpg.Record`, which has no types of its own."""

_read_metadata = msgspec.json.Decoder(Metadata).decode


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the ledger, what can be read of it, and what is wrong with it in itself."""

    row: Row
    about: Metadata | None
    because: Row | None
    """The entry that is its cause."""
    wrong: str | None

    @property
    def event(self) -> Event | None:
        """The event, None if no contract of ours can read it."""
        row = self.row
        try:
            return decode(row["type"], row["stream_id"], row["version"], row["at"], row["body"])
        except (UnknownEvent, msgspec.MsgspecError):
            return None


@dataclass
class Verdict:
    """What was found wrong, by the number of the entry at which it shows."""

    found: list[tuple[int, str]] = field(default_factory=list)

    def add(self, seq: int, sentence: str | None) -> None:
        """Take note, if there is something to note."""
        if sentence is not None and (not self.found or seq < self.found[0][0]):
            self.found = [(seq, sentence)]

    @property
    def first(self) -> str | None:
        """The first thing that is wrong."""
        return self.found[0][1] if self.found else None


@asynccontextmanager
async def opened(database_url: str) -> AsyncIterator[Book]:
    """Opens the ledger of a database for reading; all that is read is of one moment."""
    connection = await asyncpg.connect(
        database_url,
        timeout=CONNECT_SECONDS_MAX,
        server_settings={
            "application_name": "huiyin-audit",
            "search_path": "accountability",
            "default_transaction_read_only": "on",
        },
    )
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            yield Book(connection)
    finally:
        await connection.close()


class Book:
    """The ledger as it stood when it was opened."""

    def __init__(self, connection: Any) -> None:  # noqa: ANN401  # asyncpg.Connection
        self._connection = connection
        self._names: dict[str, str] = {}
        self._asked: set[str] = set()

    async def head(self) -> int:
        """The number of its last entry, as its head says."""
        return int(await self._connection.fetchval("SELECT seq FROM ledger_head"))

    async def find(self, name: str) -> UUID:
        """The case of a UUID, the unique beginning of one, or a registration number. May raise StackError."""
        bare = name.strip().lower().replace("-", "")
        if re.fullmatch(r"xf\d{8}[0-9a-z]{6,8}", bare):
            found = await self._registered(name.strip().upper())
        elif re.fullmatch(rf"[0-9a-f]{{{PREFIX_CHARS_MIN},32}}", bare):
            found = await self._connection.fetch(_BEGINNING, UUID(bare.ljust(32, "0")), UUID(bare.ljust(32, "f")))
        else:
            found = []
        if len(found) > 1:
            raise StackError(f"Several cases begin with {name!r}: give more of the UUID.")
        if not found:
            raise StackError(
                f"The ledger has no case {name!r}: give its UUID, the first {PREFIX_CHARS_MIN} characters of it or "
                "more, or its registration number like XF20260302-ATA95B7K."
            )
        return UUID(int=found[0]["case_id"].int)

    async def _registered(self, registration_no: str) -> list[Row]:
        """Searches the bodies of registrations: a question that is rare enough to need no index."""
        types = [n for n, c in REGISTRY.items() if n.startswith("intake.") and "registration_no" in c.body.names]
        body = b'"registration_no":' + msgspec.json.encode(registration_no)
        return list(await self._connection.fetch(_REGISTERED, types, body))

    async def entries(self, *, case: UUID | None = None, after: int = 0) -> AsyncIterator[list[Entry]]:
        """Batches of entries in order, each with its cause looked up and compared."""
        cursor = await self._connection.cursor(_ENTRIES, after, case)
        while rows := await cursor.fetch(BATCH_MAX):
            abouts = [_about(row) for row in rows]
            causes = await self._causes([about.cause for about in abouts if about and about.cause])
            yield [_entry(row, about, causes) for row, about in zip(rows, abouts, strict=True)]

    async def _causes(self, causes: list[Cause]) -> dict[tuple[str, int, int], Row]:
        if not causes:
            return {}
        places = zip(*((c.service, c.lane, c.lane_seq) for c in causes), strict=True)
        found = await self._connection.fetch(_CAUSES, *places)
        return {(row["service"], row["lane"], row["lane_seq"]): row for row in found}

    async def gap(self, case: UUID | None = None) -> tuple[int, str] | None:
        """The first place where the numbers of a lane do not follow on each other: of all lanes, or of a case's."""
        row = await self._connection.fetchrow(_GAPS, None if case is None else lane_of(case))
        if row is None:
            return None
        lane, missing = f"{row['service']}/{row['lane']}", row["before"] + 1
        if row["lane_seq"] < missing:
            return row[
                "seq"
            ], f"entry {row['seq']} has number {row['lane_seq']} of lane {lane}, which stands there twice"
        parked = await self._connection.fetchval(
            "SELECT true FROM parked WHERE (source, lane, lane_seq) = ($1, $2, $3)",
            row["service"],
            row["lane"],
            missing,
        )
        why = " (it is parked: see `huiyin parked list`)" if parked else ""
        return row["seq"], (
            f"entry {row['seq']} has number {row['lane_seq']} of lane {lane}, and number {missing} is nowhere in the "
            f"ledger{why}"
        )

    async def names(self, codes: Iterable[str]) -> dict[str, str]:
        """Names of units and places by code, as far as this login may read the directory."""
        if new := set(codes) - self._asked:
            self._asked |= new
            if await self._connection.fetchval(
                "SELECT has_table_privilege(to_regclass('assignment.unit_view'), 'SELECT')"
            ):
                found = await self._connection.fetch(
                    "SELECT code, name FROM assignment.unit_view WHERE code = ANY($1::text[])", list(new)
                )
                self._names |= {row["code"]: row["name"] for row in found}
        return self._names


class WholeOrder:
    """Whether each number of the ledger follows on the one before."""

    def __init__(self, after: int) -> None:
        self.last = after

    def take(self, entry: Entry) -> str | None:
        """What is wrong with where the entry stands."""
        last, self.last = self.last, entry.row["seq"]
        return None if self.last == last + 1 else f"entry {self.last} follows on entry {last}: {last + 1} is missing"


class CaseOrder:
    """Whether each version of each stream of a case follows on the one before."""

    def __init__(self) -> None:
        self.versions: dict[tuple[str, UUID], int] = defaultdict(int)

    def take(self, entry: Entry) -> str | None:
        """What is wrong with where the entry stands."""
        row = entry.row
        stream = (row["service"], row["stream_id"])
        last, self.versions[stream] = self.versions[stream], row["version"]
        if row["version"] == last + 1:
            return None
        return f"entry {row['seq']} is version {row['version']} of {row['service']}'s stream {stream[1]} after {last}"


def _about(row: Row) -> Metadata | None:
    try:
        return _read_metadata(row["metadata"])
    except msgspec.MsgspecError:
        return None


def _entry(row: Row, about: Metadata | None, causes: dict[tuple[str, int, int], Row]) -> Entry:
    if about is None:
        return Entry(row, None, None, f"the metadata of entry {row['seq']} cannot be read")
    if about.cause is None:
        return Entry(row, about, None, None)
    cause = about.cause
    found = causes.get((cause.service, cause.lane, cause.lane_seq))
    wrong = None
    if found is None:
        wrong = f"entry {row['seq']} names a cause that is not in the ledger ({_place(cause)})"
    elif found["id"] != cause.id:
        wrong = f"entry {row['seq']} names event {cause.id} as its cause, but {_place(cause)} is {found['id']}"
    elif found["seq"] >= row["seq"]:
        wrong = f"entry {row['seq']} stands before its cause, which is entry {found['seq']}"
    return Entry(row, about, found, wrong)


def _place(cause: Cause) -> str:
    return f"{cause.service}/{cause.lane}/{cause.lane_seq}"
