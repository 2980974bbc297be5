"""What the commands on a case that a unit handles share: who acts for a unit, and what every reply shows."""

from __future__ import annotations

from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from contracts.vocabulary import HandlingState, Role, ServiceMethod
from services.chassis.commands import Command, Entered, Entry, OnEntry, Reply
from services.chassis.context import By
from services.chassis.directory import Directory
from services.chassis.entry import CaseEntry
from services.chassis.errors import NotFound
from services.chassis.fields import Moment
from services.chassis.recusal import must_not_keep_out
from services.chassis.running import Running
from services.chassis.words import Receipt
from services.mediation.domain.delivery import Delivery
from services.mediation.domain.handling import Handling
from services.mediation.domain.people import barred_from

E = TypeVar("E", bound=CaseEntry)

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


def must_take_part(h: Handling, by: By, directory: Directory) -> None:
    """Let nobody act in a case who keeps out of it, nor find a report. Raises ``MustKeepOut`` and ``NotFound``."""
    if h.set_apart:
        raise NotFound(str(h.id))
    must_not_keep_out(by, directory, h.accused_units, h.accused_persons, recused=h.recused)


class Handle(Command[Handling], reply=Handled):
    """A command on a case that a unit handles; nobody acts who keeps out of it (第二十八条第三款)."""

    case_id: UUID

    def decide(self, h: Handling, by: By) -> dict[str, Any]:
        """Let only those act who have no interest in the case."""
        must_take_part(h, by, self.directory)
        return super().decide(h, by)

    def acting_as(self, h: Handling, by: By, *meant: str | None) -> str:
        """Return as which of some units somebody acts: what one owes that may not any more is done by who is above."""
        return self.directory.acting_as(by.unit, *meant, barred=barred_from(h, self.directory))


class _InCase(Entered[E], Generic[E]):
    """A command on an entry about a case that a unit handles, by nobody who keeps out of that (第二十八条第三款)."""

    _handling: Handling

    async def look_up(self, running: Running, by: By) -> None:
        """Find the case. Raises ``NotFound``."""
        await super().look_up(running, by)
        case = await self.of_case(running, by)
        assert case is not None
        self._handling = await running.store.known(Handling, case)

    def decide(self, one: E, by: By) -> dict[str, Any]:
        """Let only those act who have no interest in the case."""
        must_take_part(self._handling, by, self.directory)
        return super().decide(one, by)


class AboutCase(_InCase[E], Entry[E], Generic[E]):
    """A command that enters something about a case."""

    case_id: UUID


class OnCaseEntry(_InCase[E], OnEntry[E], Generic[E]):
    """A command on what was entered about a case."""

    async def of_case(self, running: Running, by: By) -> UUID | None:
        """Return the case that the entry is about."""
        return (await running.store.known(self.aggregate, self.stream(by))).case


class Deliver(Handle):
    """A command that says how a paper reached the petitioner; what names no moment happened now."""

    method: ServiceMethod
    served_at: Moment | None = None
    receipt: Receipt

    def delivery(self, by: By) -> Delivery:
        """Return it complete."""
        return Delivery(self.method, self.served_at or by.at, self.receipt)
