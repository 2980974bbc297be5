"""Withdrawal: the petitioner's own words, fifteen days to think again, and no hand of the handling unit in it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from contracts.intake import CaseWithdrawn, WithdrawalRequested, WithdrawalRevoked
from contracts.periods import period
from contracts.periods.calendar import day
from services.chassis.directory import Directory
from services.chassis.errors import Forbidden, Refused
from services.intake.domain.guards import must_be_open
from services.intake.domain.registration import Registration


class WithdrawalPending(Refused):
    """The petitioner has asked for it already."""

    code = "withdrawal_pending"
    title = "已申请撤回，尚在冷静期或待确认"
    article = "信访工作条例 第十七条"


class NoWithdrawalPending(Refused):
    """The petitioner has asked for no withdrawal, or has thought again."""

    code = "no_withdrawal_pending"
    title = "没有待确认的撤回申请"
    article = "信访工作条例 第十七条"


class CoolingOff(Refused):
    """The petitioner may still think again."""

    code = "cooling_off"
    title = "冷静期未满，不得确认撤回"
    article = "信访工作条例 第十七条"


class OthersPetitionToo(Refused):
    """What one petitioner does not want any more, others do: each of them is told and answered."""

    code = "others_petition_too"
    title = "尚有其他信访人，一人撤回不能终止整个事项"
    article = "信访工作条例 第十七条、第三十二条"


class ConfirmedByHandler(Forbidden):
    """Whoever has to answer the petition must not confirm that it is withdrawn."""

    code = "confirmed_by_handler"
    title = "办理单位及其下属单位不得确认撤回"
    article = "信访工作条例 第十七条、第二十八条第三款"


def request_withdrawal(r: Registration, document: UUID, directory: Directory, *, at: datetime) -> None:
    """Put the wish on file; nothing changes for fifteen days, and it is said who asks the petitioner after them.

    Of several petitioners none withdraws what the others have asked for.
    """
    must_be_open(r)
    if r.withdrawal_on is not None:
        raise WithdrawalPending
    if r.others:
        raise OthersPetitionToo(f"另有 {len(r.others)} 名信访人")
    r.record(
        WithdrawalRequested, at=at, document=document, effective_on=period("D10").last_day(at),
        confirmer=_confirmer(r, directory),
    )  # fmt: skip


def _confirmer(r: Registration, directory: Directory) -> str | None:
    """Return who asks: whoever received it and does not handle it, the bureau over them, who stands above them."""
    barred = directory.off_limits(r.accused_units, r.accused_persons)
    received = () if r.direct else (r.receiving_unit,)
    bureau = directory.supervisor_of(r.receiving_unit, barred)
    able = (*received, *([bureau] if bureau else ()), *directory.bodies_above(r.receiving_unit))
    return next((unit for unit in able if unit not in barred), None)


def revoke_withdrawal(r: Registration, document: UUID | None, *, at: datetime) -> None:
    """Let the case go on as it was."""
    _must_be_pending(r)
    r.record(WithdrawalRevoked, at=at, document=document)


def go_on_for_others(r: Registration, *, at: datetime) -> None:
    """Let a case go on that somebody wished to withdraw, where somebody else petitions too by now (第三十二条)."""
    if r.others and r.withdrawal_on is not None:
        r.record(WithdrawalRevoked, at=at)


def confirm_withdrawal(
    r: Registration, unit: str, document: UUID, directory: Directory, *, handler: str | None, at: datetime
) -> None:
    """Withdraw the case after somebody out of the handling unit's reach has asked the petitioner."""
    last = _must_be_pending(r)
    handlers = {one for one in (handler, r.receiving_unit if r.direct else None) if one}
    if unit in handlers.union(*(directory.below(one) for one in handlers)):
        raise ConfirmedByHandler
    if day(at) <= last:
        raise CoolingOff
    r.record(CaseWithdrawn, at=at, document=document)


def _must_be_pending(r: Registration) -> date:
    """Return the last day on which the petitioner may think again."""
    must_be_open(r)
    if r.withdrawal_on is None:
        raise NoWithdrawalPending
    return r.withdrawal_on
