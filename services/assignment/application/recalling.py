"""When the directory has changed: cases go on where they belong now.

They are taken from a unit which may not touch them any more, and those of a unit that is no more are carried on.
"""

from __future__ import annotations

import asyncio
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from contracts.ids import derived
from services.assignment.domain.assigning import Assignment
from services.chassis.context import By
from services.chassis.directory import Directory
from services.chassis.questions import rows
from services.chassis.store import Store

BATCH_MAX: Final = 500
TOGETHER_MAX: Final = 32
_HELD: Final = (
    "SELECT id FROM case_view WHERE unit = ANY($1::text[]) AND state IN ('with_unit', 'objected', 'disputed') "
    "AND id > $2 ORDER BY id LIMIT $3"
)


async def move_cases(store: Store, unit: str, *, by: By) -> None:
    """Take cases from whoever stands under a unit or carries it on by now, where these are complained of.

    What is with the unit itself goes to who carries it on, if it is no more. Whoever was interrupted sends the command
    again: each case is moved once.
    """
    directory = await store.directories.at_hand()
    reached = sorted(directory.off_limits([unit]))
    after = UUID(int=0)
    while found := await rows(store, _HELD, reached, after, BATCH_MAX):
        after = found[-1]["id"]
        async with store.database.connection() as connection:
            cases = await store.load_many(connection, {row["id"]: Assignment for row in found})
        moving = [case.id for case in cases.values() if case.must_move(directory)]
        for first in range(0, len(moving), TOGETHER_MAX):
            await asyncio.gather(*(_move(store, case, directory, by) for case in moving[first : first + TOGETHER_MAX]))


async def _move(store: Store, case: UUID, directory: Directory, by: By) -> None:
    within = replace(
        by, command_id=derived(by.command_id, str(case)), expected_versions=None, has_to_do=True, agreement=None
    )

    def act(assignment: Assignment) -> None:
        assignment.recall(directory, at=by.at)
        assignment.carry_on(directory, at=by.at)

    await store.change(Assignment, case, act, by=within)
