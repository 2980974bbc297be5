"""What supervises answers what is known last of a case; so its events name that as their cause.

The ledger hears of everything a moment later than it happens. Whom a case complains of is asked of intake before
anybody is written to about it; and what is refused, only after all services have said what they know.
"""

from __future__ import annotations

from typing import Any, Generic, TypeVar
from uuid import UUID

from contracts.envelope import Cause
from services.accountability.application.accounting import catch_up, newest
from services.accountability.application.sight import must_take_part
from services.accountability.case import Case
from services.accountability.domain.addressing import Matter
from services.chassis.aggregate import Aggregate
from services.chassis.commands import Entered, Entry, OnEntry
from services.chassis.context import By
from services.chassis.errors import Forbidden, Refused
from services.chassis.running import Running
from services.chassis.writer import Done

A = TypeVar("A", bound=Aggregate)


class Knowing(Entered[A], Generic[A]):
    """A command that answers what is known last of a case, by nobody who keeps out of it."""

    _cause: Cause
    _standing: Case

    async def run(self, running: Running, by: By) -> Done:
        """Do it, and where it is refused, once more with what the services know by now of the case."""
        try:
            return await super().run(running, by)
        except (Refused, Forbidden):
            about = await self.of_case(running, by)
            assert about is not None
            await catch_up(running, about, *running.service.listens_to)
        return await super().run(running, by)

    async def look_up(self, running: Running, by: By) -> None:
        """Find out what is known last of the case."""
        await super().look_up(running, by)
        about = await self.of_case(running, by)
        assert about is not None
        self._cause, self._standing = await newest(running, about)

    def decide(self, one: A, by: By) -> dict[str, Any]:
        """Let it answer that."""
        must_take_part(self._standing, by, self.directory)
        one.cause = self._cause
        return super().decide(one, by)

    @property
    def barred(self) -> frozenset[str]:
        """Return the units that may not touch the case."""
        return self.directory.off_limits(self._standing.accused_units, self._standing.accused_persons)


class AboutCase(Knowing[A], Entry[A], Generic[A]):
    """A command that opens something about a case."""

    case_id: UUID


class OnAboutCase(Knowing[A], OnEntry[A], Generic[A]):
    """A command on something that is about a case."""

    async def of_case(self, running: Running, by: By) -> UUID | None:
        return (await running.store.known(self.aggregate, self.stream(by))).case

    def acting_as(self, by: By, meant: str) -> str:
        """Return as which unit somebody acts: as the one that is meant, where they owe what that one owed."""
        return self.directory.acting_as(by.unit, meant, barred=self.barred)


class Writing(AboutCase[A], Generic[A]):
    """A command by which somebody is written to about a case."""

    @property
    def matter(self) -> Matter:
        """Return what decides who may be written to."""
        case = self._standing
        units = {case.unit, case.receiving_unit, *(breach.holder for breach in case.breaches)}
        concerned = frozenset(unit for unit in units if unit)
        return Matter(self.case_id, concerned, self.barred, case.sealed, case.organ, case.received_at)
