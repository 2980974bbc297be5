"""Assignment over HTTP."""

from __future__ import annotations

from uuid import UUID

from fastapi import FastAPI, Request, Response

from contracts.vocabulary import Forwarding, ObjectionGround
from services.assignment.application.assigning import Assigning
from services.assignment.views import CASES
from services.chassis.http import (
    ACTS,
    PROBLEMS,
    QUESTION_PROBLEMS,
    Body,
    Changed,
    Code,
    Day,
    StateFilter,
    acting,
    changed,
)
from services.chassis.questions import FIRST, one, page
from services.chassis.service import Running


class AssignCase(Body):
    """To which unit a case goes; `due_on` is owed where it is assigned and not only forwarded."""

    mode: Forwarding
    unit: Code
    due_on: Day | None = None


class ObjectToJurisdiction(Body):
    """Why the case is not within the unit's power; `reasons` is a document in the vault."""

    ground: ObjectionGround
    reasons: UUID
    proposed_unit: Code | None = None


class DecideObjection(Body):
    """Whether the objection holds."""

    upheld: bool


def add_routes(app: FastAPI, running: Running) -> None:
    """Add assignment's commands and questions."""
    assigning = Assigning(running.store)

    @app.post("/cases/{case_id}/assignment", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def hand(case_id: UUID, body: AssignCase, request: Request) -> Response:
        """Forward (转送) or assign (交办) a case to a competent unit (第二十二条)."""
        return changed(await assigning.hand(case_id, body.mode, body.unit, body.due_on, by=acting(request)))

    @app.post("/cases/{case_id}/objection", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def object_(case_id: UUID, body: ObjectToJurisdiction, request: Request) -> Response:
        """Object to jurisdiction within five working days, with reasons (第二十三条第三款)."""
        return changed(
            await assigning.object(case_id, body.ground, body.reasons, body.proposed_unit, by=acting(request))
        )

    @app.post("/cases/{case_id}/objection/decision", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def decide(case_id: UUID, body: DecideObjection, request: Request) -> Response:
        """Decide on an objection after verifying it (第二十三条第三款)."""
        return changed(await assigning.decide(case_id, upheld=body.upheld, by=acting(request)))

    @app.get("/cases/{case_id}", responses=QUESTION_PROBLEMS)
    async def case(case_id: UUID) -> Response:
        """Show who has a case."""
        return await one(running.store, CASES, case_id)

    @app.get("/cases", responses=QUESTION_PROBLEMS)
    async def cases(after: UUID = FIRST, limit: int = 50, state: StateFilter = None) -> Response:
        """List cases by id."""
        return await page(running.store, CASES, after=after, limit=limit, state=state)
