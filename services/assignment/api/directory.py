"""The directory of units over HTTP."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, Path, Request, Response
from pydantic import Field

from contracts.vocabulary import ContentCategory, Level, Role, UnitKind
from services.assignment.application.directory import Directing, found
from services.assignment.domain.directory import Unit
from services.chassis.errors import NotFound
from services.chassis.fields import Body, Code, Day, Line, PublicLine
from services.chassis.http.acting import acting
from services.chassis.http.answers import PROBLEMS, QUESTION_PROBLEMS, Changed, changed, shown
from services.chassis.http.description import ACTS
from services.chassis.questions import rows
from services.chassis.running import Running

PathCode = Annotated[str, Path(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9_.-]+$")]
ROLES_MAX = 10
SUCCESSORS_MAX = 20


class EstablishUnit(Body):
    """A unit's entry in the directory."""

    name: PublicLine
    level: Level
    parent: Code | None = None
    sector_superior: Code | None = None
    powers: list[ContentCategory] = Field(default_factory=list, max_length=len(ContentCategory))
    competent: bool
    kind: UnitKind | None = None
    vertical_managed: bool = False


class SucceedUnit(Body):
    """Who carries on the powers of a unit that was divided, merged or abolished (第二十四条第二款)."""

    successors: list[Code] = Field(min_length=1, max_length=SUCCESSORS_MAX)


class NameDeputy(Body):
    """Who acts in an officer's stead, and when."""

    deputy: Code
    first_on: Day
    last_on: Day


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

    @app.put("/units/{code}/successors", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def succeed(code: PathCode, body: SucceedUnit, request: Request) -> Response:
        """Let other units carry on (第二十四条第二款)."""
        return changed(await directing.succeed(code, body.successors, by=acting(request)))

    @app.put("/units/{code}/delegations/{power}", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def delegate(code: PathCode, power: ContentCategory, request: Request) -> Response:
        """Let a unit decide what the acting one decides otherwise."""
        return changed(await directing.delegate(code, power, by=acting(request)))

    @app.delete("/units/{code}/delegations/{power}", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def take_back(code: PathCode, power: ContentCategory, request: Request) -> Response:
        """End a delegation."""
        return changed(await directing.take_back(code, power, by=acting(request)))

    @app.put("/units/{code}/officers/{officer}/deputy", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def name_deputy(code: PathCode, officer: PathCode, body: NameDeputy, request: Request) -> Response:
        """Let somebody act in an officer's stead."""
        done = await directing.name_deputy(code, officer, body.deputy, body.first_on, body.last_on, by=acting(request))
        return changed(done)

    @app.delete(
        "/units/{code}/officers/{officer}/deputy", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS
    )
    async def end_deputy(code: PathCode, officer: PathCode, request: Request) -> Response:
        """Let an officer act again, before the deputy's days are over."""
        return changed(await directing.end_deputy(code, officer, by=acting(request)))

    @app.get("/units/{code}/review-path", responses=QUESTION_PROBLEMS)
    async def review_path(code: PathCode) -> Response:
        """Show who may review the unit's opinions, and who then rechecks (第三十五条、第三十六条)."""
        unit = await found(running.store, code)
        path = [{"review": body, "recheck": (await _above(running, body))} for body in unit.review_bodies]
        return shown({"items": path})

    @app.get("/units", responses=QUESTION_PROBLEMS)
    async def units() -> Response:
        """List the directory."""
        listed = await rows(running.store, "SELECT code, name, level, parent, competent FROM unit_view ORDER BY code")
        return shown({"items": listed})

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
        facts = (
            "code",
            "name",
            "level",
            "parent",
            "sector_superior",
            "powers",
            "competent",
            "kind",
            "vertical_managed",
            "successors",
            "delegated",
            "deputies",
        )
        return shown({n: getattr(aggregate, n) for n in facts} | {"officers": officers}, aggregate.version)


async def _above(running: Running, code: str) -> tuple[str, ...]:
    try:
        return (await found(running.store, code)).review_bodies
    except NotFound:  # above the county, where the directory ends
        return ()
