"""Withdrawal: the petitioner's own words, fifteen days to think again, and no hand of the handling unit in it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from contracts.intake import CaseWithdrawn, WithdrawalRequested, WithdrawalRevoked
from contracts.periods import period
from contracts.periods.calendar import day
from contracts.vocabulary import RegistrationState
from services.chassis.aggregate import when
from services.chassis.errors import Forbidden, Refused
from services.intake.domain.filing import Filing


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


class ConfirmedByHandler(Forbidden):
    """Whoever has to answer the petition must not confirm that it is withdrawn."""

    code = "confirmed_by_handler"
    title = "直接收到并办理的单位不得确认撤回"
    article = "信访工作条例 第十七条、第二十八条第三款"


class Withdrawal(Filing):
    """The petitioner's wish to withdraw."""

    def start(self) -> None:
        """There is no such wish."""
        super().start()
        self.withdrawal_on: date | None = None

    def request_withdrawal(self, document: UUID, *, at: datetime) -> None:
        """Put the wish on file; nothing changes for fifteen days."""
        self.must_be_open()
        if self.withdrawal_on is not None:
            raise WithdrawalPending
        self.record(WithdrawalRequested, at=at, document=document, effective_on=period("D10").last_day(at))

    def revoke_withdrawal(self, document: UUID | None, *, at: datetime) -> None:
        """Let the case go on as it was."""
        self._must_be_pending()
        self.record(WithdrawalRevoked, at=at, document=document)

    def confirm_withdrawal(self, unit: str, document: UUID, *, at: datetime) -> None:
        """Withdraw the case after somebody out of the handling unit's reach has asked the petitioner."""
        self._must_be_pending()
        if self.direct and unit == self.receiving_unit:
            raise ConfirmedByHandler
        if self.withdrawal_on is not None and day(at) <= self.withdrawal_on:
            raise CoolingOff
        self.record(CaseWithdrawn, at=at, document=document)

    def _must_be_pending(self) -> None:
        self.must_be_open()
        if self.withdrawal_on is None:
            raise NoWithdrawalPending

    @when
    def _(self, event: WithdrawalRequested) -> None:
        self.withdrawal_on = event.effective_on

    @when
    def _(self, _: WithdrawalRevoked) -> None:
        self.withdrawal_on = None

    @when
    def _(self, _: CaseWithdrawn) -> None:
        self.withdrawal_on, self.ended = None, RegistrationState.withdrawn
