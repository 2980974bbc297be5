"""信访工作条例 第二十三条第三款: who is told by a day is told by it, whatever case of the same unit theirs goes into."""

from __future__ import annotations

from datetime import date
from random import Random
from uuid import UUID, uuid4

import pytest

from contracts.intake import CaseMerged, PetitionsTakenOver
from contracts.mediation import PetitionerNotified, PetitionersLearnt
from contracts.vocabulary import ClockOutcome
from services.accountability.clocks.clock import Clock
from tests.law.test_r34_any_order import Story, amount, clocks_of, interleaved
from tests.law.test_r34_waiting import SERVED, World
from tests.rules import at

PETITION, THIRD = UUID(int=2), UUID(int=3)


def merged(world: World, case: UUID, into: UUID, on: str, *petitions: UUID) -> None:
    """Let a case go into another one, whose unit learns of it."""
    petitions = petitions or (PETITION,)
    world.happens(case, CaseMerged, at(on), into=into)
    world.happens(
        into, PetitionsTakenOver, at(on), from_case=case, petitions=petitions, received_at=at("2026-03-02"),
        others=petitions,
    )  # fmt: skip
    world.happens(into, PetitionersLearnt, at(on), petitions=petitions)


def told(world: World, case: UUID, petition: UUID, on: str) -> None:
    world.happens(
        case, PetitionerNotified, at(on), by="dept", petition=petition, notice_no="2", served_at=at(on), **SERVED
    )


def owed(world: World, case: UUID, petition: UUID = PETITION) -> list[Clock]:
    return [clock for clock in world.of(case) if clock.code == "C3o" and clock.item == str(petition)]


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def accepted(world: World) -> UUID:
    """A case that the unit has accepted on 4 March."""
    case = world.registers(at("2026-03-02"))
    world.forwards(case, at("2026-03-03"))
    world.accepts(case, at("2026-03-04"))
    return case


def waiting(world: World, unit: str = "dept") -> UUID:
    """A case that a unit got on 4 March: it tells of it by the nineteenth."""
    case = world.registers(at("2026-03-03"))
    world.forwards(case, at("2026-03-04"), unit)
    return case


def test_merger_moves_no_notice(world: World, accepted: UUID):
    merged(world, waiting(world), accepted, "2026-03-16")
    assert [(clock.due_on, clock.holder, clock.open) for clock in owed(world, accepted)] == [
        (date(2026, 3, 19), "dept", True)
    ]
    told(world, accepted, PETITION, "2026-03-19")
    assert [clock.outcome for clock in owed(world, accepted)] == [ClockOutcome.met]


def test_notice_that_is_overdue_stays_overdue(world: World, accepted: UUID):
    case = waiting(world)
    world.passes(at("2026-03-21"))
    merged(world, case, accepted, "2026-03-24")
    world.passes(at("2026-03-25"))
    assert [(clock.due_on, clock.breached) for clock in owed(world, accepted)] == [(date(2026, 3, 19), True)]


def test_who_was_told_is_owed_no_second_notice(world: World, accepted: UUID):
    case = waiting(world)
    world.accepts(case, at("2026-03-10"))
    merged(world, case, accepted, "2026-03-16")
    assert [(clock.outcome, clock.breached) for clock in owed(world, accepted)] == [(ClockOutcome.met, False)]


def test_who_was_told_late_was_told_late_once(world: World, accepted: UUID):
    case = waiting(world)
    world.accepts(case, at("2026-03-23"))
    merged(world, case, accepted, "2026-03-24")
    assert [(clock.outcome, clock.breached) for clock in owed(world, accepted)] == [(ClockOutcome.met, False)]
    assert world.the(case, "C3").outcome is ClockOutcome.late


def test_whoever_had_joined_that_case_keeps_their_own_day(world: World, accepted: UUID):
    case = waiting(world)
    world.happens(case, PetitionersLearnt, at("2026-03-06"), petitions=(THIRD,))
    merged(world, case, accepted, "2026-03-16", PETITION, THIRD)
    assert [clock.due_on for clock in owed(world, accepted)] == [date(2026, 3, 19)]
    assert [clock.due_on for clock in owed(world, accepted, THIRD)] == [date(2026, 3, 23)]  # the 21st is a Saturday


def test_whoever_had_joined_that_case_and_was_told_is_told(world: World, accepted: UUID):
    case = waiting(world)
    world.happens(case, PetitionersLearnt, at("2026-03-06"), petitions=(THIRD,))
    told(world, case, THIRD, "2026-03-09")
    merged(world, case, accepted, "2026-03-16", PETITION, THIRD)
    assert [clock.open for clock in owed(world, accepted)] == [True]
    assert [clock.open for clock in owed(world, accepted, THIRD)] == [False]


def test_same_petitioner_is_owed_nothing_by_the_case_that_was_theirs(world: World, accepted: UUID):
    case = waiting(world)
    world.happens(case, CaseMerged, at("2026-03-16"), into=accepted)
    world.happens(
        accepted, PetitionsTakenOver, at("2026-03-16"), from_case=case, petitions=(PETITION,),
        received_at=at("2026-03-02"), others=(),
    )  # fmt: skip
    assert owed(world, accepted) == []


@pytest.mark.parametrize("notified", [False, True])
def test_another_unit_has_days_of_its_own(world: World, accepted: UUID, notified: bool):
    """自收到之日起: it gets the petition by the merger, and the petitioner is told by whom they are answered."""
    case = waiting(world, "other")
    if notified:
        world.accepts(case, at("2026-03-10"), unit="other")
    merged(world, case, accepted, "2026-03-16")
    assert [clock.due_on for clock in owed(world, accepted)] == [date(2026, 3, 31)]


@pytest.mark.parametrize("dice", range(12))
@pytest.mark.parametrize("notified", [False, True])
def test_order_in_which_it_becomes_known_changes_nothing(dice: int, notified: bool):
    story = Story(at("2026-03-02"))
    into, case = story.registers(at("2026-03-02")), story.registers(at("2026-03-03"))
    story.now = at("2026-03-04")
    story.forwards(into)
    story.forwards(case)
    story.accepts(into)
    story.now = at("2026-03-10")
    if notified:
        story.accepts(case)
    story.now = at("2026-03-16")
    story.says(case, CaseMerged, by="bureau", into=into)
    story.says(
        into, PetitionsTakenOver, by="bureau", from_case=case, petitions=(PETITION,), received_at=at("2026-03-02"),
        others=(PETITION,),
    )  # fmt: skip
    story.says(into, PetitionersLearnt, "intake", petitions=(PETITION,))
    world = clocks_of(interleaved(Random(dice), story.facts), at("2026-03-18"))
    [clock] = [one for one in owed(world, into) if one.outcome is not ClockOutcome.void]
    assert (clock.open, clock.due_on) == ((False, clock.due_on) if notified else (True, date(2026, 3, 19)))
    assert amount(world) == amount(clocks_of(story.facts, at("2026-03-18")))


def test_petition_that_is_nobodys_yet_begins_no_day(world: World):
    case, into = waiting(world), world.registers(at("2026-03-02"))
    world.happens(case, CaseMerged, at("2026-03-16"), into=into)
    world.happens(
        into, PetitionsTakenOver, at("2026-03-16"), from_case=case, petitions=(uuid4(),),
        received_at=at("2026-03-02"), others=(),
    )  # fmt: skip
    assert owed(world, into) == []
