"""Working days in mainland China, make-up workdays included; from a well-kept library until notices are imported.

Days are counted as the Civil Code counts them (第二百条 to 第二百零三条): the first day is not counted, and a period
that would end on a day off ends on the next working day.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache

import holidays

from services.chassis.clock import LEGAL_TIME


@cache
def _china() -> holidays.HolidayBase:
    return holidays.country_holidays("CN")


def day(moment: datetime) -> date:
    """Return the day on which a moment falls in China."""
    return moment.astimezone(LEGAL_TIME).date()


def is_working_day(on: date) -> bool:
    """Return whether offices work on a day."""
    return bool(_china().is_working_day(on))


def working_days_after(start: date, count: int) -> date:
    """Return the last day of a period of working days."""
    on = start
    while count:
        on += timedelta(days=1)
        count -= is_working_day(on)
    return on


def days_after(start: date, count: int) -> date:
    """Return the last day of a period of calendar days."""
    on = start + timedelta(days=count)
    while not is_working_day(on):
        on += timedelta(days=1)
    return on
