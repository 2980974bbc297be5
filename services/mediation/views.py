"""What mediation can be asked about."""

from services.chassis.views import View
from services.mediation.domain.handling import Handling

CASES = View(
    table="case_view",
    of=Handling,
    columns=(
        "registration_no", "state", "unit", "unit_name", "case_officer", "opened_at", "accepted_at", "result",
        "issued_at", "served_at", "review_until", "executed", "closed_at",
        "route", "kind", "due_on", "decide_until", "recheck_until", "open_commitments", "terminated_at",
    ),
    row=lambda h: (
        h.registration_no, h.state, h.unit, h.unit_name, h.case_officer, h.opened_at, h.accepted_at, h.result,
        h.issued_at, h.served_at, h.review_until, h.executed, h.closed_at,
        h.route, h.kind, h.due_on, h.decide_until, h.recheck_until, len(h.commitments), h.terminated_at,
    ),
)  # fmt: skip

VIEWS = (CASES,)
