"""Who has which case, and who may be given one."""

from __future__ import annotations

from uuid import UUID

from fastapi import Response
from pydantic import BaseModel

from contracts.vocabulary import RoutingReason
from services.assignment.application.assigning import proposals
from services.assignment.domain.assigning import Assignment
from services.assignment.domain.routing import ARTICLES
from services.assignment.views import CaseRow
from services.chassis.context import By
from services.chassis.errors import NotFound
from services.chassis.questions import Answer, Listing, One, Question
from services.chassis.relating import must_have_to_do
from services.chassis.running import Running


class ProposalReason(BaseModel):
    """Why a unit is proposed, with the article."""

    code: RoutingReason
    title: str
    article: str


class UnitProposal(BaseModel):
    """A unit that a case may go to."""

    unit: str
    name: str
    reasons: list[ProposalReason]


class UnitProposals(BaseModel):
    """The units that a case may go to."""

    items: list[UnitProposal]


class ProposeUnits(
    Question, path="/cases/{case_id}/unit-proposals", called="建议承办单位", sight=CaseRow.view.sight,
    reply=UnitProposals,
):  # fmt: skip
    """Propose units with reasons and articles to who takes part; a person decides (第五条第三项、第二十二条)."""

    case_id: UUID

    async def ask(self, running: Running, by: By | None) -> Answer:
        await _must_be_there(running, self.case_id, by)
        items = [
            {"unit": p.unit, "name": p.name,
             "reasons": [{"code": r, "title": r.title, "article": ARTICLES[r]} for r in p.reasons]}
            for p in await proposals(running.store, self.case_id)
        ]  # fmt: skip
        return Answer({"items": items})


async def _must_be_there(running: Running, case: UUID, by: By | None) -> None:
    """Show nothing of a case to who keeps out of it, or has nothing to do with it. Raises ``NotFound``."""
    assert by is not None
    found = await running.store.load(Assignment, case)
    if found.is_kept_out(by, await running.store.directories.at_hand()):
        raise NotFound(str(case))
    await must_have_to_do(running, case, by, reading=True)


class ShowAssignment(One[CaseRow], path="/cases/{case_id}", called="分办情况"):
    """Show who has a case; it is not there for who keeps out of it (第二十八条第三款)."""

    case_id: UUID

    async def ask(self, running: Running, by: By | None) -> Answer | Response:
        await _must_be_there(running, self.case_id, by)
        return await super().ask(running, by)


class ListAssignments(
    Listing[CaseRow], path="/cases", called="分办清单",
    where=("state", "unit", "kind", "category"), sort=("id", "due_on", "unit", "registration_no"),
):  # fmt: skip
    """List cases with who has them."""
