"""Working days in mainland China, make-up workdays included.

A year is what the State Council's notice says of it, in the public format of holiday-cn; years whose notice was not
imported come from a well-kept library, and where that has none either the year is provisional: statutory holidays only,
nothing worked instead.

Days are counted as the Civil Code counts them (第二百条 to 第二百零三条): the first day is not counted, and a period
that would end on a day off ends on the next working day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, timezone
from functools import cache, cached_property
from hashlib import sha256
from importlib.metadata import version as version_of
from itertools import pairwise
from typing import Any, Final, Self

import msgspec

LEGAL_TIME: Final = timezone(timedelta(hours=8), "Asia/Shanghai")
"""The time by which days are counted; China has one zone and no summer time."""
SATURDAY: Final = 5
NOTICE_DAYS_MAX: Final = 200
"""More than any notice has had."""


class Notice(msgspec.Struct, frozen=True, rename="camel"):
    """A day of which a notice speaks: off though it would be worked, or worked though it would be off."""

    name: str
    date: date
    is_off_day: bool


class _File(msgspec.Struct):
    year: int
    days: tuple[Notice, ...]
    papers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Year:
    """The days off and the make-up workdays of a year."""

    year: int
    days: tuple[Notice, ...]
    papers: tuple[str, ...] = ()
    provisional: bool = False

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Read a file of holiday-cn. Raises ``ValueError`` that says what is wrong with it."""
        try:
            file = msgspec.json.decode(text, type=_File)
        except msgspec.MsgspecError as error:
            raise ValueError(f"not in the format of holiday-cn: {error}") from error
        return cls.of(file.year, file.days, file.papers).checked()

    @classmethod
    def of(cls, year: int, days: Iterable[Notice], papers: tuple[str, ...] = ()) -> Self:
        """Make a year of its notices, in whatever order."""
        return cls(year, tuple(sorted(days, key=lambda notice: notice.date)), papers)

    def checked(self) -> Self:
        """Return the year itself. Raises ``ValueError`` where it cannot be a notice for the year."""
        if not 0 < len(self.days) <= NOTICE_DAYS_MAX:
            raise ValueError(f"a notice names 1 to {NOTICE_DAYS_MAX} days, not {len(self.days)}")
        dates = [notice.date for notice in self.days]
        twice = [on for on, after in pairwise(dates) if on == after]
        beside = [on for on in dates if not date(self.year - 1, 12, 1) <= on <= date(self.year + 1, 1, 31)]
        if twice:
            raise ValueError(f"{twice[0]} is named twice")
        if beside:
            raise ValueError(f"{beside[0]} is not in {self.year}, nor in the weeks beside it")
        return self

    def merged(self, later: Year) -> Self:
        """Return the year with what a later notice says of it; nothing that an earlier one said is lost."""
        papers = dict.fromkeys((*self.papers, *later.papers))
        return type(self).of(self.year, {**self.by_date, **later.by_date}.values(), tuple(papers))

    def to_json(self) -> str:
        """Write the year in the same format, always the same for the same days."""
        return msgspec.json.encode(_File(self.year, self.days, self.papers)).decode()

    @cached_property
    def sha256(self) -> str:
        """The digest by which two editions of a year are told apart."""
        return sha256(self.to_json().encode()).hexdigest()

    @cached_property
    def by_date(self) -> Mapping[date, Notice]:
        """What is said of each day."""
        return {notice.date: notice for notice in self.days}

    @cached_property
    def off(self) -> Mapping[date, str]:
        """Days off, with the holiday of each."""
        return {notice.date: notice.name for notice in self.days if notice.is_off_day}

    @cached_property
    def worked(self) -> Mapping[date, str]:
        """Make-up workdays (调休), with the holiday for which each is worked."""
        return {notice.date: notice.name for notice in self.days if not notice.is_off_day}


class Published(msgspec.Struct):
    """A year as it is handed from service to service."""

    year: int
    sha256: str
    notice: str


@dataclass(frozen=True)
class Calendar:
    """Which days are worked: published years, and the library's for all others."""

    published: Mapping[int, Year] = field(default_factory=dict)

    @cached_property
    def version(self) -> str:
        """What a due date says it was counted by."""
        names = ",".join(f"{year}:{self.published[year].sha256}" for year in sorted(self.published))
        suffix = f"+{sha256(names.encode()).hexdigest()[:12]}" if names else ""
        return f"holidays-{version_of('holidays')}{suffix}"

    def with_year(self, year: Year) -> Calendar:
        """Return the calendar that has this edition of a year."""
        return Calendar({**self.published, year.year: year})

    def year(self, number: int) -> Year:
        """Return a year, as published or as the library has it."""
        return self.published.get(number) or _seed(number)

    def _told(self, on: date) -> Notice | None:
        """Return what is said of a day; the notice for the next year may speak of this December."""
        for number in (on.year + 1, on.year, on.year - 1):
            year = self.published.get(number) if number != on.year else self.year(number)
            if year is not None and (notice := year.by_date.get(on)) is not None:
                return notice
        return None

    def is_working_day(self, on: date) -> bool:
        """Return whether offices work on a day."""
        notice = self._told(on)
        return on.weekday() < SATURDAY if notice is None else not notice.is_off_day

    def name_of(self, on: date) -> str | None:
        """Return the holiday because of which a day is off or worked; None for one that is as the week says."""
        notice = self._told(on)
        return None if notice is None else notice.name

    def is_provisional(self, first: date, last: date) -> bool:
        """Return whether a span of days touches a year for which there is no notice, or none that is complete."""
        return any(not self.is_settled(number) for number in range(first.year, last.year + 1))

    def is_settled(self, number: int) -> bool:
        """Return whether all is said of a year: a notice that leaves out statutory days is one of several."""
        if number not in self.published:
            return not _seed(number).provisional
        return not any(map(self.is_working_day, _statutory(number)))

    def working_days_after(self, start: date, count: int) -> date:
        """Return the last day of a period of working days."""
        on = start
        while count:
            on += timedelta(days=1)
            count -= self.is_working_day(on)
        return on

    def days_after(self, start: date, count: int) -> date:
        """Return the last day of a period of calendar days."""
        on = start + timedelta(days=count)
        while not self.is_working_day(on):
            on += timedelta(days=1)
        return on


@cache
def _seed(number: int) -> Year:
    """Return a year as the library has it; without make-up workdays it had no notice yet."""
    import holidays  # noqa: PLC0415  # whoever counts by notices alone, or counts nothing, need not wait for it

    china: Any = holidays.country_holidays("CN", years=number, language="zh_CN")
    weekends = (on for on in _days_of(number) if on.weekday() >= SATURDAY and china.is_working_day(on))
    worked = [Notice("调休", on, is_off_day=False) for on in weekends]
    off = [Notice(name, on, is_off_day=True) for on, name in sorted(china.items()) if on.year == number]
    return replace(Year.of(number, (*worked, *off)), provisional=not worked)


@cache
def _statutory(number: int) -> tuple[date, ...]:
    """Return the days of a year that are off by law, whatever a notice says (全国年节及纪念日放假办法 第二条)."""
    return tuple(on for on, name in _seed(number).off.items() if "休息日" not in name and "补假" not in name)


def _days_of(year: int) -> Iterable[date]:
    first = date(year, 1, 1)
    return (first + timedelta(days=n) for n in range((date(year, 12, 31) - first).days + 1))


# ------------------------------------------------------- the calendar that this process counts by


class _Process:
    calendar = Calendar()


def current() -> Calendar:
    """Return the calendar in force."""
    return _Process.calendar


def use(calendar: Calendar) -> None:
    """Count by another calendar from now on."""
    _Process.calendar = calendar


def day(moment: datetime) -> date:
    """Return the day on which a moment falls in China."""
    return moment.astimezone(LEGAL_TIME).date()


def is_working_day(on: date) -> bool:
    """Return whether offices work on a day."""
    return current().is_working_day(on)
