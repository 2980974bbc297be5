"""督办追责: what the supervising side orders, and what it is told in return."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from contracts.event import Event
from contracts.vocabulary import SupervisionReason


class SupervisionOrdered(Event):
    """A unit is told in writing what is wrong with its handling of a case and what it must do."""

    title = "督办"
    basis = "信访工作条例 第四十条第一款"

    case: UUID
    card_no: str
    unit: str
    reason_code: SupervisionReason
    document: UUID | None
    due_on: date


class SupervisionReplied(Event):
    """The unit has answered the card."""

    title = "督办反馈"
    basis = "信访工作条例 第四十条第一款"

    case: UUID
    document: UUID


class SupervisionClosed(Event):
    """The supervisor has checked the reply; `satisfied` says whether the wrong is righted."""

    title = "督办办结"
    basis = "信访工作条例 第四十条第一款"

    case: UUID
    satisfied: bool
