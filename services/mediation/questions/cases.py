"""How far cases are handled."""

from __future__ import annotations

from uuid import UUID

from fastapi import Response

from services.chassis.context import By
from services.chassis.errors import NotFound
from services.chassis.questions import Answer, Listing, One
from services.chassis.recusal import keeps_out
from services.chassis.running import Running
from services.mediation.domain.handling import Handling
from services.mediation.views import CaseRow


class ShowHandling(One[CaseRow], path="/cases/{case_id}", called="办理情况"):
    """Show how far a case is handled; it is not there for who keeps out of it (第二十八条第三款)."""

    case_id: UUID

    async def ask(self, running: Running, by: By | None) -> Answer | Response:
        assert by is not None
        h = await running.store.load(Handling, self.case_id)
        directory = await running.store.directories.at_hand()
        if keeps_out(by, directory, h.accused_units, h.accused_persons, recused=h.recused):
            raise NotFound(str(self.case_id))
        return await super().ask(running, by)


class ListHandlings(
    Listing[CaseRow], path="/cases", called="办理事项",
    where=("state", "unit", "case_officer", "route", "kind"),
    sort=("id", "due_on", "unit", "case_officer", "registration_no"),
):  # fmt: skip
    """List cases, by id or by what they are looked for."""
