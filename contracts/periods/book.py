"""The periods of law as data: how long, by which article, and when one that starts at a moment is over.

What the regulation says is in ``profiles/national.toml``; a local profile beside it may shorten a limit or add a
period, and may never lengthen one. Domains, clocks and papers all read the book in force, so they cannot disagree.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final, Self

from contracts.periods import calendar as days
from contracts.periods.calendar import LEGAL_TIME, Calendar, day
from contracts.vocabulary import ClockNature, LimitUnit

HOME: Final = Path(__file__).with_name("profiles")
"""The rules that come with the source."""
NATIONAL: Final = "national"
CHANGES: Final = frozenset({"limit", "unit", "article"})
"""What a place can say of a period that the national rules have."""
FACTS: Final = ("title", "article", "basis", "limit", "unit", "nature")
"""What is said of every period."""
DAYS_AT_LEAST: Final = {LimitUnit.day: 1.0, LimitUnit.working_day: 1.4, LimitUnit.hour: 1 / 24, LimitUnit.fixed: 0.0}
"""A unit in calendar days, for comparing: five working days are a week."""


class BadRules(ValueError):
    """The rules cannot be used; the message names the period and what is wrong with it."""


@dataclass(frozen=True)
class Extension:
    """How much more time there can be, and how often."""

    days_max: int
    times_max: int


@dataclass(frozen=True)
class Due:
    """When a period is over."""

    due_on: date
    due_at: datetime
    """The first moment that is too late: midnight after the last day, in China; for hours the moment itself."""
    provisional: bool
    """Whether a year is touched whose holidays are not announced yet."""


@dataclass(frozen=True, kw_only=True)
class Period:
    """One period of law."""

    code: str
    title: str
    article: str
    basis: str
    limit: int
    unit: LimitUnit
    nature: ClockNature
    extension: Extension | None = None

    @classmethod
    def read(cls, code: str, table: Mapping[str, Any]) -> Self:
        """Read a row of the rules. Raises ``BadRules``."""
        try:
            unit, nature = LimitUnit[table["unit"]], ClockNature[table["nature"]]
            more = table.get("extension")
            extension = Extension(more["days_max"], more["times_max"]) if more else None
            facts = {name: table[name] for name in FACTS} | {"unit": unit, "nature": nature}
        except KeyError as error:
            raise BadRules(f"{code}: {error}") from error
        return cls(code=code, extension=extension, **facts | {"limit": _whole(code, facts["limit"], unit)})

    @property
    def extension_days_max(self) -> int:
        """How many days can be added at once; none where the law adds none."""
        return self.extension.days_max if self.extension else 0

    @property
    def length(self) -> str:
        """How long it is, as a paper says it."""
        return f"{self.limit}{'个' if self.unit is LimitUnit.working_day else ''}{self.unit.title}"

    def due(self, started_at: datetime, calendar: Calendar, *, extra_days: int = 0, fixed: date | None = None) -> Due:
        """Return when the period is over that starts at a moment, longer by what was given or is not counted.

        The day of the start is not counted, and a last day off moves on to the next working day (民法典 第二百零一条至
        第二百零三条); a day that somebody has named stays that day.
        """
        if self.unit is LimitUnit.hour:
            due_at = started_at + timedelta(hours=self.limit)
            return Due(day(due_at), due_at, provisional=False)
        first = day(started_at)
        if self.unit is LimitUnit.fixed:
            last = fixed or first
            return Due(last, midnight(last + timedelta(days=1)), provisional=False)
        if self.unit is LimitUnit.working_day:
            last = calendar.working_days_after(first, self.limit + extra_days)
        else:
            last = calendar.days_after(first, self.limit + extra_days)
        return Due(last, midnight(last + timedelta(days=1)), calendar.is_provisional(first, last))

    def last_day(self, since: date, *, extra_days: int = 0) -> date:
        """Return the last day by the calendar in force; a date counts as a whole day."""
        started_at = since if isinstance(since, datetime) else midnight(since)
        return self.due(started_at, days.current(), extra_days=extra_days).due_on

    def changed(self, change: Mapping[str, Any]) -> Self:
        """Return the period as a place has it. Raises ``BadRules`` for a longer one: a place may only be stricter."""
        if unknown := sorted(set(change) - CHANGES):
            raise BadRules(f"{self.code}: a place cannot change {unknown[0]!r}, only {', '.join(sorted(CHANGES))}")
        unit = LimitUnit.__members__.get(change.get("unit", self.unit.name))
        if unit is None:
            raise BadRules(f"{self.code}: there is no unit {change['unit']!r}")
        limit = _whole(self.code, change.get("limit"), unit)
        longer = DAYS_AT_LEAST[unit] * limit > DAYS_AT_LEAST[self.unit] * self.limit
        if longer or self.unit is LimitUnit.fixed:
            raise BadRules(f"{self.code}: {limit} {unit.title} is longer than {self.limit} {self.unit.title}")
        article = f"{self.article}；{change['article']}" if "article" in change else self.article
        return replace(self, limit=limit, unit=unit, article=article)


@dataclass(frozen=True, eq=False)
class Book:
    """All periods of law of a place."""

    profile: str
    periods: Mapping[str, Period]
    tables: Mapping[str, Mapping[str, Any]]
    """The rows as they are written: what starts and stops a period is for whoever keeps clocks to read."""
    conditions: Mapping[str, Mapping[str, Any]]
    voids: tuple[str, ...]
    """What ends everything that runs in a case."""
    inherits: tuple[Mapping[str, Any], ...] = ()
    """What lets periods of one case go on in another."""
    hands_over: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    """After what somebody else must act, by the field of the Case that says who that is."""

    def period(self, code: str) -> Period:
        """Return a period. Raises ``KeyError``."""
        return self.periods[code]


@cache
def read(profile: str = NATIONAL, home: Path = HOME) -> Book:
    """Read the rules of a place: the national ones, shortened or added to by its profile. Raises ``BadRules``."""
    if profile not in (places := profiles(home)):
        raise BadRules(f"there are no rules of {profile!r}, only of {', '.join(places)}")
    tables = _tables(home / f"{NATIONAL}.toml")
    conditions, common = tables.pop("conditions"), tables.pop("common")
    periods = {code: Period.read(code, table) for code, table in tables.items()}
    local = _tables(home / f"{profile}.toml") if profile != NATIONAL else {}
    for code, table in local.items():
        known = periods.get(code)
        periods[code] = known.changed(table) if known else Period.read(code, table)
    return Book(
        profile,
        periods,
        local | tables,
        conditions,
        tuple(common["void"]),
        tuple(common["inherit"]),
        common["hand_over"],
    )


def profiles(home: Path = HOME) -> list[str]:
    """Return the names of the places for which there are rules."""
    return sorted(path.stem for path in home.glob("*.toml"))


def midnight(on: date) -> datetime:
    """Return when a day begins in China."""
    return datetime.combine(on, time(), LEGAL_TIME)


def _tables(path: Path) -> dict[str, Any]:
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise BadRules(f"{path}: {error}") from error
    tables.pop("profile", None)
    return tables


def _whole(code: str, limit: object, unit: LimitUnit) -> int:
    if not isinstance(limit, int) or limit < (unit is not LimitUnit.fixed):
        raise BadRules(f"{code}: a limit is a whole number of {unit.title}, not {limit!r}")
    return limit


# ------------------------------------------------------- the book by which this process counts


class _Process:
    book = read()


def current() -> Book:
    """Return the book in force."""
    return _Process.book


def use(book: Book) -> None:
    """Count by another book from now on; a process does so once, before it does anything else."""
    _Process.book = book


def period(code: str) -> Period:
    """Return a period of the book in force. Raises ``KeyError``."""
    return current().period(code)
