"""The Cases as they are now: a row each, folded on with every entry, and anew from the whole ledger at any time.

They follow the ledger first: those that follow after them find in each entry the Case as it then stood.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from copy import copy
from functools import partial
from typing import Any, Final
from uuid import UUID

import msgspec

from contracts.packing import CASES, expanded, squeezed
from services.accountability.case import Case, read_case
from services.accountability.following import Checked, Write
from services.audit.entry import COLUMNS, Entry
from services.chassis.database import Connection, Database
from services.chassis.recusal import names

REBUILD_BATCH_MAX: Final = 200

_FOLDED: Final = "SELECT id, folded FROM case_view WHERE id = ANY($1::uuid[])"
_PUT: Final = """
INSERT INTO case_view AS t (id, version, seq, state, unit, folded, parties, kept_for, accused, received_by)
SELECT id, version, seq, state, unit, folded, string_to_array(parties, ' '), string_to_array(kept_for, ' '),
    string_to_array(accused, ' '), received_by
FROM unnest(
    $1::uuid[], $2::int[], $3::bigint[], $4::text[], $5::text[], $6::bytea[], $7::text[], $8::text[], $9::text[],
    $10::text[]
) AS new (id, version, seq, state, unit, folded, parties, kept_for, accused, received_by)
ON CONFLICT (id) DO UPDATE SET version = EXCLUDED.version, seq = EXCLUDED.seq, state = EXCLUDED.state,
    unit = EXCLUDED.unit, folded = EXCLUDED.folded, parties = EXCLUDED.parties, kept_for = EXCLUDED.kept_for,
    accused = EXCLUDED.accused, received_by = EXCLUDED.received_by
WHERE t.version <= EXCLUDED.version
"""
_UNFOUNDED: Final = """
DELETE FROM case_view v WHERE v.version > (SELECT count(*) FROM ledger_entry e WHERE e.case_id = v.id)
"""
_NEXT: Final = "SELECT DISTINCT case_id FROM ledger_entry WHERE case_id > $1 ORDER BY case_id LIMIT $2"
_ENTRIES: Final = f"SELECT {COLUMNS} FROM ledger_entry WHERE case_id = ANY($1::uuid[]) ORDER BY seq"  # noqa: S608

_write = msgspec.json.Encoder().encode


class Cases:
    """Folds entries into Cases."""

    async def read(self, connection: Connection, entries: Sequence[Checked]) -> Write:
        """Fold the entries into their Cases, and leave with each the Case as it stood with it."""
        keys = {entry.record.case for entry in entries} - {None}
        cases = {row["id"]: read_case(expanded(row["folded"])) for row in await connection.fetch(_FOLDED, list(keys))}
        for entry in entries:
            if (key := entry.record.case) is not None:
                entry.before = cases.get(key) or Case(key)
                entry.case = cases[key] = copy(entry.before)
                entry.case.take(entry.seq, entry.event)
        return partial(_put, cases.values())


async def _put(cases: Collection[Case], connection: Connection) -> None:
    """Put Cases into their view; none replaces one of a later version."""
    if cases:
        rows = [_row(case) for case in cases]
        await connection.execute(_PUT, *zip(*rows, strict=True))


def _row(case: Case) -> tuple[Any, ...]:
    about = (case.case_id, case.version, case.seq, case.state, case.unit, squeezed(_write(case), CASES))
    return *about, " ".join(case.parties), *_kept_from(case)


def _kept_from(case: Case) -> tuple[str | None, str | None, str | None]:
    """Return who alone may know of a case, whom it complains of, and who has received it; of most of them nothing."""
    accused = names(case.accused_units, case.accused_persons, case.recused)
    if not accused and not case.sealed:
        return None, None, None
    return " ".join(case.kept_for) if case.sealed else None, " ".join(accused) or None, case.receiving_unit


def fold(entries: Iterable[Entry], key: UUID) -> Case:
    """Return what entries of a case amount to."""
    case = Case(key)
    for entry in entries:
        case.take(entry.seq, entry.event())
    return case


async def rebuild(database: Database) -> AsyncIterator[int]:
    """Fold every Case anew from the ledger; yields how many so far."""
    async with database.connection() as connection:
        await connection.execute(_UNFOUNDED)
    after, count = UUID(int=0), 0
    while True:
        async with database.transaction() as connection:
            keys = await connection.fetch(_NEXT, after, REBUILD_BATCH_MAX)
            if not keys:
                return
            after = keys[-1]["case_id"]
            found: dict[UUID, list[Entry]] = {row["case_id"]: [] for row in keys}
            for row in await connection.fetch(_ENTRIES, list(found)):
                found[row["case_id"]].append(Entry.of(row))
            await _put([fold(entries, key) for key, entries in found.items()], connection)
        count += len(found)
        yield count
