"""The commands about time: publishing a year's calendar, and letting simulated time pass."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

import msgspec
from pydantic import Field, StringConstraints

from contracts.periods.calendar import NOTICE_DAYS_MAX, Notice, Year
from contracts.vocabulary import Role
from services.accountability.application.timekeeping import CalendarYear, NoticeDay, Timekeeping
from services.accountability.clocks.years import PublishedYear
from services.chassis.commands import Command, Reply
from services.chassis.context import By
from services.chassis.errors import Invalid
from services.chassis.running import Running
from services.chassis.writer import Done

PAPERS_MAX: Final = 10
Paper = Annotated[
    str,
    StringConstraints(
        pattern=r"^https?://www\.gov\.cn/(?:(?:zhengce|zhengceku|gongbao|content|zwgk)/){0,3}"
        r"(?:[0-9]{4}(?:-?[0-9]{2})?/)?(?:[0-9]{2}/)?(?:content_[0-9]{1,8}\.html?)?$"
    ),
]
"""Where the State Council has published it; it stands in events, and nowhere in it is room for a word."""
ADMIN: Final = (Role.platform_admin,)


class YearPublished(Reply):
    """Which edition of the year is in force now."""

    year: int
    sha256: str


class PublishYear(
    Command[PublishedYear], method="PUT", path="/calendar/{year}", by=ADMIN, by_two=True, called="发布节假日安排"
):
    """Publish the State Council's notice for a year, in the format of holiday-cn; open clocks are counted anew."""

    replies = YearPublished

    year: CalendarYear
    papers: list[Paper] = Field(default_factory=list, max_length=PAPERS_MAX)
    days: list[NoticeDay] = Field(min_length=1, max_length=NOTICE_DAYS_MAX)

    def notice(self) -> Year:
        """Return it as a year. Raises ``Invalid`` where days are of another year, or named twice."""
        days = [Notice(day.name, day.date, is_off_day=day.isOffDay) for day in self.days]
        try:
            return Year.of(self.year, days, tuple(self.papers)).checked()
        except ValueError as error:
            raise Invalid(str(error)) from error

    may_open = True

    def stream(self, by: By) -> UUID:  # noqa: ARG002  # whoever acts
        """Return the stream of the year."""
        return PublishedYear.stream(self.year)

    def act(self, edition: PublishedYear, by: By) -> None:
        edition.publish(self.notice(), at=by.at)

    async def run(self, running: Running, by: By) -> Done:
        return await Timekeeping(running.store, running.inbox).publish(self.notice(), by=by)


class Passed(Reply):
    """How many clocks were over; no stream was changed, so there is no version."""

    expired: int


class PassTime(Command[PublishedYear], path="/time", by=ADMIN, called="推进模拟时钟", reply=Passed):
    """Let simulated time pass up to the command's moment: what is over then goes on record."""

    async def run(self, running: Running, by: By) -> Done:
        expired = await Timekeeping(running.store, running.inbox).pass_time(by=by)
        return Done(0, msgspec.json.encode({"expired": expired, "version": 0}))
