"""Mediation over HTTP: records, recusal, hearings."""

from __future__ import annotations

from uuid import UUID

from fastapi import FastAPI, Request, Response

from contracts.vocabulary import RecordKind
from services.chassis.http.acting import acting
from services.chassis.http.answers import PROBLEMS, Changed, changed
from services.chassis.http.app import ACTS
from services.chassis.http.fields import Body, Code, Moment
from services.chassis.service import Running
from services.mediation.api.fields import Documented
from services.mediation.application.inquiry import Inquiring


class PutOnRecord(Body):
    """What was heard or verified; the record itself is a document in the vault."""

    kind: RecordKind
    held_at: Moment | None = None
    document: UUID


class RequestRecusal(Body):
    """Who should keep out; the reasons are a document in the vault."""

    officer: Code
    document: UUID


class DeclareRecusal(Body):
    """Whoever sends it steps aside."""


class DecideRecusal(Body):
    """Whether somebody keeps out, and who handles the case instead."""

    officer: Code
    granted: bool
    successor: Code | None = None


class OpenHearing(Body):
    """Who presides, and whether everybody may come."""

    presider: Code
    public: bool = True


def add_routes(app: FastAPI, running: Running) -> None:
    """Add the commands."""
    inquiring = Inquiring(running.store)

    @app.post("/cases/{case_id}/records", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def put_on_record(case_id: UUID, body: PutOnRecord, request: Request) -> Response:
        """Put on file what was heard or verified (第三十一条第六项)."""
        return changed(
            await inquiring.put_on_record(case_id, body.kind, body.held_at, body.document, by=acting(request))
        )

    @app.post("/cases/{case_id}/recusal/requests", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def request_recusal(case_id: UUID, body: RequestRecusal, request: Request) -> Response:
        """Put on file that the petitioner asks somebody to keep out (第二十八条第三款)."""
        return changed(await inquiring.request_recusal(case_id, body.officer, body.document, by=acting(request)))

    @app.post("/cases/{case_id}/recusal/declarations", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def declare_recusal(case_id: UUID, body: DeclareRecusal, request: Request) -> Response:  # noqa: ARG001  # no fields
        """Step aside from a case in which one has an interest (第二十八条第三款)."""
        return changed(await inquiring.declare_recusal(case_id, by=acting(request)))

    @app.post("/cases/{case_id}/recusal/decisions", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def decide_recusal(case_id: UUID, body: DecideRecusal, request: Request) -> Response:
        """Decide whether somebody keeps out (第二十八条第三款)."""
        return changed(
            await inquiring.decide_recusal(
                case_id, body.officer, granted=body.granted, successor=body.successor, by=acting(request)
            )
        )

    @app.post("/cases/{case_id}/hearing", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def open_hearing(case_id: UUID, body: OpenHearing, request: Request) -> Response:
        """Begin a hearing (第三十一条第六项)."""
        return changed(await inquiring.open_hearing(case_id, body.presider, public=body.public, by=acting(request)))

    @app.post("/cases/{case_id}/hearing/report", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def close_hearing(case_id: UUID, body: Documented, request: Request) -> Response:
        """End a hearing with its report (第三十一条第六项)."""
        return changed(await inquiring.close_hearing(case_id, body.document, by=acting(request)))
