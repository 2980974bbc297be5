"""That nobody has to act in a case: put on record once for each time that it comes to that."""

from __future__ import annotations

from datetime import datetime
from functools import singledispatchmethod
from uuid import UUID

from contracts.accountability import OrphanCaseDetected
from contracts.event import Event
from contracts.ids import derived
from services.chassis.aggregate import Aggregate


class Orphan(Aggregate):
    """A case in which no clock runs and which has not ended (件件有着落)."""

    def start(self) -> None:
        """Nothing is noticed yet."""
        self.of: UUID | None = None
        self.since: datetime | None = None

    @staticmethod
    def stream(entry: UUID) -> UUID:
        """Return the stream of what came of the entry after which nobody had to act."""
        return derived(entry, "orphan")

    @property
    def case(self) -> UUID | None:
        """The case in which nobody has to act."""
        return self.of

    def detect(self, case: UUID, since: datetime, *, at: datetime) -> None:
        """Put it on record, once."""
        if not self.exists:
            self.record(OrphanCaseDetected, at=at, case=case, since=since)

    @singledispatchmethod
    def apply(self, event: Event) -> None:
        """Change the fields by an event."""
        super().apply(event)

    @apply.register
    def _(self, event: OrphanCaseDetected) -> None:
        self.of, self.since = event.case, event.since
