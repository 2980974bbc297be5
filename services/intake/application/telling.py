"""Who must know at once: a complaint may not be handed to whom it is about while the news is on its way."""

from __future__ import annotations

from uuid import UUID

import structlog

from services.chassis.errors import Unavailable
from services.chassis.running import Running

log = structlog.get_logger()


async def let_know(running: Running, case: UUID) -> None:
    """Let those who hand the case on, and those who handle it, take in what has happened to it before we answer.

    Who is away learns it from Kafka, and takes the case from whom it is about then.
    """
    try:
        await running.sources.take_in("assignment", "intake", case)
        await running.sources.take_in("mediation", "assignment", case)
    except Unavailable as error:
        log.warning("not_told_at_once", case=str(case), error=repr(error))
