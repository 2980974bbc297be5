"""Mediation over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import FastAPI, Request, Response
from pydantic import Field, StringConstraints

from contracts.vocabulary import RecordKind, Result, ServiceMethod
from services.chassis.http import (
    ACTS,
    PROBLEMS,
    QUESTION_PROBLEMS,
    Body,
    Changed,
    Code,
    Day,
    Moment,
    OfNoPerson,
    StateFilter,
    acting,
    changed,
)
from services.chassis.questions import FIRST, one, page
from services.chassis.service import Running
from services.mediation.application.handling import Mediating
from services.mediation.views import CASES

BASES_MAX = 20

Receipt = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9_.-]+$"), OfNoPerson]
LegalBasis = Annotated[str, StringConstraints(min_length=2, max_length=120, pattern=r"^[^\x00]*$"), OfNoPerson]


class NotifyAcceptance(Body):
    """How the notice reached the petitioner, and who handles the case."""

    method: ServiceMethod
    served_at: Moment | None = None
    receipt: Receipt
    case_officer: Code


class PutOnRecord(Body):
    """What was heard or verified; the record itself is a document in the vault."""

    kind: RecordKind
    held_at: Moment | None = None
    document: UUID


class IssueOpinion(Body):
    """The unit's decision; claim, facts and reasons stand in the document (第三十二条)."""

    result: Result
    legal_basis: list[LegalBasis] = Field(min_length=1, max_length=BASES_MAX)
    document: UUID
    approved_by: Code
    review_body: Code


class ServeOpinion(Body):
    """How the opinion reached the petitioner."""

    method: ServiceMethod
    served_at: Moment | None = None
    receipt: Receipt


class ProveExecution(Body):
    """When it was done, and the proof in the vault."""

    executed_on: Day | None = None
    document: UUID


class CloseCase(Body):
    """Nothing more is needed to close a case than that it may be closed."""


def add_routes(app: FastAPI, running: Running) -> None:
    """Add mediation's commands and questions."""
    mediating = Mediating(running.store)

    @app.post("/cases/{case_id}/acceptance-notice", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def notify_acceptance(case_id: UUID, body: NotifyAcceptance, request: Request) -> Response:
        """Tell the petitioner of acceptance in writing (第二十三条)."""
        return changed(
            await mediating.notify_acceptance(
                case_id, body.method, body.served_at, body.receipt, body.case_officer, by=acting(request)
            )
        )

    @app.post("/cases/{case_id}/records", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def put_on_record(case_id: UUID, body: PutOnRecord, request: Request) -> Response:
        """Put on file what was heard or verified (第三十一条第六项)."""
        return changed(
            await mediating.put_on_record(case_id, body.kind, body.held_at, body.document, by=acting(request))
        )

    @app.post("/cases/{case_id}/opinion", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def issue_opinion(case_id: UUID, body: IssueOpinion, request: Request) -> Response:
        """Issue the unit's opinion (第三十二条)."""
        return changed(
            await mediating.issue_opinion(
                case_id,
                body.result,
                body.legal_basis,
                body.document,
                body.approved_by,
                body.review_body,
                by=acting(request),
            )
        )

    @app.post("/cases/{case_id}/opinion/service", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def serve_opinion(case_id: UUID, body: ServeOpinion, request: Request) -> Response:
        """Serve the opinion on the petitioner; thirty days for review begin (第三十五条)."""
        return changed(
            await mediating.serve_opinion(case_id, body.method, body.served_at, body.receipt, by=acting(request))
        )

    @app.post("/cases/{case_id}/execution", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def prove_execution(case_id: UUID, body: ProveExecution, request: Request) -> Response:
        """Show that what was granted has been done (第三十二条第二款)."""
        return changed(await mediating.prove_execution(case_id, body.executed_on, body.document, by=acting(request)))

    @app.post("/cases/{case_id}/closure", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def close(case_id: UUID, body: CloseCase, request: Request) -> Response:  # noqa: ARG001  # no fields
        """Close a case that is answered, done, and past review."""
        return changed(await mediating.close(case_id, by=acting(request)))

    @app.get("/cases/{case_id}", responses=QUESTION_PROBLEMS)
    async def case(case_id: UUID) -> Response:
        """Show how far a case is handled."""
        return await one(running.store, CASES, case_id)

    @app.get("/cases", responses=QUESTION_PROBLEMS)
    async def cases(after: UUID = FIRST, limit: int = 50, state: StateFilter = None) -> Response:
        """List cases by id."""
        return await page(running.store, CASES, after=after, limit=limit, state=state)
