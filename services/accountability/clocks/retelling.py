"""Cases that were joined, divided, told apart anew or set apart, told once more in the order in which things happened.

The ledger takes in the lanes of four services as they come. What happened in a case before it was joined to another,
divided, set apart or found to be of another kind may come in after that: an acceptance, an extension. No day
may depend on that. So where an entry is behind, all entries of the cases that have to do with each other are told again
in order of time, and the clocks come to be what they would have been. That is rare; who comes in order pays nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from heapq import heapify, heappop, heappush
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
    PetitionsTakenOver,
)
from contracts.periods.calendar import Calendar
from services.accountability.case import Case
from services.accountability.case.fold import GONE_ON
from services.accountability.clocks.clock import Clock
from services.accountability.clocks.effects import Clocks
from services.accountability.clocks.firing import Firing
from services.accountability.following import Checked
from services.chassis.context import By, by_reaction
from services.chassis.store import Store

DIVIDING: Final = "intake"
"""The service that joins and divides cases and puts right what they are: its own entries of a case are never behind."""


class Keeping(Protocol):
    """What lets entries take effect on clocks."""

    store: Store

    def noticed(self, entry: Checked) -> Sequence[Firing]:
        """Return what an entry does to clocks."""

    def apply(
        self, entry: Checked, firings: Sequence[Firing], clocks: Clocks, calendar: Calendar, by: By
    ) -> Iterator[Clock]:
        """Yield each clock to which an entry does something."""

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
    if joins(entry.event):
        halves = (kin[other].kin.get(case.case_id, entry.seq) for other in case.kin if other in kin)
        late = before.last_at is not None and before.last_at > entry.record.at
        return late or min(halves, default=entry.seq) < before.seq
    if entry.record.service == DIVIDING:
        return False
    joined, corrected = case.joined_at, case.corrected_at
    return (
        before.state in GONE_ON
        or before.set_apart
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

    What happened in a case without knowing that it goes on elsewhere counts as before that; and of what happened at the
    same moment that comes last.
    """
    ends = _ends(entries)
    numbers, newest = {e.record.id: n for n, e in enumerate(entries)}, dict[tuple[str, UUID | None], int]()
    waits: list[set[int]] = []
    ended: list[set[UUID | None]] = []
    """The cases of which each knows that they go on elsewhere."""
    for n, entry in enumerate(entries):
        record, cause, source = entry.record, entry.metadata.cause, _source(entry.event)
        after = {newest.get((record.service, record.case)), numbers.get(cause.id) if cause else None}
        waits.append({m for m in (*after, ends.get(source) if source else None) if m is not None})
        ended.append({source} - {None})
        ended[n].update(*(ended[m] for m in after if m is not None))
        if ends.get(record.case) == n:
            ended[n].add(record.case)
        newest[record.service, record.case] = n
    moments = [entry.record.at for entry in entries]
    for n, entry in enumerate(entries):
        end = ends.get(entry.record.case)
        if end is not None and entry.record.case not in ended[n]:
            waits[end].add(n)
            moments[n] = min(moments[n], moments[end])
    ready = [(moments[n], joins(entry.event), n) for n, entry in enumerate(entries)]
    return [entries[n] for n in _sorted(ready, waits)]


def _ends(entries: Sequence[Checked]) -> dict[UUID | None, int]:
    """Return by which entry each case goes on elsewhere, for good."""
    ends: dict[UUID | None, int] = {}
    for n, entry in enumerate(entries):
        if isinstance(entry.event, CaseMerged | CaseSplit | CaseSetApart):
            ends[entry.record.case] = n
        elif isinstance(entry.event, CaseBroughtBack):
            ends.pop(entry.record.case, None)
    return ends


def _source(event: Event) -> UUID | None:
    """Return the case from which another one has come, by what is said of the latter."""
    if isinstance(event, PetitionsTakenOver):
        return event.from_case
    return event.split_from if isinstance(event, CaseRegistered) else None


def _sorted(places: Sequence[tuple[datetime, bool, int]], waits: Sequence[set[int]]) -> Iterator[int]:
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
        for clock in [*keeper.apply(again, keeper.noticed(again), clocks, calendar, by)]:
            if clock.of in cases:
                cases[clock.of] = copy(cases[clock.of])
                for event in clock.pending_events[known[clock.id] :]:
                    cases[clock.of].take(entry.seq, cast("Event", event))
                known[clock.id] = len(clock.pending_events)
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
    """Return what belongs together: what began with the same entry, and of the rest what is about the same."""
    by_id = {clock.id: clock for clock in told}
    rest: dict[tuple[Any, ...], list[Clock]] = defaultdict(list)
    others = []
    for clock in there:
        if (other := by_id.pop(clock.id, None)) is not None:
            yield clock, other
        else:
            others.append(clock)
    for clock in by_id.values():
        rest[clock.of, clock.code, clock.item].append(clock)
    for clock in others:
        same = rest[clock.of, clock.code, clock.item]
        yield clock, same.pop(0) if same else None
    for same in rest.values():
        yield from ((None, clock) for clock in same)
