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

_PARTS: Final = """
WITH RECURSIVE part AS (
    SELECT id, split_from FROM case_view WHERE id = ANY ($1)
    UNION SELECT v.id, v.split_from FROM part p JOIN case_view v ON v.merged_into = p.id OR v.id = p.split_from
)
SELECT id FROM part WHERE id <> ALL ($1) ORDER BY id
"""


class Own(NamedTuple):
    """Whose session it is: the petition, the case that it began or joined, and the one that answers now."""

    petition: UUID
    case: UUID
    answering: UUID


async def answering(running: Running, case: UUID) -> UUID:
    """Return the case that answers for this one."""
    [found] = await rows(running.store, _OF_CASE, case)
    return found["id"] or case


async def parts_of(running: Running, *cases: UUID) -> list[UUID]:
    """Return what has gone into some cases, and what they were split off: whoever reads it reads of them."""
    return [row["id"] for row in await rows(running.store, _PARTS, cases)]


async def own_of(running: Running, by: By) -> Own:
    """Return what belongs to whoever has proved that a petition is theirs. Raises ``NotFound``."""
    found = await rows(running.store, _OWN, by.petition)
    if not found:
        raise NotFound("查询码不存在")
    return Own(found[0]["petition_id"], found[0]["case_id"], found[0]["answering"])
