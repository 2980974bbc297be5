"""What assignment does when something has happened elsewhere."""

from __future__ import annotations

from datetime import datetime

from contracts.accountability import CalendarPublished
from contracts.intake import CaseClassified
from contracts.vocabulary import Route
from services.assignment.domain.assigning import Assignment
from services.chassis.reactions import Reactions
from services.chassis.years import kept

REACTIONS = Reactions()
REACTIONS.keep(CalendarPublished, kept)


@REACTIONS.on(CaseClassified, Assignment)
def receive(assignment: Assignment, event: CaseClassified, at: datetime) -> None:
    """A classified case awaits a unit; one for the discipline organ is never seen here (第三十条第三款)."""
    if event.route is not Route.discipline_supervision:
        assignment.receive(
            at=at,
            registration_no=event.registration_no,
            kind=event.kind,
            route=event.route,
            category=event.category,
            place=event.place,
        )
