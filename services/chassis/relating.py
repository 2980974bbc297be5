"""Who has to do with a case: by what this service knows of it, and where that is not enough, by the whole Case."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from contextlib import aclosing
from contextvars import ContextVar
from functools import partial
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from services.chassis.context import By
from services.chassis.database import AWAY
from services.chassis.directory import Directory
from services.chassis.errors import SourceAway, Unavailable
from services.chassis.inbox import WAITED
from services.chassis.recusal import FOR_NO_UNIT, OthersKeepOut, named
from services.chassis.rights.admission import Admission, admissions
from services.chassis.rights.asker import NOBODY, Asker, Strange
from services.chassis.source import ONCE_SECONDS_MIN, SECONDS_MAX, once, patience, patiently
from services.chassis.store import CATCH_UP_SECONDS_MAX

if TYPE_CHECKING:
    from services.chassis.running import Running

ALL_KNOWING: Final = "accountability"
"""The service that folds all events of a case."""
KNOWING: Final = ("assignment", "mediation", "intake", ALL_KNOWING)
"""Who is asked in which order who is what to a case: who gives it, who handles it, who received it, who knows all."""
_SEARCHED: Final = ContextVar("searched", default=False)
"""Whether all others have answered already in this request: a request is a task, and ends with it."""
_PARTIES: Final = "SELECT parties FROM case_view WHERE id = $1"
_KEPT: Final = "SELECT EXISTS (SELECT FROM kept_from($2, $3, $4) kept (id) WHERE id = $1)"


Sees = Callable[[Collection[str]], bool]
"""Says whether somebody has to do with a case with which these have."""


class _Parties(msgspec.Struct):
    items: list[str]


async def has_to_do(
    running: Running, case: UUID, by: By, *, waiting: bool = False, reading: bool = False
) -> bool:  # fmt: skip
    """Return whether whoever acts has to do with a case, as the table of rights says it. Raises ``Unavailable``.

    What is not known here is asked of the others, and of the whole Case with the newest that there is, before anybody
    is refused. A command is `waiting` as well for what is about to come here, as it is where there is no such case;
    who is only `reading` it may have been let in for a while.
    """
    if by.role in FOR_NO_UNIT:
        return True
    directory = await running.store.directories.at_hand()
    asker, let_in = Asker.of(by, directory), list[Admission]()

    def sees(parties: Collection[str]) -> bool:
        if reading and not asker.sees(parties):
            let_in[:] = admissions(parties, by.actor, by.at)
            return bool(let_in)
        return asker.sees(parties)

    found = await _finds(running, case, sees, waiting=waiting)
    for one in let_in:  # nobody is let in by whom the case is kept from by now
        if not await _kept_among(running, case, one.units, one.by, directory):
            return True
    return found and not let_in


async def may_name(running: Running, case: UUID, by: By) -> bool:
    """Return whether whoever acts may know of a case that they name: they have to do with it, and do not keep out.

    Who keeps out is looked for as somebody who has nothing to do with it. Raises ``Unavailable``.
    """
    if by.role in FOR_NO_UNIT:
        return True
    asker = NOBODY if await is_kept(running, case, by) else Asker.of(by, await running.store.directories.at_hand())
    return await _finds(running, case, asker.sees, waiting=True)


async def may_name_all(running: Running, cases: Sequence[UUID], by: By) -> None:
    """Let nobody name a case of which they must not know. Raises ``Strange`` about the first one, ``Unavailable``."""
    found = await asyncio.gather(*(may_name(running, case, by) for case in cases))
    for case, may in zip(cases, found, strict=True):
        if not may:
            raise Strange(str(case))


async def is_kept(running: Running, case: UUID, by: By) -> bool:
    """Return whether a case is kept from somebody, as far as this service knows of whom it complains.

    Raises ``Unavailable``.
    """
    if by.role in FOR_NO_UNIT:
        return False
    asker = Asker.of(by, await running.store.directories.at_hand())
    return await _kept(running, case, asker.unit, asker.named, asker.named_to_receiver)


async def must_keep_from(running: Running, case: UUID, units: Sequence[str], officers: Sequence[str]) -> None:
    """Let nothing of a case come to whom it is kept from, by the newest directory. Raises ``OthersKeepOut``."""
    directories = running.store.directories
    used = await directories.at_hand()
    if not used.units.keys() >= {*units} and await directories.renew(used):
        used = directories.current
    while kept := await _kept_among(running, case, units, officers, used):
        if not await directories.renew(used):
            raise OthersKeepOut("、".join(kept))
        used = directories.current


async def _kept_among(
    running: Running, case: UUID, units: Sequence[str], officers: Sequence[str], directory: Directory
) -> list[str]:
    """Return from which of some units and officers a case is kept."""
    names = [(unit, named(unit, "", directory)) for unit in units]
    names += [(officer, named("", officer, directory)) for officer in officers]
    return [one for one, own in names if await _kept(running, case, one, own, own)]


async def _kept(running: Running, case: UUID, unit: str, own: Sequence[str], to_receiver: Sequence[str]) -> bool:
    try:
        async with running.store.database.planning() as connection:
            named = [running.store.as_rows_have(names) for names in (own, to_receiver)]
            return bool(await connection.fetchval(_KEPT, case, unit, *named))
    except AWAY as error:
        raise Unavailable from error


async def _finds(running: Running, case: UUID, sees: Sees, *, waiting: bool) -> bool:
    """Return whether somebody has to do with a case."""
    if sees(await parties_of(running, case)):
        return True

    async def known() -> bool:
        return await _others_know(running, case, sees) or (waiting and await _comes(running, case, sees))

    return await patiently(known, CATCH_UP_SECONDS_MAX if waiting else patience())


async def search_in_vain(running: Running, case: UUID, *, waiting: bool = False) -> None:
    """Do for whoever must not know of a case what is done where there is none, so that it takes as long.

    What was asked of the others or waited for in this request is not asked again, nor waited for. Raises
    ``Unavailable`` where of none nobody could tell that there is none: whoever was told so then would know better.
    """

    async def known() -> bool:
        found = not _SEARCHED.get() and await _others_know(running, case, NOBODY.sees)
        return found or (waiting and not WAITED.get() and await _comes(running, case, NOBODY.sees))

    await patiently(known, CATCH_UP_SECONDS_MAX if waiting else patience())


async def _others_know(running: Running, case: UUID, sees: Sees) -> bool:
    """Return whether another service knows that somebody has to do with a case; one that is away may be the one.

    Raises ``SourceAway``.
    """
    if running.service.name == ALL_KNOWING:
        found = sees(await parties_of(running, case, fresh=True))
        _SEARCHED.set(True)
        return found
    away: SourceAway | None = None
    for service in KNOWING:
        if service == running.service.name:
            continue
        last = service == ALL_KNOWING
        asked = f"/cases/{case}/parties" + ("?fresh=true" if last else "")
        ask = partial(running.sources.ask, service, asked, _Parties)
        try:
            if sees((await once(ask, SECONDS_MAX if last else ONCE_SECONDS_MIN)).items):
                return True
        except SourceAway as error:
            away = error
    if away:
        raise away
    _SEARCHED.set(True)
    return False


async def parties_of(running: Running, case: UUID, *, fresh: bool = False) -> list[str]:
    """Return who is what to a case as far as this service knows, `fresh` with the newest of what it listens to.

    Raises ``Unavailable``.
    """
    if fresh:
        for source in running.service.listens_to:
            await running.inbox.pull_case(source, case)
    try:
        async with running.store.database.planning() as connection:
            return await connection.fetchval(_PARTIES, case) or []
    except AWAY as error:
        raise Unavailable from error


async def must_have_to_do(
    running: Running, case: UUID, by: By, *, waiting: bool = False, reading: bool = False
) -> None:  # fmt: skip
    """Let nobody do or learn anything about a case who has nothing to do with it. Raises ``Strange``."""
    if not await has_to_do(running, case, by, waiting=waiting, reading=reading):
        raise Strange(str(case))


async def _comes(running: Running, case: UUID, sees: Sees) -> bool:
    """Return whether it comes here, from whom this service hears of cases, that somebody has to do with one."""
    source = next((view.of.decided_from for view in running.store.views if view.parties is not None), None)
    if source is None or running.store.catching_up is None:
        return False
    async with aclosing(running.store.catching_up(source, case)) as measures:
        async for _ in measures:
            if sees(await parties_of(running, case)):
                return True
    return False
