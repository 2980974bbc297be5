"""What assignment can be asked about."""

from services.assignment.domain.assigning import Assignment
from services.assignment.domain.campaign import Campaign
from services.assignment.domain.conferences import Conference
from services.assignment.domain.directory import Unit
from services.assignment.domain.instructions import Instruction
from services.assignment.domain.leader_areas import LeaderArea
from services.assignment.domain.ledger_items import LedgerItem
from services.assignment.domain.proposals import Proposal
from services.assignment.domain.receptions import Reception
from services.assignment.domain.sector_batches import SectorBatch
from services.chassis.views import View

CASES = View(
    table="case_view",
    of=Assignment,
    columns=(
        "registration_no", "state", "kind", "route", "category", "place", "unit", "unit_name", "received_at", "due_on",
        "objections", "bounces", "organ", "arbiter",
    ),
    row=lambda a: (
        a.registration_no, a.state, a.kind, a.route, a.category, a.place, a.unit, a.unit_name, a.received_at, a.due_on,
        a.objections, a.bounces, a.organ, a.dispute.arbiter if a.dispute else None,
    ),
)  # fmt: skip

UNITS = View(
    table="unit_view",
    of=Unit,
    columns=(
        "code",
        "name",
        "level",
        "parent",
        "sector_superior",
        "powers",
        "competent",
        "officers",
        "kind",
        "vertical_managed",
        "successors",
        "delegated",
    ),
    row=lambda u: (
        u.code,
        u.name,
        u.level,
        u.parent,
        u.sector_superior,
        u.powers,
        u.competent,
        list(u.officers),
        u.kind,
        u.vertical_managed,
        u.successors,
        list(u.delegated),
    ),
)  # fmt: skip

CAMPAIGNS = View(
    table="campaign_view",
    of=Campaign,
    columns=(
        "case_id", "state", "order_no", "sponsor", "duties", "duties_done", "lead_unit", "plan_due_on", "next_due_on",
        "missed", "six_one",
    ),
    row=lambda c: (
        c.of, c.state, c.order_no, c.sponsor, c.duties, c.duties_done, c.lead_unit, c.plan_due_on, c.next_due_on,
        c.missed, c.six_one,
    ),
)  # fmt: skip

LEADER_AREAS = View(
    table="leader_area_view",
    of=LeaderArea,
    columns=("leader", "state", "townships"),
    row=lambda a: (a.leader, a.state, a.townships),
)

LEDGER_ITEMS = View(
    table="ledger_item_view",
    of=LedgerItem,
    columns=("item_no", "case_id", "state", "kind", "unit", "officer", "due_on", "updates"),
    row=lambda i: (i.item_no, i.of, i.state, i.kind, i.unit, i.officer, i.due_on, i.updates),
)

CONFERENCES = View(
    table="conference_view",
    of=Conference,
    columns=("conference_no", "held_on", "state", "items", "decided", "done", "overdue", "next_due_on"),
    row=lambda c: (
        c.conference_no, c.held_on, c.state, len(c.agenda), len(c.due), len(c.done), len(c.overdue), c.next_due_on,
    ),
)  # fmt: skip

RECEPTIONS = View(
    table="reception_view",
    of=Reception,
    columns=("leader", "place", "received_on", "state", "cases", "follow_up_due"),
    row=lambda r: (r.leader, r.place, r.received_on, r.state, len(r.cases), r.follow_up_due),
)

INSTRUCTIONS = View(
    table="instruction_view",
    of=Instruction,
    columns=("case_id", "state", "leader", "unit", "due_on", "answered_at"),
    row=lambda i: (i.of, i.state, i.leader, i.unit, i.due_on, i.answered_at),
)

SECTOR_BATCHES = View(
    table="sector_batch_view",
    of=SectorBatch,
    columns=("batch_no", "state", "category", "unit", "cases", "handed", "refused"),
    row=lambda b: (b.batch_no, b.state, b.category, b.unit, b.cases, b.handed, b.refused),
)

PROPOSALS = View(
    table="proposal_view",
    of=Proposal,
    columns=("proposal_no", "village", "state"),
    row=lambda p: (p.proposal_no, p.village, p.state),
)

VIEWS = (
    CASES, UNITS,
    CAMPAIGNS, LEADER_AREAS, LEDGER_ITEMS, CONFERENCES, RECEPTIONS, INSTRUCTIONS, SECTOR_BATCHES, PROPOSALS,
)  # fmt: skip
