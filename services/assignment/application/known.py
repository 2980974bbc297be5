"""Whether a case is here, for commands on streams that are not the case's own."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from uuid import UUID

from services.assignment.domain.assigning import Assignment
from services.chassis.database import AWAY
from services.chassis.errors import NotFound, Unavailable
from services.chassis.store import CATCH_UP_SECONDS_MAX, Store


async def known(store: Store, case: UUID) -> Assignment:
    """Return who has a case, also where the case is still on its way from intake. Raises ``NotFound``."""
    try:
        found = await store.load(Assignment, case)
        if not found.exists and store.catching_up is not None:
            async with (
                asyncio.timeout(CATCH_UP_SECONDS_MAX),
                aclosing(store.catching_up("intake", case)) as measures,
            ):
                async for _ in measures:
                    found = await store.load(Assignment, case)
                    if found.exists:
                        break
    except (*AWAY, TimeoutError) as error:
        raise Unavailable from error
    if not found.exists:
        raise NotFound(str(case))
    return found
