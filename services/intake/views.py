"""What intake can be asked about without asking the vault."""

from services.chassis.views import View
from services.intake.domain.registration import Registration

CASES = View(
    table="case_view",
    of=Registration,
    columns=(
        "registration_no", "state", "channel", "category", "place", "kind", "route", "petitions", "received_at",
        "closed_at", "confidential", "merged_into", "split_from", "no_longer_accepted", "withdrawal_on",
    ),
    row=lambda r: (
        r.registration_no, r.state, r.channel, r.category, r.place, r.kind, r.route, len(r.every_petition),
        r.received_at, r.closed_at, r.confidential, r.merged_into, r.split_from, r.no_longer_accepted,
        r.withdrawal_on,
    ),
)  # fmt: skip

VIEWS = (CASES,)
