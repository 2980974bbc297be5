"""What stands on the doors of officers: the directory alone has it, and it is in no event."""

from __future__ import annotations

import msgspec

from contracts.vocabulary import Role
from services.chassis.running import Running


class Door(msgspec.Struct):
    """What stands on an officer's door, and what they are."""

    officer: str
    roles: list[Role]
    post: str | None = None
    name: str | None = None
    phone: str | None = None


class _Unit(msgspec.Struct):
    officers: list[Door]


async def doors(running: Running, unit: str) -> list[Door]:
    """Return what stands on the doors of a unit. Raises ``SourceAway``."""
    return (await running.sources.ask("assignment", f"/units/{unit}", _Unit)).officers
