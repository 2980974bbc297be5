"""What intake can be asked about without asking the vault."""

from services.chassis.views import View
from services.intake.domain.registration import Registration

CASES = View(
    table="case_view",
    of=Registration,
    columns=(
        "registration_no", "state", "channel", "category", "place", "kind", "route", "petitions", "received_at",
        "closed_at",
    ),
    row=lambda r: (
        r.registration_no, r.state, r.channel, r.category, r.place, r.kind, r.route, len(r.petitions), r.received_at,
        r.closed_at,
    ),
)  # fmt: skip

VIEWS = (CASES,)
