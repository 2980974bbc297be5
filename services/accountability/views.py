"""What accountability can be asked about beside the ledger itself."""

from services.accountability.clocks.clock import Clock
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

VIEWS = (SUPERVISIONS, CLOCKS)
