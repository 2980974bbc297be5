"""Which leader is the contact of which township, over HTTP."""

from __future__ import annotations

from uuid import UUID

from fastapi import FastAPI, Request, Response

from services.assignment.api.directory import PathCode
from services.assignment.application.leader_areas import LeaderAreas
from services.assignment.views import LEADER_AREAS
from services.chassis.fields import StateFilter
from services.chassis.http.acting import acting
from services.chassis.http.answers import PROBLEMS, QUESTION_PROBLEMS, Changed, changed
from services.chassis.http.description import ACTS
from services.chassis.pages import FIRST, page
from services.chassis.running import Running


def add_routes(app: FastAPI, running: Running) -> None:
    """Add the commands and questions about leaders and townships."""
    areas = LeaderAreas(running.store)

    @app.put("/leaders/{officer}/townships/{code}", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def link(officer: PathCode, code: PathCode, request: Request) -> Response:
        """Make a leader the contact of a township (第五条第三项)."""
        return changed(await areas.link(officer, code, by=acting(request)))

    @app.delete("/leaders/{officer}/townships/{code}", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def unlink(officer: PathCode, code: PathCode, request: Request) -> Response:
        """Let a leader be the contact of a township no longer (第五条第三项)."""
        return changed(await areas.unlink(officer, code, by=acting(request)))

    @app.get("/leaders", responses=QUESTION_PROBLEMS)
    async def leaders(after: UUID = FIRST, limit: int = 50, state: StateFilter = None) -> Response:
        """List leaders with their townships."""
        return await page(running.store, LEADER_AREAS, after=after, limit=limit, state=state)
