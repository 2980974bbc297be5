"""What is known last of a case, and what auditors ask of the ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from contracts.envelope import Cause
from contracts.packing import expanded
from services.accountability.case import Case, read_case
from services.accountability.cases import fold
from services.accountability.clocks.clock import Clock
from services.accountability.clocks.keeper import LATE
from services.audit.entry import COLUMNS, Entry
from services.chassis.database import AWAY
from services.chassis.errors import NotFound, Unavailable
from services.chassis.questions import rows
from services.chassis.running import Running
from services.chassis.store import CATCH_UP_SECONDS_MAX, Store

ENTRIES_MAX: Final = 1_000
_ENTRIES: Final = f"SELECT {COLUMNS} FROM ledger_entry WHERE {{}} ORDER BY seq LIMIT $1"  # noqa: S608
_NEWEST: Final = (
    "SELECT e.service, e.lane, e.lane_seq, e.id, v.folded FROM ledger_entry e JOIN case_view v ON v.id = e.case_id "
    "WHERE e.case_id = $1 AND e.service <> 'accountability' ORDER BY e.seq DESC LIMIT 1"
)


async def newest(running: Running, case: UUID) -> tuple[Cause, Case]:
    """Return what is known last of a case, and what it amounts to: whoever supervises acts on that.

    Whom it complains of is as intake knows it now. Raises ``NotFound`` for a case that intake does not know either, and
    ``Unavailable``.
    """
    await catch_up(running, case, "intake")
    if not (known := await rows(running.store, _NEWEST, case)):
        raise NotFound(str(case))
    folded = known[0].pop("folded")
    return Cause(**known[0]), read_case(expanded(folded))


async def catch_up(running: Running, case: UUID, *sources: str) -> None:
    """Bring what services know of a case here. Raises ``Unavailable`` where that takes too long."""
    for source in sources:
        try:
            async with asyncio.timeout(CATCH_UP_SECONDS_MAX):
                await running.inbox.pull_case(source, case)
        except TimeoutError:
            raise Unavailable(f"{source} 的最新事件暂时无法取得") from None


async def owing(store: Store, case: UUID, fact: UUID) -> set[str]:
    """Return who owes what in a case would count sooner, were a fact borne out. Raises ``Unavailable``."""
    try:
        async with store.database.planning() as connection:
            late = store.fold_many(Clock, await connection.fetch(LATE, [case]))
            return {clock.holder for clock in late if clock.holder is not None and clock.awaits(fact)}
    except AWAY as error:
        raise Unavailable from error


async def entries(store: Store, where: str, *values: Any, limit: int = ENTRIES_MAX) -> list[Entry]:  # noqa: ANN401
    """Return ledger entries in order; `where` is SQL of ours over $2, $3 and so on."""
    try:
        async with store.database.planning() as connection:
            return [Entry.of(row) for row in await connection.fetch(_ENTRIES.format(where), limit, *values)]
    except AWAY as error:
        raise Unavailable from error


async def folded(
    store: Store,
    case: UUID,
    seen: tuple[str, Sequence[Any]],
    *,
    version: int | None = None,
    at: datetime | None = None,
    known_at: datetime | None = None,
) -> Case:
    """Return a case as it is, at a version, as it stood at a moment, or as it was known at a moment.

    `seen` is the condition of who sees it, with its values behind the first four. Raises ``NotFound`` where there was
    no such case then.
    """
    condition, values = seen
    found = await entries(
        store,
        "case_id = $2 AND ($3::timestamptz IS NULL OR at <= $3) AND ($4::timestamptz IS NULL OR ledgered_at <= $4) "
        f"AND {condition}",
        case,
        at,
        known_at,
        *values,
        limit=ENTRIES_MAX * 10 if version is None else version,
    )
    if not found:
        raise NotFound(str(case))
    return fold(found, case)
