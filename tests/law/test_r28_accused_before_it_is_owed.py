"""第二十八条第三款: what a conference or a reception leaves to somebody whom the case complains of is owed by another.

Neither belongs to the case, so that either may be heard of first; whose duty it is does not depend on that.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import uuid4

import pytest

from contracts.assignment import ConferenceDecided, ReceptionHeld
from contracts.intake import AccusedNamed
from contracts.vocabulary import Level, Role, UnitKind
from services.accountability.clocks.keeper import Keeper
from services.chassis.directory import Directory, Entry, Post
from tests.law.ledger import Ledger

LEADER = Post((Role.sponsor_leader,))
COUNTY = Directory.of(
    [
        Entry("gov", "县人民政府", Level.county, UnitKind.government, officers={"leader-1": LEADER}),
        Entry("water", "水利局", Level.county, UnitKind.department, parent="gov"),
    ]
)
DUE = date(2025, 4, 1)


def decided(ledger: Ledger) -> None:
    ledger.tell(ConferenceDecided, item=1, owner="water", due_on=DUE, document=uuid4(), matter=ledger.key)


def received(ledger: Ledger) -> None:
    ledger.tell(ReceptionHeld, by="gov", cases=(ledger.key,), follow_up_due=DUE, leader="leader-1")


def accused(ledger: Ledger) -> None:
    ledger.tell(AccusedNamed, units=("water",), persons=())


def leader_accused(ledger: Ledger) -> None:
    ledger.tell(AccusedNamed, units=(), persons=("leader-1",))


def owed(code: str, *told: Callable[[Ledger], None]) -> list[tuple[str | None, str | None]]:
    ledger = Ledger(COUNTY)
    for tell in told:
        tell(ledger)
    return [(duty.holder, duty.officer) for duty in ledger.duties(code)]


@pytest.mark.parametrize("first", ["accused", "decided"])
def test_what_was_decided_is_owed_by_who_stands_above_the_accused(first: str):
    both = [accused, decided] if first == "accused" else [decided, accused]
    assert owed("D19", *both) == [("gov", None)]


@pytest.mark.parametrize("first", ["accused", "received"])
def test_what_a_leader_promised_is_asked_of_no_accused_leader_nor_of_anybody_in_their_place(first: str):
    both = [leader_accused, received] if first == "accused" else [received, leader_accused]
    assert owed("D21", *both) == []
    assert owed("D21", received) == [("gov", "leader-1")]


def test_who_does_not_look_at_the_case_is_found_out(monkeypatch: pytest.MonkeyPatch):
    """Mutant: an event that belongs to no case is read without the Case that it names."""
    real = Keeper.noticed

    def blind(self: Keeper, entry):
        entry.named = {}
        return real(self, entry)

    monkeypatch.setattr(Keeper, "noticed", blind)
    assert owed("D19", accused, decided) == [("water", None)]
