"""Numbers of cases in other systems: by which reference each of them is known here."""

from __future__ import annotations

from uuid import UUID

from contracts.vocabulary import ExternalSystem
from services.chassis.running import Running
from services.intake.application.office import office
from services.intake.domain.external import ExternalReference


async def known_as(running: Running, system: ExternalSystem, number: str) -> UUID:
    """Return the stream of a number: that which it has had since it stood in the event, or one by a key of the vault.

    Raises ``KeyAway``.
    """
    before = ExternalReference.stream_before(system, number)
    linked = (await running.store.load(ExternalReference, before)).of is not None
    return before if linked else office(running).vault.elsewhere(system, number)
