"""第二十二条、第四十三条: whatever comes in is registered; «receive without registering» shows by itself."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from contracts.intake import DoorCounted, RegistrationGapClosed, UnregisteredVisitDetected
from contracts.vocabulary import Channel
from services.intake.domain.gate import CountedAlready, CountsItself, DayNotOver, DoorCount, OnFile
from tests.rules import at, refuses

ENTRY = UUID(int=1, version=4)
NOW = at("2025-09-02", "10:00")
ON = date(2025, 9, 1)
CAME = {Channel.visit: 6, Channel.letter: 2, Channel.call: 0}


def told(registered: dict[Channel, int]) -> dict[Channel, OnFile]:
    """What is on file, and no secret."""
    return {channel: OnFile(number, number) for channel, number in registered.items()}


def counted(registered: dict[Channel, int], **more: Any) -> DoorCount:
    made = DoorCount.blank(ENTRY)
    facts = {"unit": "T-1", "on": ON, "counted": CAME, "by_unit": "XFJ"} | more
    made.count(registered=told(registered), at=NOW, **facts)
    return made


def test_what_is_all_on_file_leaves_no_gap():
    made = counted({Channel.visit: 7, Channel.letter: 2})
    assert [type(e) for e in made.taken()] == [DoorCounted]
    assert (made.missing, made.ever_missing) == (0, 0)


def test_fewer_on_file_than_came_are_on_record_by_channel():
    """第四十四条第一项: 对收到的信访事项不按照规定登记."""
    made = counted({Channel.visit: 4})
    _, *gaps = made.taken()
    assert all(isinstance(gap, UnregisteredVisitDetected) for gap in gaps)
    assert {(g.channel, g.counted, g.registered) for g in gaps} == {(Channel.visit, 6, 4), (Channel.letter, 2, 0)}  # type: ignore[attr-defined]
    assert (made.missing, made.ever_missing) == (4, 4)


def test_what_is_registered_later_closes_the_gap_and_it_stays_on_record():
    made = counted({Channel.visit: 4, Channel.letter: 2})
    made.look_again(told({Channel.visit: 5, Channel.letter: 2}), at=NOW)
    assert made.missing == 2
    made.look_again(told({Channel.visit: 6, Channel.letter: 2}), at=NOW)
    made.look_again(told({Channel.visit: 6, Channel.letter: 2}), at=NOW)
    assert (made.missing, made.ever_missing) == (0, 2)
    assert sum(isinstance(e, RegistrationGapClosed) for e in made.taken()) == 1


def test_whoever_registers_does_not_count():
    with refuses(CountsItself):
        counted({}, by_unit="T-1")


def test_day_is_counted_once_and_when_it_is_over():
    with refuses(DayNotOver):
        counted({}, on=date(2025, 9, 2))
    with refuses(CountedAlready):
        counted({}).count("T-1", ON, CAME, {}, "XFJ", at=NOW)


NUMBERS = st.fixed_dictionaries({channel: st.integers(0, 9) for channel in CAME})


@given(came=NUMBERS, before=NUMBERS, after=NUMBERS)
def test_gap_is_what_came_without_what_is_on_file(
    came: dict[Channel, int], before: dict[Channel, int], after: dict[Channel, int]
):
    """Whatever is counted and registered: nothing is missing that is on file, and no gap is ever forgotten."""
    made = counted(before, counted=came)
    missing = {c: came[c] - before[c] for c in came if came[c] > before[c]}
    assert made.ever_missing == sum(missing.values())
    made.look_again(told(after), at=NOW)
    assert made.gaps == {c: n for c, n in missing.items() if after[c] < came[c]}
    assert made.ever_missing == sum(missing.values())


def test_r30_of_what_lies_apart_it_is_not_told_how_much_it_is():
    """第三十条第三款: it is on file, so that nobody is blamed; and what is told has no room for it."""
    made = DoorCount.blank(ENTRY)
    there = {Channel.visit: OnFile(5, 3), Channel.letter: OnFile(2, 1)}
    made.count("T-1", ON, CAME, there, "XFJ", at=NOW)
    [counted, gap] = made.taken()
    assert isinstance(gap, UnregisteredVisitDetected)
    assert (gap.channel, gap.counted, gap.registered) == (Channel.visit, 4, 3), "one is missing, of six"
    assert (made.missing, made.lies_apart(counted.originator_version)) == (1, True)
    made.look_again({Channel.visit: OnFile(5, 4)}, at=NOW)
    assert made.missing == 1
    made.look_again({Channel.visit: OnFile(6, 3)}, at=NOW)
    [closed] = made.taken()
    assert isinstance(closed, RegistrationGapClosed)
    assert closed.registered == gap.counted
    assert not made.lies_apart(closed.originator_version)


@given(came=NUMBERS, known=NUMBERS, apart=NUMBERS)
def test_r30_what_is_published_is_the_same_whatever_lies_apart(
    came: dict[Channel, int], known: dict[Channel, int], apart: dict[Channel, int]
):
    """第三十条第三款: as though what lies apart had never come in, whose way nobody is to find out."""

    def published(came: dict[Channel, int], there: dict[Channel, OnFile]) -> list[tuple[Any, ...]]:
        made = DoorCount.blank(ENTRY)
        made.count("T-1", ON, came, there, "XFJ", at=NOW)
        gaps = [event for event in made.taken() if not made.lies_apart(event.originator_version)]
        return [(gap.channel, gap.counted, gap.registered) for gap in gaps]  # type: ignore[attr-defined]

    beside = {c: came[c] + apart[c] for c in came}
    there = {c: OnFile(known[c] + apart[c], known[c]) for c in came}
    assert published(beside, there) == published(came, told(known))
