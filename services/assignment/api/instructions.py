"""Leaders' instructions on letters over HTTP."""

from __future__ import annotations

from uuid import UUID

from fastapi import FastAPI, Request, Response

from services.assignment.application.instructions import Instructing
from services.assignment.views import INSTRUCTIONS
from services.chassis.fields import Body, Code, Day, StateFilter
from services.chassis.http.acting import acting
from services.chassis.http.answers import PROBLEMS, QUESTION_PROBLEMS, Changed, changed
from services.chassis.http.description import ACTS
from services.chassis.pages import FIRST, one, page
from services.chassis.running import Running


class Instruct(Body):
    """What a leader wrote on a letter, in the vault; which unit does it until when."""

    leader: Code
    unit: Code
    document: UUID
    due_on: Day


class AnswerInstruction(Body):
    """The unit's report to the leader."""

    document: UUID


def add_routes(app: FastAPI, running: Running) -> None:
    """Add the commands and questions about instructions."""
    instructing = Instructing(running.store)

    @app.post(
        "/cases/{case_id}/instructions", status_code=201, response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS
    )
    async def instruct(case_id: UUID, body: Instruct, request: Request) -> Response:
        """Record what a leader wrote on a letter (第十八条第二款)."""
        done = await instructing.instruct(
            case_id, body.leader, body.unit, body.document, body.due_on, by=acting(request)
        )
        return changed(done, 201)

    @app.post("/instructions/{instruction_id}/answer", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def answer(instruction_id: UUID, body: AnswerInstruction, request: Request) -> Response:
        """Report to the leader what was done (第十八条第二款)."""
        return changed(await instructing.answer(instruction_id, body.document, by=acting(request)))

    @app.get("/instructions/{instruction_id}", responses=QUESTION_PROBLEMS)
    async def instruction(instruction_id: UUID) -> Response:
        """Show an instruction."""
        return await one(running.store, INSTRUCTIONS, instruction_id)

    @app.get("/instructions", responses=QUESTION_PROBLEMS)
    async def instructions(after: UUID = FIRST, limit: int = 50, state: StateFilter = None) -> Response:
        """List instructions."""
        return await page(running.store, INSTRUCTIONS, after=after, limit=limit, state=state)
