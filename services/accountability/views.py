"""What accountability can be asked about beside the ledger itself."""

from services.accountability.domain.supervision import Supervision
from services.chassis.views import View

SUPERVISIONS = View(
    table="supervision_view",
    of=Supervision,
    columns=("case_id", "card_no", "unit", "reason", "due_on", "state"),
    row=lambda s: (s.of, s.card_no, s.unit, s.reason, s.due_on, s.state),
)

VIEWS = (SUPERVISIONS,)
