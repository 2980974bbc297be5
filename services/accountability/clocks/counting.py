"""Counting a period of law: its last day, and the moment from which whoever has not acted is late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from contracts.vocabulary import LimitUnit
from services.accountability.clocks.rules import Rule
from services.chassis.calendar import Calendar, day
from services.chassis.clock import LEGAL_TIME


@dataclass(frozen=True)
class Period:
    """When a period is over."""

    due_on: date
    due_at: datetime
    """The first moment that is too late: midnight after the last day, in China; for hours the moment itself."""
    provisional: bool
    """Whether a year is touched whose holidays are not announced yet."""


def period(
    rule: Rule, started_at: datetime, calendar: Calendar, *, extra_days: int = 0, fixed: date | None = None
) -> Period:
    """Return the period of a rule that starts at a moment, longer by what was given or is not counted.

    The day of the start is not counted, and a last day off moves on to the next working day (民法典 第二百零一条至
    第二百零三条); a day that somebody has named stays that day.
    """
    if rule.unit is LimitUnit.hour:
        due_at = started_at + timedelta(hours=rule.limit)
        return Period(day(due_at), due_at, provisional=False)
    first = day(started_at)
    if rule.unit is LimitUnit.fixed:
        last = fixed or first
        return Period(last, midnight_after(last), provisional=False)
    if rule.unit is LimitUnit.working_day:
        last = calendar.working_days_after(first, rule.limit + extra_days)
    else:
        last = calendar.days_after(first, rule.limit + extra_days)
    return Period(last, midnight_after(last), calendar.is_provisional(first, last))


def midnight_after(last: date) -> datetime:
    """Return when a day is over in China."""
    return datetime.combine(last + timedelta(days=1), time(), LEGAL_TIME)
