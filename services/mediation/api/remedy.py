"""Mediation over HTTP: review and recheck."""

from __future__ import annotations

from uuid import UUID

from fastapi import FastAPI, Request, Response

from contracts.vocabulary import Result, ReviewResult
from services.chassis.fields import Body, Code, Moment
from services.chassis.http.acting import acting
from services.chassis.http.answers import PROBLEMS, Changed, changed
from services.chassis.http.description import ACTS
from services.chassis.running import Running
from services.mediation.api.fields import Delivered, Documented
from services.mediation.application.remedy import LookingAgain


class OpenHearing(Body):
    """Who presides, and whether everybody may come."""

    presider: Code
    public: bool = True


class AskAgain(Body):
    """When the request came in; what it says is a document in the vault."""

    received_at: Moment | None = None
    document: UUID


class ServeRecheck(Delivered):
    """What becomes of the opinion before, and how the petitioner was told."""

    result: ReviewResult
    document: UUID
    changed_to: Result | None = None


class ServeReview(ServeRecheck):
    """The same, and to whom the petitioner may turn next."""

    recheck_body: Code


def add_routes(app: FastAPI, running: Running) -> None:
    """Add the commands."""
    looking = LookingAgain(running.store)

    @app.post("/cases/{case_id}/review", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def request_review(case_id: UUID, body: AskAgain, request: Request) -> Response:
        """Take in a request for review (第三十五条)."""
        return changed(await looking.request_review(case_id, body.received_at, body.document, by=acting(request)))

    @app.post("/cases/{case_id}/review/opinion", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def serve_review(case_id: UUID, body: ServeReview, request: Request) -> Response:
        """Answer a request for review in writing (第三十五条)."""
        by = acting(request)
        return changed(
            await looking.serve_review(
                case_id, body.result, body.document, body.delivery(by), body.recheck_body, body.changed_to, by=by
            )
        )

    @app.post("/cases/{case_id}/recheck", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def request_recheck(case_id: UUID, body: AskAgain, request: Request) -> Response:
        """Take in a request for recheck (第三十六条)."""
        return changed(await looking.request_recheck(case_id, body.received_at, body.document, by=acting(request)))

    @app.post("/cases/{case_id}/recheck/hearing", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def open_recheck_hearing(case_id: UUID, body: OpenHearing, request: Request) -> Response:
        """Begin a hearing, whose time is not counted (第三十六条第二款)."""
        return changed(
            await looking.open_recheck_hearing(case_id, body.presider, public=body.public, by=acting(request))
        )

    @app.post("/cases/{case_id}/recheck/hearing/report", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def close_recheck_hearing(case_id: UUID, body: Documented, request: Request) -> Response:
        """End the hearing with its report (第三十六条第二款)."""
        return changed(await looking.close_recheck_hearing(case_id, body.document, by=acting(request)))

    @app.post("/cases/{case_id}/recheck/opinion", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def serve_recheck(case_id: UUID, body: ServeRecheck, request: Request) -> Response:
        """Say the last word of the petition procedure (第三十六条)."""
        by = acting(request)
        return changed(
            await looking.serve_recheck(case_id, body.result, body.document, body.delivery(by), body.changed_to, by=by)
        )
