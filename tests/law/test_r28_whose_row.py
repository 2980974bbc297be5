"""第二十八条第一款: a row of a ledger is carried by the unit that it names, and by nobody else."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

from contracts.assignment import LedgerItemUpdated
from contracts.vocabulary import LedgerKind
from services.assignment.domain.ledger_items import LedgerItem, NotTheUnitOfTheRow
from tests.rules import at, refuses

NOW = at("2025-09-01")


def row() -> LedgerItem:
    made = LedgerItem.blank(uuid4())
    made.open(None, "台1号", LedgerKind.petition, "RSJ", "co-1", date(2025, 9, 30), uuid4(), at=NOW)
    made.taken()
    return made


def test_unit_that_has_nothing_to_do_with_a_row_says_nothing_in_it():
    """第二十八条第一款: 分清责任."""
    made = row()
    with refuses(NotTheUnitOfTheRow):
        made.update("JYJ", uuid4(), at=NOW)
    assert made.updates == 0


def test_unit_that_answers_for_it_does():
    made = row()
    made.update("RSJ", uuid4(), at=NOW)
    assert [type(event) for event in made.taken()] == [LedgerItemUpdated]
