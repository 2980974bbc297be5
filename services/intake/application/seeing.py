"""Who sees what lies with a case: asked before anything of it is shown (第二十八条第三款、第三十条第三款)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from services.chassis.context import By
from services.chassis.errors import NotFound
from services.chassis.questions import rows
from services.chassis.recusal import FOR_NO_UNIT, MustKeepOut
from services.chassis.relating import has_to_do
from services.chassis.rights.asker import Strange
from services.chassis.running import Running
from services.intake.domain.registration import Registration
from services.intake.domain.track import keeps_out_of, knows_of

_FAMILY: Final = "SELECT family_of($1) AS id"


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


async def must_see(running: Running, case: UUID, by: By, own: str | None = None) -> None:
    """Let only those read who have to do with a case, with what it has gone into or what was split off; or whose it is.

    Raises ``NotFound`` and ``MustKeepOut``.
    """
    if by.role in FOR_NO_UNIT:
        return
    family = await must_know(running, case, by)
    if own is not None and own in running.store.directories.current.acts_for(by.unit):
        return
    for one in family:
        if await has_to_do(running, one.id, by, reading=one.id == case):
            return
    raise Strange(str(case))
