"""个人信息保护法 第五十四条: what somebody has tried and may not do or see is on record, for auditors and nobody else.

It is on record as they were told it, so that the record says no more than they learnt: of a case that there is not, and
of one of which they must not know, the same. Why, the log says alone, by the number of the request.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import structlog

from contracts.ids import read_uuid
from services.chassis.context import By
from services.chassis.database import AWAY
from services.chassis.errors import Forbidden, NotFound
from services.chassis.operations import Operation
from services.chassis.recusal import FOR_NO_UNIT

if TYPE_CHECKING:
    from services.chassis.running import Running

log = structlog.get_logger()

_PUT: Final = (
    "INSERT INTO denied (actor, unit, role, operation, about, code, request_id) VALUES ($1, $2, $3, $4, $5, $6, $7)"
)


@asynccontextmanager
async def on_record(
    running: Running, by: By | None, operation: Operation, path: Mapping[str, Any]
) -> AsyncIterator[None]:
    """Put on record what is denied within the block, before that is told; a store that is away hides nothing else."""
    try:
        yield
    except (NotFound, Forbidden) as refusal:
        if by is not None and by.role not in FOR_NO_UNIT:
            about = _about(operation, path)
            try:
                async with running.database.connection() as connection:
                    await connection.execute(
                        _PUT, by.actor, by.unit, str(by.role), operation.name, about, refusal.code, by.request_id
                    )
            except AWAY as error:
                log.warning("denied_not_on_record", operation=operation.name, error=repr(error))
        raise


def _about(operation: Operation, path: Mapping[str, Any]) -> UUID | None:
    """Return what stands first in the path, where that is an id: nothing else that somebody types is kept."""
    for name in operation.in_path[:1]:
        with suppress(ValueError):
            return read_uuid(str(path[name]))
    return None
