"""Who sees what lies with a case: asked before anything of it is shown (第二十八条第三款、第三十条第三款)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from services.chassis.context import By
from services.chassis.directory import Directory
from services.chassis.errors import Forbidden, NotFound
from services.chassis.questions import rows
from services.chassis.recusal import FOR_NO_UNIT, MustKeepOut
from services.chassis.running import Running
from services.intake.application.disclosing import holders
from services.intake.domain.registration import Registration
from services.intake.domain.track import keeps_out_of, knows_of

_FAMILY: Final = "SELECT family_of($1) AS id"


class NothingToDoWithIt(Forbidden):
    """What a petitioner has written is read by who deals with it, or supervises who does."""

    by_directory = True
    code = "nothing_to_do_with_it"
    title = "本单位不办理该事项，不得查阅"
    article = "个人信息保护法 第六条、第十条"


async def must_know(running: Running, case: UUID, by: By) -> Sequence[Registration]:
    """Return a case, the one into which it has gone, and those that were split off any of them.

    Raises ``NotFound`` for who must not know of it, and ``MustKeepOut``.
    """
    store = running.store
    directory = await store.directories.at_hand()
    family = [await store.load(Registration, row["id"]) for row in await rows(store, _FAMILY, case)]
    if not family or not all(knows_of(one, by, directory) for one in family):
        raise NotFound(str(case))
    if any(keeps_out_of(one, by, directory) for one in family):
        raise MustKeepOut
    return family


async def must_see(running: Running, case: UUID, by: By, also: Collection[str] = ()) -> None:
    """Let only those read who have to do with a case: who received it, who owes something in it, who is above them.

    Raises ``NotFound``, ``MustKeepOut`` and ``NothingToDoWithIt``.
    """
    if by.role in FOR_NO_UNIT:
        return
    family = await must_know(running, case, by)
    directory = running.store.directories.current
    units = {unit for one in family for unit in (*one.receivers, one.organ) if unit}.union(also)
    if _oversees(by.unit, units, directory):
        return
    for one in family:
        async for theirs in holders(running, one.id):
            if _oversees(by.unit, theirs, directory):
                return
    raise NothingToDoWithIt(by.unit)


def _oversees(unit: str, units: Collection[str], directory: Directory) -> bool:
    """Return whether a unit is one of these, stands above one, or is a petition bureau that supervises one."""
    return unit in units or any(unit in directory.above(one) or directory.supervises(unit, one) for one in units)
