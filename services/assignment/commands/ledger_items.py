"""The commands of the ledgers."""

from __future__ import annotations

from uuid import UUID

from contracts.ids import derived
from contracts.vocabulary import LedgerItemState, LedgerKind, Role
from services.assignment.commands.acting import ORGANISERS, UNIT_DOOR, InCase, KnownCase, Organising
from services.assignment.domain.ledger_items import LedgerItem
from services.chassis.charge import must_belong, must_have_charge_of
from services.chassis.commands import Entry, OnEntry, Reply
from services.chassis.context import By
from services.chassis.fields import Day
from services.chassis.outside import must_judge_from_outside
from services.chassis.references import GivenOfficer, KnownUnit
from services.chassis.texts import CaseText


class LedgerItemEntered(Reply):
    """The row and its number."""

    item_id: UUID
    item_no: str


class LedgerItemChanged(Reply):
    """Whether the row is struck off."""

    item_id: UUID
    state: LedgerItemState


class OpenLedgerItem(
    Organising, Entry[LedgerItem], path="/ledger-items", by=(*ORGANISERS, Role.unit_head), called="建立台账",
    reply=LedgerItemEntered, location="/ledger-items/{item_id}",
):  # fmt: skip
    """Put a problem into a ledger; without unit, its officer and day it is refused (第十条, 第二十八条第一款)."""

    entry = "item"

    kind: LedgerKind
    document: CaseText
    unit: KnownUnit | None = None
    officer: GivenOfficer | None = None
    due_on: Day | None = None
    case_id: KnownCase | None = None

    def stream(self, by: By) -> UUID:
        return derived(by.command_id, "ledger-item")

    def act(self, i: LedgerItem, by: By) -> None:
        around = {unit for case in self._cases for unit in case.around}
        if self.unit is not None and self.unit not in around:
            must_have_charge_of(by, [self.unit], self.directory)
        if self.unit is not None and self.officer is not None:
            must_belong(self.officer, self.unit, self.directory)
        number = self.number("台", by)
        i.open(self.case_id, number, self.kind, self.unit, self.officer, self.due_on, self.document, at=by.at)


class OnLedgerItem(InCase, OnEntry[LedgerItem], reply=LedgerItemChanged):
    """A command about a row of a ledger."""

    entry = "item"


class UpdateLedgerItem(
    OnLedgerItem, path="/ledger-items/{item_id}/updates", by=(Role.case_officer, *UNIT_DOOR), called="更新进展"
):
    """Put on file what was done so far (第二十八条第一款)."""

    document: CaseText

    def act(self, i: LedgerItem, by: By) -> None:
        i.update(self.acting_as(by, i.unit), self.document, at=by.at)


class CloseLedgerItem(Organising, OnLedgerItem, path="/ledger-items/{item_id}/closure", by=ORGANISERS, called="销号"):
    """Strike a row off (销号), with proof and what the beneficiary has confirmed (第二十八条第一款)."""

    proof: CaseText | None = None
    confirmation: CaseText | None = None

    def act(self, i: LedgerItem, by: By) -> None:
        must_judge_from_outside(by.unit, i.unit, self.directory)
        i.close(self.proof, self.confirmation, at=by.at)
