"""That nobody has to act in a case: put on record once for each time that it comes to that."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from contracts.accountability import OrphanCaseDetected
from contracts.ids import derived
from services.chassis.aggregate import Aggregate, when


class Orphan(Aggregate):
    """A case in which nobody owes anything and which has neither an answer nor an end (件件有着落)."""

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

    @when
    def _(self, event: OrphanCaseDetected) -> None:
        self.of, self.since = event.case, event.since
