"""Whether somebody outside a unit has borne out what that says to have told in time and has entered too late."""

from __future__ import annotations

from collections.abc import Sequence

from contracts.accountability import FactConfirmed
from contracts.ids import fact_of
from services.chassis.history import Fact
from services.chassis.running import Running
from services.chassis.store import id_of
from services.intake.domain.acceptance import claimed
from services.intake.domain.registration import Registration


async def borne_out(running: Running, case: Registration, told: Sequence[Fact]) -> bool:
    """Return whether an extension that waits for it is confirmed; who keeps the ledger knows. Raises ``SourceAway``."""
    claim = claimed((fact.event for fact in told), case.direct_since)
    for event, about in told:
        if event is claim:
            entry = id_of(about, "mediation", event.originator_id, event.originator_version)
            looked = await running.sources.history("accountability", fact_of(entry))
            return any(isinstance(fact.event, FactConfirmed) for fact in looked)
    return False
