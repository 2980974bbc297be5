"""What the commands on a case that a unit handles share: who acts for a unit, and what every reply shows."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from contracts.vocabulary import HandlingState, Role, ServiceMethod
from services.chassis.commands import Command, Reply
from services.chassis.context import By
from services.chassis.fields import Moment, PublicLine
from services.chassis.recusal import must_not_keep_out
from services.mediation.domain.delivery import Delivery
from services.mediation.domain.handling import Handling

UNIT_STAFF: Final = (Role.unit_receiver, Role.case_officer, Role.unit_head)
DECIDERS: Final = (Role.case_officer, Role.unit_head)
MEDIATORS: Final = (Role.mediator, *DECIDERS)
HEARERS: Final = (Role.hearing_presider, *DECIDERS)
REGISTRARS: Final = (Role.bureau_officer, Role.unit_head)


class Handled(Reply):
    """How far the case is now."""

    case_id: UUID
    state: HandlingState


class Noticed(Handled):
    """Under which number the notice is on file."""

    notice_no: str


class Decided(Handled):
    """Under which number the opinion is on file."""

    opinion_no: str


class Handle(Command[Handling], reply=Handled):
    """A command on a case that a unit handles; nobody acts who keeps out of it (第二十八条第三款)."""

    case_id: UUID

    def decide(self, h: Handling, by: By) -> dict[str, Any]:
        """Let only those act who have no interest in the case."""
        must_not_keep_out(by, self.directory, h.accused_units, h.accused_persons, recused=h.recused)
        return super().decide(h, by)


class Deliver(Handle):
    """A command that says how a paper reached the petitioner; what names no moment happened now."""

    method: ServiceMethod
    served_at: Moment | None = None
    receipt: PublicLine

    def delivery(self, by: By) -> Delivery:
        """Return it complete."""
        return Delivery(self.method, self.served_at or by.at, self.receipt)
