"""How a case ends: reported, closed or terminated, and what is owed after it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from contracts.event import Event
from contracts.vocabulary import AidKind, CareKind, OutcomeAxis, Result, TerminationGround


class CaseClosed(Event):
    """The case is answered, what was granted is done, and no remedy is open any more."""

    title = "办结"
    basis = "信访工作条例 第三十二条、第三十五条"

    result: Result


class CaseReopened(Event):
    """The petitioner had asked for review or recheck in time, and that was entered after the end: the case goes on."""

    title = "恢复办理"
    basis = "信访工作条例 第三十五条、第三十六条"


class ClosureReportSubmitted(Event):
    """The unit has reported the result to whoever assigned the case."""

    title = "提交办结报告"
    basis = "信访工作条例 第二十二条第三项"

    document: UUID


class ClosureReportReturned(Event):
    """The sender has read the report of the result and wants it done again."""

    title = "退回办结报告"
    basis = "信访工作条例 第二十二条第三项"

    unit: str
    due_on: date


class CaseTerminated(Event):
    """There is no further remedy in the petition procedure; care for the petitioner goes on."""

    title = "三级终结"
    basis = "信访工作条例 第三十六条第三款"

    ground: TerminationGround
    document: UUID | None = None


class OutcomeAssessed(Event):
    """The unit says whether its work on the case has reached what it should; it says nothing about the petitioner."""

    title = "办理到位情况"
    basis = "信访工作条例 第二十七条"

    axis: OutcomeAxis
    achieved: bool
    document: UUID


class AidReferred(Event):
    """Somebody in real hardship was told of help, or helped to apply for it; why is nowhere in the case."""

    title = "救助告知"
    basis = "信访工作条例 第三十七条第二款"

    kind: AidKind
    agency: str


class PostTerminationCareRecorded(Event):
    """The petition procedure is over and the care for the petitioner is not."""

    title = "终结后疏导帮扶"
    basis = "信访工作条例 第三十七条第三款"

    unit: str
    kind: CareKind
    document: UUID
