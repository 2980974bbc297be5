"""The clocks of law over HTTP: what runs in a case, why a day is the last one, and what would be if."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import FastAPI, Path, Query, Request, Response
from pydantic import Field

from contracts.periods.calendar import NOTICE_DAYS_MAX, Notice, Year
from services.accountability.application.timekeeping import Timekeeping
from services.accountability.clocks import rules
from services.accountability.clocks.explain import Supposed
from services.accountability.views import CLOCKS, ORPHANS
from services.chassis.errors import Invalid
from services.chassis.fields import Body, Day, Line, Moment, StateFilter
from services.chassis.http.acting import acting
from services.chassis.http.answers import PROBLEMS, QUESTION_PROBLEMS, Changed, changed, shown
from services.chassis.http.description import ACTS
from services.chassis.pages import FIRST, one, page
from services.chassis.questions import rows
from services.chassis.running import Running

EVENTS_MAX = 20
PAPERS_MAX = 10
_OF_CASE = "SELECT * FROM clock_view WHERE case_id = $1 ORDER BY started_at, id"
YEARS = Path(ge=1990, le=2100)

Code = Annotated[str, Query(min_length=2, max_length=8, pattern=r"^[A-Za-z0-9]+$")]
Event = Annotated[str, Field(max_length=60, pattern=r"^[A-Za-z.]+$")]


class NoticeDay(Body):
    """A day off, or a day worked instead, as holiday-cn writes it."""

    name: Line
    date: Day
    isOffDay: bool  # noqa: N815  # the format's own word


class PublishYear(Body):
    """The State Council's notice for a year, in the format of holiday-cn."""

    year: int = Field(ge=1990, le=2100)
    papers: list[Annotated[str, Field(max_length=300)]] = Field(default_factory=list, max_length=PAPERS_MAX)
    days: list[NoticeDay] = Field(min_length=1, max_length=NOTICE_DAYS_MAX)

    def notice(self) -> Year:
        """Return it as a year. Raises ``Invalid`` where days are of another year, or named twice."""
        days = [Notice(day.name, day.date, is_off_day=day.isOffDay) for day in self.days]
        try:
            return Year.of(self.year, days, tuple(self.papers)).checked()
        except ValueError as error:
            raise Invalid(str(error)) from error


class Happening(Body):
    """That something happens; `days` where it gives time."""

    event: Event
    at: Moment
    days: int | None = Field(default=None, ge=1, le=366)


class WhatIf(Body):
    """A clock that starts at a moment, and what happens then."""

    code: str = Field(min_length=2, max_length=8, pattern=r"^[A-Za-z0-9]+$")
    start: Moment
    fixed: Day | None = None
    events: list[Happening] = Field(default_factory=list, max_length=EVENTS_MAX)


class More(Body):
    """What is supposed to happen to a clock that runs."""

    events: list[Happening] = Field(min_length=1, max_length=EVENTS_MAX)


class PassTime(Body):
    """Nothing more is said: the moment is that of the command."""


def _supposed(events: list[Happening]) -> list[Supposed]:
    return [Supposed(event.event, event.at, event.days) for event in events]


def add_routes(app: FastAPI, running: Running) -> None:
    """Add what can be asked and done about time."""
    timekeeping = Timekeeping(running.store, running.inbox)

    @app.get("/cases/{case_id}/clocks", responses=QUESTION_PROBLEMS)
    async def clocks_of_case(case_id: UUID) -> Response:
        """List the clocks of a case, whatever has become of them."""
        found = await rows(
            running.store, "SELECT * FROM clock_view WHERE case_id = $1 ORDER BY started_at, id", case_id
        )
        return shown({"items": found})

    @app.get("/clocks", responses=QUESTION_PROBLEMS)
    async def clocks(after: UUID = FIRST, limit: int = 50, state: StateFilter = None) -> Response:
        """List clocks by id; `state=breached` is what is overdue."""
        return await page(running.store, CLOCKS, after=after, limit=limit, state=state)

    @app.get("/clocks/rules", responses=QUESTION_PROBLEMS)
    async def all_rules() -> Response:
        """List the periods of law with their articles."""
        book = rules.in_force()
        items = [
            {"code": r.code, "title": r.title, "article": r.article, "basis": r.basis, "limit": r.limit, "unit": r.unit,
             "nature": r.nature}
            for r in book.rules.values()
        ]  # fmt: skip
        return shown({"version": book.version, "items": items})

    @app.post("/clocks/what-if", responses=QUESTION_PROBLEMS)
    async def what_if(body: WhatIf) -> Response:
        """Explain the due date that a clock would have."""
        return shown(timekeeping.suppose(body.code, body.start, _supposed(body.events), body.fixed))

    @app.get("/clocks/{clock_id}", responses=QUESTION_PROBLEMS)
    async def clock(clock_id: UUID) -> Response:
        """Show a clock."""
        return await one(running.store, CLOCKS, clock_id)

    @app.get("/clocks/{clock_id}/explanation", responses=QUESTION_PROBLEMS)
    async def explanation(clock_id: UUID) -> Response:
        """Say why the last day of a clock is what it is."""
        return shown(await timekeeping.explain(clock_id))

    @app.post("/clocks/{clock_id}/what-if", responses=QUESTION_PROBLEMS)
    async def what_if_more(clock_id: UUID, body: More) -> Response:
        """Say what would become of a clock that runs."""
        return shown(await timekeeping.explain(clock_id, _supposed(body.events)))

    @app.get("/calendar", responses=QUESTION_PROBLEMS)
    async def years() -> Response:
        """List the years that were published, as the other services keep them."""
        return shown(await timekeeping.years())

    @app.get("/calendar/{year}", responses=QUESTION_PROBLEMS)
    async def year(year: Annotated[int, YEARS]) -> Response:
        """Show a year in the format of holiday-cn; `provisional` where there is no notice yet."""
        found = await timekeeping.year(year)
        shown_days = [{"name": d.name, "date": d.date, "isOffDay": d.is_off_day} for d in found.days]
        return shown({"year": year, "papers": found.papers, "days": shown_days, "provisional": found.provisional})

    @app.put("/calendar/{year}", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def publish(year: Annotated[int, YEARS], body: PublishYear, request: Request) -> Response:
        """Publish a year's notice; open clocks are counted anew."""
        if body.year != year:
            raise Invalid(f"路径为 {year} 年，内容为 {body.year} 年")
        return changed(await timekeeping.publish(body.notice(), by=acting(request)))

    @app.get("/orphans", responses=QUESTION_PROBLEMS)
    async def orphans(after: UUID = FIRST, limit: int = 50) -> Response:
        """List when nobody had to act in a case that had not ended (件件有着落)."""
        return await page(running.store, ORPHANS, after=after, limit=limit)

    @app.post("/time", responses=PROBLEMS, openapi_extra=ACTS)
    async def pass_time(body: PassTime, request: Request) -> Response:  # noqa: ARG001  # no fields
        """Let simulated time pass up to the command's moment: what is over then goes on record."""
        return shown({"expired": await timekeeping.pass_time(by=acting(request))})
