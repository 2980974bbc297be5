"""Work outside the office over HTTP: field visits, the diary, days in the villages, boxes."""

from __future__ import annotations

from uuid import UUID

from fastapi import FastAPI, Request, Response
from pydantic import Field

from contracts.periods.calendar import day
from contracts.vocabulary import ContentCategory
from services.chassis.fields import Body, Code, Day
from services.chassis.http.acting import acting
from services.chassis.http.answers import PROBLEMS, Changed, changed
from services.chassis.http.description import ACTS
from services.chassis.register import add_list
from services.chassis.running import Running
from services.intake.application.registers import Registers
from services.intake.views import BOXES, DIARY, FIELD_DAYS, FIELD_VISITS

ITEMS_MAX = 10_000


class LogFieldVisit(Body):
    """Where somebody went, about what, and until when something will be done about it."""

    place: Code
    category: ContentCategory
    visited_on: Day
    follow_up_on: Day | None = None
    document: UUID | None = None


class FollowUp(Body):
    """What shows that it is done."""

    document: UUID


class WriteDiary(Body):
    """A page; the words lie in the vault."""

    document: UUID
    day: Day | None = None
    linked_case: UUID | None = None


class HoldFieldDay(Body):
    """Where the unit was, and how many problems it found and solved."""

    place: Code
    found_count: int = Field(ge=0, le=ITEMS_MAX)
    solved_count: int = Field(ge=0, le=ITEMS_MAX)
    day: Day | None = None


class RegisterBox(Body):
    """A box and where it hangs."""

    box_no: Code
    place: Code


class OpenBox(Body):
    """Who else was there, and how much lay in it."""

    second_opener: Code
    item_count: int = Field(ge=0, le=ITEMS_MAX)


class RegisterItem(Body):
    """The case that an item has become."""

    case: UUID


class LookForMissedDays(Body):
    """Nothing more is said."""


def add_routes(app: FastAPI, running: Running) -> None:
    """Add the commands and questions of work outside the office."""
    registers = Registers(running.store)

    @app.post("/field-visits", status_code=201, response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def log_visit(body: LogFieldVisit, request: Request) -> Response:
        """Put a field visit on record (第十八条第二款)."""
        done = await registers.log_visit(
            body.place, body.category, body.visited_on, body.follow_up_on, body.document, by=acting(request)
        )
        return changed(done, 201)

    @app.post(
        "/field-visits/{field_visit_id}/follow-up", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS
    )
    async def follow_up(field_visit_id: UUID, body: FollowUp, request: Request) -> Response:
        """Show that what a field visit promised is done."""
        return changed(await registers.follow_up(field_visit_id, body.document, by=acting(request)))

    @app.post("/diary", status_code=201, response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def write_diary(body: WriteDiary, request: Request) -> Response:
        """Write into one's own diary, about today or yesterday (第十八条第二款)."""
        by = acting(request)
        return changed(await registers.write_diary(body.day or day(by.at), body.document, body.linked_case, by=by), 201)

    @app.post("/field-days", status_code=201, response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def hold_field_day(body: HoldFieldDay, request: Request) -> Response:
        """Put a day in the villages on record (第十八条第二款)."""
        by = acting(request)
        on = body.day or day(by.at)
        return changed(await registers.hold_field_day(body.place, on, body.found_count, body.solved_count, by=by), 201)

    @app.post("/boxes", status_code=201, response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def register_box(body: RegisterBox, request: Request) -> Response:
        """Put up a box in a village (第十七条)."""
        return changed(await registers.register_box(body.box_no, body.place, by=acting(request)), 201)

    @app.post("/boxes/{box_id}/openings", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def open_box(box_id: UUID, body: OpenBox, request: Request) -> Response:
        """Open a box together with somebody else (第二十二条)."""
        return changed(await registers.open_box(box_id, body.second_opener, body.item_count, by=acting(request)))

    @app.post("/boxes/{box_id}/items", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def register_item(box_id: UUID, body: RegisterItem, request: Request) -> Response:
        """Say which case an item of the box has become (第二十二条)."""
        return changed(await registers.register_item(box_id, body.case, by=acting(request)))

    @app.post("/boxes/{box_id}/missed-days", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def missed_days(box_id: UUID, body: LookForMissedDays, request: Request) -> Response:  # noqa: ARG001
        """Put the working days on which nobody opened the box on record, each once (第二十二条)."""
        return changed(await registers.look_for_missed_days(box_id, by=acting(request)))

    for path, view in (
        ("/field-visits", FIELD_VISITS), ("/diary", DIARY), ("/field-days", FIELD_DAYS), ("/boxes", BOXES),
    ):  # fmt: skip
        add_list(app, running.store, path, view)
