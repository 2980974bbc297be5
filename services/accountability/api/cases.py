"""Accountability over HTTP: the auditor's questions and the supervisor's cards."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import FastAPI, Query, Request, Response
from msgspec.structs import asdict

from contracts.envelope import LANE_SEQ_MAX, VERSION_MAX
from contracts.vocabulary import SupervisionReason
from services.accountability.application.accounting import ENTRIES_MAX, Accounting
from services.accountability.views import SUPERVISIONS
from services.chassis.fields import Body, Code, Day, Moment
from services.chassis.http.acting import acting
from services.chassis.http.answers import PROBLEMS, QUESTION_PROBLEMS, Changed, changed, shown
from services.chassis.http.description import ACTS
from services.chassis.pages import one
from services.chassis.questions import rows
from services.chassis.running import Running


class OrderSupervision(Body):
    """What is wrong with a unit's handling, and until when it must answer."""

    unit: Code
    reason_code: SupervisionReason
    due_on: Day
    document: UUID | None = None


class ReplyToSupervision(Body):
    """The unit's answer; the words lie in the vault."""

    document: UUID


class CloseSupervision(Body):
    """Whether the wrong is righted."""

    satisfied: bool


def add_routes(app: FastAPI, running: Running) -> None:
    """Add accountability's commands and questions."""
    accounting = Accounting(running.store, running.inbox)

    @app.get("/cases/{case_id}", responses=QUESTION_PROBLEMS)
    async def case(
        case_id: UUID,
        version: Annotated[int | None, Query(ge=1, le=VERSION_MAX)] = None,
        at: Moment | None = None,
        known_at: Moment | None = None,
    ) -> Response:
        """Show the Case: now, after so many entries, as it stood `at`, or as it was known at `known_at`."""
        found = await accounting.case(case_id, version=version, at=at, known_at=known_at)
        return shown(asdict(found), found.version)

    @app.get("/cases/{case_id}/timeline", responses=QUESTION_PROBLEMS)
    async def timeline(case_id: UUID, after: Annotated[int, Query(ge=0, le=LANE_SEQ_MAX)] = 0) -> Response:
        """Show every entry of a case in order."""
        found = await accounting.entries("case_id = $2 AND seq > $3", case_id, after)
        return shown({"items": found})

    @app.get("/ledger", responses=QUESTION_PROBLEMS)
    async def ledger(
        after: Annotated[int, Query(ge=0, le=LANE_SEQ_MAX)] = 0,
        limit: Annotated[int, Query(ge=1, le=ENTRIES_MAX)] = 100,
    ) -> Response:
        """Show entries of the whole ledger in order."""
        found = await accounting.entries("seq > $2", after, limit=limit)
        return shown({"items": found})

    @app.get("/ledger/head", responses=QUESTION_PROBLEMS)
    async def head() -> Response:
        """Show how long the ledger is."""
        return shown((await rows(running.store, "SELECT seq FROM ledger_head"))[0])

    @app.post(
        "/cases/{case_id}/supervisions", status_code=201, response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS
    )
    async def order(case_id: UUID, body: OrderSupervision, request: Request) -> Response:
        """Put the handling of a case under supervision (第四十条第一款)."""
        done = await accounting.order(
            case_id, body.unit, body.reason_code, body.document, body.due_on, by=acting(request)
        )
        return changed(done, 201)

    @app.get("/supervisions/{supervision_id}", responses=QUESTION_PROBLEMS)
    async def supervision(supervision_id: UUID) -> Response:
        """Show a card."""
        return await one(running.store, SUPERVISIONS, supervision_id)

    @app.post("/supervisions/{supervision_id}/reply", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def reply(supervision_id: UUID, body: ReplyToSupervision, request: Request) -> Response:
        """Answer a card."""
        return changed(await accounting.reply(supervision_id, body.document, by=acting(request)))

    @app.post("/supervisions/{supervision_id}/closing", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def close(supervision_id: UUID, body: CloseSupervision, request: Request) -> Response:
        """Judge the reply to a card and close it."""
        return changed(await accounting.close(supervision_id, satisfied=body.satisfied, by=acting(request)))
