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
from services.chassis.units import written
from services.chassis.views import EVERYONE, Row, Sight, Told, unless_kept, unless_one_kept

_REPORTS: Final = "SELECT id FROM case_view WHERE kind = 'report_accusation'"
OF_CASE: Final = Sight(f"(case_id IN ({_REPORTS})) IS NOT TRUE", unless_kept("case_id"))
"""What is about a case shows to everybody but whom that complains of (第二十八条第三款、第三十条第三款).

Of one that has turned out to be a report nobody here may know any more.
"""


class CaseRow(
    Row, table="case_view", of=Assignment, sight=Sight("kind <> 'report_accusation'", unless_kept("id")),
    unseen={
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


class CampaignRow(Row, table="campaign_view", of=Campaign, sight=OF_CASE):
    """Who leads the work on a case, and how far it is."""

    case_id: Annotated[UUID, Told(lambda c: c.of)]
    state: CampaignState
    order_no: str
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


class LedgerItemRow(Row, table="ledger_item_view", of=LedgerItem, sight=OF_CASE):
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


class InstructionRow(Row, table="instruction_view", of=Instruction, sight=OF_CASE):
    """What a leader wrote on a letter."""

    case_id: Annotated[UUID, Told(lambda i: i.of)]
    state: InstructionState
    leader: str
    unit: str
    due_on: date
    answered_at: datetime | None


class HallCallRow(Row, table="hall_call_view", of=HallCall, sight=OF_CASE):
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
    sight=Sight(f"NOT cases && ARRAY({_REPORTS})", unless_one_kept("cases")),
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


VIEWS = tuple(
    row.view
    for row in (
        CaseRow, UnitRow, KeptUnit,
        CampaignRow, LeaderAreaRow, LedgerItemRow, ConferenceRow, ReceptionRow, InstructionRow, SectorBatchRow,
        ProposalRow, HallCallRow,
    )
)  # fmt: skip
