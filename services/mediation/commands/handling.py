"""What the commands on a case that a unit handles share: who acts for a unit, and what every reply shows."""

from __future__ import annotations

from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import Field

from contracts.vocabulary import Role
from services.chassis.commands import Command, Reply
from services.chassis.context import By
from services.mediation.domain import inquiry
from services.mediation.domain.handling import Handling

UNIT_STAFF: Final = (Role.unit_receiver, Role.case_officer, Role.unit_head)
DECIDERS: Final = (Role.case_officer, Role.unit_head)
MEDIATORS: Final = (Role.mediator, *DECIDERS)
HEARERS: Final = (Role.hearing_presider, *DECIDERS)


class Handled(Reply):
    """How far the case is now."""

    case_id: UUID
    state: str


class Handle(Command[Handling], reply=Handled):
    """A command on a case that a unit handles; nobody acts who keeps out of it (第二十八条第三款)."""

    case_id: Annotated[UUID, Field(description="The case")]

    def decide(self, h: Handling, by: By) -> dict[str, Any]:
        """Let only those act who have no interest in the case."""
        inquiry.admit(h, by.actor)
        return super().decide(h, by)

    def shows(self, h: Handling) -> dict[str, Any]:
        """Return the case and how far it is."""
        return {"case_id": self.case_id, "state": h.state}
