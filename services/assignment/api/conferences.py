"""The joint conference over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import FastAPI, Request, Response
from pydantic import Field

from services.assignment.application.conferences import Conferring
from services.assignment.domain.conferences import AGENDA_MAX, Conference
from services.assignment.views import CONFERENCES
from services.chassis.errors import NotFound
from services.chassis.fields import Body, Code, Day, StateFilter
from services.chassis.http.acting import acting
from services.chassis.http.answers import PROBLEMS, QUESTION_PROBLEMS, Changed, changed, shown
from services.chassis.http.description import ACTS
from services.chassis.pages import FIRST, page
from services.chassis.running import Running

Item = Annotated[int, Field(ge=1, le=AGENDA_MAX)]


class ConveneConference(Body):
    """For which day."""

    held_on: Day


class AddAgendaItem(Body):
    """What is to be dealt with, described in the vault; `matter` is the case, if there is one."""

    document: UUID
    matter: UUID | None = None


class SummonUnit(Body):
    """Which unit has to come."""

    unit: Code


class DecideConferenceItem(Body):
    """Who does what until when."""

    item: Item
    owner: Code
    due_on: Day
    document: UUID


class CarryOutConferenceItem(Body):
    """What is done, with proof."""

    item: Item
    proof: UUID


def add_routes(app: FastAPI, running: Running) -> None:
    """Add the commands and questions about the joint conference."""
    conferring = Conferring(running.store)

    @app.post("/conferences", status_code=201, response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def convene(body: ConveneConference, request: Request) -> Response:
        """Call the joint conference (第十三条)."""
        return changed(await conferring.convene(body.held_on, by=acting(request)), 201)

    @app.post("/conferences/{conference_id}/agenda", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def add_item(conference_id: UUID, body: AddAgendaItem, request: Request) -> Response:
        """Put something on the agenda (第十三条第一款)."""
        return changed(await conferring.add_item(conference_id, body.matter, body.document, by=acting(request)))

    @app.post("/conferences/{conference_id}/summons", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def summon(conference_id: UUID, body: SummonUnit, request: Request) -> Response:
        """Have a unit come (第十三条第一款, 第十四条第二项)."""
        return changed(await conferring.summon(conference_id, body.unit, by=acting(request)))

    @app.post("/conferences/{conference_id}/decisions", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def decide(conference_id: UUID, body: DecideConferenceItem, request: Request) -> Response:
        """Record who does what until when (第十三条第一款)."""
        done = await conferring.decide(
            conference_id, body.item, body.owner, body.due_on, body.document, by=acting(request)
        )
        return changed(done)

    @app.post("/conferences/{conference_id}/reports", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def carry_out(conference_id: UUID, body: CarryOutConferenceItem, request: Request) -> Response:
        """Report that what was decided is done (第十二条第二款)."""
        return changed(await conferring.carry_out(conference_id, body.item, body.proof, by=acting(request)))

    @app.post("/conferences/{conference_id}/overdue", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def find_overdue(conference_id: UUID, request: Request) -> Response:
        """Put the decisions on record whose day has passed (第十二条第二款)."""
        return changed(await conferring.find_overdue(conference_id, by=acting(request)))

    @app.get("/conferences/{conference_id}", responses=QUESTION_PROBLEMS)
    async def conference(conference_id: UUID) -> Response:
        """Show a conference with its agenda and what became of each item."""
        found = await running.store.load(Conference, conference_id)
        if not found.exists:
            raise NotFound(str(conference_id))
        facts = ("conference_no", "held_on", "state", "summoned", "next_due_on")
        return shown({n: getattr(found, n) for n in facts} | {"items": _items(found)}, found.version)

    @app.get("/conferences", responses=QUESTION_PROBLEMS)
    async def conferences(after: UUID = FIRST, limit: int = 50, state: StateFilter = None) -> Response:
        """List conferences."""
        return await page(running.store, CONFERENCES, after=after, limit=limit, state=state)


def _items(found: Conference) -> list[dict[str, object]]:
    return [
        {
            "item": item,
            "matter": matter,
            "owner": found.owners.get(item),
            "due_on": found.due.get(item),
            "done": item in found.done,
            "overdue": item in found.overdue,
        }
        for item, matter in enumerate(found.agenda, 1)
    ]
