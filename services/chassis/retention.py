"""The one job that takes away what has had its time (``kept``), in whichever process it finds it first.

Time is the database's here: what somebody plays in a demonstration makes nothing older.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import structlog

from services.chassis import visits
from services.chassis.database import AWAY
from services.chassis.kept import COMMON, VISITS_TIME, WITH_THE_CASE, Kept

if TYPE_CHECKING:
    from services.chassis.running import Running, Service

LOOK_SECONDS: Final = 600.0
ROWS_MAX: Final = 1_000
"""How many are taken away in one transaction."""

log = structlog.get_logger()


def kept(service: Service) -> Sequence[Kept]:
    """Return all that a service keeps; its views are worked out from its events, and kept with them."""
    views = (*sorted({"change_view", *(view.table for view in service.views)} - {"directory_unit"}),)
    worked_out = Kept(title="由事件算出的视图", tables=views, article=None, until=WITH_THE_CASE)
    return (*COMMON, *service.kept, worked_out)


async def follow(running: Running) -> None:
    """Take away what has had its time, again and again, for ever; of several processes each takes what it finds."""
    while True:
        try:
            for one in kept(running.service):
                await forget(running, one)
            if (folder := running.settings.visits_dir) is not None:
                today = datetime.now(UTC).date()
                await asyncio.to_thread(visits.forget, folder, running.service.name, VISITS_TIME, today)
        except AWAY as error:
            log.info("retention_waits", error=repr(error))
        await asyncio.sleep(LOOK_SECONDS)


async def forget(running: Running, one: Kept) -> int:
    """Take away what has had its time; return how many rows that were. Raises what the database does that is away."""
    count = 0
    for table in one.tables if one.time is not None else ():
        while True:
            async with running.database.connection() as connection:
                sql = _GUARDED if one.guarded else _PAST.format(table=table, since=one.since)
                what = (table,) if one.guarded else (one.time,)
                gone = await connection.fetchval(sql, *what, ROWS_MAX)
            count += gone
            if gone < ROWS_MAX:
                break
    if count:
        log.info("had_its_time", what=one.title, rows=count)
    return count


_GUARDED: Final = "SELECT forget($1, $2)"
_PAST: Final = """
WITH gone AS (
    DELETE FROM {table} WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM {table} WHERE {since} <= now() - $1::interval LIMIT $2
    )) RETURNING 1
)
SELECT count(*) FROM gone
"""
