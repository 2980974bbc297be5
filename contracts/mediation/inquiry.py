"""How a unit finds out: records, recusals and hearings."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from contracts.event import Event
from contracts.vocabulary import HearingStage, RecordKind


class HandlingRecorded(Event):
    """Something was heard or verified, and the record of it lies in the vault."""

    title = "办理记录"
    basis = "信访工作条例 第三十一条第六项"

    kind: RecordKind
    held_at: datetime
    document: UUID
    recorded_by: str | None = None


class HearingOpened(Event):
    """A hearing has begun; in a recheck its time is not counted."""

    title = "听证开始"
    basis = "信访工作条例 第三十一条第六项、第三十六条第二款"

    stage: HearingStage
    opened_on: date
    presider: str
    public: bool


class HearingClosed(Event):
    """The hearing is over and its report lies in the vault."""

    title = "听证结束"
    basis = "信访工作条例 第三十一条第六项、第三十六条第二款"

    stage: HearingStage
    closed_on: date
    document: UUID


class RecusalRequested(Event):
    """The petitioner asks that somebody keep out of the case; the reasons lie in the vault."""

    title = "申请回避"
    basis = "信访工作条例 第二十八条第三款"

    officer: str
    document: UUID
    decider: str | None = None
    """The unit whose head decides."""


class RecusalDeclared(Event):
    """Somebody has a direct interest, says so, and steps aside at once."""

    title = "自行回避"
    basis = "信访工作条例 第二十八条第三款"

    officer: str
    decider: str | None = None
    """The unit whose head decides."""


class RecusalDecided(Event):
    """The head of the unit has decided whether somebody keeps out, and who handles the case instead."""

    title = "回避决定"
    basis = "信访工作条例 第二十八条第三款"

    officer: str
    granted: bool
    decided_by: str
    successor: str | None = None
