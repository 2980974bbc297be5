"""Which case answers now: itself, or the one into which it has gone."""

from __future__ import annotations

from typing import Final, NamedTuple
from uuid import UUID

from services.chassis.context import By
from services.chassis.errors import NotFound
from services.chassis.questions import rows
from services.chassis.running import Running

_OF_CASE: Final = "SELECT answering($1) AS id"
_OWN: Final = "SELECT case_id, answering(case_id) AS answering, petition_id FROM query_code WHERE petition_id = $1"


class Own(NamedTuple):
    """Whose session it is: the petition, the case that it began or joined, and the one that answers now."""

    petition: UUID
    case: UUID
    answering: UUID


async def answering(running: Running, case: UUID) -> UUID:
    """Return the case that answers for this one."""
    [found] = await rows(running.store, _OF_CASE, case)
    return found["id"] or case


async def own_of(running: Running, by: By) -> Own:
    """Return what belongs to whoever has proved that a petition is theirs. Raises ``NotFound``."""
    found = await rows(running.store, _OWN, by.petition)
    if not found:
        raise NotFound("查询码不存在")
    return Own(found[0]["petition_id"], found[0]["case_id"], found[0]["answering"])
