"""From when a fact counts that is entered later than it happened: one rule for notices, services and requests.

What is entered promptly (及时录入, 信访工作条例 第二十一条第二款) counts from when it happened. Later, nobody can see
any more whether it did, so a time to ask that it would begin, and thereby end sooner, begins with the entry.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from contracts.periods import calendar
from contracts.periods.calendar import day

PROMPT_WORKING_DAYS: Final = 3
"""How many working days after a fact its entry is prompt; the regulation gives no number."""


def began(happened_at: datetime, entered_at: datetime) -> datetime:
    """Return when the time of somebody begins whom somebody else says to have been told at a moment."""
    last = calendar.current().working_days_after(day(happened_at), PROMPT_WORKING_DAYS)
    return happened_at if day(entered_at) <= last else entered_at
