"""The directory: the units of the county, their powers, and who acts for them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import singledispatchmethod
from typing import Any, Final
from uuid import UUID

from contracts.assignment import OfficerAppointed, OfficerRelieved, UnitChanged, UnitEstablished
from contracts.event import Event
from contracts.ids import derived
from contracts.vocabulary import ContentCategory, Role
from services.chassis.aggregate import Aggregate

UNITS: Final = UUID("6b1c8a0e-6f5e-5d0b-9a35-0d9b8f6a7c21")
"""Namespace of unit streams: the same code is the same unit in every county's system."""


class Unit(Aggregate):
    """A unit of the county, its powers, and who acts for it. Its stream belongs to no case."""

    def start(self) -> None:
        """The unit is not established yet."""
        self.code = self.name = self.level = ""
        self.parent: str | None = None
        self.sector_superior: str | None = None
        self.powers: list[ContentCategory] = []
        self.competent = False
        self.officers: dict[str, tuple[str, list[Role]]] = {}

    @staticmethod
    def stream(code: str) -> UUID:
        """Return the stream of the unit with a code."""
        return derived(UNITS, code)

    @property
    def case(self) -> UUID | None:
        """A unit belongs to no case."""
        return None

    def establish(self, code: str, facts: dict[str, Any], *, at: datetime) -> None:
        """Enter the unit, or what has changed about it; nothing happens where nothing has changed."""
        if not self.exists:
            self.record(UnitEstablished, at=at, code=code, **facts)
        elif facts != {name: getattr(self, name) for name in facts}:
            self.record(UnitChanged, at=at, **facts)

    def appoint(self, officer: str, post: str, roles: Iterable[Role], *, at: datetime) -> None:
        """Let somebody act for the unit."""
        wanted = (post, list(roles))
        if self.officers.get(officer) != wanted:
            self.record(OfficerAppointed, at=at, officer=officer, post=post, roles=wanted[1])

    def relieve(self, officer: str, *, at: datetime) -> None:
        """Let somebody act for the unit no longer."""
        if officer in self.officers:
            self.record(OfficerRelieved, at=at, officer=officer)

    @singledispatchmethod
    def apply(self, event: Event) -> None:
        """Change the fields by an event."""
        super().apply(event)

    @apply.register
    def _(self, event: UnitEstablished) -> None:
        self.code = event.code
        self._describe(event)

    @apply.register
    def _(self, event: UnitChanged) -> None:
        self._describe(event)

    @apply.register
    def _(self, event: OfficerAppointed) -> None:
        self.officers[event.officer] = (event.post, event.roles)

    @apply.register
    def _(self, event: OfficerRelieved) -> None:
        del self.officers[event.officer]

    def _describe(self, event: UnitEstablished | UnitChanged) -> None:
        self.name, self.level, self.parent = event.name, event.level, event.parent
        self.sector_superior, self.powers, self.competent = event.sector_superior, event.powers, event.competent
