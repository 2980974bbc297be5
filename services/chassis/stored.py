"""An event as a table takes it, and as it is read."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec


class Row(msgspec.Struct, frozen=True, omit_defaults=True):
    """A stored event as the table takes it."""

    stream: UUID
    version: int
    case: UUID | None
    lane: int
    id: UUID
    type: str
    packed: bytes
    """Its metadata and body (``contracts.packing``)."""
    at: datetime
    apart: bool = False
    """Whether it goes where the events of cases go that lie apart."""


class Stored(NamedTuple):
    """A stored event as it is read."""

    stream_id: UUID
    version: int
    type: str
    packed: bytes
    at: datetime
