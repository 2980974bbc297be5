"""What assignment can be asked about."""

from services.assignment.domain.assigning import Assignment
from services.assignment.domain.directory import Unit
from services.chassis.views import View

CASES = View(
    table="case_view",
    of=Assignment,
    columns=(
        "registration_no", "state", "kind", "route", "category", "place", "unit", "unit_name", "received_at", "due_on",
        "objections",
    ),
    row=lambda a: (
        a.registration_no, a.state, a.kind, a.route, a.category, a.place, a.unit, a.unit_name, a.received_at, a.due_on,
        a.objections,
    ),
)  # fmt: skip

UNITS = View(
    table="unit_view",
    of=Unit,
    columns=("code", "name", "level", "parent", "sector_superior", "powers", "competent", "officers"),
    row=lambda u: (u.code, u.name, u.level, u.parent, u.sector_superior, u.powers, u.competent, list(u.officers)),
)

VIEWS = (CASES, UNITS)
