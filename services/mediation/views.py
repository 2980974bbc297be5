"""What mediation can be asked about."""

from services.chassis.views import View
from services.mediation.domain.committees import Committee, Mediator
from services.mediation.domain.disputes import Dispute, SelfCorrection, Sweep
from services.mediation.domain.funds import Fund
from services.mediation.domain.handling import Handling

CASES = View(
    table="case_view",
    of=Handling,
    columns=(
        "registration_no", "state", "unit", "unit_name", "case_officer", "opened_at", "accepted_at", "result",
        "issued_at", "served_at", "executed", "closed_at",
        "route", "kind", "due_on", "open_commitments", "terminated_at",
    ),
    row=lambda h: (
        h.registration_no, h.state, h.unit, h.unit_name, h.case_officer, h.opened_at, h.accepted_at, h.result,
        h.issued_at, h.served_at, h.executed, h.closed_at,
        h.route, h.kind, h.due_on, len(h.commitments), h.terminated_at,
    ),
)  # fmt: skip

COMMITTEES = View(
    table="committee_view",
    of=Committee,
    columns=("unit", "setting", "member_count", "chair", "elected_on", "term_until", "state"),
    row=lambda c: (c.unit, c.setting, c.member_count, c.chair, c.elected_on, c.term_until, c.state),
)

MEDIATORS = View(
    table="mediator_view",
    of=Mediator,
    columns=("committee", "mediator", "certificate_no", "trained_hours", "last_trained_on", "state"),
    row=lambda m: (m.committee, m.mediator, m.certificate_no, m.trained_hours, m.last_trained_on, m.state),
)

DISPUTES = View(
    table="dispute_view",
    of=Dispute,
    columns=("unit", "place", "dispute_class", "category", "leader", "mediator", "due_on", "settled_on", "state"),
    row=lambda d: (
        d.unit, d.place, d.dispute_class, d.category, d.leader, d.mediator, d.due_on, d.settled_on, d.state,
    ),
)  # fmt: skip

SWEEPS = View(
    table="sweep_view",
    of=Sweep,
    columns=("units", "due_on", "reported", "missed", "found", "state"),
    row=lambda s: (s.units, s.due_on, list(s.reported), s.missed, sum(s.reported.values()), s.state),
)

FUNDS = View(
    table="fund_view",
    of=Fund,
    columns=(
        "case_id", "unit", "hardship", "amount_fen", "requested_by", "approved_by", "paid_on", "in_order", "state",
    ),
    row=lambda f: (
        f.of, f.unit, f.hardship, f.amount_fen, f.requested_by, f.approved_by, f.paid_on, f.in_order, f.state,
    ),
)  # fmt: skip

SELF_CORRECTIONS = View(
    table="self_correction_view",
    of=SelfCorrection,
    columns=("unit", "reason", "corrected_on", "document", "state"),
    row=lambda c: (c.unit, c.reason, c.corrected_on, c.document, c.state),
)

REGISTERS = (COMMITTEES, MEDIATORS, DISPUTES, SWEEPS, FUNDS, SELF_CORRECTIONS)

VIEWS = (CASES, *REGISTERS)
