"""What assignment can be asked about."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Final
from uuid import UUID

from contracts.vocabulary import (
    AssignmentState,
    CampaignState,
    ConferenceState,
    ContentCategory,
    HallCallState,
    InstructionState,
    Kind,
    LeaderAreaState,
    LedgerItemState,
    LedgerKind,
    Level,
    ProposalState,
    ReceptionState,
    Route,
    SectorBatchState,
    SponsorDuty,
    UnitKind,
)
from services.assignment.domain.assigning import Assignment
from services.assignment.domain.campaign import Campaign
from services.assignment.domain.changes import Change
from services.assignment.domain.conferences import Conference
from services.assignment.domain.directory import Unit
from services.assignment.domain.hall_calls import HallCall
from services.assignment.domain.instructions import Instruction
from services.assignment.domain.leader_areas import LeaderArea
from services.assignment.domain.ledger_items import LedgerItem
from services.assignment.domain.proposals import Proposal
from services.assignment.domain.receptions import Reception
from services.assignment.domain.sector_batches import SectorBatch
from services.chassis.recusal import kept_from
from services.chassis.rights.table import Relation, parties
from services.chassis.two_persons import IF_PENDING, Pending
from services.chassis.units import written
from services.chassis.views import (
    EVERYONE,
    HAS_TO_DO,
    Row,
    Sight,
    Told,
    has_to_do_with,
    is_named,
    or_named,
    unless_it_is_kept,
    unless_kept,
    unless_one_kept,
)

_APART: Final = "SELECT id FROM case_view WHERE sealed"
_NOT_APART: Final = f"(case_id IN ({_APART})) IS NOT TRUE"
OF_CASE: Final = Sight(_NOT_APART, unless_kept("case_id"), has_to_do_with("case_id"))
"""What is about a case shows to everybody but whom that complains of (第二十八条第三款、第三十条第三款).

Of one that lies apart nobody here may know any more.
"""


def _parties(a: Assignment) -> list[str]:
    """Return who is what to a case, as far as assignment knows; nobody, to one that lies apart."""
    if a.sealed:
        return []
    sharing = a.sharing.awaited if a.sharing else ()
    return parties(
        {
            Relation.receives: [a.receiving_unit], Relation.handles: [a.unit], Relation.helps: a.helpers,
            Relation.owes: [a.dispute.arbiter if a.dispute else None, *sharing],
        }
    )  # fmt: skip


_OF_UNIT: Final = or_named(OF_CASE, "unit", Relation.owes)
"""What a unit has to do about a case shows to that, too."""


class CaseRow(
    Row, table="case_view", of=Assignment, sight=Sight("NOT sealed", unless_it_is_kept("received_by"), HAS_TO_DO),
    unseen={
        "sealed": lambda a: a.sealed,
        "parties": _parties,
        "accused": lambda a: kept_from(a.accused, a.accused_persons, a.recused),
        "received_by": lambda a: a.receiving_unit if a.accused or a.accused_persons else None,
    },
):  # fmt: skip
    """Who has a case."""

    registration_no: str
    state: AssignmentState
    kind: Kind
    route: Route
    category: ContentCategory
    place: str
    unit: str | None
    unit_name: str | None
    received_at: datetime | None
    due_on: date | None
    objections: int
    bounces: int
    organ: str | None
    arbiter: Annotated[str | None, Told(lambda a: a.dispute.arbiter if a.dispute else None)]


class UnitRow(Row, table="unit_view", of=Unit, sight=EVERYONE):
    """A unit of the directory."""

    code: str
    name: str
    level: Level
    parent: str | None
    sector_superior: str | None
    powers: list[ContentCategory]
    competent: bool
    officers: Annotated[list[str], Told(lambda u: list(u.officers))]
    kind: UnitKind | None
    vertical_managed: bool
    successors: list[str]
    delegated: Annotated[list[ContentCategory], Told(lambda u: list(u.delegated))]
    mark: str


class KeptUnit(Row, table="directory_unit", of=Unit, sight=EVERYONE):
    """A unit with those who act for it, as the directory is kept everywhere."""

    entry: Annotated[str, Told(lambda u: written(u.entry))]


class CampaignRow(
    Row, table="campaign_view", of=Campaign, sight=or_named(OF_CASE, "'@' || sponsor", Relation.sponsors)
):
    """Who leads the work on a case, and how far it is."""

    case_id: Annotated[UUID, Told(lambda c: c.of)]
    state: CampaignState
    order_no: UUID | None
    sponsor: str | None
    duties: list[SponsorDuty]
    duties_done: list[SponsorDuty]
    lead_unit: str | None
    plan_due_on: date | None
    next_due_on: date | None
    six_one: str | None


class LeaderAreaRow(Row, table="leader_area_view", of=LeaderArea, sight=EVERYONE):
    """A leader with their townships."""

    leader: str
    state: LeaderAreaState
    townships: list[str]


class LedgerItemRow(Row, table="ledger_item_view", of=LedgerItem, sight=_OF_UNIT):
    """A row of a ledger."""

    item_no: str
    case_id: Annotated[UUID | None, Told(lambda i: i.of)]
    state: LedgerItemState
    kind: LedgerKind
    unit: str
    officer: str
    due_on: date
    updates: int


class ConferenceRow(Row, table="conference_view", of=Conference, sight=EVERYONE):
    """A joint conference, and how much of it is done."""

    conference_no: str
    held_on: date
    state: ConferenceState
    items: Annotated[int, Told(lambda c: len(c.agenda))]
    decided: Annotated[int, Told(lambda c: len(c.due))]
    done: Annotated[int, Told(lambda c: len(c.done))]
    next_due_on: date | None


class ReceptionRow(Row, table="reception_view", of=Reception, sight=EVERYONE):
    """A day on which a leader receives."""

    leader: str
    place: str
    received_on: date
    state: ReceptionState
    cases: Annotated[int, Told(lambda r: len(r.cases))]
    follow_up_due: date | None


class InstructionRow(Row, table="instruction_view", of=Instruction, sight=_OF_UNIT):
    """What a leader wrote on a letter."""

    case_id: Annotated[UUID, Told(lambda i: i.of)]
    state: InstructionState
    leader: str
    unit: str
    due_on: date
    answered_at: datetime | None


class HallCallRow(Row, table="hall_call_view", of=HallCall, sight=_OF_UNIT):
    """A unit that the hall has called."""

    case_id: Annotated[UUID, Told(lambda c: c.of)]
    state: HallCallState
    unit: str
    due_on: date
    officer: str | None


class SectorBatchRow(
    Row,
    table="sector_batch_view",
    of=SectorBatch,
    sight=Sight(f"NOT cases && ARRAY({_APART})", unless_one_kept("cases"), is_named("unit", Relation.handles)),
):
    """Cases of one sector that were handed over at once."""

    batch_no: str
    state: SectorBatchState
    category: ContentCategory
    unit: str
    cases: list[UUID]
    handed: list[UUID]
    refused: list[UUID]


class ProposalRow(Row, table="proposal_view", of=Proposal, sight=EVERYONE):
    """A village's vote."""

    proposal_no: str
    village: str
    state: ProposalState


class ChangeRow(Pending, table="change_view", of=Change, sight=IF_PENDING, unseen={"state": lambda c: c.state}):
    """A change of the directory that waits for another person to agree."""


VIEWS = tuple(
    row.view
    for row in (
        CaseRow, UnitRow, KeptUnit,
        CampaignRow, LeaderAreaRow, LedgerItemRow, ConferenceRow, ReceptionRow, InstructionRow, SectorBatchRow,
        ProposalRow, HallCallRow, ChangeRow,
    )
)  # fmt: skip
