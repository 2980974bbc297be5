"""第二十四条第一款、第三十四条: whoever gets the case by whatever way, the petitioner waits no longer for that."""

from __future__ import annotations

from datetime import date, datetime
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.assignment import (
    CasePassedOn,
    CaseRecalled,
    JurisdictionDisputeReferred,
    JurisdictionObjected,
    LeadUnitDesignated,
    ObjectionUpheld,
)
from contracts.mediation import PetitionersLearnt
from contracts.vocabulary import DisputeLevel, ObjectionGround
from services.accountability.case import assignment
from services.accountability.clocks.effects import Clocks
from tests.law.test_r34_waiting import World, handed
from tests.rules import at

TOLD_BY = date(2026, 3, 17)
ANSWERED_BY = date(2026, 5, 18)  # sixty days after the seventeenth of March, which is a Saturday


class Passed(World):
    """A case that went to a unit on the second of March, and from there to others."""

    def __init__(self) -> None:
        super().__init__()
        self.key = self.registers(at("2026-03-02", "08:00"))
        self.forwards(self.key, at("2026-03-02"), "hr")

    def objects(self, unit: str, on: str) -> None:
        ground = ObjectionGround.other_unit_competent
        self.happens(self.key, JurisdictionObjected, at(on), unit=unit, ground=ground, reasons=uuid4())

    def gives_back(self, unit: str, on: str, upheld: str | None = None) -> None:
        self.objects(unit, on)
        self.happens(self.key, ObjectionUpheld, at(upheld or on, "16:00"), unit=unit)

    def asks(self, on: str) -> None:
        level = DisputeLevel.common_superior
        self.happens(
            self.key, JurisdictionDisputeReferred, at(on), level=level, arbiter="gov", units=("hr", "land", "edu")
        )

    def names(self, unit: str, on: str) -> None:
        self.happens(self.key, LeadUnitDesignated, at(on), **handed(unit), decided_by="gov", co_units=())

    def owed(self, code: str) -> tuple[date | None, str | None]:
        clock = self.duty(code)
        return clock.due_on, clock.holder


def test_back_and_forth_gains_nobody_time():
    """第三十四条: 应当自受理之日起60日内办结; what is wrongly objected to is no reason to wait."""
    world = Passed()
    world.gives_back("hr", "2026-03-04")
    world.forwards(world.key, at("2026-03-05"), "land")
    world.gives_back("land", "2026-03-10")
    world.asks("2026-03-11")
    world.names("hr", "2026-03-18")
    world.passes("2026-03-19")
    assert world.owed("C3") == (TOLD_BY, "hr")
    assert "C3" in world.breaches()
    world.accepts(world.key, at("2026-03-30"), unit="hr")
    assert world.owed("C5") == (ANSWERED_BY, "hr")


def test_unit_that_was_named_has_its_own_days_to_tell_and_no_more_to_answer():
    """第二十三条第三款: 应当自收到之日起15日内书面告知; 第二十四条: 由其共同的上一级机关、单位决定受理机关."""
    world = Passed()
    world.objects("hr", "2026-03-04")
    world.asks("2026-03-05")
    world.passes("2026-03-29")
    world.names("edu", "2026-03-30")
    assert world.owed("C3") == (date(2026, 4, 14), "edu")
    assert world.owed("C5") == (ANSWERED_BY, "edu")
    missed = [breach for breach in world.cases[world.key].breaches if breach.code == "C3"]
    assert [(breach.holder, breach.due_on) for breach in missed] == [("hr", TOLD_BY)]


def test_who_has_the_case_owes_the_notice_while_it_is_disputed():
    """第二十三条第三款: until it is decided nobody else has the case, so the fifteen days run."""
    world = Passed()
    world.objects("hr", "2026-03-09")
    world.asks("2026-03-09")
    world.passes("2026-03-18")
    assert world.owed("C3") == (TOLD_BY, "hr")
    assert "C3" in world.breaches()
    world.names("hr", "2026-03-30")
    assert world.owed("C3") == (TOLD_BY, "hr")
    assert world.owed("C5") == (ANSWERED_BY, "hr")


@pytest.mark.parametrize("event", [ObjectionUpheld, CasePassedOn, CaseRecalled])
def test_who_forwards_owes_the_answer_meanwhile(event: type[ObjectionUpheld | CasePassedOn | CaseRecalled]):
    """第三十四条: 件件有着落 also between two units, for whatever reason the first one has lost the case."""
    world = Passed()
    world.happens(world.key, event, at("2026-03-05"), unit="hr")
    assert world.owed("C5") == (ANSWERED_BY, "bureau")
    world.forwards(world.key, at("2026-03-06"), "land")
    assert (world.owed("C3"), world.owed("C5")) == ((date(2026, 3, 23), "land"), (ANSWERED_BY, "land"))


def test_who_is_told_before_that_day_waits_sixty_days_from_there():
    """第三十四条: 自受理之日起."""
    world = Passed()
    world.gives_back("hr", "2026-03-04")
    world.forwards(world.key, at("2026-03-05"), "land")
    world.accepts(world.key, at("2026-03-09"), unit="land")
    assert world.owed("C5") == (date(2026, 5, 8), "land")


def test_case_that_stays_with_its_unit_waits_for_the_notice():
    """第三十四条: where nobody gives the case up, the sixty days begin with it."""
    world = Passed()
    world.accepts(world.key, at("2026-03-09"), unit="hr")
    assert world.owed("C5") == (date(2026, 5, 8), "hr")


def test_each_further_petitioner_is_told_by_the_day_of_before():
    """第二十三条: whoever came later is not told sooner for that."""
    world = Passed()
    first, second = uuid4(), uuid4()
    world.happens(world.key, PetitionersLearnt, at("2026-03-02"), petitions=(first,))
    world.happens(world.key, PetitionersLearnt, at("2026-03-04"), petitions=(second,))
    world.gives_back("hr", "2026-03-05")
    world.forwards(world.key, at("2026-03-06"), "land")
    world.gives_back("land", "2026-03-09")
    world.forwards(world.key, at("2026-03-10"), "hr")
    assert {clock.item: clock.due_on for clock in world.duties("C3o")} == {
        str(first): date(2026, 3, 17), str(second): date(2026, 3, 19)
    }  # fmt: skip


@settings(max_examples=60, deadline=None, report_multiple_bugs=False)
@given(st.integers(0, 2**32))
def test_no_way_between_units_makes_the_answer_later(dice: int):
    """第二十四条、第三十四条: over random ways, of which each loses the case in another manner."""
    random, world = Random(dice), Passed()  # ways, not secrets
    units = ("hr", "land", "edu")
    for day_of in sorted(random.sample(range(3, 29), 7)):
        on = f"2026-03-{day_of:02}"
        state = world.cases[world.key]
        if random.random() < 0.5:
            world.passes(on)
        if state.unit is None:
            world.forwards(world.key, at(on), random.choice(units))
        elif (what := random.choice(("upheld", "recalled", "named"))) == "named":
            world.names(random.choice(units), on)
        else:
            world.happens(world.key, ObjectionUpheld if what == "upheld" else CaseRecalled, at(on), unit=state.unit)
    if world.cases[world.key].unit is None:
        world.forwards(world.key, at("2026-03-29"), "land")
    world.accepts(world.key, at("2026-03-30"), unit=world.cases[world.key].unit or "")
    due = world.duty("C5").due_on
    assert due is not None
    assert due <= ANSWERED_BY


class TestMutants:
    """The random ways see what they are there to see."""

    def test_case_that_forgets_from_when_the_petitioner_waits(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(assignment, "_give_up", lambda _: None)
        with pytest.raises(AssertionError):
            test_no_way_between_units_makes_the_answer_later()

    def test_unit_that_gets_the_case_back_with_a_new_day(self, monkeypatch: pytest.MonkeyPatch):
        def never(*_: Any) -> tuple[datetime, ...]:
            return ()

        monkeypatch.setattr(Clocks, "given_up", never)
        with pytest.raises(AssertionError):
            test_back_and_forth_gains_nobody_time()
