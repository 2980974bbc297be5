"""The ledger in its database: read straight from the stored rows, in one read-only snapshot.

No service has to run and none is believed. Memory is constant whatever the length of the ledger.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec

from contracts.envelope import SERVICES, lane_of
from services.audit.entry import COLUMNS, Entry, Place
from services.audit.order import Cited, Examined, about, examined, place_of, skipped

BATCH_MAX: Final = 500
CONNECT_SECONDS_MAX: Final = 10
PREFIX_CHARS_MIN: Final = 4

_WHOLE: Final = f"SELECT {COLUMNS} FROM ledger_entry WHERE seq > $1 ORDER BY seq"  # noqa: S608  # names of ours
_CASE: Final = f"SELECT {COLUMNS} FROM ledger_entry WHERE case_id = $1 ORDER BY seq"  # noqa: S608
_CAUSES: Final = """
SELECT service, lane, lane_seq, seq, id, type FROM ledger_entry
JOIN unnest($1::service[], $2::smallint[], $3::bigint[]) AS c (service, lane, lane_seq) USING (service, lane, lane_seq)
"""
_LANES: Final = "SELECT service, lane, max(lane_seq) AS last FROM ledger_entry WHERE seq <= $1 GROUP BY service, lane"
_INCOMPLETE: Final = """
SELECT service FROM ledger_entry WHERE service = ANY($1::service[]) AND lane = $2
GROUP BY service HAVING count(*) <> max(lane_seq)
"""
_SKIPPED: Final = """
SELECT service, seq, lane_seq, before FROM (
    SELECT service, seq, lane_seq, lag(lane_seq, 1, 0::bigint) OVER (PARTITION BY service ORDER BY lane_seq) AS before
    FROM ledger_entry WHERE service = ANY($1::service[]) AND lane = $2
) numbered WHERE lane_seq <> before + 1 ORDER BY seq LIMIT 1
"""
_PARKED: Final = "SELECT true FROM parked WHERE (source, lane, lane_seq) = ($1, $2, $3)"
_BEGINNING: Final = "SELECT DISTINCT case_id FROM ledger_entry WHERE case_id BETWEEN $1 AND $2 LIMIT 2"
_REGISTERED: Final = f"SELECT {COLUMNS} FROM ledger_entry WHERE registration_no = $1 AND registration_no <> ''"  # noqa: S608


@asynccontextmanager
async def opened(database_url: str) -> AsyncIterator[Book]:
    """Open the ledger of a database for reading; all that is read is of one moment."""
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
        """Return the number of its last entry, as its head says."""
        return int(await self._connection.fetchval("SELECT seq FROM ledger_head"))

    async def find(self, name: str) -> list[UUID]:
        """Return the cases, two at most, of a UUID, the beginning of one, or a registration number."""
        bare = name.strip().lower().replace("-", "")
        if re.fullmatch(r"xf\d{8}[0-9a-z]{6,8}", bare):
            return await self._registered(name.strip().upper())
        if not re.fullmatch(rf"[0-9a-f]{{{PREFIX_CHARS_MIN},32}}", bare):
            return []
        found = await self._connection.fetch(_BEGINNING, UUID(bare.ljust(32, "0")), UUID(bare.ljust(32, "f")))
        return [UUID(int=row["case_id"].int) for row in found]

    async def _registered(self, number: str) -> list[UUID]:
        """Return the cases of a number. The column is the way to an event and no evidence: the event has to say so."""
        entries = map(Entry.of, await self._connection.fetch(_REGISTERED, number))
        return list({entry.case for entry in entries if entry.case is not None and _number(entry) == number})[:2]

    async def whole(self, after: int = 0) -> AsyncIterator[list[Examined]]:
        """Batches of all entries after a number, in order, each compared with its cause."""
        cursor = await self._connection.cursor(_WHOLE, after)
        while rows := await cursor.fetch(BATCH_MAX):
            yield await self._examined(rows)

    async def case(self, case: UUID) -> list[Examined]:
        """Return the entries of a case in order, each compared with its cause."""
        return await self._examined(await self._connection.fetch(_CASE, case))

    async def _examined(self, rows: Iterable[Any]) -> list[Examined]:
        entries = [Entry.of(row) for row in rows]
        abouts = [about(entry) for entry in entries]
        causes = await self._cited([place_of(it.cause) for it in abouts if it and it.cause])
        return [examined(entry, it, causes) for entry, it in zip(entries, abouts, strict=True)]

    async def _cited(self, places: list[Place]) -> dict[Place, Cited]:
        if not places:
            return {}
        found = await self._connection.fetch(_CAUSES, *zip(*places, strict=True))
        return {tuple(row)[:3]: Cited(*tuple(row)[3:]) for row in found}

    async def lanes(self, upto: int) -> dict[tuple[str, int], int]:
        """Return the last number of each lane among the entries up to a number."""
        return {(r["service"], r["lane"]): r["last"] for r in await self._connection.fetch(_LANES, upto)}

    async def gap(self, case: UUID) -> tuple[int, str] | None:
        """Return the first entry before which a number is missing in the lanes of a case, and what is wrong with it.

        All four services publish a case in the same lane, and its numbers begin with 1, so counting them is enough
        to know that none is missing. Whatever is missing there could be of this case.
        """
        lane = lane_of(case)
        counted = await self._connection.fetch(_INCOMPLETE, SERVICES, lane)
        if not counted:
            return None
        row = await self._connection.fetchrow(_SKIPPED, [row["service"] for row in counted], lane)
        service, seq, before = row["service"], row["seq"], row["before"]
        parked = await self._connection.fetchval(_PARKED, service, lane, before + 1)
        why = " (it is parked: see `huiyin parked list`)" if parked else ""
        return seq, f"{skipped(seq, (service, lane), before, row['lane_seq'])}{why}"

    async def names(self, codes: Iterable[str]) -> dict[str, str]:
        """Return names of units and places by code, as far as this login may read the directory."""
        if new := set(codes) - self._asked:
            self._asked |= new
            if await self._connection.fetchval(
                "SELECT has_any_column_privilege(to_regclass('assignment.unit_view'), 'SELECT')"
            ):
                found = await self._connection.fetch(
                    "SELECT code, name FROM assignment.unit_view WHERE code = ANY($1::text[])", list(new)
                )
                self._names |= {row["code"]: row["name"] for row in found}
        return self._names


class _Numbered(msgspec.Struct):
    registration_no: str | None = None


def _number(entry: Entry) -> str | None:
    """Return the registration number that an event tells of, if any."""
    try:
        return msgspec.json.decode(entry.body, type=_Numbered).registration_no
    except msgspec.MsgspecError:
        return None
