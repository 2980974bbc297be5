"""The commands about time: publishing a year's calendar, and letting simulated time pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.periods.calendar import Published, Year, current
from contracts.vocabulary import ClockKind
from services.accountability.clocks import rules
from services.accountability.clocks.clock import Clock
from services.accountability.clocks.explain import Explanation, Supposed, suppose, suppose_more
from services.accountability.clocks.scan import Watch
from services.accountability.clocks.years import PublishedYear
from services.chassis import clock
from services.chassis.context import By
from services.chassis.database import AWAY
from services.chassis.errors import Invalid, NotFound, Unavailable
from services.chassis.fields import FIRST_YEAR, LAST_YEAR, Body, Day
from services.chassis.inbox import Inbox
from services.chassis.store import Store
from services.chassis.writer import Done
from services.chassis.years import in_force, publication, published

CalendarYear = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]


_NAMES: Final = "(?:元旦|农历除夕|春节|清明节|劳动节|端午节|中秋节|国庆节|抗战胜利纪念日)"
HolidayName = Annotated[str, StringConstraints(pattern=f"^{_NAMES}(?:、{_NAMES})?$")]
"""What a day is off for, by the law (全国年节及纪念日放假办法 第二条) or for once; at times for two of them."""


class CalendarDay(Body):
    """A day off, or a day worked instead, as holiday-cn writes it."""

    name: str
    date: Day
    isOffDay: bool  # noqa: N815  # the format's own word


class NoticeDay(CalendarDay):
    """The same, as a notice says it."""

    name: HolidayName


class TimeIsReal(Invalid):
    """Where the real clock runs, time passes by itself."""

    code = "time_is_real"
    title = "仅模拟时钟可以推进"


class Timekeeping:
    """What can be done about time."""

    def __init__(self, store: Store, inbox: Inbox) -> None:
        self.store = store
        self.inbox = inbox
        self.book = rules.in_force()
        self.watch = Watch(store, self.book, clock.now)

    async def publish(self, year: Year, *, by: By) -> Done:
        """Publish what a notice says of a year beside what was said before; clocks are counted anew soon after."""
        stream = PublishedYear.stream(year.year)
        known = await self.store.load(PublishedYear, stream)
        whole = known.with_notice(year)

        def act(edition: PublishedYear) -> dict[str, Any]:
            if edition.sha256 not in {known.sha256, whole.sha256}:
                raise Unavailable(f"{year.year} 年安排正由他人发布")
            edition.publish(year, at=by.at)
            return {"year": year.year, "sha256": whole.sha256}

        return await self.store.change(
            PublishedYear, stream, act, by=by, statements=[publication(whole)], may_open=True
        )

    async def pass_time(self, *, by: By) -> int:
        """Record what is over at the command's simulated moment; return how many clocks that were.

        A breach may start the next clock, which may be over at that moment too. Raises ``Unavailable``.
        """
        if by.clock is not ClockKind.simulated:
            raise TimeIsReal
        count = 0
        while batch := await self.watch.expire(by.at, ClockKind.simulated):
            count += batch
            await self.inbox.pull_all(self.store.service)
        return count

    # --------------------------------------------------------------------------- questions

    async def years(self) -> list[Published]:
        """Return the years that were published."""
        try:
            async with self.store.database.connection() as connection:
                return await published(connection)
        except AWAY as error:
            raise Unavailable from error

    def suppose(self, code: str, start: datetime, events: Sequence[Supposed], fixed: date | None) -> Explanation:
        """Explain the clock that would start at a moment. Raises ``Invalid``."""
        return suppose(self.book, code, start, events, current(), fixed=fixed)

    async def year(self, number: int) -> Year:
        """Return a year as it is published at this moment, or as the library has it."""
        try:
            async with self.store.database.connection() as connection:
                calendar = await in_force(connection)
                return replace(calendar.year(number), provisional=not calendar.is_settled(number))
        except AWAY as error:
            raise Unavailable from error

    async def explain(self, clock_id: UUID, events: Sequence[Supposed] = ()) -> Explanation:
        """Explain a clock, as it is or as it would be. Raises ``NotFound`` and ``Invalid``."""
        try:
            found = await self.store.load(Clock, clock_id)
        except AWAY as error:
            raise Unavailable from error
        if not found.exists:
            raise NotFound(str(clock_id))
        return suppose_more(self.book, found, events, current())
