"""That somebody has written to a topic in the name of a service: an entry for the auditors."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from contracts.accountability import RecordsDisowned
from contracts.ids import derived
from services.chassis.aggregate import Aggregate, when


class Disowned(Aggregate):
    """Records of one lane that were found together not to be their source's."""

    def start(self) -> None:
        """Nothing is found yet."""
        self.count = 0

    @staticmethod
    def stream(ledger: UUID, number: int) -> UUID:
        """Return the stream of what was found, by the first of them."""
        return derived(ledger, f"disowned/{number}")

    def find(self, source: str, lane: int, places: tuple[str, ...], *, at: datetime) -> None:
        """Put it on record, once."""
        if not self.exists:
            self.record(
                RecordsDisowned, at=at, source=source, lane=lane, count=len(places), first=places[0], last=places[-1]
            )

    @when
    def _(self, event: RecordsDisowned) -> None:
        self.count = event.count
