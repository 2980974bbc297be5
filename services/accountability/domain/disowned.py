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
    def stream(store: UUID, place: str, times: int) -> UUID:
        """Return the stream of what was found, by the place of the first and how often something was found there."""
        return derived(store, f"disowned/{place}/{times}")

    def find(self, source: str, lane: int, count: int, places: tuple[str, str], *, at: datetime) -> None:
        """Put it on record, once: how many, from which place to which."""
        if not self.exists:
            first, last = places
            self.record(RecordsDisowned, at=at, source=source, lane=lane, count=count, first=first, last=last)

    @when
    def _(self, event: RecordsDisowned) -> None:
        self.count = event.count
