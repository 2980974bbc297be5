"""How far cases are handled."""

from __future__ import annotations

from services.chassis.questions import Listing, One
from services.mediation.views import CaseRow


class ShowHandling(One[CaseRow], path="/cases/{case_id}", called="办理情况"):
    """Show how far a case is handled."""


class ListHandlings(
    Listing[CaseRow], path="/cases", called="办理事项",
    where=("state", "unit", "case_officer", "route", "kind"),
    sort=("id", "due_on", "unit", "case_officer", "registration_no"),
):  # fmt: skip
    """List cases, by id or by what they are looked for."""
