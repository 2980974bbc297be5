"""Reports to units above over HTTP."""

from __future__ import annotations

from uuid import UUID

from fastapi import FastAPI, Request, Response

from services.assignment.application.status_reports import Reporting
from services.chassis.fields import Body, Code
from services.chassis.http.acting import acting
from services.chassis.http.answers import PROBLEMS, Changed, changed
from services.chassis.http.description import ACTS
from services.chassis.running import Running


class ReportStatus(Body):
    """To which unit above; the report lies in the vault."""

    superior: Code
    document: UUID


def add_routes(app: FastAPI, running: Running) -> None:
    """Add the command of reports."""
    reporting = Reporting(running.store)

    @app.post(
        "/cases/{case_id}/status-reports",
        status_code=201,
        response_model=Changed,
        responses=PROBLEMS,
        openapi_extra=ACTS,
    )
    async def report(case_id: UUID, body: ReportStatus, request: Request) -> Response:
        """Tell a unit above how far a case is (第十四条第四项, 第二十二条第三项)."""
        return changed(await reporting.report(case_id, body.superior, body.document, by=acting(request)), 201)
