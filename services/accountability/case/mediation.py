"""What the events of mediation mean to the Case."""

from __future__ import annotations

from contracts.mediation import AcceptanceNotified, CaseClosed, OpinionExecuted, OpinionIssued, OpinionServed
from services.accountability.case.fold import Case, happened


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
