"""What is known last of a case, and what auditors ask of the ledger."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from contracts.envelope import Cause
from contracts.packing import expanded
from services.accountability.case import Case, read_case
from services.accountability.cases import fold
from services.audit.entry import COLUMNS, Entry
from services.chassis.database import AWAY
from services.chassis.errors import NotFound, Unavailable
from services.chassis.questions import rows
from services.chassis.running import Running
from services.chassis.store import CATCH_UP_SECONDS_MAX, Store

ENTRIES_MAX: Final = 1_000
_ENTRIES: Final = f"SELECT {COLUMNS} FROM ledger_entry WHERE {{}} ORDER BY seq LIMIT $1"  # noqa: S608
_NEWEST: Final = (
    "SELECT service, lane, lane_seq, id FROM ledger_entry WHERE case_id = $1 AND service <> 'accountability' "
    "ORDER BY seq DESC LIMIT 1"
)


async def newest(running: Running, case: UUID) -> Cause:
    """Return what is known last of a case: whoever supervises acts on that.

    Raises ``NotFound`` for a case that intake does not know either.
    """
    if not (known := await rows(running.store, _NEWEST, case)):
        await _catch_up(running, case)
        known = await rows(running.store, _NEWEST, case)
    if not known:
        raise NotFound(str(case))
    return Cause(**known[0])


async def standing(running: Running, case: UUID) -> Case:
    """Return a case as the ledger has it now. Raises ``NotFound``."""
    if not (found := await rows(running.store, "SELECT folded FROM case_view WHERE id = $1", case)):
        raise NotFound(str(case))
    return read_case(expanded(found[0]["folded"]))


async def _catch_up(running: Running, case: UUID) -> None:
    """Bring what intake knows of a case here. Raises ``Unavailable`` where that takes too long."""
    try:
        async with asyncio.timeout(CATCH_UP_SECONDS_MAX):
            await running.inbox.pull_case("intake", case)
    except TimeoutError:
        raise Unavailable("intake 的最新事件暂时无法取得") from None


async def entries(store: Store, where: str, *values: Any, limit: int = ENTRIES_MAX) -> list[Entry]:  # noqa: ANN401
    """Return ledger entries in order; `where` is SQL of ours over $2, $3 and so on."""
    try:
        async with store.database.connection() as connection:
            return [Entry.of(row) for row in await connection.fetch(_ENTRIES.format(where), limit, *values)]
    except AWAY as error:
        raise Unavailable from error


async def folded(
    store: Store,
    case: UUID,
    *,
    version: int | None = None,
    at: datetime | None = None,
    known_at: datetime | None = None,
) -> Case:
    """Return a case as it is, at a version, as it stood at a moment, or as it was known at a moment.

    Raises ``NotFound`` where there was no such case then.
    """
    found = await entries(
        store,
        "case_id = $2 AND ($3::timestamptz IS NULL OR at <= $3) AND ($4::timestamptz IS NULL OR ledgered_at <= $4)",
        case,
        at,
        known_at,
        limit=ENTRIES_MAX * 10 if version is None else version,
    )
    if not found:
        raise NotFound(str(case))
    return fold(found, case)
