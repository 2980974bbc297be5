"""Reception days over HTTP."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from fastapi import FastAPI, Request, Response
from pydantic import Field

from contracts.vocabulary import ReceptionMissReason
from services.assignment.application.receptions import Receiving
from services.assignment.views import RECEPTIONS
from services.chassis.fields import Body, Code, Day, StateFilter
from services.chassis.http.acting import acting
from services.chassis.http.answers import PROBLEMS, QUESTION_PROBLEMS, Changed, changed, shown
from services.chassis.http.description import ACTS
from services.chassis.pages import FIRST, one, page
from services.chassis.questions import rows
from services.chassis.running import Running

RECEIVED_MAX: Final = 200
ROTA_MAX: Final = 400
"""A year of days, and some for leaders that receive on the same day."""


class RosterReception(Body):
    """Who receives, where and when."""

    leader: Code
    place: Code
    received_on: Day


class HoldReception(Body):
    """Which cases were received, and until when the leader comes back to them."""

    cases: list[UUID] = Field(max_length=RECEIVED_MAX)
    follow_up_due: Day


class MissReception(Body):
    """Why nobody was received."""

    reason_code: ReceptionMissReason


class FollowUpReception(Body):
    """What shows that the promises are kept."""

    document: UUID


def add_routes(app: FastAPI, running: Running) -> None:
    """Add the commands and questions about reception days."""
    receiving = Receiving(running.store)

    @app.post("/receptions", status_code=201, response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def roster(body: RosterReception, request: Request) -> Response:
        """Publish who receives, where and when (第十八条第一款)."""
        return changed(await receiving.roster(body.leader, body.place, body.received_on, by=acting(request)), 201)

    @app.post("/receptions/{reception_id}/record", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def hold(reception_id: UUID, body: HoldReception, request: Request) -> Response:
        """Note what was received (第十八条第二款)."""
        return changed(await receiving.hold(reception_id, body.cases, body.follow_up_due, by=acting(request)))

    @app.post("/receptions/{reception_id}/absence", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def miss(reception_id: UUID, body: MissReception, request: Request) -> Response:
        """Note that nobody was received (第十八条第二款)."""
        return changed(await receiving.miss(reception_id, body.reason_code, by=acting(request)))

    @app.post("/receptions/{reception_id}/follow-up", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def follow_up(reception_id: UUID, body: FollowUpReception, request: Request) -> Response:
        """Show that what was promised is done (第十八条第二款)."""
        return changed(await receiving.follow_up(reception_id, body.document, by=acting(request)))

    @app.get("/receptions/rota", responses=QUESTION_PROBLEMS)
    async def rota(since: Day, until: Day) -> Response:
        """Show the public who receives where on which day (第十八条第一款)."""
        found = await rows(
            running.store,
            "SELECT leader, place, received_on, state FROM reception_view WHERE received_on BETWEEN $1 AND $2 "
            "ORDER BY received_on, place, leader LIMIT $3",
            since,
            until,
            ROTA_MAX,
        )
        return shown({"items": found})

    @app.get("/receptions/{reception_id}", responses=QUESTION_PROBLEMS)
    async def reception(reception_id: UUID) -> Response:
        """Show a reception day."""
        return await one(running.store, RECEPTIONS, reception_id)

    @app.get("/receptions", responses=QUESTION_PROBLEMS)
    async def receptions(after: UUID = FIRST, limit: int = 50, state: StateFilter = None) -> Response:
        """List reception days."""
        return await page(running.store, RECEPTIONS, after=after, limit=limit, state=state)
