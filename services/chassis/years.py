"""The calendar in force: what was published for a year, and what the library says of the years for which nothing was.

Accountability publishes; the others ask it every few seconds and keep what they hear in a table of their own, so they
go on counting while it is away. Whoever starts a clock reads the table in its transaction and counts by it at once.
"""

from __future__ import annotations

import asyncio
from typing import Final

import structlog

from contracts.periods import calendar
from contracts.periods.calendar import Calendar, Published, Year
from services.chassis.database import AWAY, Connection
from services.chassis.errors import Unavailable
from services.chassis.source import Sources
from services.chassis.store import Store
from services.chassis.views import Statement, insertion
from services.chassis.writer import Work

FOLLOW_SECONDS: Final = 10.0
PUBLISHER: Final = "accountability"
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


async def published(connection: Connection) -> list[Published]:
    """Return the years in the table."""
    return [Published(*row) for row in await connection.fetch("SELECT year, sha256, notice FROM calendar_year")]


async def follow(store: Store, sources: Sources) -> None:
    """Ask the publisher for its years again and again, for ever, and keep them."""
    while True:
        try:
            if store.service != PUBLISHER:
                await _keep(store, await sources.years(PUBLISHER))
            async with store.database.connection() as connection:
                await in_force(connection)
        except (*AWAY, Unavailable) as error:
            log.info("calendar_waits", error=repr(error))
        await asyncio.sleep(FOLLOW_SECONDS)


async def _keep(store: Store, years: list[Published]) -> None:
    async with store.database.connection() as connection:
        here = {year.year: year.sha256 for year in await published(connection)}
        news = [publication(Year.from_json(year.notice)) for year in years if here.get(year.year) != year.sha256]
        if news:
            await store.writer.write(connection, [Work([], news)])
