"""Following the ledger: whoever has to know of every entry does so in the transaction that appends it.

A follower reads what it needs and returns what will write its effect. All of them read before any of them writes: as
soon as a transaction has an id, what others commit cannot be sealed until it ends.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final, Protocol
from uuid import UUID

import msgspec

from contracts.envelope import Metadata, Record
from contracts.event import Event
from services.accountability.case import Case
from services.chassis.database import Connection

LEDGER: Final = "ledger"
"""The lock of the ledger. Whoever changes what follows it holds it, so that nothing changes between reading and
writing: a clock, say, or the calendar for which the open ones have been counted anew."""


class Checked(msgspec.Struct):
    """An entry that is about to be written, with its event and metadata read: they fit their contracts."""

    seq: int
    record: Record
    event: Event
    metadata: Metadata
    before: Case | None = None
    """The Case as it stood before."""
    case: Case | None = None
    """The Case as it stood with this entry, from when `Cases` has read; None for an event that belongs to no case."""
    named: Mapping[UUID, Case] = {}
    """The Cases that an event names which belongs to none, as they stood: what is owed in one is owed by who may."""


Write = Callable[[Connection], Awaitable[None]]
"""Writes what a follower has found out, in the transaction in which it has read."""


class Follower(Protocol):
    """What takes note of every entry, once each, in the order of the ledger."""

    async def read(self, connection: Connection, entries: Sequence[Checked]) -> Write:
        """Read what is needed to know what the entries change, and return what writes that. Nothing is written yet."""
