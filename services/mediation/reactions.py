"""What mediation does when something has happened elsewhere."""

from __future__ import annotations

from datetime import datetime

from contracts.accountability import CalendarPublished
from contracts.assignment import CaseAssigned, CaseForwarded, ObjectionUpheld
from services.chassis.reactions import Reactions
from services.chassis.years import kept
from services.mediation.domain.handling import Handling

REACTIONS = Reactions()
REACTIONS.keep(CalendarPublished, kept)


@REACTIONS.on(CaseForwarded, Handling)
def receive_forwarded(handling: Handling, event: CaseForwarded, at: datetime) -> None:
    """A unit has received a case that was forwarded to it."""
    handling.open(
        at=at,
        unit=event.unit,
        unit_name=event.unit_name,
        registration_no=event.registration_no,
        route=event.route,
        due_on=None,
    )


@REACTIONS.on(CaseAssigned, Handling)
def receive_assigned(handling: Handling, event: CaseAssigned, at: datetime) -> None:
    """A unit has received a case whose result it must report."""
    handling.open(
        at=at,
        unit=event.unit,
        unit_name=event.unit_name,
        registration_no=event.registration_no,
        route=event.route,
        due_on=event.due_on,
    )


@REACTIONS.on(ObjectionUpheld, Handling)
def give_back(handling: Handling, event: ObjectionUpheld, at: datetime) -> None:
    """The unit gives the case back."""
    handling.give_back(event.unit, at=at)
