"""How long a unit may take: ten working days where it is simple, sixty days, and once a little more."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from contracts.event import Event, Words, words_before
from contracts.vocabulary import ServiceMethod, SimplifiedGround


class SimplifiedTrackChosen(Event):
    """The case is simple enough to be answered in ten working days."""

    title = "简易办理"
    basis = "信访事项简易办理办法 第四条、第五条"

    ground: SimplifiedGround


class SimplifiedTrackConverted(Event):
    """Something excludes the simple way; the sixty days count from the original acceptance."""

    title = "转为普通办理"
    basis = "信访事项简易办理办法 第五条"

    document: UUID


class HandlingExtended(Event):
    """The time to decide is longer, once, by at most thirty days; the petitioner was told why before it was over."""

    title = "延期办理"
    basis = "信访工作条例 第三十四条"
    version = 2

    days: int
    approved_by: str
    reasons: UUID
    notice_no: str
    method: ServiceMethod
    served_at: datetime
    receipt: Words


# The first versions had in clear what people typed.
words_before(HandlingExtended)
