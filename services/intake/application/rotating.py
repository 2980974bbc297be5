"""A newer root key: what former ones have wrapped is wrapped by it, while everybody reads on; then they go (0056)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final
from uuid import UUID

import msgspec

from contracts.ids import derived
from contracts.vocabulary import RootKey
from services.chassis.context import By
from services.chassis.keyring import LEARN_SECONDS
from services.chassis.running import Running
from services.intake.application.office import office
from services.intake.domain.texts import Renewals

_HOLD: Final = "SELECT pg_advisory_xact_lock(hashtextextended('root_key', 0))"
_LEFT: Final = "SELECT EXISTS (SELECT FROM vault_key WHERE apart = $1 AND root < $2)"
_GONE: Final = "DELETE FROM root_key WHERE of = $1 AND number BETWEEN 1 AND $2 - 1"


class Rotated(msgspec.Struct, frozen=True):
    """How far a rotation has come."""

    number: int
    kept_as: str
    damaged: list[UUID]
    """Keys that could not be opened: as long as there are any, the former root key stays."""


async def rotate(running: Running, key: RootKey, by: By, told: Callable[[int], None] = lambda _: None) -> Rotated:
    """Have a newer root key and let the former ones go; whoever was interrupted goes on where they stopped.

    `told` hears how many keys were wrapped anew so far. Raises ``KeyAmiss`` and ``KeeperAway``.
    """
    vault, database, apart = office(running).vault, running.database, key is RootKey.sealed
    number, kept_as = await running.keys[key].renew(database)
    await _record(running, key, by, f"{number}/renewed", lambda r: r.renew(key, number, kept_as, at=by.at))
    done = 0
    while True:
        damaged: list[UUID] = []
        after: UUID | None = UUID(int=0)
        while after is not None:
            after, some, broken = await vault.renewed(database, apart=apart, after=after)
            done, damaged = done + some, damaged + broken
            told(done)
        if damaged:
            return Rotated(number, kept_as, damaged)
        if await _retired(running, key, number):
            break
        await asyncio.sleep(LEARN_SECONDS)  # somebody has not heard of the newer one yet
    await _record(running, key, by, f"{number}/retired", lambda r: r.retire(key, number, at=by.at))
    return Rotated(number, kept_as, [])


async def _retired(running: Running, key: RootKey, number: int) -> bool:
    """Let the former root keys go, if they have wrapped nothing more; who writes meanwhile is waited for."""
    async with running.database.transaction() as connection:
        await connection.execute(_HOLD)
        if await connection.fetchval(_LEFT, key is RootKey.sealed, number):
            return False
        await connection.execute(_GONE, key, number)
    return True


async def _record(running: Running, key: RootKey, by: By, what: str, act: Callable[[Renewals], None]) -> None:
    """Put on record what has become of a root key, once."""
    stream = Renewals.stream(key)
    once = msgspec.structs.replace(by, command_id=derived(stream, what))
    await running.store.change(Renewals, stream, act, by=once, may_open=True)
