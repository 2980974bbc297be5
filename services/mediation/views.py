"""The rows by which mediation answers. Whom a case complains of sees none of it; names and words lie in the vault."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Final
from uuid import UUID

from contracts.vocabulary import (
    CommitteeSetting,
    CommitteeState,
    ContentCategory,
    DisputeClass,
    DisputeState,
    FundState,
    HandlingState,
    Hardship,
    Kind,
    MediatorState,
    Result,
    Route,
    SelfCorrectionState,
    SupervisionReason,
    SweepState,
)
from services.chassis.recusal import kept_from
from services.chassis.rights.table import Relation, parties
from services.chassis.views import (
    EVERYONE,
    HAS_TO_DO,
    Row,
    Sight,
    Told,
    has_to_do_with,
    or_named,
    unless_it_is_kept,
    unless_kept,
)
from services.mediation.domain.committees import Committee, Mediator
from services.mediation.domain.disputes import Dispute, SelfCorrection, Sweep
from services.mediation.domain.funds import Fund
from services.mediation.domain.handling import Handling

OF_CASE: Final = Sight(
    "(case_id IN (SELECT id FROM case_view WHERE set_apart)) IS NOT TRUE",
    unless_kept("case_id"),
    has_to_do_with("case_id"),
)
"""What is about a case shows to nobody who must not know of that, and to nobody here where that lies apart."""


def _parties(h: Handling) -> list[str]:
    """Return who is what to a case, as far as mediation knows; nobody, to one that lies apart."""
    if h.set_apart:
        return []
    return parties(
        {
            Relation.handles: [h.unit], Relation.helps: h.co_units, Relation.mediates: [h.mediator_unit],
            Relation.reviews: [h.review_body], Relation.rechecks: [h.recheck_body],
        },
        {Relation.mediates: [h.mediator], Relation.presides: [h.presider]},
    )  # fmt: skip


class CaseRow(
    Row, table="case_view", of=Handling,
    sight=Sight("NOT set_apart", unless_it_is_kept(), HAS_TO_DO),
    unseen={
        "set_apart": lambda h: h.set_apart,
        "parties": _parties,
        "accused": lambda h: kept_from(h.accused_units, h.accused_persons, h.recused),
    },
):  # fmt: skip
    """How far a unit has got with a case."""

    registration_no: str
    state: HandlingState
    unit: str | None
    unit_name: str | None
    case_officer: str | None
    opened_at: datetime | None
    accepted_at: datetime | None
    result: Result | None
    issued_at: datetime | None
    served_at: datetime | None
    executed: bool
    closed_at: datetime | None
    route: Route | None
    kind: Kind | None
    due_on: date | None
    open_commitments: Annotated[int, Told(lambda h: len(h.commitments))]
    terminated_at: datetime | None


class CommitteeRow(Row, table="committee_view", of=Committee, sight=EVERYONE):
    """A people's mediation committee."""

    unit: str
    setting: CommitteeSetting
    member_count: int
    chair: str
    elected_on: date
    term_until: date
    state: CommitteeState


class MediatorRow(Row, table="mediator_view", of=Mediator, sight=EVERYONE):
    """A mediator of a committee."""

    committee: UUID
    mediator: str
    certificate_no: str
    trained_hours: int
    last_trained_on: date | None
    state: MediatorState


class DisputeRow(Row, table="dispute_view", of=Dispute, sight=EVERYONE):
    """A dispute in the ledger of a village."""

    unit: str
    place: str
    dispute_class: DisputeClass
    category: ContentCategory
    leader: str | None
    mediator: str | None
    due_on: date | None
    settled_on: date | None
    state: DisputeState


class SweepRow(Row, table="sweep_view", of=Sweep, sight=EVERYONE):
    """A look for disputes: who was told to look, who has said something, who was silent, how many were found."""

    units: list[str]
    due_on: date
    reported: Annotated[list[str], Told(lambda s: list(s.reported))]
    found: Annotated[int, Told(lambda s: sum(s.reported.values()))]
    state: SweepState


class FundRow(Row, table="fund_view", of=Fund, sight=or_named(OF_CASE, "unit", Relation.owes)):
    """A request for money, and what has become of it."""

    case_id: Annotated[UUID, Told(lambda f: f.of)]
    unit: str
    hardship: Hardship
    amount_fen: int
    requested_by: str
    approved_by: list[str]
    paid_on: date | None
    in_order: bool | None
    state: FundState


class SelfCorrectionRow(Row, table="self_correction_view", of=SelfCorrection, sight=EVERYONE):
    """What a unit put right before anybody complained."""

    unit: str
    reason: SupervisionReason
    corrected_on: date
    document: UUID
    state: SelfCorrectionState


REGISTERS = (
    CommitteeRow.view, MediatorRow.view, DisputeRow.view, SweepRow.view, FundRow.view, SelfCorrectionRow.view,
)  # fmt: skip

VIEWS = (CaseRow.view, *REGISTERS)
