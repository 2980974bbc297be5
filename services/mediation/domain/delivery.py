"""How a paper reached the petitioner."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from contracts.vocabulary import ServiceMethod


class Delivery(NamedTuple):
    """How a paper reached the petitioner."""

    method: ServiceMethod
    served_at: datetime
    receipt: UUID
