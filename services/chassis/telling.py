"""Who must know at once: nothing is given, nor shown, to whom a case complains of while the news is on its way."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

import structlog

from services.chassis.errors import Unavailable
from services.chassis.source import once

if TYPE_CHECKING:
    from services.chassis.running import Running

Way = Sequence[str]
"""Services each of which takes in at once what the one before it has of a case, the first one what this service has."""

log = structlog.get_logger()


async def tell(running: Running, case: UUID, *ways: Way) -> None:
    """Let others take in what has happened to a case before it is answered, whatever has become of Kafka.

    Who is away learns it from Kafka, and takes the case from whom it is about then; nobody else waits for that.
    """
    await asyncio.gather(*(_along(running, case, way) for way in ways))


async def _along(running: Running, case: UUID, way: Way) -> None:
    source = running.service.name
    for taker in way:
        try:
            await once(partial(running.sources.take_in, taker, source, case))
        except Unavailable as error:
            log.warning("not_told_at_once", case=str(case), service=taker, error=repr(error))
            return
        source = taker
