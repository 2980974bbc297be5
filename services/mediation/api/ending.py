"""Mediation over HTTP: how a case ends, and how care goes on."""

from __future__ import annotations

from uuid import UUID

from fastapi import FastAPI, Request, Response

from contracts.vocabulary import AidKind, CareKind, OutcomeAxis, TerminationGround
from services.chassis.fields import Body, Code, Day
from services.chassis.http.acting import acting
from services.chassis.http.answers import PROBLEMS, Changed, changed
from services.chassis.http.description import ACTS
from services.chassis.running import Running
from services.mediation.api.fields import Documented
from services.mediation.application.ending import Ending


class CloseCase(Body):
    """Nothing more is needed to close a case than that it may be closed."""


class TerminateCase(Body):
    """Why the petition procedure is over; the proof, where the case itself does not hold it."""

    ground: TerminationGround
    document: UUID | None = None


class AssessOutcome(Body):
    """What the work on the case has reached; the grounds are a document in the vault."""

    axis: OutcomeAxis
    achieved: bool
    document: UUID


class ReferAid(Body):
    """What help, and from whom; why is nobody's business here."""

    kind: AidKind
    agency: Code


class RecordCare(Body):
    """What was done for somebody whose remedies are at an end."""

    kind: CareKind
    document: UUID


class ReturnReport(Body):
    """Until when the report of the result has to be done again."""

    due_on: Day


def add_routes(app: FastAPI, running: Running) -> None:
    """Add the commands."""
    ending = Ending(running.store)

    @app.post("/cases/{case_id}/closure", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def close(case_id: UUID, body: CloseCase, request: Request) -> Response:  # noqa: ARG001  # no fields
        """Close a case that is answered, done, and past all remedies (第三十四条)."""
        return changed(await ending.close(case_id, by=acting(request)))

    @app.post("/cases/{case_id}/termination", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def terminate(case_id: UUID, body: TerminateCase, request: Request) -> Response:
        """End the petition procedure (第三十六条第三款)."""
        return changed(await ending.terminate(case_id, body.ground, body.document, by=acting(request)))

    @app.post("/cases/{case_id}/closure-report", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def submit_report(case_id: UUID, body: Documented, request: Request) -> Response:
        """Report the result to whoever assigned the case (第二十二条第三项)."""
        return changed(await ending.submit_report(case_id, body.document, by=acting(request)))

    @app.post("/cases/{case_id}/closure-report/return", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def return_report(case_id: UUID, body: ReturnReport, request: Request) -> Response:
        """Give the unit's report of the result back (第二十二条第三项)."""
        return changed(await ending.return_report(case_id, body.due_on, by=acting(request)))

    @app.post("/cases/{case_id}/outcomes", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def assess_outcome(case_id: UUID, body: AssessOutcome, request: Request) -> Response:
        """Say whether the work on the case has reached what it should (第二十七条)."""
        return changed(
            await ending.assess_outcome(case_id, body.axis, body.document, achieved=body.achieved, by=acting(request))
        )

    @app.post("/cases/{case_id}/aid", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def refer_aid(case_id: UUID, body: ReferAid, request: Request) -> Response:
        """Tell somebody in hardship of help (第三十七条第二款)."""
        return changed(await ending.refer_aid(case_id, body.kind, body.agency, by=acting(request)))

    @app.post("/cases/{case_id}/care", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def record_care(case_id: UUID, body: RecordCare, request: Request) -> Response:
        """Put on file what is done after the end (第三十七条第三款)."""
        return changed(await ending.record_care(case_id, body.kind, body.document, by=acting(request)))
