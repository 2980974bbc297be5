"""What supervises answers what is known last of a case; so its events name that as their cause."""

from __future__ import annotations

from typing import Any, Generic, TypeVar
from uuid import UUID

from pydantic import PrivateAttr

from contracts.envelope import Cause
from services.accountability.application.accounting import newest
from services.chassis.aggregate import Aggregate
from services.chassis.commands import Entry, OnEntry
from services.chassis.context import By
from services.chassis.running import Running

A = TypeVar("A", bound=Aggregate)


class AboutCase(Entry[A], Generic[A]):
    """A command that opens something about a case."""

    case_id: UUID

    _cause: Cause | None = PrivateAttr(default=None)

    async def look_up(self, running: Running, by: By) -> None:  # noqa: ARG002  # whoever asks
        """Find out what is known last of the case."""
        self._cause = await newest(running, self.case_id)

    def decide(self, one: A, by: By) -> dict[str, Any]:
        """Let it answer that."""
        one.cause = self._cause
        return super().decide(one, by)


class OnAboutCase(OnEntry[A], Generic[A]):
    """A command on something that is about a case."""

    _cause: Cause | None = PrivateAttr(default=None)

    async def look_up(self, running: Running, by: By) -> None:
        """Find out what is known last of its case."""
        found = await running.store.known(self.aggregate, self.stream(by))
        assert found.case is not None
        self._cause = await newest(running, found.case)

    def decide(self, one: A, by: By) -> dict[str, Any]:
        """Let it answer that."""
        one.cause = self._cause
        return super().decide(one, by)
