"""信访工作条例 第三十四条: nothing that happens to a case lengthens the petitioner's wait, and no look at a clock does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.accountability import ClockAdvanced, ClockHandedOver
from contracts.assignment import CaseForwarded, LeadUnitDesignated, ObjectionUpheld
from contracts.event import Event, typed_before
from contracts.intake import CaseClassified, CaseMerged, CaseRegistered, CaseSplit, PetitionsTakenOver
from contracts.mediation import AcceptanceNotified, CaseClosed, OpinionServed, RecheckRequested, ReviewRequested
from contracts.vocabulary import Channel, ClockOutcome, ContentCategory, Kind, Result, Route, ServiceMethod
from services.accountability.case import Case
from services.accountability.clocks import effects
from services.accountability.clocks.clock import Clock
from services.accountability.clocks.firing import Firing
from services.accountability.clocks.keeper import Keeper
from services.accountability.clocks.rules import Act
from services.accountability.following import Checked
from tests.law.ledger import Ledger
from tests.rules import at

HOUSING = ContentCategory.housing
SERVED = {"method": ServiceMethod.post, "receipt": typed_before("R-1")}


class World(Ledger):
    """Cases that are registered, forwarded, accepted, joined and divided."""

    def happens(self, case: UUID, kind: type[Event], on: datetime, /, *, by: str = "bureau", **fields: Any) -> None:
        self.cases.setdefault(case, Case(case))
        self.tell(kind, on=on, stream=case, by=by, **fields)

    def of(self, case: UUID) -> list[Clock]:
        return self.clocks.about.get(case, [])

    def the(self, case: UUID, code: str) -> Clock:
        """Return the newest clock of a code."""
        return [clock for clock in self.of(case) if clock.code == code][-1]

    def said_of(self, clock: Clock) -> list[Event]:
        return [event for event in self.events if event.originator_id == clock.id]

    def registers(self, received: datetime, entered: datetime | None = None, *, parent: UUID | None = None) -> UUID:
        case = uuid4()
        self.happens(
            case, CaseRegistered, entered or received, registration_no="XF1", petition=uuid4(), channel=Channel.letter,
            received_at=received, category=HOUSING, place="village", receiving_unit="bureau", person_count=1,
            anonymous=False, secrecy_requested=False, content=uuid4(), content_sha256="a", split_from=parent,
        )  # fmt: skip
        self.happens(
            case, CaseClassified, entered or received, registration_no="XF1", kind=Kind.appeal_for_resolution,
            route=Route.petition_procedure, category=HOUSING, place="village",
        )  # fmt: skip
        return case

    def forwards(self, case: UUID, when: datetime, unit: str = "dept") -> None:
        self.happens(case, CaseForwarded, when, **handed(unit))

    def accepts(self, case: UUID, served: datetime, entered: datetime | None = None, unit: str = "dept") -> None:
        self.happens(
            case, AcceptanceNotified, entered or served, by=unit, notice_no="1", served_at=served, case_officer="o",
            **SERVED,
        )  # fmt: skip

    def merges(self, case: UUID, into: UUID, when: datetime) -> None:
        received = [self.cases[one].received_at for one in (case, into)]
        self.happens(case, CaseMerged, when, into=into)
        self.happens(
            into, PetitionsTakenOver, when, from_case=case, petitions=(uuid4(),),
            received_at=min(moment for moment in received if moment),
        )  # fmt: skip

    def splits(self, case: UUID, when: datetime) -> UUID:
        received = self.cases[case].received_at
        assert received is not None
        child = self.registers(received, when, parent=case)
        self.happens(case, CaseSplit, when, children=(child,))
        return child

    def due(self, case: UUID, code: str) -> date | None:
        return self.the(case, code).due_on


def handed(unit: str) -> dict[str, object]:
    facts = {"registration_no": "XF1", "route": Route.petition_procedure}
    return facts | {
        "unit": unit, "unit_name": unit, "kind": Kind.appeal_for_resolution, "anonymous": False, "review_bodies": (),
    }  # fmt: skip


def opens(world: World) -> dict[tuple[UUID, str], tuple[date | None, str | None]]:
    """Return what runs, with its last day and who owes it."""
    clocks = (clock for clock in world.all() if clock.open)
    return {(clock.of, clock.code): (clock.due_on, clock.holder) for clock in clocks if clock.of}


# -------------------------------------------------------------------------- the order of looking


@pytest.mark.parametrize("looked", [False, True])
def test_late_notice_gives_the_same_last_day_whoever_looked_before(looked: bool):
    """第三十四条: sixty days from acceptance; a notice later than the fifteenth day does not begin them later."""
    world = World()
    case = world.registers(at("2026-03-02"))
    world.forwards(case, at("2026-03-03"))
    if looked:
        world.passes(at("2026-03-20"))
    world.accepts(case, at("2026-03-25"))
    assert world.the(case, "C3").outcome is ClockOutcome.late
    assert world.due(case, "C5") == date(2026, 5, 18)  # 18 March, and sixty days, by hand: Sunday the 17th moves on


@pytest.mark.parametrize("looked", [False, True])
def test_notice_served_in_time_and_entered_late_begins_the_sixty_days_when_it_was_served(looked: bool):
    """第三十四条: from acceptance, and never later than from the day on which the notice was due."""
    world = World()
    case = world.registers(at("2026-03-02"))
    world.forwards(case, at("2026-03-03"))
    if looked:
        world.passes(at("2026-03-20"))
    world.accepts(case, at("2026-03-10"), at("2026-03-25"))
    assert world.due(case, "C5") == date(2026, 5, 9)  # a make-up workday


@pytest.mark.parametrize("looked", [False, True])
def test_sixty_days_begin_with_the_missed_notice_though_it_is_told_apart_later(looked: bool):
    """第三十四条: the notice was due on 17 March; told apart on the 20th, it is to be answered by 18 May, by hand."""
    world, case = World(), uuid4()
    world.happens(
        case, CaseRegistered, at("2026-03-02"), registration_no="XF1", petition=uuid4(), channel=Channel.letter,
        received_at=at("2026-03-02"), category=HOUSING, place="village", receiving_unit="dept", person_count=1,
        direct=True, anonymous=False, secrecy_requested=False, content=uuid4(), content_sha256="a",
    )  # fmt: skip
    if looked:
        world.passes(at("2026-03-18"))
    world.happens(
        case, CaseClassified, at("2026-03-20"), registration_no="XF1", kind=Kind.appeal_for_resolution,
        route=Route.petition_procedure, category=HOUSING, place="village",
    )  # fmt: skip
    world.passes(at("2026-03-21"))
    world.accepts(case, at("2026-03-30"))
    assert world.due(case, "C5") == date(2026, 5, 18)


def test_review_asked_in_time_and_entered_after_the_last_day_ends_the_duty_to_close():
    """第三十五条: who has asked in time waits for an answer, and nobody has to close the case meanwhile."""
    world = World()
    case = world.registers(at("2026-03-02"))
    world.forwards(case, at("2026-03-03"))
    world.accepts(case, at("2026-03-04"))
    world.happens(case, OpinionServed, at("2026-03-10"), served_at=at("2026-03-10"), **SERVED)
    world.passes(at("2026-04-10"))
    assert world.the(case, "D4").open
    world.happens(
        case, ReviewRequested, at("2026-04-11"), review_body="gov", received_at=at("2026-04-09"), document=uuid4()
    )
    assert world.the(case, "D4").outcome is ClockOutcome.void
    assert world.the(case, "C9").due_on == date(2026, 5, 9)


@settings(max_examples=60, deadline=None, report_multiple_bugs=False)
@given(st.integers(0, 2**32))
def test_any_looks_between_entries_leave_the_same_clocks(dice: int):
    """第三十四条: the same facts have the same last days."""
    outcomes = []
    for looks in (False, True):
        random, watch = Random(dice), Random(f"{dice}/watch")  # worlds, not secrets
        world, now = World(), at("2026-01-05", "09:00")
        case = world.registers(now)
        for step in (world.forwards, world.accepts):
            now += timedelta(days=random.choice((1, 10, 14, 15, 16, 20, 40)), hours=random.randrange(12))
            for _ in range(watch.randrange(3) if looks else 0):
                world.passes(now - timedelta(hours=watch.randrange(240)))
            step(case, now)
        for kind, fields in (
            (OpinionServed, SERVED),
            (ReviewRequested, {"review_body": "gov", "document": uuid4()}),
            (RecheckRequested, {"recheck_body": "city", "document": uuid4()}),
            (CaseClosed, {"result": Result.explain}),
        ):
            now += timedelta(days=random.choice((1, 29, 30, 31, 59, 61, 70)))
            moment = {"served_at": now} if kind is OpinionServed else {"received_at": now}
            if looks and watch.random() < 0.7:
                world.passes(now - timedelta(days=watch.randrange(20)))
            if random.random() < 0.7:
                world.happens(case, kind, now, **fields, **({} if kind is CaseClosed else moment))
        world.passes(now + timedelta(days=400))
        outcomes.append(
            sorted((c.code, str(c.started_at), c.due_on, str(c.state), str(c.outcome)) for c in world.of(case))
        )
    assert outcomes[0] == outcomes[1]


# --------------------------------------------------------------------- joined, divided, handed on


def test_merged_case_keeps_the_earlier_day_of_the_two():
    """第二十二条: fifteen days from receipt, for each petition; a merge gives none of them more."""
    world = World()
    older, younger = world.registers(at("2026-03-02")), world.registers(at("2026-03-13"))
    world.merges(older, younger, at("2026-03-14"))
    assert world.due(younger, "C1") == date(2026, 3, 17)
    assert isinstance(world.said_of(world.the(younger, "C1"))[-1], ClockAdvanced)
    assert world.cases[younger].next_duty is not None
    assert world.cases[younger].next_duty.due_on == date(2026, 3, 17)


def test_merging_the_younger_into_the_older_changes_no_day():
    """第二十二条."""
    world = World()
    older, younger = world.registers(at("2026-03-02")), world.registers(at("2026-03-13"))
    world.merges(younger, older, at("2026-03-14"))
    assert world.due(older, "C1") == date(2026, 3, 17)


@pytest.mark.parametrize("taken_over_first", [False, True])
def test_order_in_which_the_two_halves_of_a_merge_come_in_changes_nothing(taken_over_first: bool):
    """第二十二条: the ledger may have either case's entry first."""
    world = World()
    older, younger = world.registers(at("2026-03-02")), world.registers(at("2026-03-13"))
    halves = [
        (older, CaseMerged, {"into": younger}),
        (younger, PetitionsTakenOver, {"from_case": older, "petitions": (uuid4(),), "received_at": at("2026-03-02")}),
    ]
    for case, kind, fields in reversed(halves) if taken_over_first else halves:
        world.happens(case, kind, at("2026-03-14"), **fields)
    assert world.due(younger, "C1") == date(2026, 3, 17)


def test_sixty_days_of_a_merged_case_go_on_where_its_petitions_are_now():
    """第三十四条: whoever has been accepted waits no longer because the case went into one that was not."""
    world = World()
    accepted, other = world.registers(at("2026-03-02")), world.registers(at("2026-03-09"))
    world.forwards(accepted, at("2026-03-03"))
    world.accepts(accepted, at("2026-03-10"))
    world.merges(accepted, other, at("2026-03-12"))
    assert opens(world)[other, "C5"] == (date(2026, 5, 9), "bureau")
    world.forwards(other, at("2026-03-16"), "other-dept")
    assert opens(world)[other, "C5"] == (date(2026, 5, 9), "other-dept")
    world.accepts(other, at("2026-03-30"), unit="other-dept")
    assert opens(world)[other, "C5"] == (date(2026, 5, 9), "other-dept")


@pytest.mark.parametrize("child_first", [False, True])
def test_child_of_an_accepted_case_inherits_its_last_day(child_first: bool):
    """第三十四条: delay and division never lengthen the wait."""
    world = World()
    parent = world.registers(at("2026-03-02"))
    world.forwards(parent, at("2026-03-03"))
    world.accepts(parent, at("2026-03-10"))
    if child_first:
        child = world.splits(parent, at("2026-04-20"))
    else:
        world.happens(parent, CaseSplit, at("2026-04-20"), children=())
        child = world.registers(at("2026-03-02"), at("2026-04-20"), parent=parent)
    assert opens(world) == {
        (child, "C1"): (date(2026, 5, 6), "bureau"),  # the bureau has a new case to hand on
        (child, "C5"): (date(2026, 5, 9), "bureau"),
    }
    world.forwards(child, at("2026-04-21"), "b")
    world.accepts(child, at("2026-04-22"), unit="b")
    assert opens(world) == {(child, "C5"): (date(2026, 5, 9), "b")}


def test_child_of_a_case_that_nobody_has_yet_is_due_when_its_letter_was():
    """第二十二条: each part was received when the letter was."""
    world = World()
    parent = world.registers(at("2026-03-02"))
    child = world.splits(parent, at("2026-03-16"))
    assert opens(world) == {(child, "C1"): (date(2026, 3, 17), "bureau")}


def test_extension_that_was_given_is_inherited_with_the_day():
    """第三十四条: what the parent's petitioner was told is what holds."""
    from contracts.mediation import HandlingExtended  # this test alone

    world = World()
    parent = world.registers(at("2026-03-02"))
    world.forwards(parent, at("2026-03-03"))
    world.accepts(parent, at("2026-03-10"))
    world.happens(
        parent, HandlingExtended, at("2026-05-08"), days=30, approved_by="h", reasons=uuid4(), notice_no="2",
        served_at=at("2026-05-08"), **SERVED,
    )  # fmt: skip
    child = world.splits(parent, at("2026-05-12"))
    assert world.due(child, "C5") == date(2026, 6, 8) == world.due(parent, "C5")


def test_take_over_by_another_unit_leaves_the_day_and_changes_who_owes_it():
    """第二十四条、第三十四条."""
    world = World()
    case = world.registers(at("2026-03-02"))
    world.forwards(case, at("2026-03-03"))
    world.accepts(case, at("2026-03-10"))
    world.happens(case, LeadUnitDesignated, at("2026-03-20"), **handed("lead"), decided_by="gov")
    clock = world.the(case, "C5")
    assert (clock.due_on, clock.holder) == (date(2026, 5, 9), "lead")
    assert isinstance(world.said_of(clock)[-1], ClockHandedOver)


def test_case_that_comes_back_after_the_notice_was_overdue_is_still_due_on_its_day():
    """第二十三条第三款、第三十四条: the sixty days that began with the breach go on with whoever gets the case next."""
    world = World()
    case = world.registers(at("2026-03-02"))
    world.forwards(case, at("2026-03-03"))
    world.passes(at("2026-03-19"))
    world.happens(case, ObjectionUpheld, at("2026-03-20"), unit="dept")
    assert opens(world)[case, "C5"] == (date(2026, 5, 18), "bureau")
    world.forwards(case, at("2026-03-23"), "b")
    assert opens(world)[case, "C5"] == (date(2026, 5, 18), "b")


@settings(max_examples=150, deadline=None, report_multiple_bugs=False)
@given(st.integers(0, 2**32))
def test_no_last_day_is_ever_later_for_being_merged_split_or_handed_on(dice: int):
    """第二十二条、第三十四条: over random worlds of cases that are joined and divided."""
    random, world = Random(dice), World()  # worlds, not secrets
    now = at("2026-01-05", "09:00")
    cases = [world.registers(now - timedelta(days=n)) for n in range(3)]
    for _ in range(14):
        now += timedelta(days=random.choice((0, 1, 3, 8, 20)))
        if random.random() < 0.5:
            world.passes(now)
        case, other = random.choice(cases), random.choice(cases)
        before = opens(world)
        heirs = {case: [case]}
        what = random.choice(("forward", "accept", "merge", "split", "upheld"))
        state = world.cases[case]
        if state.ended or (what == "merge" and (case == other or world.cases[other].ended)):
            continue
        if what == "forward" and state.unit is None:
            world.forwards(case, now, random.choice(("a", "b")))
        elif what == "accept" and state.unit and not state.accepted_at:
            world.accepts(case, now, unit=state.unit)
        elif what == "merge" and not state.accepted_at:
            world.merges(case, other, now)
            heirs = {case: [other], other: [other]}
        elif what == "split":
            children = [world.splits(case, now)]
            cases += children
            heirs = {case: children}
        elif what == "upheld" and state.unit and not state.accepted_at:
            world.happens(case, ObjectionUpheld, now, unit=state.unit)
        after = opens(world)
        for (old, code), (due, _) in before.items():
            if code not in {"C5", "D5", "D6"}:
                continue
            for heir in heirs.get(old, [old]):
                assert (heir, code) in after, f"{code} is gone by {what}"
                found = after[heir, code][0]
                assert found is not None
                assert due is not None
                assert found <= due, f"{code} later by {what}"
        assert not any(clock.open and not clock.holder for clock in world.all() if clock.nature == "duty")


class TestMutants:
    """The two random tests see what they are there to see."""

    def test_entry_that_takes_effect_before_what_was_over(self, monkeypatch: pytest.MonkeyPatch):
        def at_once(_: Keeper, entry: Checked, firings: Sequence[Firing], *more: Any) -> Iterator[Clock]:
            clocks, calendar, by = more
            for firing in firings:
                yield from effects.take_effect(firing, clocks, calendar, by.at)

        monkeypatch.setattr(Keeper, "apply", at_once)
        with pytest.raises(AssertionError):
            test_any_looks_between_entries_leave_the_same_clocks()

    def test_case_that_takes_over_petitions_without_their_days(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setitem(effects._ACTS, Act.inherit, lambda *_: None)
        with pytest.raises(AssertionError):
            test_no_last_day_is_ever_later_for_being_merged_split_or_handed_on()
