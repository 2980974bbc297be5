"""What could not be taken in: shown, and taken in again in order once its reason is gone.

The event itself is fetched from its source, so nothing that lay on Kafka has to be believed, and no content is kept
here that could leak. Whoever replays is on record.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import structlog

from services.chassis.administration import on_record
from services.chassis.inbox import Forked, Inbox, lock

log = structlog.get_logger()


async def parked(inbox: Inbox, key: UUID | None = None) -> list[dict[str, Any]]:
    """Return what is parked, oldest first."""
    async with inbox.store.database.connection() as connection:
        rows = await connection.fetch(
            "SELECT place, key, source, lane, lane_seq, type, reason, attempts, parked_at FROM parked "
            "WHERE $1::uuid IS NULL OR key = $1 ORDER BY number",
            key,
        )
    return [dict(row) for row in rows]


async def replay(inbox: Inbox, key: UUID, *, by: str) -> int:
    """Take in the parked events of a case again, in their order; return how many.

    Raises what the first one raises, and ``Forked`` where its source has another event of that number by now.
    """
    count = 0
    while waiting := [row for row in await parked(inbox, key) if row["lane_seq"] is not None]:
        row = waiting[0]
        lane, seq = (row["source"], row["lane"]), row["lane_seq"]
        (record,) = await inbox.fetch(lane, after=seq - 1, upto=seq)
        if (record.key, record.type) != (row["key"], row["type"]):  # its source has begun another life meanwhile
            raise Forked(lane, seq)
        before = await inbox.effect.prepare([record]) or ()
        await inbox.take([other for other in before if other is not record])
        async with inbox.store.database.transaction() as connection:
            await lock(connection, [lane])
            await inbox.effect.apply(connection, [record])
            await connection.execute("DELETE FROM parked WHERE place = $1", row["place"])
            await on_record(connection, "parked replay", row["place"], by=by)
        inbox.store.appended.set()
        log.info("parked_replayed", place=row["place"], case_id=str(key), by=by)
        count += 1
    return count


async def dismiss(inbox: Inbox, place: str, *, by: str) -> bool:
    """Forget a record that was no event of ours; one with a number can only be replayed."""
    async with inbox.store.database.transaction() as connection:
        done = await connection.execute("DELETE FROM parked WHERE place = $1 AND lane_seq IS NULL", place)
        dismissed = bool(done == "DELETE 1")
        if dismissed:
            await on_record(connection, "parked dismiss", place, by=by)
    if dismissed:
        log.info("parked_dismissed", place=place, by=by)
    return dismissed
