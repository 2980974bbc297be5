"""Every kind of duty with a day: who owes it, until when, under which article, since which entry; met, late, missed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import pytest

from contracts.accountability import SupervisionOrdered, SupervisionReplied
from contracts.assignment import InstructionAnswered, InstructionRedirected, LeaderInstructed
from contracts.event import Event
from contracts.intake import CaseWithdrawn
from contracts.vocabulary import ClockOutcome, SupervisionReason
from services.accountability.clocks.clock import Clock
from tests.law.ledger import Ledger
from tests.rules import at

DUE: Final = date(2025, 3, 14)
PAPER: Final = {"document": uuid4()}
CASE: Final = object()
"""Stands for the case of the ledger."""


@dataclass(frozen=True)
class Kind:
    """One kind of duty: what makes it, what fulfils it, and what it must say of itself."""

    code: str
    article: str
    made_by: type[Event]
    said: dict[str, Any]
    met_by: type[Event]
    done: dict[str, Any] = field(default_factory=dict)
    holder: str = "county-hr"
    officer: str | None = None
    due: date = DUE
    of_case: bool = True

    def begin(self, ledger: Ledger, stream: UUID) -> UUID:
        return self._tell(ledger, self.made_by, self.said, stream, "2025-03-03").id

    def fulfil(self, ledger: Ledger, stream: UUID, on: str) -> None:
        self._tell(ledger, self.met_by, self.done, stream, on)

    def _tell(self, ledger: Ledger, event: type[Event], said: dict[str, Any], stream: UUID, on: str) -> Any:
        day = date.fromisoformat(on)
        told = {name: ledger.case.case_id if value is CASE else value for name, value in said.items()}
        told |= {name: day for name in told if name in {"done_on", "kept_on", "executed_on", "settled_on", "paid_on"}}
        return ledger.tell(event, stream=stream if self.code not in OF_THE_CASE else None, on=on, **told)


OF_THE_CASE: Final[set[str]] = set()
"""Those whose events stand in the stream of the case itself."""

KINDS: Final = {
    "r40_card": Kind(
        "D11", "第四十条第一款",
        SupervisionOrdered,
        {"case": CASE, "card_no": "督1号", "unit": "county-hr", "reason_code": SupervisionReason.no_feedback,
         "document": None, "due_on": DUE},
        SupervisionReplied, {"case": CASE, **PAPER},
    ),
    "r18_instruction": Kind(
        "D12", "第十八条第二款",
        LeaderInstructed, {"case": CASE, "leader": "leader-1", "unit": "county-hr", "due_on": DUE, **PAPER},
        InstructionAnswered, PAPER,
    ),
}  # fmt: skip
every = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


def begun(kind: Kind) -> tuple[Ledger, UUID, Clock]:
    """Return a ledger in which the duty has begun, the stream of what it is about, and the duty."""
    ledger, stream = Ledger(case_officer="officer-9"), uuid4()
    entry = kind.begin(ledger, stream)
    duty = ledger.duty(kind.code)
    assert duty.started_by == entry
    return ledger, stream, duty


def after(kind: Kind, days: int = 0) -> str:
    return (kind.due + timedelta(days)).isoformat()


@every
def test_duty_names_holder_officer_day_and_article(kind: Kind):
    ledger, _, duty = begun(kind)
    assert (duty.holder, duty.officer, duty.due_on) == (kind.holder, kind.officer, kind.due)
    assert duty.due_at == at(after(kind, 1), "00:00")
    assert kind.article in ledger.keeper.book.rule(duty.code).article
    assert duty.of == (ledger.case.case_id if kind.of_case else None)
    if kind.of_case:
        assert ledger.case.next_duty is not None
        assert (ledger.case.next_duty.code, ledger.case.next_duty.holder) == (kind.code, kind.holder)


@every
def test_duty_that_is_done_in_time_is_met(kind: Kind):
    ledger, stream, _ = begun(kind)
    kind.fulfil(ledger, stream, after(kind))
    assert ledger.ended(kind.code).outcome is ClockOutcome.met
    ledger.passes(after(kind, 1))
    assert kind.code not in ledger.breaches()


@every
def test_duty_that_is_missed_goes_on_record_without_anybody_asking(kind: Kind):
    ledger, _, _ = begun(kind)
    ledger.passes(after(kind))
    assert ledger.breaches() == []
    ledger.passes(after(kind, 1))
    assert ledger.breaches() == [kind.code]
    assert ledger.duty(kind.code).state == "breached"
    if kind.of_case:
        assert (ledger.case.breaches[-1].code, ledger.case.breaches[-1].holder) == (kind.code, kind.holder)


@every
def test_duty_that_is_done_afterwards_is_on_record_as_late(kind: Kind):
    ledger, stream, _ = begun(kind)
    ledger.passes(after(kind, 1))
    kind.fulfil(ledger, stream, after(kind, 3))
    assert ledger.ended(kind.code).outcome is ClockOutcome.late
    assert ledger.breaches() == [kind.code]


@pytest.mark.parametrize("name", ["r40_card", "r18_instruction"])
def test_duty_outlives_a_withdrawal(name: str):
    """第四十条第一款: a case that is withdrawn is not resolved, and the card is still to be answered."""
    kind = KINDS[name]
    ledger, stream, _ = begun(kind)
    ledger.tell(CaseWithdrawn, on="2025-03-10", **PAPER)
    assert ledger.case.ended
    assert ledger.case.next_duty is not None
    assert ledger.case.next_duty.code == kind.code
    kind.fulfil(ledger, stream, after(kind))
    assert ledger.ended(kind.code).outcome is ClockOutcome.met
    assert ledger.case.next_duty is None


def test_r40_every_card_is_a_duty_of_its_own():
    kind = KINDS["r40_card"]
    ledger, first, _ = begun(kind)
    kind.begin(ledger, uuid4())
    assert len(ledger.duties("D11")) == 2
    kind.fulfil(ledger, first, "2025-03-10")
    assert ledger.duty("D11").subject != first


def test_r18_instruction_that_goes_to_another_unit_is_owed_by_that_one():
    ledger, stream, _ = begun(KINDS["r18_instruction"])
    ledger.tell(
        InstructionRedirected, stream=stream, unit="county-water", due_on=date(2025, 4, 1),
        **PAPER,
    )  # fmt: skip
    duty = ledger.duty("D12")
    assert (duty.holder, duty.due_on) == ("county-water", date(2025, 4, 1))


def test_r18_instruction_given_again_to_the_same_unit_moves_no_day():
    ledger, stream, _ = begun(KINDS["r18_instruction"])
    ledger.tell(
        InstructionRedirected, stream=stream, unit="county-hr", due_on=date(2025, 4, 1),
        **PAPER,
    )  # fmt: skip
    assert ledger.duty("D12").due_on == DUE
