"""The clocks of law: what runs in a case, why a day is the last one, and what would be if."""

from __future__ import annotations

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel, Field, RootModel

from contracts.periods.calendar import Published
from contracts.vocabulary import ClockNature, ClockState, LimitUnit
from services.accountability.application.timekeeping import CalendarDay, CalendarYear, Timekeeping
from services.accountability.clocks import rules
from services.accountability.clocks.explain import Explanation, Supposed
from services.accountability.views import ClockRow, OrphanRow
from services.chassis.context import By
from services.chassis.errors import NotFound
from services.chassis.fields import Body, Code, Day, Moment
from services.chassis.figures import Counting, cells, told
from services.chassis.questions import Answer, Listing, One, Question, rows
from services.chassis.running import Running
from services.chassis.shapes import shape
from services.chassis.views import EVERYONE

EVENTS_MAX: Final = 20
_CELLS: Final = cells(
    met="outcome = 'met'", late="outcome = 'late'", overdue="state = 'breached'", corrected="corrected"
)  # fmt: skip
_FIGURES: Final = """
WITH counted AS MATERIALIZED (
    SELECT code, outcome, state, corrected, {sees} AS sees FROM clock_view
    WHERE nature = 'duty' AND due_on BETWEEN $1 AND $2 AND ($3::text IS NULL OR holder = $3) AND {counts}
)
SELECT code, {cells} FROM counted GROUP BY code ORDER BY code
"""

ClockCode = Annotated[str, Field(min_length=2, max_length=8, pattern=r"^[A-Za-z0-9]+$")]
EventName = Annotated[str, Field(max_length=60, pattern=r"^[A-Za-z.]+$")]


class Happening(Body):
    """That something happens; `days` where it gives time."""

    event: EventName
    at: Moment
    days: int | None = Field(default=None, ge=1, le=366)


class ClocksOfCase(BaseModel):
    """The clocks of a case, whatever has become of them."""

    items: list[ClockRow]


class PeriodOfLaw(BaseModel):
    """A period of law with its article."""

    code: str
    title: str
    article: str
    basis: str
    limit: int
    unit: LimitUnit
    nature: ClockNature


class PeriodsOfLaw(BaseModel):
    """All periods in force, and the version of the rules."""

    version: str
    items: list[PeriodOfLaw]


class YearsPublished(RootModel[list[shape(Published)]]):  # type: ignore[misc]  # a model made of the struct
    """The years that were published."""


class YearShown(BaseModel):
    """A year in the format of holiday-cn; `provisional` where there is no notice yet."""

    year: int
    papers: list[str]
    days: list[CalendarDay]
    provisional: bool


class ListClocksOfCase(
    Question, path="/cases/{case_id}/clocks", called="事项期限", sight=ClockRow.view.sight, reply=ClocksOfCase
):
    """List the clocks of a case, whatever has become of them."""

    case_id: UUID

    async def ask(self, running: Running, by: By | None) -> Answer:
        view = ClockRow.view
        seen, values = await self.seen(running, by, 1)
        sql = (
            f"SELECT {', '.join(view.shown)} FROM {view.table} "  # noqa: S608  # names of ours
            f"WHERE case_id = $1 AND {seen} ORDER BY started_at, id"
        )
        return Answer({"items": await rows(running.store, sql, self.case_id, *values)})


class ListClocks(Listing[ClockRow], path="/clocks", called="期限清单", sort=("due_on",)):
    """List clocks, duties and rights, in a state: those that run, if nothing else is said."""

    state: ClockState = ClockState.running
    code: ClockCode | None = None


class Figures(BaseModel):
    """How often a duty was met and missed, as it is known now, and how many of the missed were put right afterwards.

    Nothing is said where that would tell of few that whoever asks does not see.
    """

    code: str
    met: int | None
    late: int | None
    overdue: int | None
    corrected: int | None


class AllFigures(BaseModel):
    """Figures of every kind of duty whose last day was in the period."""

    items: list[Figures]


class CountClocks(Counting, path="/clocks/figures", called="期限统计", sight=ClockRow.view.sight, reply=AllFigures):
    """Count duties of a period met, late and overdue, of a unit or of all, both of its days included.

    A duty is of the period in which its last day is; what was corrected counts as it is now, and is shown.
    """

    since: Day
    until: Day
    holder: Code | None = None

    async def ask(self, running: Running, by: By | None) -> Answer:
        counts, sees, values = await self.counted(running, by, 3)
        sql = _FIGURES.format(counts=counts, sees=sees, cells=_CELLS)
        found = await rows(running.store, sql, self.since, self.until, self.holder, *values)
        return Answer({"items": [told(row) for row in found]})


class DutyRow(ClockRow):
    """Something that somebody owes until a day, with what it is called and the article by which it is owed."""

    title: str
    article: str


class ListDuties(Listing[DutyRow], path="/duties", called="应办清单", sort=("due_on",)):
    """List what is owed, sorted by day: what a unit owes, what an officer does, what is owed in a case, until a day.

    Without `state`, whatever is not done yet, in time or overdue; `state=breached` is what is overdue.
    """

    holder: Code | None = None
    officer: Code | None = None
    case: UUID | None = None
    until: Day | None = None
    state: ClockState | None = None

    async def ask(self, running: Running, by: By | None) -> Answer | Response:
        answer = await super().ask(running, by)
        assert isinstance(answer, Answer)
        book = rules.in_force().rules
        for item in answer.value["items"]:
            item |= {"title": book[item["code"]].title, "article": book[item["code"]].article}
        return answer

    def _narrowed(self) -> tuple[list[str], list[Any]]:
        """Return what is asked of the columns, and that it is a duty."""
        asked = {
            "holder = {}": self.holder, "officer = {}": self.officer, "state = {}": self.state,
            "case_id = {}": self.case, "due_on <= {}": self.until,
        }  # fmt: skip
        told = [(condition, value) for condition, value in asked.items() if value is not None]
        conditions = [condition.format(f"${n}") for n, (condition, _) in enumerate(told, 1)]
        owed = [] if self.state else ["state IN ('running', 'paused', 'breached')"]
        return ["nature = 'duty'", *owed, *conditions], [value for _, value in told]


class ListPeriods(Question, path="/clocks/rules", called="法定期限", sight=EVERYONE, reply=PeriodsOfLaw, open=True):
    """List the periods of law with their articles."""

    async def ask(self, running: Running, by: By | None) -> Answer:  # noqa: ARG002  # the same for everybody
        book = rules.in_force()
        items = [{name: getattr(rule, name) for name in PeriodOfLaw.model_fields} for rule in book.rules.values()]
        return Answer({"version": book.version, "items": items})


class SupposeClock(
    Question, method="POST", path="/clocks/what-if", called="期限试算", sight=EVERYONE, reply=shape(Explanation)
):
    """Explain the due date that a clock would have, if it started at a moment and these things happened."""

    code: ClockCode
    start: Moment
    fixed: Day | None = None
    events: list[Happening] = Field(default_factory=list, max_length=EVENTS_MAX)

    async def ask(self, running: Running, by: By | None) -> Answer:  # noqa: ARG002  # the same for everybody
        timekeeping = Timekeeping(running.store, running.inbox)
        return Answer(timekeeping.suppose(self.code, self.start, _supposed(self.events), self.fixed))


class ShowClock(One[ClockRow], path="/clocks/{clock_id}", called="期限"):
    """Show a clock."""


class OfClock(Question, sight=ClockRow.view.sight):
    """A question about a clock."""

    clock_id: UUID

    async def explained(self, running: Running, by: By | None, events: list[Happening]) -> Answer:
        """Explain the clock, as it is or as it would be, to whoever sees it. Raises ``NotFound``."""
        seen, values = await self.seen(running, by, 1)
        if not await rows(running.store, f"SELECT FROM {ClockRow.view.table} WHERE id = $1 AND {seen}", self.clock_id,
                          *values):  # fmt: skip
            raise NotFound(str(self.clock_id))
        timekeeping = Timekeeping(running.store, running.inbox)
        return Answer(await timekeeping.explain(self.clock_id, _supposed(events)))


class ExplainClock(OfClock, path="/clocks/{clock_id}/explanation", called="期限说明", reply=shape(Explanation)):
    """Say why the last day of a clock is what it is."""

    async def ask(self, running: Running, by: By | None) -> Answer:
        return await self.explained(running, by, [])


class SupposeMore(
    OfClock, method="POST", path="/clocks/{clock_id}/what-if", called="期限推演", reply=shape(Explanation)
):
    """Say what would become of a clock that runs, if these things happened."""

    events: list[Happening] = Field(min_length=1, max_length=EVENTS_MAX)

    async def ask(self, running: Running, by: By | None) -> Answer:
        return await self.explained(running, by, self.events)


class ListYears(Question, path="/calendar", called="节假日安排", sight=EVERYONE, reply=YearsPublished, open=True):
    """List the years that were published, as the other services keep them."""

    async def ask(self, running: Running, by: By | None) -> Answer:  # noqa: ARG002  # the same for everybody
        return Answer(await Timekeeping(running.store, running.inbox).years())


class ShowYear(Question, path="/calendar/{year}", called="年度节假日", sight=EVERYONE, reply=YearShown, open=True):
    """Show a year in the format of holiday-cn; `provisional` where there is no notice yet."""

    year: CalendarYear

    async def ask(self, running: Running, by: By | None) -> Answer:  # noqa: ARG002  # the same for everybody
        found = await Timekeeping(running.store, running.inbox).year(self.year)
        days = [{"name": d.name, "date": d.date, "isOffDay": d.is_off_day} for d in found.days]
        return Answer({"year": self.year, "papers": found.papers, "days": days, "provisional": found.provisional})


class ListOrphans(Listing[OrphanRow], path="/orphans", called="无着落事项", sort=("id", "since")):
    """List when nobody had to act in a case that had not ended (件件有着落)."""


def _supposed(events: list[Happening]) -> list[Supposed]:
    return [Supposed(event.event, event.at, event.days) for event in events]
