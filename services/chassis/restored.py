"""What a store says of itself after it was restored: that another life begins, and of each number what is missing."""

from __future__ import annotations

from typing import Any, ClassVar, Final, NamedTuple
from uuid import UUID

from contracts.envelope import LANES
from contracts.event import Event
from contracts.ids import derived
from services.chassis.aggregate import Aggregate


class Told(NamedTuple):
    """What a service records of its store."""

    restored: type[Event]
    withdrawn: type[Event]


class OfStore(Aggregate):
    """That a store was restored, or one event that it lacks since. A service says as what it is `told`."""

    told: ClassVar[Told]

    def __init_subclass__(cls, **kwargs: Any) -> None:  # noqa: ANN401  # the library's own
        """Know that the events of the kind change nothing: they are for whoever reads the ledger."""
        super().__init_subclass__(**kwargs)
        cls.applies = dict.fromkeys(cls.told, OfStore._told)

    @property
    def case(self) -> UUID | None:
        """None: it belongs to no case, whatever was lost."""
        return None

    def _told(self, event: Event) -> None:
        """Say no more than the event does."""


_LANE_IDS: Final = (1 << 128) // LANES


def stream_in(store: UUID, lane: int, lane_seq: int) -> UUID:
    """Return the stream of what is said of a number that is missing, which belongs to the lane of the number."""
    return UUID(int=derived(store, f"withdrawn/{lane}/{lane_seq}").int % _LANE_IDS * LANES + lane)
