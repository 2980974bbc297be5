"""What time it is, asked at the edge and passed in everywhere else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Final

LEGAL_TIME: Final = timezone(timedelta(hours=8), "Asia/Shanghai")
"""The time by which days are counted; China has one zone and no summer time."""


def now() -> datetime:
    """Return the moment, in UTC."""
    return datetime.now(UTC)
