"""Cases that were joined, divided, told apart anew or set apart, told once more in the order in which things happened.

The ledger takes in the lanes of four services as they come. What happened in a case before it was joined to another,
divided, set apart or found to be of another kind may come in after that: an acceptance, an extension. No day
may depend on that. So where an entry is behind, all entries of the cases that have to do with each other are told again
in order of time, and the clocks come to be what they would have been. That is rare; who comes in order pays nothing.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from heapq import heapify, heappop, heappush
from itertools import chain
from operator import attrgetter
from typing import Any, Final, Protocol, cast
from uuid import UUID

from msgspec.structs import replace

from contracts.envelope import Record
from contracts.event import Event
from contracts.ids import derived
from contracts.intake import (
    CaseBroughtBack,
    CaseMerged,
    CaseRegistered,
    CaseSetApart,
    CaseSplit,
    CaseWithdrawn,
    ClassificationCorrected,
    NonAcceptanceRevoked,
    NotAcceptedNotified,
    PetitionsTakenOver,
)
from contracts.periods.calendar import Calendar
from services.accountability.case import Case
from services.accountability.case.fold import GONE
from services.accountability.clocks.clock import Clock
from services.accountability.clocks.effects import Clocks
from services.accountability.clocks.firing import Firing
from services.accountability.following import Checked
from services.chassis.context import By, by_reaction
from services.chassis.store import Store

DIVIDING: Final = "intake"
"""The service that joins and divides cases and puts right what they are: its own entries of a case are never behind."""

ENDING: Final = CaseMerged | CaseSplit | CaseWithdrawn | NotAcceptedNotified | CaseSetApart
"""What ends a case at its door, for good or until it comes back."""


class Keeping(Protocol):
    """What lets entries take effect on clocks."""

    store: Store

    def noticed(self, entry: Checked) -> Sequence[Firing]:
        """Return what an entry does to clocks."""

    def apply(
        self, entry: Checked, firings: Sequence[Firing], clocks: Clocks, calendar: Calendar, by: By
    ) -> Iterator[Clock]:
        """Yield each clock to which an entry does something."""

    def follow(
        self, clock: Clock, event: Event, case: Case, clocks: Clocks, calendar: Calendar, by: By
    ) -> Iterator[Clock]:
        """Yield each clock to which something does that has happened to another one."""

    def over(
        self, about: UUID | None, case: Case, moment: datetime, clocks: Clocks, calendar: Calendar, by: By
    ) -> Iterator[Clock]:
        """Yield the clocks about something that are over at a moment."""


def joins(event: Event) -> bool:
    """Return whether an event is one half of cases being joined or divided."""
    return isinstance(event, CaseMerged | CaseSplit | PetitionsTakenOver) or (
        isinstance(event, CaseRegistered) and event.split_from is not None
    )


def behind(entry: Checked, firings: Sequence[Firing], kin: Mapping[UUID, Case]) -> bool:
    """Return whether an entry comes in after what it happened before, as far as that changes clocks."""
    case, before = entry.case, entry.before
    if case is None or before is None or all(firing.subject for firing in firings):
        return False
    if type(entry.event) in Clock.applies:  # it says what has come of the others
        return False
    if joins(entry.event):
        halves = (kin[other].kin.get(case.case_id, entry.seq) for other in case.kin if other in kin)
        late = before.last_at is not None and before.last_at > entry.record.at
        return late or min(halves, default=entry.seq) < before.seq
    if case.came_back or before.missed_since(entry.record.at):  # who has heard of what is seen from the whole alone
        return True
    if entry.record.service == DIVIDING:
        return False
    joined, corrected, handed = case.joined_at, case.corrected_at, case.with_unit_since
    return (
        before.state in GONE
        or before.set_apart
        or (handed is not None and entry.record.at < handed)
        or (case.unit is None and before.unit is None and case.given_up is not None)
        or (joined is not None and entry.record.at <= joined)
        or (corrected is not None and entry.record.at < corrected)
    )


def retell(
    keeper: Keeping,
    entries: Sequence[Checked],
    clocks: Sequence[Clock],
    calendar: Calendar,
    last: Checked,
    at: datetime,
) -> Iterator[Clock]:
    """Yield the clocks that have to change, so that all are as if the entries had come in the order of time.

    Given are all entries of the cases in the order of the ledger, and all their clocks.
    """
    told = _told(keeper, [entry for entry in entries if type(entry.event) not in Clock.applies], calendar)
    over = [clock.due_at for clock in clocks if (clock.breached or clock.lapsed) and clock.due_at is not None]
    if over:  # that time has passed is known, whatever was over then
        by = by_reaction(keeper.store.service, last.record, at)
        for case in told.cases.values():
            for _ in keeper.over(case.case_id, case, max(over), told.clocks, calendar, by):
                pass
    yield from _settled(clocks, [c for c in told.clocks.all() if c.subject is None], last.record, at)


# --------------------------------------------------------------------------- the order of time


def in_time(entries: Sequence[Checked]) -> list[Checked]:
    """Return entries in the order in which they happened: each after its cause, and after those before it in its lane.

    What happened in a case without knowing how it has gone on counts as before that; and of what happened at the same
    moment that comes last.
    """
    turns = _turns(entries)
    numbers, newest = {e.record.id: n for n, e in enumerate(entries)}, dict[tuple[str, UUID | None], int]()
    waits: list[set[int]] = []
    known: list[dict[UUID | None, int]] = []
    """How many of the turns of which case each knows."""
    for n, entry in enumerate(entries):
        record, cause, source = entry.record, entry.metadata.cause, _source(entry.event)
        heard = (newest.get((record.service, record.case)), numbers.get(cause.id) if cause else None)
        after = {m for m in heard if m is not None}
        waits.append({*after, *turns.get(source, ())[-1:]})
        known.append({source: len(turns.get(source, ()))})
        for case, turn in ((c, t) for m in after for c, t in known[m].items()):
            known[n][case] = max(turn, known[n].get(case, 0))
        if n in turns.get(record.case, ()):
            known[n][record.case] = turns[record.case].index(n) + 1
        newest[record.service, record.case] = n
    moments = [entry.record.at for entry in entries]
    for n, entry in enumerate(entries):
        for turn in turns.get(entry.record.case, ())[known[n].get(entry.record.case, 0) :][:1]:
            waits[turn].add(n)
            moments[n] = min(moments[n], moments[turn])
    ready = [(moments[n], _rank(entry.event), n) for n, entry in enumerate(entries)]
    return [entries[n] for n in _sorted(ready, waits)]


def _rank(event: Event) -> int:
    """Return what of the same moment comes first: that a case has come back; and last, that it goes on elsewhere."""
    return joins(event) - isinstance(event, CaseBroughtBack)


def _turns(entries: Sequence[Checked]) -> dict[UUID | None, list[int]]:
    """Return by which entries each case has ended at the door, gone on elsewhere or come back, in order."""
    turns, apart = defaultdict[UUID | None, list[int]](list), set[UUID | None]()
    for n, entry in enumerate(entries):
        event, case = entry.event, entry.record.case
        back = isinstance(event, ClassificationCorrected) and case in apart
        if back or isinstance(event, ENDING | NonAcceptanceRevoked):
            turns[case].append(n)
        if back or isinstance(event, CaseSetApart):
            apart.symmetric_difference_update({case})
    return turns


def _source(event: Event) -> UUID | None:
    """Return the case from which another one has come, by what is said of the latter."""
    if isinstance(event, PetitionsTakenOver):
        return event.from_case
    return event.split_from if isinstance(event, CaseRegistered) else None


def _sorted(places: Sequence[tuple[datetime, int, int]], waits: Sequence[set[int]]) -> Iterator[int]:
    """Return numbers by their places, but none before those that it waits for."""
    heap = [place for place in places if not waits[place[-1]]]
    heapify(heap)
    left = [set(some) for some in waits]
    freed = defaultdict[int, list[int]](list)
    for n, some in enumerate(waits):
        for m in some:
            freed[m].append(n)
    while heap:
        *_, m = heappop(heap)
        yield m
        for n in freed[m]:
            left[n].discard(m)
            if not left[n]:
                heappush(heap, places[n])


@dataclass(frozen=True)
class _Told:
    clocks: Clocks
    cases: Mapping[UUID, Case]


def _told(keeper: Keeping, entries: Sequence[Checked], calendar: Calendar) -> _Told:
    clocks, cases, known = Clocks(), dict[UUID, Case](), defaultdict[UUID, int](int)
    for entry in in_time(entries):
        key = entry.record.case
        assert key is not None
        before = cases.get(key) or Case(key)
        cases[key] = copy(before)
        cases[key].take(entry.seq, entry.event)
        again = replace(entry, before=before, case=cases[key])
        by = by_reaction(keeper.store.service, entry.record, entry.record.at)
        changed = deque(keeper.apply(again, keeper.noticed(again), clocks, calendar, by))
        while changed:
            clock = changed.popleft()
            if clock.of in cases:
                for event in cast("list[Event]", clock.pending_events[known[clock.id] :]):
                    known[clock.id] += 1
                    cases[clock.of] = copy(cases[clock.of])
                    cases[clock.of].take(entry.seq, event)
                    changed += keeper.follow(clock, event, cases[clock.of], clocks, calendar, by)
    return _Told(clocks, cases)


# ------------------------------------------------------------------------ what has to change


def _settled(there: Sequence[Clock], told: Sequence[Clock], by: Record, at: datetime) -> Iterator[Clock]:
    pairs = list(_pairs(there, told))
    known = {clock.id for clock in there}
    for one, other in pairs:
        reopens = one is not None and other is not None and one.over and not other.over
        if one is not None:
            one.agree(None if reopens else other, by.id, at=at)
            yield one
        if other is not None and (one is None or reopens):
            new = Clock.blank(derived(by.id, str(other.id)) if other.id in known else other.id)
            new.adopt(other, at=at)
            yield new


def _pairs(there: Iterable[Clock], told: Sequence[Clock]) -> Iterator[tuple[Clock | None, Clock | None]]:
    """Return what belongs together: what began with the same entry, and of the rest what is about the same.

    Where one has begun anew in the place of another, the latter belongs to nothing any more.
    """
    began: dict[tuple[Any, ...], list[Clock]] = defaultdict(list)
    rest: dict[tuple[Any, ...], list[Clock]] = defaultdict(list)
    for clock in there:
        began[*_about(clock), clock.started_by].append(clock)
    for clock in told:
        if same := began[*_about(clock), clock.started_by]:
            one = min(same, key=attrgetter("undone"))
            same.remove(one)
            yield one, clock
        else:
            rest[_about(clock)].append(clock)
    for clock in chain.from_iterable(began.values()):
        same = [] if clock.undone else rest[_about(clock)]
        yield clock, same.pop(0) if same else None
    for same in rest.values():
        yield from ((None, clock) for clock in same)


def _about(clock: Clock) -> tuple[UUID | None, str, str | None]:
    return clock.of, clock.code, clock.item
