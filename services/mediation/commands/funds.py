"""The commands about the special fund."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from contracts.periods.calendar import day
from contracts.vocabulary import Hardship, Role
from services.chassis.context import By
from services.chassis.fields import Day
from services.chassis.outside import must_judge_from_outside
from services.chassis.texts import CaseText
from services.mediation.commands.handling import AboutCase, OnCaseEntry
from services.mediation.domain.funds import APPROVERS, Fund
from services.mediation.domain.guards import must_have
from services.mediation.domain.people import barred_from

FEN_MAX: Final = 100_000_000_00


class RequestFund(
    AboutCase[Fund], path="/cases/{case_id}/funds", by=(Role.case_officer,), called="申请专项资金",
    location="/funds/{fund_id}",
):  # fmt: skip
    """Ask for money because of hardship, never for a withdrawal (第三十七条第二款)."""

    hardship: Hardship
    document: CaseText
    amount_fen: Annotated[int, Field(ge=1, le=FEN_MAX)]
    tied_to_withdrawal: bool

    def act(self, f: Fund, by: By) -> None:
        must_have(self._handling, by.unit)
        f.request(
            self.case_id, by.unit, self.hardship, self.document, self.amount_fen, by.actor,
            tied_to_withdrawal=self.tied_to_withdrawal, withdrawal_pending=self._handling.withdrawal_pending, at=by.at,
        )  # fmt: skip


class ApproveFund(OnCaseEntry[Fund], path="/funds/{fund_id}/approvals", by=APPROVERS, called="审批专项资金"):
    """Agree: the head of the unit first, then the bureau (第三十七条第二款)."""

    def act(self, f: Fund, by: By) -> None:
        if by.role is not Role.unit_head:
            must_judge_from_outside(by.unit, f.unit, self.directory)
        f.approve(by.role, self.directory.acting_as(by.unit, f.unit), by.actor, at=by.at)


class PayFund(OnCaseEntry[Fund], path="/funds/{fund_id}/payment", by=(Role.bureau_officer,), called="拨付专项资金"):
    """Show that the money is with the petitioner (第三十七条第二款)."""

    document: CaseText
    paid_on: Day | None = None

    def act(self, f: Fund, by: By) -> None:
        must_judge_from_outside(by.unit, f.unit, self.directory)
        barred = barred_from(self._handling, self.directory)
        f.pay(
            self.paid_on or day(by.at), self.document, by.unit,
            self.directory.auditor_of(by.unit, {f.unit, *f.spent_by, by.unit}, barred),
            withdrawal_pending=self._handling.withdrawal_pending, at=by.at,
        )  # fmt: skip


class AuditFund(OnCaseEntry[Fund], path="/funds/{fund_id}/audit", by=(Role.auditor,), called="审计专项资金"):
    """Say whether the payment was in order, as neither who asked, nor who agreed, nor who paid (审计法 第二条)."""

    in_order: bool
    document: CaseText

    def act(self, f: Fund, by: By) -> None:
        for one in sorted({f.unit, *f.spent_by}):
            must_judge_from_outside(by.unit, one, self.directory)
        f.audit(self.document, in_order=self.in_order, at=by.at)
