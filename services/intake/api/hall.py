"""The reception hall over HTTP: desks, visits, and what petitioners and the public are told."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import FastAPI, Request, Response
from pydantic import Field, StringConstraints

from contracts.vocabulary import Level, NoticeKind, NoticeMedium
from services.chassis.fields import Body, Code, Day, PublicLine
from services.chassis.http.acting import acting
from services.chassis.http.answers import PROBLEMS, Changed, changed
from services.chassis.http.description import ACTS
from services.chassis.register import add_list
from services.chassis.running import Running
from services.intake.application.registers import Registers
from services.intake.views import CONTACT_CARDS, DESKS, NOTICES, SESSIONS, STEP_FORMS

COPIES_MAX = 1_000_000
DAYS_OF_A_WEEK = 7

TimeOfDay = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Weekday = Annotated[int, Field(ge=1, le=DAYS_OF_A_WEEK)]


class OpenDesk(Body):
    """A department's desk, and on which days of the week and at which hours somebody is there."""

    unit: Code
    desk_no: Code
    weekdays: list[Weekday] = Field(max_length=DAYS_OF_A_WEEK)
    opens: TimeOfDay
    closes: TimeOfDay


class CloseDesk(Body):
    """Nothing more is said."""


class OpenSession(Body):
    """The petition with which the visit came in."""

    petition: UUID


class AtDesk(Body):
    """Which desk."""

    desk: UUID


class IssueStepForm(Body):
    """Who has the case at a level, and until when."""

    level: Level
    holder: Code
    until: Day


class IssueContactCard(Body):
    """Whom the petitioner turns to; the telephone is the public one of the unit."""

    unit: Code
    duty_officer: Code
    post: PublicLine


class PublishNotice(Body):
    """What the public is told, where, in how many copies."""

    kind: NoticeKind
    medium: NoticeMedium
    copies: int = Field(default=1, ge=1, le=COPIES_MAX)


def add_routes(app: FastAPI, running: Running) -> None:
    """Add the commands and questions of the hall."""
    registers = Registers(running.store)

    @app.post("/desks", status_code=201, response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def open_desk(body: OpenDesk, request: Request) -> Response:
        """Give a department a desk in the hall (第十八条第三款)."""
        done = await registers.open_desk(
            body.unit, body.desk_no, tuple(body.weekdays), body.opens, body.closes, by=acting(request)
        )
        return changed(done, 201)

    @app.post("/desks/{desk_id}/end", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def close_desk(desk_id: UUID, body: CloseDesk, request: Request) -> Response:  # noqa: ARG001
        """Take a desk away."""
        return changed(await registers.close_desk(desk_id, by=acting(request)))

    @app.post(
        "/cases/{case_id}/sessions", status_code=201, response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS
    )
    async def open_session(case_id: UUID, body: OpenSession, request: Request) -> Response:
        """Receive a visit in one place for all departments; one visit, one record (第十八条第三款)."""
        return changed(await registers.open_session(case_id, body.petition, by=acting(request)), 201)

    @app.post("/sessions/{session_id}/queue", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def queue(session_id: UUID, body: AtDesk, request: Request) -> Response:
        """Let the visitor wait for a desk (第十八条第三款)."""
        return changed(await registers.queue(session_id, body.desk, by=acting(request)))

    @app.post("/sessions/{session_id}/reception", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def serve(session_id: UUID, body: AtDesk, request: Request) -> Response:
        """Record that the desk has received the visitor (第十八条第三款)."""
        return changed(await registers.serve(session_id, body.desk, by=acting(request)))

    @app.post(
        "/cases/{case_id}/step-forms", status_code=201, response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS
    )
    async def issue_form(case_id: UUID, body: IssueStepForm, request: Request) -> Response:
        """Tell the petitioner who has the case at a level and until when; a condition of nothing (第二十条)."""
        done = await registers.issue_form(case_id, body.level, body.holder, body.until, by=acting(request))
        return changed(done, 201)

    @app.post(
        "/cases/{case_id}/contact-cards", status_code=201, response_model=Changed, responses=PROBLEMS,
        openapi_extra=ACTS,
    )  # fmt: skip
    async def issue_card(case_id: UUID, body: IssueContactCard, request: Request) -> Response:
        """Tell the petitioner whom to turn to (第十八条第一款)."""
        done = await registers.issue_card(case_id, body.unit, body.duty_officer, body.post, by=acting(request))
        return changed(done, 201)

    @app.post("/notices", status_code=201, response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def publish(body: PublishNotice, request: Request) -> Response:
        """Tell the public how to petition (第十八条第一款)."""
        return changed(await registers.publish(body.kind, body.medium, body.copies, by=acting(request)), 201)

    for path, view in (
        ("/desks", DESKS), ("/sessions", SESSIONS), ("/step-forms", STEP_FORMS), ("/contact-cards", CONTACT_CARDS),
        ("/notices", NOTICES),
    ):  # fmt: skip
        add_list(app, running.store, path, view)
