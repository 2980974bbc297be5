"""How far cases are handled."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from contracts.vocabulary import HandlingState, Kind, Route
from services.chassis.fields import Code
from services.chassis.questions import Listing, One
from services.mediation.views import CaseRow


class ShowHandling(One[CaseRow], path="/cases/{case_id}", called="办理情况"):
    """Show how far a case is handled."""

    case_id: UUID


class ListHandlings(Listing[CaseRow], path="/cases", called="办理事项"):
    """List cases, by id or by what they are looked for."""

    state: HandlingState | None = None
    unit: Code | None = None
    case_officer: Code | None = None
    route: Route | None = None
    kind: Kind | None = None
    sort: Literal["id", "due_on", "unit", "case_officer", "registration_no"] = "id"
