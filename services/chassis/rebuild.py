"""Rebuilding a view from the events, at any time and beside live commands."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final
from uuid import UUID

from services.chassis.recorder import SEALED_UP
from services.chassis.store import Store
from services.chassis.views import View
from services.chassis.writer import Work

REBUILD_BATCH_MAX: Final = 500


async def rebuild(store: Store, view: View) -> AsyncIterator[int]:
    """Put every row of a view anew from the events, and remove rows of no aggregate; yields how many so far."""
    events = store.recorder.events
    async with store.database.connection() as connection:
        await connection.execute(  # also a row that claims a version that never was: nothing would replace it
            f"DELETE FROM {view.table} v WHERE v.version > "  # noqa: S608  # names of ours
            f"coalesce((SELECT max(e.version) FROM {events} e WHERE e.stream_id = v.id), 0)"
        )
    opening = [*view.of.opening(), SEALED_UP]
    after, count = UUID(int=0), 0
    while True:
        async with store.database.connection() as connection:
            streams = await connection.fetch(
                f"SELECT stream_id FROM {events} e WHERE version = 1 AND type = ANY($1::text[]) AND stream_id > $2 "  # noqa: S608  # names of ours
                "ORDER BY stream_id LIMIT $3",
                opening,
                after,
                REBUILD_BATCH_MAX,
            )
            if not streams:
                break
            after = streams[-1]["stream_id"]
            found = await store.load_many(connection, {row["stream_id"]: view.of for row in streams})
            there = [aggregate for aggregate in found.values() if aggregate.exists]
            veil = store.apart.veil if store.apart else None
            await store.writer.write(connection, [Work([], [view.statement(one, veil) for one in there])])
        count += len(there)
        yield count
