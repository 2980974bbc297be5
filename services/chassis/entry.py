"""The entries of a register: one small aggregate each."""

from __future__ import annotations

from uuid import UUID

from services.chassis.aggregate import Aggregate


class Entry(Aggregate):
    """An entry that belongs to no case."""

    @property
    def case(self) -> UUID | None:
        """It belongs to no case."""
        return None


class CaseEntry(Aggregate):
    """An entry about a case, which its first event names."""

    of: UUID | None

    def start(self) -> None:
        """Nothing is entered yet."""
        self.of = None

    @property
    def case(self) -> UUID | None:
        """The case that the entry is about."""
        return self.of
