"""Which case answers now: itself, or the one into which it has gone."""

from __future__ import annotations

from typing import Annotated, Final, NamedTuple
from uuid import UUID

from pydantic import Field

from services.chassis.errors import NotFound
from services.chassis.questions import rows
from services.chassis.running import Running
from services.intake.application.office import office

_OF_CASE: Final = "SELECT answering($1) AS id"
_OF_CODE: Final = "SELECT case_id, answering(case_id) AS answering, petition_id FROM query_code WHERE digest = $1"
CODE_CHARS_MAX: Final = 40

QueryCode = Annotated[str, Field(max_length=CODE_CHARS_MAX)]
"""What stands on a receipt, as somebody types it; it is sent in bodies alone, for paths are written down everywhere."""


class Own(NamedTuple):
    """Whose code it is: the petition, the case that it began or joined, and the one that answers now."""

    petition: UUID
    case: UUID
    answering: UUID


async def answering(running: Running, case: UUID) -> UUID:
    """Return the case that answers for this one."""
    [found] = await rows(running.store, _OF_CASE, case)
    return found["id"] or case


async def by_code(running: Running, query_code: str) -> Own:
    """Return what belongs to whoever holds the code. Raises ``NotFound``."""
    found = await rows(running.store, _OF_CODE, office(running).vault.code_digest(query_code))
    if not found:
        raise NotFound("查询码不存在")
    return Own(found[0]["petition_id"], found[0]["case_id"], found[0]["answering"])
