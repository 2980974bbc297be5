"""What a firing does to clocks: the only place where one begins, ends, or comes to be due on another day."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from operator import attrgetter
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from contracts.ids import derived
from contracts.periods.calendar import Calendar, day
from contracts.vocabulary import ClockKind, ClockOutcome, ClockState
from services.accountability.clocks.clock import Clock
from services.accountability.clocks.firing import Deed, Firing
from services.accountability.clocks.rules import Act, Inherited

_DONE: Final = frozenset({ClockOutcome.met, ClockOutcome.late})
"""How a clock ends whose duty was done."""


class Clocks:
    """The open clocks of a batch, by what they are about."""

    def __init__(self, there: Iterable[Clock] = ()) -> None:
        self.about: dict[UUID | None, list[Clock]] = {}
        for clock in there:
            self.add(clock)

    def add(self, clock: Clock) -> None:
        """Take in a clock, unless it is there."""
        there = self.about.setdefault(clock.about, [])
        if all(clock.id != other.id for other in there):
            there.append(clock)

    def all(self) -> Iterator[Clock]:
        """Return each of them."""
        return (clock for some in self.about.values() for clock in some)

    def open(self, firing: Firing) -> list[Clock]:
        """Return the open clocks that a firing is about; just those of one item where it names one."""
        code, item = firing.rule.code, firing.item
        there = self.about.get(firing.about, ())
        return [c for c in there if c.code == code and c.open and (item is None or c.item == item)]

    def same(self, firing: Firing) -> list[Clock]:
        """Return the open clock that a firing would begin once more."""
        return [clock for clock in self.open(firing) if clock.item == firing.item]

    def lapsed(self, firing: Firing) -> list[Clock]:
        """Return the lapsed right that a firing may still prove to have been used, or given again, in time."""
        code, item = firing.rule.code, firing.item
        there = self.about.get(firing.about, ())
        lapsed = [c for c in there if c.code == code and c.lapsed and c.stopped_at is None]
        return [c for c in lapsed if item is None or c.item == item][-1:]

    def first_over(self, about: UUID | None, moment: datetime, kind: ClockKind) -> Clock | None:
        """Return the clock that was over first, of those that a moment finds over and nobody has recorded."""
        over = (
            c for c in self.about.get(about, ())
            if c.due_at is not None and c.due_at <= moment and c.kind is kind and c.state is ClockState.running
        )  # fmt: skip
        return min(over, key=attrgetter("due_at", "code"), default=None)

    def stopped_by(self, fact: UUID) -> list[Clock]:
        """Return the clocks that an event has stopped."""
        return [clock for clock in self.all() if clock.stopped_by == fact]

    def held_by(self, units: Collection[str]) -> list[Clock]:
        """Return the open clocks that some units hold."""
        return [clock for clock in self.all() if clock.open and clock.holder in units]

    def owed_in(self, case: UUID) -> list[Clock]:
        """Return the open clocks of a case that somebody holds, whatever each is about."""
        return [clock for clock in self.all() if clock.open and clock.of == case and clock.holder is not None]

    def claimed_by(self, fact: UUID) -> list[Clock]:
        """Return the clocks that an event would have made longer, had it been entered in time."""
        return [clock for clock in self.all() if fact in clock.claims]

    def before(self, firing: Firing) -> Clock | None:
        """Return the clock of the rule in the case from which this one has come, as it ran when it did."""
        for clock in self._there_before(firing):
            ended_so = clock.outcome is ClockOutcome.void and clock.stopped_at == firing.record.at
            if clock.open or ended_so:
                return clock
        return None

    def done_before(self, firing: Firing) -> datetime | None:
        """Return when the same unit did, in the case from which this one has come, what is due here to one of many."""
        if firing.item is None:
            return None
        done = (clock.stopped_at for clock in self._there_before(firing) if clock.outcome in _DONE)
        return min((moment for moment in done if moment is not None), default=None)

    def _there_before(self, firing: Firing) -> Iterator[Clock]:
        """Yield the clocks of the case from which this one has come that go on here; to one of many, of the same unit.

        Whoever gets a petitioner of another unit has days of its own to tell them (第二十三条 自收到之日起).
        """
        codes, item = firing.of or (firing.rule.code,), None if firing.of else firing.item
        for clock in self.about.get(firing.source, ()):
            if clock.code in codes and (firing.item is None or (clock.item, clock.holder) == (item, firing.holder)):
                yield clock

    def done_already(self, firing: Firing) -> bool:
        """Return whether who would owe it by a firing has done it, where nobody does it twice."""
        same = (firing.rule.code, firing.item, firing.holder)
        there = self.about.get(firing.about, ()) if firing.once else ()
        return any(clock.outcome in _DONE and (clock.code, clock.item, clock.holder) == same for clock in there)

    def given_up(self, firing: Firing) -> Iterator[datetime]:
        """Yield since when a unit owed, until it gave the case up, what it owes by a firing once more."""
        same = (firing.rule.code, firing.item, firing.holder)
        for clock in self.about.get(firing.source, ()) if firing.source else ():
            if clock.outcome is ClockOutcome.void and (clock.code, clock.item, clock.holder) == same:
                assert clock.started_at is not None
                yield clock.started_at


def take_effect(firing: Firing, clocks: Clocks, calendar: Calendar, at: datetime) -> list[Clock]:
    """Let a firing do what its rule says; return the clocks to which something has happened."""
    _ACTS[firing.act](firing, clocks, calendar, at)
    return [clock for clock in clocks.about.get(firing.about, ()) if clock.pending_events]


def _start(firing: Firing, clocks: Clocks, calendar: Calendar, at: datetime) -> None:
    """Let a clock begin, unless one of its rule runs already: nothing that is repeated gives more time.

    Where it turns out that it should have begun sooner, what runs ends sooner; and what a unit owes again that had
    given the case up, it owes since it owed it first. A right alone runs anew from what
    gives it again: whoever is served once more has not had it before.
    """
    if any(clock.code in firing.rule.after and clock.open for clock in clocks.about.get(firing.about, ())):
        return
    if clocks.done_already(firing):
        return
    there = clocks.same(firing)
    for clock in there or clocks.lapsed(firing):
        if clock.gives_way(firing.moment):
            clock.void(firing.moment, firing.record.id, at=at)
        else:
            clock.advance(firing.rule, firing.moment, clock.extensions, firing.record.id, calendar, at=at)
    if any(clock.open for clock in there):
        return
    since = min((firing.moment, *clocks.given_up(firing)))
    clock = _begin(firing if since == firing.moment else replace(firing, moment=since), clocks, calendar, at)
    if firing.done:
        clock.stop(Deed(firing.done, firing.done, firing.unit, firing.record.id), at=at)


def _begin(firing: Firing, clocks: Clocks, calendar: Calendar, at: datetime) -> Clock:
    name = firing.rule.code if firing.item is None else f"{firing.rule.code}/{firing.item}"
    clock = Clock.blank(derived(firing.record.id, name))
    clock.begin(firing, calendar, at=at)
    clocks.add(clock)
    return clock


def _stop(firing: Firing, clocks: Clocks, _: Calendar, at: datetime) -> None:
    for clock in clocks.open(firing) or clocks.lapsed(firing):
        if not firing.later or (clock.started_at is not None and clock.started_at <= firing.moment):
            clock.stop(firing.deed, at=at)


def _void(firing: Firing, clocks: Clocks, _: Calendar, at: datetime) -> None:
    for clock in clocks.open(firing) or clocks.lapsed(firing):
        if firing.spares is None or clock.holder != firing.spares:
            clock.void(firing.moment, firing.record.id, at=at)


def _extend(firing: Firing, clocks: Clocks, calendar: Calendar, at: datetime) -> None:
    for clock in clocks.open(firing):
        clock.extend(firing.rule, firing.days, firing.deed, calendar, at=at)


def _pause(firing: Firing, clocks: Clocks, _: Calendar, at: datetime) -> None:
    for clock in clocks.open(firing):
        clock.pause(day(firing.moment), firing.record.id, at=at)


def _resume(firing: Firing, clocks: Clocks, calendar: Calendar, at: datetime) -> None:
    for clock in clocks.open(firing):
        clock.resume(firing.rule, day(firing.moment), firing.record.id, calendar, at=at)


def _hand_over(firing: Firing, clocks: Clocks, _: Calendar, at: datetime) -> None:
    for clock in clocks.open(firing):
        clock.hand_over(firing.holder, firing.officer, firing.record.id, at=at)


def _inherit(firing: Firing, clocks: Clocks, calendar: Calendar, at: datetime) -> None:
    """Let what ran in the case from which this one has come go on here to the same last day, or to an earlier one.

    What was done there to one of many is done here too.
    """
    if (before := clocks.before(firing)) is None or (moment := before.started_at) is None:
        if (done := clocks.done_before(firing)) is not None and not clocks.same(firing):
            clock = _begin(replace(firing, moment=done), clocks, calendar, at)
            clock.stop(Deed(done, done, firing.unit, firing.record.id), at=at)
        return
    if there := clocks.same(firing):
        for clock in there:
            clock.advance(firing.rule, moment, before.extensions, firing.record.id, calendar, at=at)
    elif firing.rule.inherited is not Inherited.not_later:
        clock = _begin(replace(firing, moment=moment, fixed=before.fixed), clocks, calendar, at)
        for days in before.extensions:
            clock.lengthen(firing.rule, days, firing.record.id, calendar, at=at)


_ACTS: Final = {
    Act.start: _start,
    Act.stop: _stop,
    Act.void: _void,
    Act.extend: _extend,
    Act.pause: _pause,
    Act.resume: _resume,
    Act.hand_over: _hand_over,
    Act.inherit: _inherit,
}
