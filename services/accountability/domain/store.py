"""What is said of the store of this service when it was restored (``services/chassis/restored.py``)."""

from __future__ import annotations

from contracts.accountability import EventWithdrawn, StoreRestored
from services.chassis.restored import OfStore, Told


class OwnStore(OfStore):
    """The store of this service."""

    told = Told(StoreRestored, EventWithdrawn)
