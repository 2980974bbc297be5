"""Which case answers now: itself, or the one into which it has gone."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from services.chassis.errors import NotFound
from services.chassis.questions import rows
from services.chassis.running import Running
from services.intake.application.office import office

_OF_CASE: Final = "SELECT answering($1) AS id"
_OF_CODE: Final = "SELECT answering(case_id) AS id, petition_id FROM query_code WHERE digest = $1"


async def answering(running: Running, case: UUID) -> UUID:
    """Return the case that answers for this one."""
    [found] = await rows(running.store, _OF_CASE, case)
    return found["id"] or case


async def by_code(running: Running, query_code: str) -> tuple[UUID, UUID]:
    """Return the case that answers to whoever holds the code, and their petition. Raises ``NotFound``."""
    found = await rows(running.store, _OF_CODE, office(running).vault.code_digest(query_code))
    if not found:
        raise NotFound("查询码不存在")
    return found[0]["id"], found[0]["petition_id"]
