"""Mediation over HTTP: acceptance and its time, and what can be asked."""

from __future__ import annotations

from uuid import UUID

from fastapi import FastAPI, Request, Response
from pydantic import Field

from contracts.vocabulary import SimplifiedGround
from services.chassis.fields import Body, Code, StateFilter
from services.chassis.http.acting import acting
from services.chassis.http.answers import PROBLEMS, QUESTION_PROBLEMS, Changed, changed
from services.chassis.http.description import ACTS
from services.chassis.pages import FIRST, one, page
from services.chassis.running import Running
from services.mediation.api.fields import Delivered, Documented
from services.mediation.application.handling import Accepting
from services.mediation.views import CASES


class NotifyAcceptance(Delivered):
    """How the notice reached the petitioner, and who handles the case."""

    case_officer: Code


class AcceptCase(Body):
    """Who handles a case of which nobody can be told."""

    case_officer: Code


class ChooseSimplified(Body):
    """Why the case is simple."""

    ground: SimplifiedGround


class ExtendHandling(Delivered):
    """By how much, why, and how the petitioner was told; whoever sends it approves it."""

    days: int = Field(ge=0, le=366)
    reasons: UUID


def add_routes(app: FastAPI, running: Running) -> None:
    """Add the commands."""
    accepting = Accepting(running.store)

    @app.post("/cases/{case_id}/acceptance-notice", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def notify_acceptance(case_id: UUID, body: NotifyAcceptance, request: Request) -> Response:
        """Tell the petitioner of acceptance in writing (第二十三条)."""
        return changed(
            await accepting.notify_acceptance(
                case_id, body.method, body.served_at, body.receipt, body.case_officer, by=acting(request)
            )
        )

    @app.post("/cases/{case_id}/acceptance", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def accept(case_id: UUID, body: AcceptCase, request: Request) -> Response:
        """Accept a case whose petitioner cannot be told (第二十三条第二款)."""
        return changed(await accepting.accept(case_id, body.case_officer, by=acting(request)))

    @app.post("/cases/{case_id}/simplified-track", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def choose_simplified(case_id: UUID, body: ChooseSimplified, request: Request) -> Response:
        """Handle a simple case simply (信访事项简易办理办法 第四条)."""
        return changed(await accepting.choose_simplified(case_id, body.ground, by=acting(request)))

    @app.post(
        "/cases/{case_id}/simplified-track/conversion", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS
    )
    async def convert_simplified(case_id: UUID, body: Documented, request: Request) -> Response:
        """Go back to the ordinary way (信访事项简易办理办法 第五条)."""
        return changed(await accepting.convert_simplified(case_id, body.document, by=acting(request)))

    @app.post("/cases/{case_id}/extension", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def extend(case_id: UUID, body: ExtendHandling, request: Request) -> Response:
        """Take longer, once, by at most thirty days (第三十四条)."""
        by = acting(request)
        return changed(await accepting.extend(case_id, body.days, body.reasons, body.delivery(by), by=by))

    @app.get("/cases/{case_id}", responses=QUESTION_PROBLEMS)
    async def case(case_id: UUID) -> Response:
        """Show how far a case is handled."""
        return await one(running.store, CASES, case_id)

    @app.get("/cases", responses=QUESTION_PROBLEMS)
    async def cases(after: UUID = FIRST, limit: int = 50, state: StateFilter = None) -> Response:
        """List cases by id."""
        return await page(running.store, CASES, after=after, limit=limit, state=state)
