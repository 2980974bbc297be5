"""信访工作条例 第三十四条: in whichever order the lanes come in, the same facts have the same clocks and last days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.assignment import CaseForwarded, CaseLeft, CaseRecalled, ObjectionUpheld
from contracts.envelope import Cause
from contracts.event import Event
from contracts.intake import (
    CaseBroughtBack,
    CaseClassified,
    CaseMerged,
    CaseRegistered,
    CaseSetApart,
    CaseSplit,
    ClassificationCorrected,
    PetitionsTakenOver,
)
from contracts.mediation import AcceptanceNotified, ClassificationLearnt, HandlingExtended, OpinionServed
from contracts.periods.book import midnight
from contracts.periods.calendar import current
from contracts.vocabulary import Channel, ClockOutcome, Kind, LeavingReason, Route
from services.accountability.clocks import retelling
from tests.law.ledger import Ledger
from tests.law.test_r34_waiting import HOUSING, SERVED, World, handed
from tests.rules import at, stored

FIFTEEN = 15
SIXTY = 60


@dataclass(frozen=True)
class Fact:
    """Something that one service says of a case, and what it answers."""

    key: UUID
    case: UUID
    event: Event
    by: str
    cause: UUID | None

    @property
    def lane(self) -> tuple[str, UUID]:
        return self.event.wire_name.partition(".")[0], self.case


class Story:
    """What happens, in order of time."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.facts: list[Fact] = []

    def says(self, case: UUID, what: type[Event], answers: str = "", /, *, by: str = "dept", **fields: Any) -> None:
        """Let a service say something; it answers the newest entry of another one that is about the case."""
        event = what(originator_id=case, originator_version=1, timestamp=self.now, **fields)
        said = (f for f in reversed(self.facts) if f.lane == (answers, case))
        cause = next((fact.key for fact in said), None)
        self.facts.append(Fact(uuid4(), case, stored(event), by, cause))

    def registers(self, received: datetime, parent: UUID | None = None) -> UUID:
        case = uuid4()
        self.says(
            case, CaseRegistered, by="bureau", registration_no="XF1", petition=uuid4(), channel=Channel.letter,
            received_at=received, category=HOUSING, place="village", receiving_unit="bureau", person_count=1,
            anonymous=False, secrecy_requested=False, content=uuid4(), content_sha256="a", split_from=parent,
        )  # fmt: skip
        self.says(
            case, CaseClassified, by="bureau", registration_no="XF1", kind=Kind.appeal_for_resolution,
            route=Route.petition_procedure, category=HOUSING, place="village",
        )  # fmt: skip
        return case

    def forwards(self, case: UUID) -> None:
        self.says(case, CaseForwarded, "intake", by="bureau", **handed("dept"))

    def accepts(self, case: UUID) -> None:
        self.says(case, AcceptanceNotified, "assignment", notice_no="1", served_at=self.now, case_officer="o", **SERVED)

    def extends(self, case: UUID, days: int) -> None:
        self.says(
            case, HandlingExtended, "assignment", days=days, approved_by="h", reasons=uuid4(), notice_no="2",
            served_at=self.now, **SERVED,
        )  # fmt: skip

    def serves(self, case: UUID) -> None:
        self.says(case, OpinionServed, "assignment", served_at=self.now, **SERVED)

    def merges(self, case: UUID, into: UUID) -> None:
        self.says(case, CaseMerged, by="bureau", into=into)
        received = at("2026-01-05")
        self.says(into, PetitionsTakenOver, by="bureau", from_case=case, petitions=(uuid4(),), received_at=received)

    def turns_out(self, case: UUID, kind: Kind) -> None:
        """Let intake put right what the case is, and the others learn it; from a unit it is taken where it must be."""
        to = {"kind": kind, "route": Route.petition_procedure}
        more = {"category": HOUSING, "place": "village", "reasons": uuid4(), "registration_no": "XF1"}
        self.says(case, ClassificationCorrected, by="bureau", **to, **more)
        self.says(case, ClassificationLearnt, "intake", by="bureau", **to)
        if kind is Kind.report_accusation:
            self.says(case, CaseRecalled, "intake", by="bureau", unit="dept")
            self.says(case, CaseLeft, "intake", by="bureau", reason=LeavingReason.sealed)

    def sets_apart(self, case: UUID) -> None:
        """Let it turn out that the case is a report, which intake tells nobody; from a unit it is taken."""
        self.says(case, CaseSetApart, by="organ")
        self.says(case, CaseRecalled, "intake", by="bureau", unit="dept")
        self.says(case, CaseLeft, "intake", by="bureau", reason=LeavingReason.sealed)

    def comes_back(self, case: UUID, kind: Kind = Kind.appeal_for_resolution) -> None:
        """Let it turn out to be no report after all."""
        more = {"category": HOUSING, "place": "village", "reasons": uuid4(), "registration_no": "XF1"}
        self.says(case, ClassificationCorrected, by="organ", kind=kind, route=Route.petition_procedure, **more)
        self.says(case, CaseBroughtBack, by="organ")

    def splits(self, case: UUID, parts: int) -> list[UUID]:
        children = [self.registers(at("2026-01-05"), parent=case) for _ in range(parts)]
        self.says(case, CaseSplit, by="bureau", children=tuple(children))
        return children


def interleaved(random: Random, facts: Sequence[Fact]) -> list[Fact]:
    """Return the facts in any order in which the ledger can take them in: lane by lane, each after its cause."""
    lanes: dict[tuple[str, UUID], list[Fact]] = {}
    for fact in facts:
        lanes.setdefault(fact.lane, []).append(fact)
    known: set[UUID | None] = {None}
    order: list[Fact] = []
    while any(lanes.values()):
        ready = [lane for lane, some in lanes.items() if some and some[0].cause in known]
        lane = random.choice(ready)
        for _ in range(random.choice((1, 1, 2, 9))):  # records come in batches
            if not lanes[lane] or lanes[lane][0].cause not in known:
                break
            order.append(lanes[lane].pop(0))
            known.add(order[-1].key)
    return order


def clocks_of(order: Sequence[Fact], until: datetime | None = None) -> World:
    """Return the ledger that has taken facts in, in this order."""
    world = World()
    for fact in order:
        cause = None if fact.cause is None else Cause("", 0, 0, fact.cause)
        world.enter(fact.event, fact.case, fact.by, fact.key, cause)
    if until is not None:
        world.passes(until)
    return world


def amount(world: Ledger) -> list[tuple[str, ...]]:
    """Return what counts of each clock: its last day, whose it is, and how it ended; what is void counts for nothing."""
    return sorted(
        (str(c.of), c.code, str(c.item), str(c.due_at), str(c.open and c.holder), str(c.outcome), str(c.breached))
        for c in world.all()
        if c.of in {entry.record.case for entry in world.entries} and c.outcome is not ClockOutcome.void
    )


def last_day(start: datetime, days: int) -> date:
    """Return the day so many days later, or the next working day where it is off; counted by hand."""
    day = start.date() + timedelta(days=days)
    while not current().is_working_day(day):
        day += timedelta(days=1)
    return day


def due(world: Ledger, case: UUID) -> date | None:
    return next(
        (c.due_on for c in world.all() if c.of == case and c.code == "C5" and c.outcome is not ClockOutcome.void), None
    )


def accepted_on_2_march() -> tuple[Story, UUID]:
    """A case that a department has accepted on that day: until 6 May, by hand (1 May to 5 May are off)."""
    story = Story(at("2026-02-27"))
    case = story.registers(at("2026-02-27"))
    story.forwards(case)
    story.now = at("2026-03-02", "09:03")
    story.accepts(case)
    return story, case


ALWAYS = pytest.mark.parametrize("dice", range(12))


@ALWAYS
def test_division_that_comes_in_before_the_acceptance_leaves_each_part_its_day(dice: int):
    """第三十四条: accepted on 2 March, divided on 15 April: each part until 6 May, by hand (1 May to 5 May are off)."""
    story = Story(at("2026-03-01"))
    parent = story.registers(at("2026-03-01"))
    story.forwards(parent)
    story.now = at("2026-03-02", "09:03")
    story.accepts(parent)
    story.now = at("2026-04-15")
    children = story.splits(parent, 3)
    story.now = at("2026-04-16")
    for child in children[:2]:
        story.forwards(child)
        story.accepts(child)
    world = clocks_of(interleaved(Random(dice), story.facts))
    assert [due(world, child) for child in children] == [date(2026, 5, 6)] * 3
    assert amount(world) == amount(clocks_of(story.facts))
    assert not [c for c in world.of(parent) if c.open]


@ALWAYS
def test_merger_that_comes_in_before_the_acceptance_leaves_the_petitioner_their_day(dice: int):
    """第三十四条: accepted on 2 March, merged into a case that nobody has: until 6 May there too."""
    story = Story(at("2026-02-27"))
    accepted, other = story.registers(at("2026-02-27")), story.registers(at("2026-02-27"))
    story.forwards(accepted)
    story.now = at("2026-03-02", "09:03")
    story.accepts(accepted)
    story.merges(accepted, other)  # in the same minute
    world = clocks_of(interleaved(Random(dice), story.facts))
    assert due(world, other) == date(2026, 5, 6)
    assert amount(world) == amount(clocks_of(story.facts))


@ALWAYS
def test_extension_of_before_the_merger_does_not_count_for_who_has_joined_by_it(dice: int):
    """第三十四条: nobody but the petitioner who was told waits for an extension, whenever it comes in."""
    story = Story(at("2026-02-18"))
    older, younger = story.registers(at("2026-02-18")), story.registers(at("2026-02-18"))
    for case, day in ((older, "2026-02-28"), (younger, "2026-03-20")):
        story.now = at(day) - timedelta(days=10)
        story.forwards(case)
        story.now = at(day)
        story.accepts(case)
    story.now = at("2026-04-20")
    story.extends(older, 30)
    story.now = at("2026-04-21")
    story.merges(younger, older)
    world = clocks_of(interleaved(Random(dice), story.facts))
    assert due(world, older) == date(2026, 5, 19)
    assert amount(world) == amount(clocks_of(story.facts))


@ALWAYS
def test_notice_of_before_the_division_that_comes_in_after_a_look_puts_the_breach_right(dice: int):
    """第二十三条: what was told in time was in time, also where the division was looked at first."""
    story = Story(at("2026-03-02"))
    parent = story.registers(at("2026-03-02"))
    story.forwards(parent)
    story.now = at("2026-03-10")
    story.accepts(parent)
    story.now = at("2026-04-15")
    (child,) = story.splits(parent, 1)
    order = interleaved(Random(dice), story.facts)
    first = [fact for fact in order if not isinstance(fact.event, AcceptanceNotified)]
    world = clocks_of(first, at("2026-04-16"))
    assert [c.due_on for c in world.of(child) if c.code == "C3"] == [date(2026, 3, 17)]
    (notice,) = (fact for fact in order if fact not in first)
    world.enter(notice.event, parent, "dept", notice.key, Cause("", 0, 0, notice.cause or uuid4()))
    assert due(world, child) == date(2026, 5, 9)
    assert amount(world) == amount(clocks_of(story.facts, at("2026-04-16")))
    assert [breach.corrected for breach in world.cases[parent].breaches if breach.code == "C3"] == [True]
    assert world.cases[parent].state == "split"
    assert world.cases[child].next_duty is not None
    assert world.cases[child].next_duty.code == "C1"


@ALWAYS
@pytest.mark.parametrize("kind", [Kind.report_accusation, Kind.suggestion])
def test_correction_that_comes_in_before_the_acceptance_leaves_the_petitioner_their_day(kind: Kind, dice: int):
    """第三十四条: accepted on 2 March and told apart anew on the third: until 6 May, whatever it is now."""
    story, case = accepted_on_2_march()
    story.now = at("2026-03-03")
    story.turns_out(case, kind)
    world = clocks_of(interleaved(Random(dice), story.facts))
    assert due(world, case) == date(2026, 5, 6)
    assert amount(world) == amount(clocks_of(story.facts))


@ALWAYS
def test_acceptance_that_comes_in_after_the_case_was_set_apart_starts_nothing(dice: int):
    """第三十条第三款: nothing is owed any more in what is told to nobody, also where the notice was given a moment later."""
    story, case = accepted_on_2_march()
    story.now -= timedelta(minutes=dice % 2)  # where the department has not heard of it
    story.sets_apart(case)
    world = clocks_of(interleaved(Random(dice), story.facts))
    assert [c for c in world.of(case) if c.open] == []
    assert world.cases[case].state == "set_apart"
    assert amount(world) == amount(clocks_of(story.facts))


@ALWAYS
def test_acceptance_of_before_a_case_was_set_apart_counts_when_it_comes_back(dice: int):
    """第三十四条: accepted on 2 March, found to be a report on the third and to be none on the tenth: until 6 May."""
    story, case = accepted_on_2_march()
    story.now = at("2026-03-03")
    story.sets_apart(case)
    story.now = at("2026-03-10")
    story.comes_back(case)
    story.forwards(case)
    world = clocks_of(interleaved(Random(dice), story.facts))
    assert due(world, case) == date(2026, 5, 6)
    assert amount(world) == amount(clocks_of(story.facts))


@settings(max_examples=40, deadline=None, report_multiple_bugs=False)
@given(st.integers(0, 2**32))
def test_every_order_of_the_lanes_gives_the_same_clocks(dice: int):
    """第二十二条、第三十四条: acceptance, extension, opinion and objection against merger, division and transfer."""
    random = Random(dice)  # worlds, not secrets
    story, expected = tale(random)
    amounts = []
    for order in (story.facts, *(interleaved(random, story.facts) for _ in range(2))):
        world = clocks_of(order, story.now)
        assert {case: due(world, case) for case in expected} == expected
        world.passes(story.now + timedelta(days=100))
        amounts.append(amount(world))
    assert all(one == amounts[0] for one in amounts)


def tale(random: Random) -> tuple[Story, dict[UUID, date | None]]:
    """Return what happens to some cases, and until when each is to be closed, reckoned with nothing but dates."""
    story = Story(at("2026-01-05"))
    cases = [story.registers(story.now) for _ in range(3)]
    with_unit: dict[UUID, datetime] = {}
    accepted: set[UUID] = set()
    runs: dict[UUID, tuple[datetime, int]] = {}
    """Since when the petitioner waits, and the days that were added."""
    tell_by: dict[UUID, date] = {}
    """By when the petitioner is to be told, whoever has the case meanwhile."""
    answered: set[UUID] = set()
    gone: set[UUID] = set()

    def until(case: UUID) -> date | None:
        return last_day(runs[case][0], SIXTY + runs[case][1]) if case in runs else None

    def no_later_than(case: UUID, since: datetime) -> None:
        runs[case] = min(runs.get(case, (since, 0)), (since, 0))

    def untold() -> None:
        """Whoever is not told by then waits from that day on."""
        for one, on in tell_by.items():
            if one not in gone | accepted and on < story.now.date():
                no_later_than(one, midnight(on))

    for _ in range(random.randrange(4, 16)):
        story.now += timedelta(days=random.choice((0, 0, 1, 2)), hours=random.choice((0, 1, 5)))
        untold()
        case, other = random.choice(cases), random.choice(cases)
        if case in gone or case in answered:
            continue
        what = random.choice(("on", "on", "on", "extend", "merge", "split", "upheld"))
        if what == "on" and case not in with_unit:
            story.forwards(case)
            with_unit[case] = story.now
            tell_by.setdefault(case, last_day(story.now, FIFTEEN))
        elif what == "on" and case not in accepted:
            story.accepts(case)
            accepted.add(case)
            no_later_than(case, story.now)
        elif what == "on" and random.random() < 0.3:
            story.serves(case)
            answered.add(case)
        elif what == "extend" and case in with_unit and case in accepted and not runs[case][1]:
            story.extends(case, 20)
            runs[case] = runs[case][0], 20
        elif what == "upheld" and case in with_unit and case not in accepted:
            story.says(case, ObjectionUpheld, "intake", by="bureau", unit="dept")
            no_later_than(case, midnight(last_day(with_unit.pop(case), FIFTEEN)))
        elif what == "merge" and other not in gone | answered | {case}:
            story.merges(case, other)
            gone.add(case)
            tell_by |= {other: min(tell_by[one] for one in (case, other) if one in tell_by)} if case in tell_by else {}
            mine, its = until(case), until(other)
            if mine is not None and (its is None or mine < its):
                runs[other] = runs[case]
            if case in accepted:
                accepted.add(other)
        elif what == "split":
            children = story.splits(case, 2)
            gone.add(case)
            cases += children
            tell_by |= dict.fromkeys(children, tell_by[case]) if case in tell_by else {}
            if case in runs:
                runs |= dict.fromkeys(children, runs[case])
            if case in accepted:
                accepted |= {*children}
    return story, {case: until(case) for case in cases if case not in gone}


class TestMutants:
    """The tests see what they are there to see."""

    def test_entry_that_is_behind_is_taken_as_it_comes(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(retelling, "behind", lambda *_: False)
        with pytest.raises(AssertionError):
            test_every_order_of_the_lanes_gives_the_same_clocks()

    def test_acceptance_before_the_correction_is_not_told_again(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(retelling, "behind", lambda *_: False)
        with pytest.raises(AssertionError):
            for dice in range(12):
                test_correction_that_comes_in_before_the_acceptance_leaves_the_petitioner_their_day(
                    Kind.suggestion, dice
                )

    def test_acceptance_before_the_division_is_not_told_again(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(retelling, "behind", lambda *_: False)
        with pytest.raises(AssertionError):
            for dice in range(12):
                test_division_that_comes_in_before_the_acceptance_leaves_each_part_its_day(dice)
