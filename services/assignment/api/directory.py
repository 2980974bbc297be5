"""The directory of units over HTTP."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, Path, Request, Response
from pydantic import Field

from contracts.vocabulary import ContentCategory, Level, Role
from services.assignment.application.directory import Directing
from services.assignment.domain.directory import Unit
from services.chassis.errors import NotFound
from services.chassis.http import (
    ACTS,
    PROBLEMS,
    QUESTION_PROBLEMS,
    Body,
    Changed,
    Code,
    Line,
    PublicLine,
    acting,
    changed,
    shown,
)
from services.chassis.questions import rows
from services.chassis.service import Running

PathCode = Annotated[str, Path(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9_.-]+$")]
ROLES_MAX = 10


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
    """Add the directory's commands and questions."""
    directing = Directing(running.store)

    @app.put("/units/{code}", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def establish(code: PathCode, body: EstablishUnit, request: Request) -> Response:
        """Enter a unit into the directory, or change its entry."""
        return changed(await directing.establish(code, body.model_dump(), by=acting(request)))

    @app.put("/units/{code}/officers/{officer}", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def appoint(code: PathCode, officer: PathCode, body: AppointOfficer, request: Request) -> Response:
        """Let an officer act for a unit."""
        return changed(await directing.appoint(code, officer, body.post, body.roles, body.name, by=acting(request)))

    @app.delete("/units/{code}/officers/{officer}", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def relieve(code: PathCode, officer: PathCode, request: Request) -> Response:
        """Let an officer act for a unit no longer."""
        return changed(await directing.relieve(code, officer, by=acting(request)))

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
