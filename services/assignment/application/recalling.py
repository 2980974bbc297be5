"""When the directory has changed: cases that are with a unit which may not touch them any more are taken from it."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from msgspec.structs import replace

from contracts.ids import derived
from services.assignment.domain.assigning import Assignment
from services.chassis.context import By
from services.chassis.questions import rows
from services.chassis.store import Store

BATCH_MAX: Final = 500
_HELD: Final = (
    "SELECT id FROM case_view WHERE unit = ANY($1::text[]) AND state IN ('with_unit', 'objected', 'disputed') "
    "AND id > $2 ORDER BY id LIMIT $3"
)


async def recall_from(store: Store, unit: str, *, by: By) -> None:
    """Take cases from whoever stands under a unit or carries it on by now, where these are complained of."""
    directory = await store.directories.at_hand()
    reached = sorted(directory.off_limits([unit]))
    after = UUID(int=0)
    while found := await rows(store, _HELD, reached, after, BATCH_MAX):
        after = found[-1]["id"]
        async with store.database.connection() as connection:
            cases = await store.load_many(connection, {row["id"]: Assignment for row in found})
        for case in cases.values():
            if case.unit in case.barred(directory):
                within = replace(by, command_id=derived(by.command_id, str(case.id)), expected_versions=None)
                await store.change(Assignment, case.id, lambda a: a.recall(directory, at=by.at), by=within)
