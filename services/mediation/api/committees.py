"""People's mediation committees and their mediators over HTTP."""

from __future__ import annotations

from uuid import UUID

from fastapi import FastAPI, Request, Response
from pydantic import Field

from contracts.vocabulary import CommitteeSetting, RemovalGround
from services.chassis.fields import Body, Code, Day, PublicLine
from services.chassis.http.acting import acting
from services.chassis.http.answers import PROBLEMS, Changed, changed
from services.chassis.http.description import ACTS
from services.chassis.register import add_list
from services.chassis.running import Running
from services.mediation.application.registers import Registers
from services.mediation.views import COMMITTEES, MEDIATORS

COUNT_MAX = 10_000


class Election(Body):
    """Who was elected, when; the minutes lie in the vault."""

    member_count: int = Field(ge=0, le=COUNT_MAX)
    chair: Code
    has_woman: bool
    elected_on: Day
    document: UUID


class RegisterCommittee(Election):
    """A committee of a village, a neighbourhood, or an enterprise."""

    unit: Code
    setting: CommitteeSetting


class RegisterMediator(Body):
    """Who mediates, under which certificate."""

    mediator: Code
    certificate_no: PublicLine


class TrainMediator(Body):
    """When and how long."""

    trained_on: Day
    hours: int = Field(ge=1, le=COUNT_MAX)
    document: UUID


class RemoveMediator(Body):
    """On which ground of the law."""

    ground: RemovalGround
    document: UUID


def add_routes(app: FastAPI, running: Running) -> None:
    """Add the commands and questions about committees and mediators."""
    registers = Registers(running.store)

    @app.post("/committees", status_code=201, response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def register_committee(body: RegisterCommittee, request: Request) -> Response:
        """Put an elected committee on the register (人民调解法 第八条、第九条)."""
        done = await registers.register_committee(
            body.unit, body.setting, body.member_count, body.chair, body.elected_on, body.document,
            has_woman=body.has_woman, by=acting(request),
        )  # fmt: skip
        return changed(done, 201)

    @app.post("/committees/{committee_id}/elections", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def reelect(committee_id: UUID, body: Election, request: Request) -> Response:
        """Put the next election of a committee on the register (人民调解法 第九条)."""
        done = await registers.reelect(
            committee_id, body.member_count, body.chair, body.elected_on, body.document, has_woman=body.has_woman,
            by=acting(request),
        )  # fmt: skip
        return changed(done)

    @app.post(
        "/committees/{committee_id}/mediators", status_code=201, response_model=Changed, responses=PROBLEMS,
        openapi_extra=ACTS,
    )  # fmt: skip
    async def register_mediator(committee_id: UUID, body: RegisterMediator, request: Request) -> Response:
        """Let somebody mediate for a committee (人民调解法 第十三条)."""
        done = await registers.register_mediator(committee_id, body.mediator, body.certificate_no, by=acting(request))
        return changed(done, 201)

    @app.post("/mediators/{mediator_id}/trainings", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def train(mediator_id: UUID, body: TrainMediator, request: Request) -> Response:
        """Put a training on record (人民调解法 第十四条第二款)."""
        return changed(
            await registers.train(mediator_id, body.trained_on, body.hours, body.document, by=acting(request))
        )

    @app.post("/mediators/{mediator_id}/removal", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def remove(mediator_id: UUID, body: RemoveMediator, request: Request) -> Response:
        """Take a mediator's office away (人民调解法 第十五条)."""
        return changed(await registers.remove(mediator_id, body.ground, body.document, by=acting(request)))

    add_list(app, running.store, "/committees", COMMITTEES)
    add_list(app, running.store, "/mediators", MEDIATORS)
