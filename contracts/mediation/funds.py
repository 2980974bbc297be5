"""专项资金: money for hardship."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from contracts.event import Event
from contracts.vocabulary import Hardship


class FundRequested(Event):
    """Money is asked for because of hardship, and for nothing that the petitioner would have to do for it."""

    title = "申请专项资金"
    basis = "信访工作条例 第三十七条第二款"

    case: UUID
    unit: str
    hardship: Hardship
    document: UUID
    amount_fen: int
    tied_to_withdrawal: bool
    requested_by: str


class FundApproved(Event):
    """One of the two who must agree has agreed."""

    title = "审批专项资金"
    basis = "信访工作条例 第三十七条第二款"

    case: UUID
    level: int
    approved_by: str
    unit: str = ""
    """For which unit that one acts."""


class FundPaid(Event):
    """The money is with the petitioner."""

    title = "拨付专项资金"
    basis = "信访工作条例 第三十七条第二款"

    case: UUID
    paid_on: date
    document: UUID
    unit: str = ""
    """Which unit has paid."""
    audited_by: str | None = None
    """Which unit, that has neither agreed nor paid, looks at it; none where the directory has no other."""


class FundAudited(Event):
    """An auditor has looked at the payment and says whether it was in order."""

    title = "审计专项资金"
    basis = "信访工作条例 第三十七条第二款；审计法 第二条"

    case: UUID
    in_order: bool
    document: UUID
