"""第二十三条第二款: who signs what had come without a name is told by the fifteenth day of their own letter."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.intake import CaseRegistered, PetitionAttached
from contracts.vocabulary import Channel, ContentCategory, Kind
from tests.law.ledger import Ledger
from tests.rules import at


def letter(on: str, *, anonymous: bool) -> dict[str, Any]:
    return {
        "on": on, "petition": uuid4(), "registration_no": "XF1", "channel": Channel.letter, "received_at": at(on),
        "receiving_unit": "county-hr", "person_count": 1, "anonymous": anonymous, "content": uuid4(),
        "content_sha256": "0" * 64,
    }  # fmt: skip


def came(*, anonymous: bool = True, direct: bool = True) -> Ledger:
    ledger = Ledger()
    more = {"category": ContentCategory.unpaid_wages, "place": "P-1", "secrecy_requested": False, "direct": direct}
    ledger.tell(CaseRegistered, **letter("2025-03-03", anonymous=anonymous), **more)
    return ledger


def attached(ledger: Ledger, on: str = "2025-03-10", *, anonymous: bool = False, **more: Any) -> UUID:
    told = letter(on, anonymous=anonymous) | {"after_end": False, "further": False} | more
    ledger.tell(PetitionAttached, **told)
    return told["petition"]


def owed(ledger: Ledger) -> list[tuple[str | None, date]]:
    return [(duty.holder, duty.due_on) for duty in ledger.duties("C2")]


def test_r23_first_who_signs_is_told_by_who_received_it():
    ledger = came()
    assert owed(ledger) == []
    attached(ledger)
    assert owed(ledger) == [("county-hr", date(2025, 3, 25))]
    ledger.passes("2025-03-26")
    assert "C2" in ledger.breaches()


def test_r23_who_signs_again_gains_and_loses_no_day():
    ledger = came(anonymous=False)
    attached(ledger)
    assert owed(ledger) == [("county-hr", date(2025, 3, 18))]


@pytest.mark.parametrize("more", [{"anonymous": True}, {"further": True}, {"after_end": True}])
def test_r23_nobody_else_begins_it(more: dict[str, Any]):
    """Who comes beside others is told as such (C3o), and what comes after the end has an answer of its own."""
    ledger = came()
    attached(ledger, **more)
    assert owed(ledger) == []


def test_r23_who_signs_what_a_bureau_received_is_told_by_the_unit_that_gets_it():
    ledger = came(direct=False)
    attached(ledger)
    assert (owed(ledger), ledger.case.anonymous) == ([], False)


def test_r23_who_signs_what_was_told_apart_is_told_by_who_has_it():
    ledger = came()
    ledger.case.kind = Kind.appeal_for_resolution
    attached(ledger)
    assert owed(ledger) == []
