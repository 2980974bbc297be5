"""What each service says of its store when that was restored and goes on: all four the same, in its own name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.event import OtherCase
from contracts.vocabulary import RestoredHow


@dataclass(frozen=True, kw_only=True)
class Restored:
    """Another life of a store begins: whatever was acknowledged after its newest event and before it is not there."""

    life: int
    store: UUID
    """The id of the store from now on."""
    was: UUID
    """The id that it had."""
    how: tuple[RestoredHow, ...]
    newest_at: datetime | None
    """When the newest event that is there was recorded."""
    withdrawn: int
    """How many events it is known to have published that are not there: an event of its own tells of each."""


@dataclass(frozen=True, kw_only=True)
class Withdrawn:
    """An event that was published under this number is not in the store since that was restored."""

    life: int
    lost: UUID | None
    """The id of the event; None where nothing is known of it but that its number was given."""
    lost_type: str | None
    lost_case: OtherCase | None
    lost_version: int | None
    link: str | None
    """Its link in the chain of its lane, hexadecimal, which its source had signed."""
