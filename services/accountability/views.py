"""What accountability can be asked about beside the ledger itself."""

from services.accountability.clocks.clock import Clock
from services.accountability.domain.orphans import Orphan
from services.accountability.domain.projects import Project
from services.accountability.domain.recommendations import Recommendation
from services.accountability.domain.supervision import Supervision
from services.chassis.views import View

SUPERVISIONS = View(
    table="supervision_view",
    of=Supervision,
    columns=("case_id", "card_no", "unit", "reason", "due_on", "state"),
    row=lambda s: (s.of, s.card_no, s.unit, s.reason, s.due_on, s.state),
)

CLOCKS = View(
    table="clock_view",
    of=Clock,
    columns=(
        "case_id", "code", "nature", "kind", "holder", "state", "started_at", "due_on", "due_at", "breached", "outcome",
        "stopped_at", "provisional",
    ),
    row=lambda c: (
        c.of, c.code, c.nature, c.kind, c.holder, c.state, c.started_at, c.due_on, c.due_at, c.breached, c.outcome,
        c.stopped_at, c.provisional,
    ),
)  # fmt: skip

ORPHANS = View(
    table="orphan_view",
    of=Orphan,
    columns=("case_id", "since"),
    row=lambda o: (o.of, o.since),
)

PROJECTS = View(
    table="project_view",
    of=Project,
    columns=(
        "project_no", "unit", "assessed", "consultations", "started_on", "unassessed", "linked_cases", "state",
    ),
    row=lambda p: (
        p.project_no, p.unit, p.assessed, p.consultations, p.started_on, p.unassessed, p.linked_cases, p.state,
    ),
)  # fmt: skip

RECOMMENDATIONS = View(
    table="recommendation_view",
    of=Recommendation,
    columns=(
        "case_id", "recommendation_no", "kind", "addressee", "served_at", "adopted", "decision_no", "state",
    ),
    row=lambda r: (
        r.of, r.recommendation_no, r.kind, r.addressee, r.served_at, r.adopted, r.decision_no, r.state,
    ),
)  # fmt: skip

VIEWS = (SUPERVISIONS, CLOCKS, ORPHANS, PROJECTS, RECOMMENDATIONS)
