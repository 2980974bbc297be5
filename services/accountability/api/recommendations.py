"""Recommendations and risk assessments over HTTP."""

from __future__ import annotations

from uuid import UUID

from fastapi import FastAPI, Request, Response
from pydantic import Field

from contracts.periods.calendar import day
from contracts.vocabulary import RecommendationKind
from services.accountability.application.recommending import Recommending
from services.accountability.views import PROJECTS, RECOMMENDATIONS
from services.chassis.fields import Body, Code, Day, Moment, PublicLine
from services.chassis.http.acting import acting
from services.chassis.http.answers import PROBLEMS, Changed, changed
from services.chassis.http.description import ACTS
from services.chassis.register import add_list
from services.chassis.running import Running

PARTICIPANTS_MAX = 100_000


class ServeRecommendation(Body):
    """What is recommended to whom, and how it reached them."""

    kind: RecommendationKind
    addressee: Code
    document: UUID
    receipt: PublicLine
    served_at: Moment | None = None


class AnswerRecommendation(Body):
    """Whether it is adopted; a refusal, too, gives its reasons in a document."""

    adopted: bool
    document: UUID


class RecordDecision(Body):
    """What the competent body has decided."""

    decision_no: PublicLine
    document: UUID


class RequireAssessment(Body):
    """A project that may do harm, and who plans it."""

    project_no: Code
    unit: Code


class FileAssessment(Body):
    """The three parts of the report: without one of them it is none."""

    risk_points: UUID | None = None
    precautions: UUID | None = None
    response_plan: UUID | None = None


class RecordConsultation(Body):
    """When how many were heard, and what they said."""

    participant_count: int = Field(ge=0, le=PARTICIPANTS_MAX)
    document: UUID
    heard_on: Day | None = None


class StartProject(Body):
    """Nothing more is said."""


class FlagProject(Body):
    """A project that was begun without an assessment."""

    project_no: Code
    unit: Code
    found_on: Day | None = None


class LinkPetition(Body):
    """The case that complains of the project."""

    case: UUID


def add_routes(app: FastAPI, running: Running) -> None:
    """Add the commands and questions about recommendations and projects."""
    recommending = Recommending(running.store, running.inbox)

    @app.post(
        "/cases/{case_id}/recommendations", status_code=201, response_model=Changed, responses=PROBLEMS,
        openapi_extra=ACTS,
    )  # fmt: skip
    async def serve(case_id: UUID, body: ServeRecommendation, request: Request) -> Response:
        """Serve a recommendation (第十四条第六项, 第四十条)."""
        done = await recommending.serve(
            case_id, body.kind, body.addressee, body.document, body.served_at, body.receipt, by=acting(request)
        )
        return changed(done, 201)

    @app.post(
        "/recommendations/{recommendation_id}/reply", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS
    )
    async def answer(recommendation_id: UUID, body: AnswerRecommendation, request: Request) -> Response:
        """Answer in writing whether a recommendation is adopted (第四十条第四款)."""
        done = await recommending.answer(recommendation_id, body.document, adopted=body.adopted, by=acting(request))
        return changed(done)

    @app.post(
        "/recommendations/{recommendation_id}/decision", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS
    )
    async def decide(recommendation_id: UUID, body: RecordDecision, request: Request) -> Response:
        """Put on record what the competent body has decided about responsibility (第四十条第三款)."""
        done = await recommending.decide(recommendation_id, body.decision_no, body.document, by=acting(request))
        return changed(done)

    @app.post("/projects", status_code=201, response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def require(body: RequireAssessment, request: Request) -> Response:
        """Put a project on the list of those to be assessed (重大行政决策程序暂行条例 第二十二条)."""
        return changed(await recommending.require(body.project_no, body.unit, by=acting(request)), 201)

    @app.post("/projects/{project_id}/assessment", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def file(project_id: UUID, body: FileAssessment, request: Request) -> Response:
        """File the report on a project's risks (重大行政决策程序暂行条例 第二十三条)."""
        done = await recommending.file(
            project_id, body.risk_points, body.precautions, body.response_plan, by=acting(request)
        )
        return changed(done)

    @app.post("/projects/{project_id}/consultations", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def consult(project_id: UUID, body: RecordConsultation, request: Request) -> Response:
        """Put on record that those concerned were heard (重大行政决策程序暂行条例 第二十三条)."""
        by = acting(request)
        on = body.heard_on or day(by.at)
        done = await recommending.consult(project_id, on, body.participant_count, body.document, by=by)
        return changed(done)

    @app.post("/projects/{project_id}/start", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def begin(project_id: UUID, body: StartProject, request: Request) -> Response:  # noqa: ARG001
        """Begin an assessed project (重大行政决策程序暂行条例 第二十四条)."""
        return changed(await recommending.begin(project_id, by=acting(request)))

    @app.post("/unassessed-projects", status_code=201, response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def flag(body: FlagProject, request: Request) -> Response:
        """Put on record that a project was begun without an assessment (重大行政决策程序暂行条例 第二十二条)."""
        by = acting(request)
        done = await recommending.flag(body.project_no, body.unit, body.found_on or day(by.at), by=by)
        return changed(done, 201)

    @app.post("/projects/{project_id}/cases", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def link(project_id: UUID, body: LinkPetition, request: Request) -> Response:
        """Let a case count against a project (第十四条)."""
        return changed(await recommending.link(project_id, body.case, by=acting(request)))

    add_list(app, running.store, "/recommendations", RECOMMENDATIONS)
    add_list(app, running.store, "/projects", PROJECTS)
