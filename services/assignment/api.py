"""Assignment over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import FastAPI, Path, Request, Response
from pydantic import Field

from contracts.vocabulary import ContentCategory, Forwarding, Level, ObjectionGround, Role
from services.assignment.application import Assigning
from services.assignment.domain import Unit
from services.assignment.views import CASES
from services.chassis.errors import NotFound
from services.chassis.http import (
    ACTS,
    PROBLEMS,
    QUESTION_PROBLEMS,
    Body,
    Changed,
    Code,
    Day,
    Line,
    PublicLine,
    StateFilter,
    acting,
    changed,
    shown,
)
from services.chassis.questions import FIRST, one, page, rows
from services.chassis.service import Running

PathCode = Annotated[str, Path(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9_.-]+$")]
ROLES_MAX = 10


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


class EstablishUnit(Body):
    """A unit's entry in the directory."""

    name: PublicLine
    level: Level
    parent: Code | None = None
    sector_superior: Code | None = None
    powers: list[ContentCategory] = Field(default_factory=list, max_length=len(ContentCategory))
    competent: bool


class AppointOfficer(Body):
    """Who acts for a unit, in which roles."""

    post: PublicLine
    roles: list[Role] = Field(min_length=1, max_length=ROLES_MAX)
    name: Line


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

    @app.put("/units/{code}", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def establish(code: PathCode, body: EstablishUnit, request: Request) -> Response:
        """Enter a unit into the directory, or change its entry."""
        return changed(await assigning.establish(code, body.model_dump(), by=acting(request)))

    @app.put("/units/{code}/officers/{officer}", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def appoint(code: PathCode, officer: PathCode, body: AppointOfficer, request: Request) -> Response:
        """Let an officer act for a unit."""
        return changed(await assigning.appoint(code, officer, body.post, body.roles, body.name, by=acting(request)))

    @app.delete("/units/{code}/officers/{officer}", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def relieve(code: PathCode, officer: PathCode, request: Request) -> Response:
        """Let an officer act for a unit no longer."""
        return changed(await assigning.relieve(code, officer, by=acting(request)))

    @app.get("/units", responses=QUESTION_PROBLEMS)
    async def units() -> Response:
        """List the directory."""
        found = await rows(running.store, "SELECT code, name, level, parent, competent FROM unit_view ORDER BY code")
        return shown({"items": found})

    @app.get("/units/{code}", responses=QUESTION_PROBLEMS)
    async def unit(code: PathCode) -> Response:
        """Show a unit with its officers and what stands on their doors."""
        aggregate = await running.store.load(Unit, Unit.stream(code))
        if not aggregate.exists:
            raise NotFound(code)
        plates = await rows(running.store, "SELECT officer, name FROM nameplate WHERE unit = $1", code)
        names = {plate["officer"]: plate["name"] for plate in plates}
        officers = [
            {"officer": o, "post": post, "roles": roles, "name": names.get(o)}
            for o, (post, roles) in aggregate.officers.items()
        ]
        facts = ("code", "name", "level", "parent", "sector_superior", "powers", "competent")
        return shown({n: getattr(aggregate, n) for n in facts} | {"officers": officers}, aggregate.version)
