"""Assignment over HTTP."""

from __future__ import annotations

from uuid import UUID

from fastapi import FastAPI, Request, Response
from pydantic import Field

from contracts.vocabulary import DisputeLevel, Forwarding, JudicialManner, ObjectionGround
from services.assignment.application.assigning import Assigning
from services.assignment.domain.assigning import Dispute
from services.assignment.domain.routing import ARTICLES
from services.assignment.views import CASES
from services.chassis.fields import Body, Code, Day, StateFilter
from services.chassis.http.acting import acting
from services.chassis.http.answers import PROBLEMS, QUESTION_PROBLEMS, Changed, changed, shown
from services.chassis.http.description import ACTS
from services.chassis.pages import FIRST, one, page
from services.chassis.running import Running

UNITS_MAX = 20


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


class RouteOut(Body):
    """Which political-legal organ a case goes to, and how (第二十二条第二款)."""

    organ: Code
    manner: JudicialManner


class ReferDispute(Body):
    """Who has to say whose the case is, and between whom (第二十四条)."""

    level: DisputeLevel
    arbiter: Code
    units: list[Code] = Field(min_length=1, max_length=UNITS_MAX)


class DesignateLead(Body):
    """Who leads and who helps (第二十四条)."""

    unit: Code
    co_units: list[Code] = Field(default_factory=list, max_length=UNITS_MAX)


class TakeCase(Body):
    """Nothing more is said: it is the own unit that keeps the case."""


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

    @app.post("/cases/{case_id}/taking", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def take(case_id: UUID, body: TakeCase, request: Request) -> Response:  # noqa: ARG001  # no fields
        """Keep what was brought to the own unit (第二十三条第一款)."""
        return changed(await assigning.take(case_id, by=acting(request)))

    @app.post("/cases/{case_id}/judicial-route", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def route_out(case_id: UUID, body: RouteOut, request: Request) -> Response:
        """Leave a case about litigation to the organs of the law (第二十二条第二款、第三十一条第一项)."""
        return changed(await assigning.route_out(case_id, body.organ, body.manner, by=acting(request)))

    @app.post("/cases/{case_id}/dispute", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def refer(case_id: UUID, body: ReferDispute, request: Request) -> Response:
        """Ask whoever stands above the units, or the joint conference, whose the case is (第二十四条)."""
        dispute = Dispute(body.level, body.arbiter, tuple(body.units))
        return changed(await assigning.refer(case_id, dispute, by=acting(request)))

    @app.post("/cases/{case_id}/lead-unit", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def designate(case_id: UUID, body: DesignateLead, request: Request) -> Response:
        """Settle who leads and who helps (第二十四条)."""
        return changed(await assigning.designate(case_id, body.unit, body.co_units, by=acting(request)))

    @app.get("/cases/{case_id}/unit-proposals", responses=QUESTION_PROBLEMS)
    async def proposals(case_id: UUID) -> Response:
        """Propose units with reasons and articles; a person decides (第五条第三项、第二十二条)."""
        found = [
            {"unit": p.unit, "name": p.name,
             "reasons": [{"code": r, "title": r.title, "article": ARTICLES[r]} for r in p.reasons]}
            for p in await assigning.proposals(case_id)
        ]  # fmt: skip
        return shown({"items": found})

    @app.get("/cases/{case_id}", responses=QUESTION_PROBLEMS)
    async def case(case_id: UUID) -> Response:
        """Show who has a case."""
        return await one(running.store, CASES, case_id)

    @app.get("/cases", responses=QUESTION_PROBLEMS)
    async def cases(after: UUID = FIRST, limit: int = 50, state: StateFilter = None) -> Response:
        """List cases by id."""
        return await page(running.store, CASES, after=after, limit=limit, state=state)
