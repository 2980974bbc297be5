"""When the directory has changed: a receipt is passed on where who holds it may not touch any more what it stands for.

Whoever is complained of, and is appointed to the bureau that received a report or to the organ that has it, learns by
no receipt that there is one (第三十条第三款).
"""

from __future__ import annotations

import asyncio
from typing import Final
from uuid import UUID

import structlog

from contracts.ids import derived
from contracts.vocabulary import ClockKind, Role
from services.chassis import clock
from services.chassis.context import By
from services.chassis.database import AWAY
from services.chassis.directory import Directory
from services.chassis.errors import Conflict, Unavailable
from services.chassis.questions import rows
from services.chassis.running import Running
from services.intake.domain import classification
from services.intake.domain.registration import Registration

LOOK_SECONDS: Final = 1.0
"""How often it is looked whether the directory is another one; it is asked for every ten seconds (``units``)."""
BATCH_MAX: Final = 100
_APART: Final = "SELECT case_id AS id FROM apart.kept WHERE case_id > $1 ORDER BY case_id LIMIT $2"

log = structlog.get_logger()


async def follow(running: Running) -> None:
    """Pass on what has to be passed on, each time that the directory is another one, for ever."""
    seen = None
    while True:
        try:
            directory = await running.store.directories.in_force()
            if directory is not seen and directory.units:
                await pass_on(running, directory)
                seen = directory
        except (*AWAY, Unavailable, Conflict) as error:
            log.warning("receipts_wait", error=repr(error))
        await asyncio.sleep(LOOK_SECONDS)


async def pass_on(running: Running, directory: Directory) -> None:
    """Pass on the receipt of each case that lies apart and complains of somebody who would find it."""
    store, after = running.store, UUID(int=0)
    while found := await rows(store, _APART, after, BATCH_MAX):
        after = found[-1]["id"]
        async with store.database.connection() as connection:
            cases = await store.load_many(connection, {row["id"]: Registration for row in found})
        for case in cases.values():
            classification.relieve(case, directory, at=clock.now())
            if case.taken():
                await _passed_on(running, case.id, case.version)


async def _passed_on(running: Running, case: UUID, version: int) -> None:
    """Decide it once more on what is so then; whoever was faster, by the same directory, has done the same."""
    service, revision = running.store.service, running.store.directories.revision
    command = derived(case, f"receipt/{version}/{revision}")
    by = By(
        actor=f"system:{service}", unit=service, role=Role.system, at=clock.now(), clock=ClockKind.real,
        request_id=str(command), command_id=command,
    )  # fmt: skip

    def act(registration: Registration) -> None:
        classification.relieve(registration, running.store.directories.current, at=by.at)

    await running.store.change(Registration, case, act, by=by)
