"""办理: what can happen from a unit's receipt of a case to its closing."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from contracts.event import Event
from contracts.vocabulary import RecordKind, Result, Route, ServiceMethod


class HandlingOpened(Event):
    """A competent unit has received the case: it has fifteen days to tell the petitioner."""

    title = "单位收到"
    basis = "信访工作条例 第二十三条第三款"

    unit: str
    unit_name: str
    registration_no: str
    route: Route
    due_on: date | None = None


class HandlingReturned(Event):
    """The unit has given the case back, because its objection was upheld."""

    title = "交还材料"
    basis = "信访工作条例 第二十三条第三款"

    unit: str


class AcceptanceNotified(Event):
    """The petitioner was told in writing of receipt, route and procedure; the sixty days run from here."""

    title = "受理告知"
    basis = "信访工作条例 第二十三条、第三十四条"

    notice_no: str
    method: ServiceMethod
    served_at: datetime
    receipt: str
    case_officer: str


class HandlingRecorded(Event):
    """Something was heard or verified, and the record of it lies in the vault."""

    title = "办理记录"
    basis = "信访工作条例 第三十一条第六项"

    kind: RecordKind
    held_at: datetime
    document: UUID


class OpinionIssued(Event):
    """The unit itself has decided: claim, facts, reasons, opinion and basis stand in the document."""

    title = "出具处理意见书"
    basis = "信访工作条例 第三十一条第六项、第三十二条"

    opinion_no: str
    result: Result
    legal_basis: list[str]
    document: UUID
    approved_by: str
    review_body: str


class OpinionServed(Event):
    """The petitioner has the written opinion; thirty days to ask for review run from here."""

    title = "处理意见书送达"
    basis = "信访工作条例 第三十二条、第三十五条"

    method: ServiceMethod
    served_at: datetime
    receipt: str


class OpinionExecuted(Event):
    """What the opinion granted has been done, and the proof lies in the vault."""

    title = "意见执行"
    basis = "信访工作条例 第三十二条第二款"

    executed_on: date
    document: UUID


class CaseClosed(Event):
    """The case is answered, what was granted is done, and no remedy is open any more."""

    title = "办结"
    basis = "信访工作条例 第三十二条、第三十五条"

    result: Result
