"""When offices are open: working days of the State Council's calendar, mornings and afternoons."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from contracts.periods.calendar import is_working_day

LOCAL: Final = ZoneInfo("Asia/Shanghai")
OPENS: Final = time(8, 30)
NOON: Final = time(12)
REOPENS: Final = time(14)
CLOSES: Final = time(17, 30)


def some_time(day: date, rng: Random) -> datetime:
    """Return a moment of a day at which an open office would be busy."""
    first, last = rng.choice(((OPENS, NOON), (REOPENS, CLOSES)))
    minutes = rng.randrange(_minutes(first), _minutes(last))
    return datetime.combine(day, time(minutes // 60, minutes % 60), LOCAL)


def when_open(moment: datetime, rng: Random) -> datetime:
    """Return the moment itself if offices are open, else one soon after they open again."""
    while not is_working_day(moment.date()) or moment.time() > CLOSES:
        moment = some_time(moment.date() + timedelta(1), rng)
    for shuts, opens in ((time(0), OPENS), (NOON, REOPENS)):
        if shuts <= moment.time() < opens:
            waiting = timedelta(minutes=rng.randint(0, 25))
            return datetime.combine(moment.date(), opens, LOCAL) + waiting
    return moment


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute
