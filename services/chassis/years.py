"""The calendar in force: what was published for a year, and what the library says of the years for which nothing was.

Every service keeps the published years in a table of its own and reads them again every few seconds, so all replicas
count by the same days soon after a notice; whoever starts a clock reads them in its transaction and counts by them now.
"""

from __future__ import annotations

import asyncio
from typing import Final

import structlog

from contracts.accountability import CalendarPublished
from services.chassis import calendar
from services.chassis.calendar import Calendar, Notice, Year
from services.chassis.database import AWAY, Connection, Database
from services.chassis.views import Statement, insertion

FOLLOW_SECONDS: Final = 5.0
_YEARS: Final = "SELECT year, sha256 FROM calendar_year ORDER BY year"
_NOTICES: Final = "SELECT notice FROM calendar_year ORDER BY year"
_PUT: Final = (
    insertion("calendar_year", "year", "sha256", "notice")
    + " ON CONFLICT (year) DO UPDATE SET sha256 = EXCLUDED.sha256, notice = EXCLUDED.notice"
)

log = structlog.get_logger()


class _Known:
    years: tuple[tuple[int, str], ...] = ()


def publication(year: Year) -> Statement:
    """Return what puts a published year into the table of a service."""
    return _PUT, {"year": year.year, "sha256": year.sha256, "notice": year.to_json()}


def kept(event: CalendarPublished) -> Statement:
    """Return what keeps the year that an event has published."""
    days = zip((*event.days_off, *event.make_up_days), event.holidays, strict=True)
    off = set(event.days_off)
    return publication(Year.of(event.year, (Notice(name, on, on in off) for on, name in days), event.papers))


async def in_force(connection: Connection) -> Calendar:
    """Return the calendar as the table has it, and let the process count by it from now on."""
    years = tuple((row["year"], row["sha256"]) for row in await connection.fetch(_YEARS))
    if years != _Known.years:
        made = Calendar()
        for row in await connection.fetch(_NOTICES):
            made = made.with_year(Year.from_json(row["notice"]))
        calendar.use(made)
        _Known.years = years
    return calendar.current()


async def follow(database: Database) -> None:
    """Read the published years again and again, for ever."""
    while True:
        try:
            async with database.connection() as connection:
                await in_force(connection)
        except AWAY as error:
            log.warning("calendar_waits", error=repr(error))
        await asyncio.sleep(FOLLOW_SECONDS)
