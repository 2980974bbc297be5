"""Mediation over HTTP: answers of all kinds, what they grant, and what they promise."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from fastapi import FastAPI, Path, Request, Response
from pydantic import Field, StringConstraints

from contracts.vocabulary import Result, SuggestionResult
from services.chassis.fields import Body, Code, Day, OfNoPerson
from services.chassis.http.acting import acting
from services.chassis.http.answers import PROBLEMS, Changed, changed
from services.chassis.http.description import ACTS
from services.chassis.running import Running
from services.mediation.api.fields import Delivered, Documented
from services.mediation.application.opinion import Answering

BASES_MAX: Final = 20
COMMITMENTS_MAX: Final = 1_000

LegalBasis = Annotated[str, StringConstraints(min_length=2, max_length=120, pattern=r"^[^\x00]*$"), OfNoPerson]
Commitment = Annotated[int, Path(ge=1, le=COMMITMENTS_MAX)]


class IssueOpinion(Body):
    """The unit's decision; claim, facts and reasons stand in the document (第三十二条)."""

    result: Result
    legal_basis: list[LegalBasis] = Field(min_length=1, max_length=BASES_MAX)
    document: UUID
    approved_by: Code
    review_body: Code


class ProveExecution(Body):
    """When it was done, and the proof in the vault."""

    executed_on: Day | None = None
    document: UUID


class OrderExecution(Body):
    """Who has to do what was granted, and until when."""

    unit: Code
    due_on: Day
    document: UUID


class ReportRefusal(Body):
    """Who refuses to do what was granted."""

    unit: Code
    document: UUID


class MakeCommitment(Body):
    """Until when something is promised; what it is stands in the document."""

    due_on: Day
    document: UUID


class KeepCommitment(Body):
    """When it was done, and the proof in the vault."""

    kept_on: Day | None = None
    document: UUID


class ReplyToSuggestion(Delivered):
    """What becomes of a suggestion; why stands in the document."""

    result: SuggestionResult
    document: UUID


class ImportProcedure(Delivered):
    """Whose procedure it is from here, and how the petitioner was told."""

    competent_body: Code


class ConfirmDocketing(Body):
    """The number under which the other procedure has the case."""

    docket_no: Code
    docketed_on: Day | None = None


def add_routes(app: FastAPI, running: Running) -> None:
    """Add the commands."""
    answering = Answering(running.store)

    @app.post("/cases/{case_id}/opinion", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def issue_opinion(case_id: UUID, body: IssueOpinion, request: Request) -> Response:
        """Issue the unit's opinion (第三十二条)."""
        return changed(
            await answering.issue_opinion(
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
    async def serve_opinion(case_id: UUID, body: Delivered, request: Request) -> Response:
        """Serve the opinion on the petitioner; thirty days for review begin (第三十五条)."""
        return changed(
            await answering.serve_opinion(case_id, body.method, body.served_at, body.receipt, by=acting(request))
        )

    @app.post("/cases/{case_id}/parts", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def give_part(case_id: UUID, body: Documented, request: Request) -> Response:
        """Give a helping unit's part of the answer (第二十四条)."""
        return changed(await answering.give_part(case_id, body.document, by=acting(request)))

    @app.post("/cases/{case_id}/execution", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def prove_execution(case_id: UUID, body: ProveExecution, request: Request) -> Response:
        """Show that what was granted has been done (第三十二条第二款)."""
        return changed(await answering.prove_execution(case_id, body.executed_on, body.document, by=acting(request)))

    @app.post("/cases/{case_id}/execution/order", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def order_execution(case_id: UUID, body: OrderExecution, request: Request) -> Response:
        """Urge whoever has to do what was granted (第三十二条第二款)."""
        return changed(
            await answering.order_execution(case_id, body.unit, body.due_on, body.document, by=acting(request))
        )

    @app.post("/cases/{case_id}/execution/refusal", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def report_refusal(case_id: UUID, body: ReportRefusal, request: Request) -> Response:
        """Put on file that what was granted is refused (第四十二条第四项)."""
        return changed(await answering.report_refusal(case_id, body.unit, body.document, by=acting(request)))

    @app.post("/cases/{case_id}/commitments", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def make_commitment(case_id: UUID, body: MakeCommitment, request: Request) -> Response:
        """Make a dated task of what a reply promises (第二十七条)."""
        return changed(await answering.make_commitment(case_id, body.due_on, body.document, by=acting(request)))

    @app.post(
        "/cases/{case_id}/commitments/{commitment}/fulfilment",
        response_model=Changed,
        responses=PROBLEMS,
        openapi_extra=ACTS,
    )
    async def keep_commitment(
        case_id: UUID, commitment: Commitment, body: KeepCommitment, request: Request
    ) -> Response:
        """Show that what was promised is done (第二十七条)."""
        return changed(
            await answering.keep_commitment(case_id, commitment, body.kept_on, body.document, by=acting(request))
        )

    @app.post("/cases/{case_id}/suggestion-reply", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def reply_to_suggestion(case_id: UUID, body: ReplyToSuggestion, request: Request) -> Response:
        """Answer a suggestion (第二十九条)."""
        by = acting(request)
        return changed(
            await answering.reply_to_suggestion(case_id, body.result, body.document, body.delivery(by), by=by)
        )

    @app.post("/cases/{case_id}/procedure", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def import_procedure(case_id: UUID, body: ImportProcedure, request: Request) -> Response:
        """Bring the case into the procedure that the law has for it (第三十一条)."""
        by = acting(request)
        return changed(await answering.import_procedure(case_id, body.competent_body, body.delivery(by), by=by))

    @app.post("/cases/{case_id}/procedure/docket", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def confirm_docketing(case_id: UUID, body: ConfirmDocketing, request: Request) -> Response:
        """Put on file that the other procedure has the case (第三十一条)."""
        return changed(await answering.confirm_docketing(case_id, body.docket_no, body.docketed_on, by=acting(request)))
