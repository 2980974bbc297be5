"""Batches of one sector over HTTP."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from fastapi import FastAPI, Request, Response
from pydantic import Field

from contracts.vocabulary import ContentCategory, Forwarding
from services.assignment.application.sector_batches import BatchAssigning
from services.assignment.views import SECTOR_BATCHES
from services.chassis.fields import Body, Code, Day, StateFilter
from services.chassis.http.acting import acting
from services.chassis.http.answers import PROBLEMS, QUESTION_PROBLEMS, Changed, changed
from services.chassis.http.description import ACTS
from services.chassis.pages import FIRST, one, page
from services.chassis.running import Running

BATCH_MAX: Final = 200


class AssignSectorBatch(Body):
    """Which cases of which sector go to which department."""

    category: ContentCategory
    mode: Forwarding
    unit: Code
    cases: list[UUID] = Field(min_length=1, max_length=BATCH_MAX)
    due_on: Day | None = None


def add_routes(app: FastAPI, running: Running) -> None:
    """Add the command and the questions about batches."""
    assigning = BatchAssigning(running.store)

    @app.post("/batches", status_code=201, response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def assign(body: AssignSectorBatch, request: Request) -> Response:
        """Hand the cases of a sector to its department, and say what became of each (第二十二条)."""
        done = await assigning.assign(body.category, body.mode, body.unit, body.due_on, body.cases, by=acting(request))
        return changed(done, 201)

    @app.get("/batches/{batch_id}", responses=QUESTION_PROBLEMS)
    async def batch(batch_id: UUID) -> Response:
        """Show a batch."""
        return await one(running.store, SECTOR_BATCHES, batch_id)

    @app.get("/batches", responses=QUESTION_PROBLEMS)
    async def batches(after: UUID = FIRST, limit: int = 50, state: StateFilter = None) -> Response:
        """List batches; one that is open was interrupted."""
        return await page(running.store, SECTOR_BATCHES, after=after, limit=limit, state=state)
