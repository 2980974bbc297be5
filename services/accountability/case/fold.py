"""The Case: everything that happened to it, in all four services, folded together.

A pure fold over ledger entries. Nothing is guessed about order: the ledger puts no entry before its cause. An event
that means nothing here is counted all the same, so the version of a Case is the number of its entries.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import singledispatch
from uuid import UUID

import msgspec

from contracts.event import Event
from contracts.vocabulary import ContentCategory, Kind, Result, Route


class Case(msgspec.Struct):
    """What the entries of a case amount to."""

    case_id: UUID
    version: int = 0
    seq: int = 0
    state: str = "registered"
    registration_no: str = ""
    category: ContentCategory | None = None
    place: str = ""
    kind: Kind | None = None
    route: Route | None = None
    petitions: int = 0
    received_at: datetime | None = None
    unit: str | None = None
    unit_name: str | None = None
    with_unit_since: datetime | None = None
    due_on: date | None = None
    objections: int = 0
    case_officer: str | None = None
    accepted_at: datetime | None = None
    result: Result | None = None
    issued_at: datetime | None = None
    served_at: datetime | None = None
    executed_on: date | None = None
    closed_at: datetime | None = None
    supervisions_open: int = 0
    last_at: datetime | None = None
    extended_by: int = 0
    executions_refused: int = 0
    commitments_open: int = 0
    review_served_at: datetime | None = None
    recheck_served_at: datetime | None = None
    terminated_at: datetime | None = None

    def take(self, seq: int, event: Event) -> None:
        """Fold in the next entry."""
        happened(event, self)
        self.version += 1
        self.seq = seq
        self.last_at = event.timestamp


@singledispatch
def happened(event: Event, case: Case) -> None:
    """Change the case by an event; one that is not registered changes nothing."""
