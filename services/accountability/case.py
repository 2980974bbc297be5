"""The Case: everything that happened to it, in all four services, folded together.

A pure fold over ledger entries. Nothing is guessed about order: the ledger puts no entry before its cause. An event
that means nothing here is counted all the same, so the version of a Case is the number of its entries.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import singledispatch
from uuid import UUID

import msgspec

from contracts.accountability import SupervisionClosed, SupervisionOrdered
from contracts.assignment import (
    CaseAssigned,
    CaseForwarded,
    JurisdictionObjected,
    ObjectionRejected,
    ObjectionUpheld,
)
from contracts.event import Event
from contracts.intake import CaseClassified, CaseRegistered, PetitionAttached
from contracts.mediation import (
    AcceptanceNotified,
    CaseClosed,
    OpinionExecuted,
    OpinionIssued,
    OpinionServed,
)
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

    def take(self, seq: int, event: Event) -> None:
        """Fold in the next entry."""
        happened(event, self)
        self.version += 1
        self.seq = seq
        self.last_at = event.timestamp


@singledispatch
def happened(event: Event, case: Case) -> None:
    """Change the case by an event; one that is not registered changes nothing."""


@happened.register
def _(event: CaseRegistered, case: Case) -> None:
    case.registration_no, case.category, case.place = event.registration_no, event.category, event.place
    case.received_at = event.received_at
    case.petitions += 1


@happened.register
def _(_: PetitionAttached, case: Case) -> None:
    case.petitions += 1


@happened.register
def _(event: CaseClassified, case: Case) -> None:
    case.kind, case.route, case.category = event.kind, event.route, event.category
    case.state = "discipline_track" if event.route is Route.discipline_supervision else "classified"


@happened.register
def _(event: CaseForwarded, case: Case) -> None:
    case.state, case.unit, case.unit_name = "forwarded", event.unit, event.unit_name
    case.with_unit_since = event.timestamp


@happened.register
def _(event: CaseAssigned, case: Case) -> None:
    case.state, case.unit, case.unit_name = "assigned", event.unit, event.unit_name
    case.with_unit_since, case.due_on = event.timestamp, event.due_on


@happened.register
def _(_: JurisdictionObjected, case: Case) -> None:
    case.state = "objected"
    case.objections += 1


@happened.register
def _(_: ObjectionUpheld, case: Case) -> None:
    case.state = "classified"
    case.unit = case.unit_name = case.with_unit_since = case.due_on = None
    case.accepted_at = case.case_officer = case.result = case.issued_at = case.served_at = case.executed_on = None


@happened.register
def _(_: ObjectionRejected, case: Case) -> None:
    steps = (("opinion_served", case.served_at), ("opinion_issued", case.issued_at), ("accepted", case.accepted_at))
    case.state = next((state for state, reached in steps if reached), "assigned" if case.due_on else "forwarded")


@happened.register
def _(event: AcceptanceNotified, case: Case) -> None:
    case.state, case.accepted_at, case.case_officer = "accepted", event.served_at, event.case_officer


@happened.register
def _(event: OpinionIssued, case: Case) -> None:
    case.state, case.result, case.issued_at = "opinion_issued", event.result, event.timestamp


@happened.register
def _(event: OpinionServed, case: Case) -> None:
    case.state, case.served_at = "opinion_served", event.served_at


@happened.register
def _(event: OpinionExecuted, case: Case) -> None:
    case.executed_on = event.executed_on


@happened.register
def _(event: CaseClosed, case: Case) -> None:
    case.state, case.closed_at = "closed", event.timestamp


@happened.register
def _(_: SupervisionOrdered, case: Case) -> None:
    case.supervisions_open += 1


@happened.register
def _(_: SupervisionClosed, case: Case) -> None:
    case.supervisions_open -= 1
