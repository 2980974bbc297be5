"""专项资金: money for hardship, agreed to by two others, and never the price of a withdrawal (第三十七条第二款)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from uuid import UUID

from contracts.mediation import FundApproved, FundAudited, FundPaid, FundRequested
from contracts.periods.calendar import day
from contracts.vocabulary import FundState, Hardship, Role
from services.chassis.aggregate import when
from services.chassis.entry import CaseEntry
from services.chassis.errors import Forbidden, Invalid, Refused
from services.mediation.domain.guards import ImpossibleDate

APPROVERS: Final = (Role.unit_head, Role.bureau_officer)
"""Who agrees, one after the other."""
_ARTICLE: Final = "信访工作条例 第三十七条第二款"


class SilenceIsNotForSale(Refused):
    """Money is for hardship; nobody has to give up a petition for it."""

    code = "silence_is_not_for_sale"
    title = "救助不得以撤回信访、息诉罢访为条件"
    article = _ARTICLE


class WithdrawalPending(Refused):
    """While the petitioner thinks about withdrawing no money may weigh on that."""

    code = "no_money_while_withdrawing"
    title = "撤回申请期间不得申请、拨付专项资金"
    article = _ARTICLE


class OwnRequest(Forbidden):
    """Who asks does not agree."""

    code = "own_request"
    title = "不得审批本人提出的申请"
    article = _ARTICLE


class ApprovedByYou(Forbidden):
    """The second to agree is somebody else than the first."""

    code = "approved_by_you"
    title = "两级审批须由不同的人作出"
    article = _ARTICLE


class NotYourTurn(Refused):
    """First the head of the unit agrees, then the bureau, each once."""

    code = "not_your_turn"
    title = "未到本级审批或者本级已审批"
    article = _ARTICLE


class NotApproved(Refused):
    """Nothing is paid before both have agreed."""

    code = "fund_not_approved"
    title = "尚未完成两级审批"
    article = _ARTICLE


class PaidTooEarly(Invalid):
    """The money is with nobody before both have agreed, and they agree here."""

    code = "paid_too_early"
    title = "拨付日期不得早于审批完成之日"
    article = _ARTICLE


class PaidAlready(Refused):
    """What was asked for is paid once."""

    code = "paid_already"
    title = "已经拨付"
    article = _ARTICLE


class NothingToAudit(Refused):
    """An audit looks at a payment, once."""

    code = "nothing_to_audit"
    title = "尚未拨付或者已经审计"
    article = _ARTICLE


class Fund(CaseEntry):
    """One request for money, and what became of it."""

    def start(self) -> None:
        """Nobody has asked yet."""
        super().start()
        self.unit = self.requested_by = ""
        self.hardship: Hardship | None = None
        self.amount_fen = 0
        self.approved_by: list[str] = []
        self.approved_on: date | None = None
        """When the last of these agreed."""
        self.spent_by: list[str] = []
        """The units that have agreed and paid."""
        self.paid_on: date | None = None
        self.in_order: bool | None = None

    @property
    def state(self) -> FundState:
        """What a list shows."""
        if self.in_order is not None:
            return FundState.audited
        if self.paid_on:
            return FundState.paid
        return (FundState.requested, FundState.approved_once, FundState.approved)[len(self.approved_by)]

    def request(
        self, case: UUID, unit: str, hardship: Hardship, document: UUID, amount_fen: int, officer: str, *,
        tied_to_withdrawal: bool, withdrawal_pending: bool, at: datetime,
    ) -> None:  # fmt: skip
        """Ask for money because of hardship."""
        if tied_to_withdrawal:
            raise SilenceIsNotForSale
        if withdrawal_pending:
            raise WithdrawalPending
        self.record(
            FundRequested, at=at, case=case, unit=unit, hardship=hardship, document=document, amount_fen=amount_fen,
            tied_to_withdrawal=tied_to_withdrawal, requested_by=officer,
        )  # fmt: skip

    def approve(self, role: Role, unit: str, officer: str, *, at: datetime) -> None:
        """Agree, as the one of the two whose turn it is: the head of the unit that asks, then the bureau."""
        if officer == self.requested_by:
            raise OwnRequest
        if officer in self.approved_by:
            raise ApprovedByYou
        done = len(self.approved_by)
        if done == len(APPROVERS) or role is not APPROVERS[done]:
            raise NotYourTurn
        if role is Role.unit_head and unit != self.unit:
            raise NotYourTurn
        self.record(FundApproved, at=at, case=self.of, level=done + 1, approved_by=officer, unit=unit)

    def pay(
        self, paid_on: date, document: UUID, unit: str, audited_by: str | None, *, withdrawal_pending: bool,
        at: datetime,
    ) -> None:  # fmt: skip
        """Show that the money is with the petitioner, and who audits that; nobody yet, where no other unit can."""
        if self.paid_on:
            raise PaidAlready
        if len(self.approved_by) < len(APPROVERS):
            raise NotApproved
        if withdrawal_pending:
            raise WithdrawalPending
        if paid_on > day(at):
            raise ImpossibleDate
        if self.approved_on is not None and paid_on < self.approved_on:
            raise PaidTooEarly(f"{paid_on}，不早于 {self.approved_on}")
        self.record(FundPaid, at=at, case=self.of, paid_on=paid_on, document=document, unit=unit, audited_by=audited_by)

    def audit(self, document: UUID, *, in_order: bool, at: datetime) -> None:
        """Say whether the payment was in order."""
        if self.paid_on is None or self.in_order is not None:
            raise NothingToAudit
        self.record(FundAudited, at=at, case=self.of, in_order=in_order, document=document)

    @when
    def _(self, event: FundRequested) -> None:
        self.of, self.unit, self.requested_by = event.case, event.unit, event.requested_by
        self.hardship, self.amount_fen = event.hardship, event.amount_fen

    @when
    def _(self, event: FundApproved) -> None:
        self.approved_by.append(event.approved_by)
        self.approved_on = day(event.timestamp)
        self._spent(event.unit)

    @when
    def _(self, event: FundPaid) -> None:
        self.paid_on = event.paid_on
        self._spent(event.unit)

    @when
    def _(self, event: FundAudited) -> None:
        self.in_order = event.in_order

    def _spent(self, unit: str) -> None:
        if unit and unit not in self.spent_by:
            self.spent_by.append(unit)
