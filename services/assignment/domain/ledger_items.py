"""The rules of ledgers (台账): no row without unit, officer and day; struck off (销号) only with proof."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from uuid import UUID

from contracts.assignment import LedgerItemClosed, LedgerItemOpened, LedgerItemUpdated
from contracts.periods.calendar import day
from contracts.vocabulary import LedgerItemState, LedgerKind
from services.chassis.aggregate import Aggregate, when
from services.chassis.errors import Forbidden, Invalid, Refused

LEDGER_ARTICLE: Final = "信访工作条例 第十条、第二十八条第一款"


class LedgerRowIncomplete(Invalid):
    """A row that names no unit, no officer or no day binds nobody."""

    code = "ledger_row_incomplete"
    title = "台账须列明责任单位、责任人和时限"
    article = LEDGER_ARTICLE


class LedgerDayPassed(Invalid):
    """A row gives time to solve the problem."""

    code = "ledger_day_passed"
    title = "台账时限须晚于今日"
    article = LEDGER_ARTICLE


class ClosedWithoutProof(Refused):
    """A row is struck off because the problem is solved, and somebody can see that it is."""

    code = "closed_without_proof"
    title = "无办结证明，不得销号"
    article = LEDGER_ARTICLE


class BeneficiaryNotAsked(Refused):
    """What is there for people's livelihood is solved when they say so."""

    code = "beneficiary_not_asked"
    title = "民生事项未经受益人确认，不得销号"
    article = LEDGER_ARTICLE


class LedgerItemIsClosed(Refused):
    """Nothing more happens to a row that is struck off."""

    code = "ledger_item_closed"
    title = "该台账事项已销号"
    article = LEDGER_ARTICLE


class NotTheUnitOfTheRow(Forbidden):
    """The unit that answers for the row says what it has done."""

    code = "not_the_unit_of_the_row"
    title = "该台账事项不由本单位负责"
    article = LEDGER_ARTICLE


class LedgerItem(Aggregate):
    """One problem in one ledger, of a case or of none."""

    def start(self) -> None:
        """There is no row yet."""
        self.of: UUID | None = None
        self.item_no = ""
        self.kind: LedgerKind | None = None
        self.unit = self.officer = ""
        self.due_on: date | None = None
        self.updates = 0
        self.closed = False

    @property
    def case(self) -> UUID | None:
        """The case that the problem belongs to, if any."""
        return self.of

    @property
    def state(self) -> LedgerItemState:
        """What a list shows."""
        return LedgerItemState.closed if self.closed else LedgerItemState.open

    def open(
        self, case: UUID | None, item_no: str, kind: LedgerKind, unit: str | None, officer: str | None,
        due_on: date | None, document: UUID, *, at: datetime,
    ) -> None:  # fmt: skip
        """Put a problem into a ledger, with who answers for it until when."""
        owed = {"责任单位": unit, "责任人": officer, "时限": due_on}
        if missing := [words for words, value in owed.items() if not value]:
            raise LedgerRowIncomplete(f"缺：{'、'.join(missing)}")
        if due_on is not None and due_on <= day(at):
            raise LedgerDayPassed
        self.record(
            LedgerItemOpened, at=at, case=case, item_no=item_no, kind=kind, unit=unit, officer=officer, due_on=due_on,
            document=document,
        )  # fmt: skip

    def update(self, unit: str, document: UUID, *, at: datetime) -> None:
        """Put on file what was done so far."""
        if unit != self.unit:
            raise NotTheUnitOfTheRow
        self._must_be_open()
        self.record(LedgerItemUpdated, at=at, document=document)

    def close(self, proof: UUID | None, confirmation: UUID | None, *, at: datetime) -> None:
        """Strike the row off (销号)."""
        self._must_be_open()
        if proof is None:
            raise ClosedWithoutProof
        if self.kind is LedgerKind.livelihood and confirmation is None:
            raise BeneficiaryNotAsked
        self.record(LedgerItemClosed, at=at, proof=proof, confirmation=confirmation)

    def _must_be_open(self) -> None:
        if self.closed:
            raise LedgerItemIsClosed

    @when
    def _(self, event: LedgerItemOpened) -> None:
        self.of, self.item_no, self.kind = event.case, event.item_no, event.kind
        self.unit, self.officer, self.due_on = event.unit, event.officer, event.due_on

    @when
    def _(self, _: LedgerItemUpdated) -> None:
        self.updates += 1

    @when
    def _(self, _: LedgerItemClosed) -> None:
        self.closed = True
