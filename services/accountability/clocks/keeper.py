"""Keeping the clocks of law: what each entry of the ledger starts, stops, lengthens or makes void.

It follows the ledger, in the transaction that appends to it, so each entry has its effect once, however many replicas
there are and whatever dies. Which event does what is data (``contracts/periods``); nothing here knows an article.

Whether somebody has looked at the clocks before an entry came changes nothing: what was over when it was recorded is
over first, and what follows from that begins at once (``over``). The watch only says sooner what would be said anyway.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Final, cast
from uuid import UUID

import msgspec

from contracts.accountability import ClockBreached, ClockCorrected, ClockLapsed, FactConfirmed
from contracts.assignment import CaseLeft, CaseRecalled, UnitSucceeded
from contracts.envelope import Record, lane_of
from contracts.event import Event
from contracts.ids import derived
from contracts.intake import CaseSetApart
from contracts.packing import expanded
from contracts.periods.calendar import Calendar
from contracts.periods.lateness import began
from contracts.vocabulary import ClockNature, Confirmation
from services.accountability.case import Case, read_case
from services.accountability.clocks.clock import Clock
from services.accountability.clocks.effects import Clocks, take_effect
from services.accountability.clocks.firing import Firing
from services.accountability.clocks.retelling import behind, joins, retell
from services.accountability.clocks.rules import CASE, Act, Rule, RuleBook, Told, Trigger, name_of
from services.accountability.following import Checked, Write
from services.audit.entry import COLUMNS, Entry
from services.chassis.context import By, by_reaction, cause_of
from services.chassis.database import Connection
from services.chassis.store import Store, id_of
from services.chassis.stored import Row
from services.chassis.writer import Work
from services.chassis.years import in_force

_OPEN: Final = """
SELECT e.stream_id, e.version, e.type, e.packed, e.at FROM clock_view c JOIN event e ON e.stream_id = c.id
WHERE c.{} = ANY($1::uuid[]) AND c.code = ANY($2::text[]) AND c.state IN ('running', 'paused', 'breached', 'lapsed')
ORDER BY e.stream_id, e.version
"""
_OF_CASE: Final = _OPEN.format("case_id")
_OF_SUBJECT: Final = _OPEN.format("subject")
_ENDED: Final = """
SELECT e.stream_id, e.version, e.type, e.packed, e.at FROM clock_view c JOIN event e ON e.stream_id = c.id
WHERE c.case_id = ANY($1::uuid[]) AND c.outcome IS NOT NULL ORDER BY e.stream_id, e.version
"""
LATE: Final = """
SELECT e.stream_id, e.version, e.type, e.packed, e.at FROM clock_view c JOIN event e ON e.stream_id = c.id
WHERE c.case_id = ANY($1::uuid[]) AND (c.outcome = 'late' OR c.state = 'breached') ORDER BY e.stream_id, e.version
"""
_ALL: Final = """
SELECT e.stream_id, e.version, e.type, e.packed, e.at FROM clock_view c JOIN event e ON e.stream_id = c.id
WHERE c.case_id = ANY($1::uuid[]) AND c.subject IS NULL ORDER BY e.stream_id, e.version
"""
_FOLDED: Final = "SELECT id, folded FROM case_view WHERE id = ANY($1::uuid[])"
_ENTRIES: Final = f"SELECT {COLUMNS} FROM ledger_entry WHERE case_id = ANY($1::uuid[]) ORDER BY seq"  # noqa: S608
_HELD: Final = """
SELECT e.stream_id, e.version, e.type, e.packed, e.at FROM clock_view c JOIN event e ON e.stream_id = c.id
WHERE c.holder = ANY($1::text[]) AND c.state IN ('running', 'paused', 'breached') ORDER BY e.stream_id, e.version
"""
_OWED: Final = """
SELECT e.stream_id, e.version, e.type, e.packed, e.at FROM clock_view c JOIN event e ON e.stream_id = c.id
WHERE c.case_id = ANY($1::uuid[]) AND c.state IN ('running', 'paused', 'breached') ORDER BY e.stream_id, e.version
"""
_UNITS: Final = UUID("3d1d8c7e-7f4b-5a5c-9a53-52f0b1c6e9d4")
_UNKNOWN: Final = Case(UUID(int=0))
"""What is known of the case of an entry that belongs to none."""
_NOTHING: Final = msgspec.Raw(b"{}")


class Keeper:
    """Starts and stops clocks for what the ledger takes in."""

    def __init__(self, store: Store, book: RuleBook, now: Callable[[], datetime]) -> None:
        self.store = store
        self.book = book
        self.now = now

    async def read(self, connection: Connection, entries: Sequence[Checked]) -> Write:
        """Let what the entries do to clocks take effect, in order, on those that are open."""
        await self._find_named(connection, entries)
        noticed = [
            (entry, firings)
            for entry in entries
            if (firings := self.noticed(entry))
            or _bars(entry)
            or isinstance(entry.event, FactConfirmed | UnitSucceeded)
        ]
        return partial(self._write, await self._effect(connection, entries, noticed) if noticed else Work([]))

    async def _find_named(self, connection: Connection, entries: Sequence[Checked]) -> None:
        """Leave with each entry that belongs to no case the Cases that it names, as they stood with it."""
        naming = [(entry, cases) for entry in entries if entry.record.case is None and (cases := self._cases_of(entry))]
        if not naming:
            return
        wanted = {*chain.from_iterable(cases for _, cases in naming)}
        stored = await connection.fetch(_FOLDED, list(wanted))
        known = {row["id"]: read_case(expanded(row["folded"])) for row in stored}
        of = {entry.seq: cases for entry, cases in naming}
        for entry in entries:
            if entry.seq in of:
                entry.named = {case: known[case] for case in of[entry.seq] if case in known}
            elif entry.record.case in wanted and entry.case is not None:
                known[entry.record.case] = entry.case

    def _cases_of(self, entry: Checked) -> set[UUID]:
        """Return the cases in which somebody owes what an event starts that belongs to none of them."""
        told = [
            (trigger, told)
            for _, trigger in self.book.by_event.get(name_of(entry.event.wire_name), ())
            if trigger.case and trigger.act.names_who and trigger.fits(entry.event, _UNKNOWN)
            for told in trigger.told(entry.event, _UNKNOWN, entry.metadata)
        ]
        return {case for trigger, one in told if (case := trigger.named(one)) is not None}

    def noticed(self, entry: Checked) -> Sequence[Firing]:
        """Return what an entry does to clocks, given the Case as it stands with the entry."""
        return () if _has_followed(entry.event) else list(self._firings(entry))

    def _firings(self, entry: Checked) -> Iterator[Firing]:
        event, case = entry.event, entry.case or _UNKNOWN
        for rule, trigger in self.book.by_event.get(name_of(event.wire_name), ()):
            if trigger.fits(event, case):
                for told in trigger.told(event, case, entry.metadata):
                    named = trigger.named(told) if entry.named else None
                    known = entry.named.get(named) if named else None
                    about = told if known is None else msgspec.structs.replace(told, case=known)
                    firing = self._firing(entry.record, rule, trigger, about)
                    if known is None or (self._is_asked(firing.holder, known) and not _lies_apart(firing, known)):
                        yield firing  # what was asked of somebody in whose place nobody may do it is not owed at all

    def _firing(self, record: Record, rule: Rule, trigger: Trigger, told: Told) -> Firing:
        item = told.get(trigger.item) if trigger.item else None
        who = trigger.act.names_who
        holder = self._owing(self._named(rule, told), told.case) if who else None
        moment = trigger.moment(told)
        late = trigger.prompt or (rule.nature is ClockNature.right and not trigger.carried)
        if trigger.act is Act.start and late:
            moment = began(moment, record.at)
        return Firing(
            record=record,
            case=_case_of(record, trigger, told),
            act=trigger.act,
            rule=rule,
            rules=self.book.version,
            moment=moment,
            holder=holder,
            officer=self._acting(told.first(rule.officer), holder, told.case) if who else None,
            subject=_subject_of(record, rule, trigger, told),
            item=None if item is None else str(item),
            fixed=told.get(trigger.fixed) if trigger.fixed else None,
            days=told.get(trigger.days) if trigger.days else 0,
            done=trigger.done(told),
            kind=told.by.clock,
            spares=told.get(trigger.spares) if trigger.spares else None,
            source=told.get(trigger.source) if trigger.source else None,
            of=tuple(trigger.of),
            later=trigger.later,
            once=trigger.once,
            unit=told.by.unit,
            stranger=bool(trigger.witnesses) and self._is_stranger(told, told.get(trigger.witnesses)),
        )

    async def _effect(
        self, connection: Connection, entries: Sequence[Checked], noticed: Sequence[tuple[Checked, Sequence[Firing]]]
    ) -> Work:
        calendar = await in_force(connection)
        clocks = Clocks()
        firings = [firing for _, some in noticed for firing in some]
        for by_subject in (False, True):
            asked = [firing for firing in firings if firing.rule.by_subject is by_subject]
            about, codes = {firing.about for firing in asked}, {firing.rule.code for firing in asked}
            await self.add_open(clocks, connection, about, codes, by_subject=by_subject)
        if sources := {firing.source for firing in firings if firing.source}:
            for clock in self.store.fold_many(Clock, await connection.fetch(_ENDED, list(sources))):
                clocks.add(clock)
            await self.add_open(clocks, connection, sources, self.book.rules)
        if confirmed := [entry.event.case for entry, _ in noticed if isinstance(entry.event, FactConfirmed)]:
            for clock in self.store.fold_many(Clock, await connection.fetch(LATE, confirmed)):
                clocks.add(clock)
        await self._add_owed(clocks, connection, {entry.record.case for entry, _ in noticed if _bars(entry)})
        gone = [entry.event.code for entry, _ in noticed if isinstance(entry.event, UnitSucceeded)]
        cases = await self._add_held(clocks, connection, gone) if gone else {}
        rows: list[Row] = []
        changed: dict[UUID, Clock] = {}
        for entry, some in noticed:
            by = by_reaction(self.store.service, entry.record, self.now())
            for clock in (*self.apply(entry, some, clocks, calendar, by), *self.carried_on(entry, clocks, cases, by)):
                rows += self.store.rows(clock, by)
                changed[clock.id] = clock
        async for clock, by in self._retold(connection, entries, noticed, clocks, calendar):
            rows += self.store.rows(clock, by)
            changed[clock.id] = clock
        return Work(rows, [s for clock in changed.values() for s in self.store.view_statements(clock)])

    async def _retold(
        self, connection: Connection, entries: Sequence[Checked], noticed: Sequence[tuple[Checked, Sequence[Firing]]],
        clocks: Clocks, calendar: Calendar,
    ) -> AsyncIterator[tuple[Clock, By]]:  # fmt: skip
        """Yield the clocks that change because an entry has come in after what it happened before."""
        halves = [entry for entry, _ in noticed if joins(entry.event)]
        kin = await self._kin(connection, halves, entries) if halves else {}
        late = {entry.record.case: entry for entry, some in noticed if behind(entry, some, kin)}
        while late:
            _, last = late.popitem()
            family = await self._kin(connection, [last], entries)
            for case in family:
                late.pop(case, None)
            told = [_checked(Entry.of(row)) for row in await connection.fetch(_ENTRIES, list(family))]
            told += [entry for entry in entries if entry.record.case in family]
            for clock in self.store.fold_many(Clock, await connection.fetch(_ALL, list(family))):
                clocks.add(clock)
            by = by_reaction(self.store.service, last.record, self.now())
            there = [clock for case in family for clock in clocks.about.get(case, ())]
            for clock in retell(self, told, there, calendar, last, by.at):
                clock.cause = cause_of(last.record)
                yield clock, by

    async def _kin(
        self, connection: Connection, some: Sequence[Checked], entries: Sequence[Checked]
    ) -> dict[UUID, Case]:
        """Return the cases of some entries with all that they were joined with or divided into, as they stand now."""
        new = {entry.record.case: entry.case for entry in entries if entry.case is not None}
        found: dict[UUID, Case] = {}
        asked = {entry.case.case_id for entry in some if entry.case is not None}
        while asked:
            stored = await connection.fetch(_FOLDED, list(asked - new.keys()))
            found |= {row["id"]: read_case(expanded(row["folded"])) for row in stored}
            found |= {case: new[case] for case in asked & new.keys()}
            asked = {other for case in asked & found.keys() for other in found[case].kin} - found.keys()
        return found

    async def add_open(
        self, clocks: Clocks, connection: Connection, about: Collection[UUID | None], codes: Collection[str],
        *, by_subject: bool = False,
    ) -> None:  # fmt: skip
        """Add the open clocks of cases or subjects: of some rules, and of those that follow from or lead to them."""
        if about:
            statement = _OF_SUBJECT if by_subject else _OF_CASE
            rows = await connection.fetch(statement, list(about), list(self.book.with_what_follows(codes)))
            for clock in self.store.fold_many(Clock, rows):
                clocks.add(clock)

    async def _add_owed(self, clocks: Clocks, connection: Connection, cases: Collection[UUID | None]) -> None:
        """Add all open clocks of cases, whatever each is about."""
        if cases:
            for clock in self.store.fold_many(Clock, await connection.fetch(_OWED, list(cases))):
                clocks.add(clock)

    async def _add_held(self, clocks: Clocks, connection: Connection, units: Sequence[str]) -> dict[UUID, Case]:
        """Add the open clocks that units hold; return the cases in which they run."""
        for clock in self.store.fold_many(Clock, await connection.fetch(_HELD, units)):
            clocks.add(clock)
        cases = {clock.of for clock in clocks.held_by(units)}
        return {row["id"]: read_case(expanded(row["folded"])) for row in await connection.fetch(_FOLDED, list(cases))}

    async def _write(self, work: Work, connection: Connection) -> None:
        if work.rows:
            await self.store.writer.write(connection, [work])

    def apply(
        self, entry: Checked, firings: Sequence[Firing], clocks: Clocks, calendar: Calendar, by: By
    ) -> Iterator[Clock]:
        """Yield each clock to which an entry does something, whenever it does; who gets it stores what has happened."""
        cause = cause_of(entry.record)
        for about in dict.fromkeys(firing.about for firing in firings):
            for clock in self.over(about, entry.before or _UNKNOWN, entry.record.at, clocks, calendar, by):
                clock.cause = cause
                yield clock
        for firing in (one for one in firings if not _lies_apart(one, entry.case)):
            for clock in take_effect(firing, clocks, calendar, by.at):
                clock.cause = cause
                yield clock
        if _bars(entry):
            for clock in self._kept_from(entry, clocks, at=by.at):
                clock.cause = cause
                yield clock
        if isinstance(entry.event, FactConfirmed):
            for clock in clocks.stopped_by(entry.event.fact):
                clock.confirm(entry.event.confirmation, entry.record.id, at=by.at)
                clock.cause = cause
                yield clock
            for clock in clocks.claimed_by(entry.event.fact):
                rule, confirmation = self.book.rule(clock.code), entry.event.confirmation
                clock.bear_out(rule, entry.event.fact, confirmation, entry.record.id, calendar, at=by.at)
                clock.cause = cause
                yield clock

    def carried_on(
        self, entry: Checked, clocks: Clocks, cases: Mapping[UUID, Case], by: By
    ) -> Iterator[Clock]:  # fmt: skip
        """Yield the clocks of a unit that is no more, which who carries on for it owes from now on (第二十四条第二款).

        What it owed as the unit that has a case goes with the case, which need not go to the same one.
        """
        if not isinstance(entry.event, UnitSucceeded):
            return
        for clock in clocks.held_by([entry.event.code]):
            case = cases.get(clock.of, _UNKNOWN) if clock.of else _UNKNOWN
            if clock.holder != case.unit or not self.book.goes_with_the_unit(clock.code):
                holder = self._owing([clock.holder], case)
                self._pass_on(clock, holder, clock.officer, case, entry, at=by.at)
                clock.cause = cause_of(entry.record)
                yield clock

    def _kept_from(self, entry: Checked, clocks: Clocks, *, at: datetime) -> Iterator[Clock]:
        """Yield the clocks of a case that somebody owes who takes no part in it since an entry (第二十八条第三款).

        Whoever has the case owes them from now on, or who stands above whoever was asked, until the same day. What was
        asked of them alone, or in whose place nobody may do it, is owed no more. An officer who may not act is named no
        longer, and is so again where it turns out that they may.
        """
        assert entry.case is not None
        assert entry.before is not None
        case, freed = entry.case, {*entry.before.recused} - {*entry.case.recused}
        for clock in clocks.owed_in(case.case_id):
            holder = clock.holder
            if clock.nature is ClockNature.duty and not (
                self._takes_part(holder, case) and self._may_know(clock, holder, case)
            ):
                holder = self._in_place_of(clock, case)
                if holder is None:
                    clock.void(entry.record.at, entry.record.id, at=at)
            officer = clock.officer or (clock.named if clock.named in freed else None)
            self._pass_on(clock, holder, officer, case, entry, at=at)
            if clock.pending_events:
                yield clock

    def _in_place_of(self, clock: Clock, case: Case) -> str | None:
        """Return who owes what whoever owes it may not do any more; nobody, where it is asked of them alone.

        Nor does anybody in a case that lies apart: what is owed there stands under its receipt.
        """
        if case.set_apart or self.book.rule(clock.code).alone:
            return None
        holder = self._owing(self._asked(clock, case), case)
        if self._takes_part(holder, case) and self._may_know(clock, holder, case):
            return holder
        return None if clock.subject else self._owing([case.unit, case.receiving_unit], case)

    def _may_know(self, clock: Clock, holder: str | None, case: Case) -> bool:
        """Return whether somebody may still know of what they owe in a case, which may have turned out to be a report.

        What is decided about a report at its door was asked of somebody who may (第三十条第三款).
        """
        if case.set_apart:
            return False
        return not case.sealed or holder in case.kept_for or self.book.rule(clock.code).at_the_door

    def _pass_on(
        self, clock: Clock, holder: str | None, officer: str | None, case: Case, entry: Checked, *, at: datetime
    ) -> None:  # fmt: skip
        """Let somebody owe what is due on the same day, and the officer with them who acts for them and may."""
        if holder != clock.holder and not self.store.directories.current.belongs(officer or "", holder or ""):
            officer = None
        clock.hand_over(holder, self._acting(officer, holder, case), entry.record.id, at=at)

    def _named(self, rule: Rule, told: Told) -> list[str | None]:
        """Return whose a clock is, by its rule; of what somebody is to be supervised for, the bureau's over them."""
        if not rule.supervised:
            return [told.get(name) for name in rule.holder]
        case, directory = told.case, self.store.directories.current
        barred = directory.off_limits(case.accused_units, case.accused_persons)
        bureau = directory.supervisor_of(told.first(rule.holder) or "", barred, case.receiving_unit)
        return [bureau, case.receiving_unit]

    def _asked(self, clock: Clock, case: Case) -> list[str | None]:
        """Return who is asked for what is due: by its rule whoever has the case, or who has owed it from the start."""
        names = self.book.rule(clock.code).holder
        if all(name.startswith(CASE) for name in names):
            return [getattr(case, name.removeprefix(CASE)) for name in names]
        return [clock.owed_first]

    def _owing(self, asked: Sequence[str | None], case: Case) -> str | None:
        """Return who owes today what is asked of one of these: of the first that may, or in the place of the first.

        Whoever carries on for it owes it where it is no more, and where it may not touch the case who stands above it,
        or who passes on what it has received.
        """
        there = [unit for unit in asked if unit is not None]
        if not there:
            return None
        directory = self.store.directories.current
        unit = next((unit for unit in there if self._takes_part(unit, case)), there[0])
        if not directory.is_no_more(unit) and self._takes_part(unit, case):
            return unit
        barred = directory.off_limits(case.accused_units, case.accused_persons)
        if unit == case.receiving_unit and unit in barred and (bureau := directory.receives_for(unit, barred)):
            return bureau
        return directory.carrier(unit, case.category, barred)

    def _is_stranger(self, told: Told, witnesses: Sequence[str]) -> bool:
        """Return whether who has entered something was not told of it, and has nothing to do with its case."""
        unit, case, directory = told.by.unit, told.case, self.store.directories.current
        units = (
            case.unit, case.receiving_unit, case.lead_unit, case.mediator_unit, case.review_body, case.recheck_body,
        )  # fmt: skip
        there = {one for one in units if one}
        if directory.acting_as(unit, *there, *witnesses) in there.union(witnesses):
            return False
        return not any(directory.organises(unit, one) for one in there)

    def _is_asked(self, unit: str | None, case: Case) -> bool:
        """Return whether nobody in particular is asked for what is due, or somebody who may act."""
        return unit is None or self._takes_part(unit, case)

    def _takes_part(self, unit: str | None, case: Case) -> bool:
        """Return whether a unit may act in a case."""
        if unit is None:
            return False
        accused, directory = (case.accused_units, case.accused_persons), self.store.directories.current
        return not any(accused) or not directory.keeps_out("", unit, *accused, case.receiving_unit)

    def _acting(self, officer: str | None, unit: str | None, case: Case) -> str | None:
        """Return the officer who must act for a unit, unless they take no part in the case."""
        if not officer or officer in case.recused:
            return None
        accused, directory = (case.accused_units, case.accused_persons), self.store.directories.current
        out = any(accused) and directory.keeps_out(officer, unit or "", *accused, case.receiving_unit)
        return None if out else officer

    def over(
        self, about: UUID | None, case: Case, moment: datetime, clocks: Clocks, calendar: Calendar, by: By
    ) -> Iterator[Clock]:
        """Yield the clocks about something that are over at a moment, oldest first, and those that begin for that."""
        while (clock := clocks.first_over(about, moment, by.clock)) is not None:
            clock.expire(at=by.at)
            entry = self._entry_of(clock, cast("Event", clock.pending_events[-1]), case, by)
            yield clock
            for firing in self._firings(entry):
                yield from take_effect(firing, clocks, calendar, by.at)

    def follow(
        self, clock: Clock, event: Event, case: Case, clocks: Clocks, calendar: Calendar, by: By
    ) -> Iterator[Clock]:
        """Yield each clock to which something does that has happened to another one."""
        for firing in self.noticed(self._entry_of(clock, event, case, by)):
            yield from take_effect(firing, clocks, calendar, by.at)

    def _entry_of(self, clock: Clock, event: Event, case: Case, by: By) -> Checked:
        """Return what has happened to a clock as the entry of the ledger that it will be."""
        number = id_of(by, self.store.service, clock.id, event.originator_version)
        record = Record(
            self.store.service, lane_of(clock.case or clock.id), 0, number, clock.id, event.originator_version,
            clock.case, event.wire_name, event.timestamp, _NOTHING, _NOTHING,
        )  # fmt: skip
        return Checked(0, record, event, by.metadata(event, clock.cause), case, case)


def _checked(entry: Entry) -> Checked:
    return Checked(entry.seq, entry.record, entry.event(), entry.about())


def _has_followed(event: Event) -> bool:
    """Return whether what follows has happened with it: from the end of a clock's time, or from what was told anew."""
    retold = isinstance(event, ClockCorrected) and event.confirmation is Confirmation.retold
    return retold or isinstance(event, ClockBreached | ClockLapsed)


def _lies_apart(firing: Firing, case: Case | None) -> bool:
    """Return whether something would be owed in a case that is dealt with elsewhere: there nobody owes anything."""
    return case is not None and case.set_apart and firing.act.names_who


def _bars(entry: Checked) -> bool:
    """Return whether an entry changes who takes no part in its case, or tells that it has changed, or who may know."""
    before, case = entry.before, entry.case
    if before is None or case is None:
        return False
    sealed = isinstance(entry.event, CaseSetApart | CaseLeft) and case.sealed
    return _barred(before) != _barred(case) or isinstance(entry.event, CaseRecalled) or sealed


def _barred(case: Case) -> tuple[tuple[str, ...], ...]:
    return case.accused_units, case.accused_persons, case.recused


def _case_of(record: Record, trigger: Trigger, told: Told) -> UUID | None:
    """Return the case that something is about; what a unit owes by itself is about none."""
    if trigger.by_unit:
        return None
    return trigger.named(told) if trigger.case else record.case


def _subject_of(record: Record, rule: Rule, trigger: Trigger, told: Told) -> UUID | None:
    """Return the stream that something is about, or what stands for the unit."""
    if trigger.by_unit:
        return derived(_UNITS, told.get(trigger.by_unit))
    return record.stream if rule.by_subject else None
