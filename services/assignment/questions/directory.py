"""The directory of units and officers."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final

from pydantic import BaseModel, Field

from contracts.envelope import LANE_SEQ_MAX
from contracts.vocabulary import ContentCategory, Level, Role, UnitKind
from services.assignment.domain.directory import Unit
from services.chassis.context import By
from services.chassis.database import AWAY
from services.chassis.directory import Edition
from services.chassis.errors import NotFound, Unavailable
from services.chassis.fields import Code
from services.chassis.questions import Answer, Question, rows
from services.chassis.running import Running
from services.chassis.shapes import shape
from services.chassis.units import edition
from services.chassis.views import EVERYONE

_PLATES: Final = "SELECT officer, post, name, phone FROM nameplate WHERE unit = $1"


class ReviewStep(BaseModel):
    """Who may review an opinion, and who then rechecks."""

    review: str
    recheck: list[str]


class ReviewPath(BaseModel):
    """Who may review the opinions of a unit."""

    items: list[ReviewStep]


class UnitListed(BaseModel):
    """A unit, as the directory lists it."""

    code: str
    name: str
    level: Level
    parent: str | None
    competent: bool


class UnitsListed(BaseModel):
    """All units."""

    items: list[UnitListed]


class OfficerShown(BaseModel):
    """An officer of a unit, with what stands on the door."""

    officer: str
    post: str | None
    roles: list[Role]
    name: str | None
    phone: str | None


class DeputyShown(BaseModel):
    """Who stands in for an officer, and from when until when."""

    deputy: str
    first_on: date
    last_on: date


class UnitShown(BaseModel):
    """A unit with its officers."""

    code: str
    name: str
    level: Level
    parent: str | None
    sector_superior: str | None
    powers: list[ContentCategory]
    competent: bool
    kind: UnitKind | None
    vertical_managed: bool
    successors: list[str]
    delegated: dict[ContentCategory, str]
    deputies: dict[str, DeputyShown]
    mark: str
    officers: list[OfficerShown]


class ShowReviewPath(
    Question, path="/units/{code}/review-path", called="复查复核路径", sight=EVERYONE, reply=ReviewPath
):
    """Show who may review the unit's opinions, and who then rechecks (第三十五条、第三十六条)."""

    code: Code

    async def ask(self, running: Running, by: By | None) -> Answer:  # noqa: ARG002  # the same for everybody
        directory = await running.store.directories.knowing(self.code)
        bodies = directory.bodies_above(self.code)
        return Answer({"items": [{"review": body, "recheck": directory.bodies_above(body)} for body in bodies]})


class ShowDirectory(
    Question, path="/directory", called="单位名录全本", sight=EVERYONE, reply=shape(Edition), by=(Role.system,)
):
    """Return all units with those who act for them, as other services keep them, unless that edition is `known`."""

    known: Annotated[int | None, Field(ge=0, le=LANE_SEQ_MAX)] = None

    async def ask(self, running: Running, by: By | None) -> Answer:  # noqa: ARG002  # the same for everybody
        try:
            async with running.database.connection() as connection:
                return Answer(await edition(connection, self.known))
        except AWAY as error:
            raise Unavailable from error


class ListUnits(Question, path="/units", called="单位名录", sight=EVERYONE, reply=UnitsListed):
    """List the directory."""

    async def ask(self, running: Running, by: By | None) -> Answer:  # noqa: ARG002  # the same for everybody
        columns = ", ".join(UnitListed.model_fields)
        return Answer({"items": await rows(running.store, f"SELECT {columns} FROM unit_view ORDER BY code")})  # noqa: S608  # ours


class ShowUnit(Question, path="/units/{code}", called="单位", sight=EVERYONE, reply=UnitShown):
    """Show a unit with its officers and what stands on their doors."""

    code: Code

    async def ask(self, running: Running, by: By | None) -> Answer:  # noqa: ARG002  # the same for everybody
        unit = await running.store.load(Unit, Unit.stream(self.code))
        if not unit.exists:
            raise NotFound(self.code)
        plates = await rows(running.store, _PLATES, self.code)
        doors = {plate["officer"]: plate for plate in plates}
        bare = dict.fromkeys(("post", "name", "phone"))
        officers = [{"officer": o, "roles": roles, **bare, **doors.get(o, {})} for o, roles in unit.officers.items()]
        facts = {name: getattr(unit, name) for name in UnitShown.model_fields if name != "officers"}
        for_whom = unit.deputies.items()
        facts["deputies"] = {o: dict(zip(DeputyShown.model_fields, told, strict=True)) for o, told in for_whom}
        return Answer(facts | {"officers": officers}, unit.version)
