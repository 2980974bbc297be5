"""Who must know at once of what has happened at the door: who hands the case on, who handles it, and the Case."""

from __future__ import annotations

from uuid import UUID

from services.chassis.running import Running
from services.chassis.telling import tell


async def let_know(running: Running, case: UUID) -> None:
    """Let all others take in what has happened to a case before we answer."""
    await tell(running, case, ("assignment", "mediation"), ("accountability",))
