"""What intake does when something has happened elsewhere."""

from __future__ import annotations

from datetime import datetime

from contracts.accountability import CalendarPublished
from contracts.mediation import CaseClosed
from services.chassis.reactions import Reactions
from services.chassis.years import kept
from services.intake.domain.registration import Registration

REACTIONS = Reactions()
REACTIONS.keep(CalendarPublished, kept)


@REACTIONS.on(CaseClosed, Registration)
def conclude(registration: Registration, _: CaseClosed, at: datetime) -> None:
    """Whoever asks by query code is told that the case is closed."""
    registration.conclude(at=at)
