"""Keeping the clocks of law: what each entry of the ledger starts, stops, lengthens or makes void.

It follows the ledger, in the transaction that appends to it, so each entry has its effect once, however many replicas
there are and whatever dies. Which event does what is data (``contracts/periods``); nothing here knows an article.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import Final
from uuid import UUID

from contracts.envelope import Record
from contracts.ids import derived
from contracts.periods.calendar import Calendar, day
from services.accountability.case import Case
from services.accountability.clocks.clock import Clock
from services.accountability.clocks.firing import Firing
from services.accountability.clocks.rules import Act, Rule, RuleBook, Told, Trigger, name_of
from services.accountability.following import Checked, Write
from services.chassis.context import by_reaction, cause_of
from services.chassis.database import Connection
from services.chassis.recorder import Row
from services.chassis.store import Store
from services.chassis.writer import Work
from services.chassis.years import in_force

_OPEN: Final = """
SELECT e.stream_id, e.version, e.type, e.packed, e.at FROM clock_view c JOIN event e ON e.stream_id = c.id
WHERE c.{} = ANY($1::uuid[]) AND c.code = ANY($2::text[]) AND c.state IN ('running', 'paused', 'breached')
ORDER BY e.stream_id, e.version
"""
_OF_CASE: Final = _OPEN.format("case_id")
_OF_SUBJECT: Final = _OPEN.format("subject")
_UNKNOWN: Final = Case(UUID(int=0))
"""What is known of the case of an entry that belongs to none."""


class Clocks:
    """The open clocks of a batch, by what they are about."""

    def __init__(self, there: Iterable[Clock] = ()) -> None:
        self.about: dict[UUID | None, list[Clock]] = {}
        for clock in there:
            self.add(clock)

    def add(self, clock: Clock) -> None:
        """Take in a clock that runs."""
        self.about.setdefault(clock.about, []).append(clock)

    def open(self, firing: Firing) -> list[Clock]:
        """Return the open clocks that a firing is about; just those of one item where it names one."""
        code, item = firing.rule.code, firing.item
        there = self.about.get(firing.about, ())
        return [c for c in there if c.open and c.code == code and (item is None or c.item == item)]


class Keeper:
    """Starts and stops clocks for what the ledger takes in."""

    def __init__(self, store: Store, book: RuleBook, now: Callable[[], datetime]) -> None:
        self.store = store
        self.book = book
        self.now = now

    async def read(self, connection: Connection, entries: Sequence[Checked]) -> Write:
        """Let what the entries do to clocks take effect, in order, on those that are open."""
        firings = [firing for entry in entries for firing in self.noticed(entry)]
        return partial(self._write, await self._effect(connection, firings) if firings else Work([]))

    def noticed(self, entry: Checked) -> Iterable[Firing]:
        """Return what an entry does to clocks, given the Case as it stands with the entry."""
        event, case = entry.event, entry.case or _UNKNOWN
        for rule, trigger in self.book.by_event.get(name_of(event.wire_name), ()):
            if trigger.fits(event, case):
                for told in trigger.told(event, case, entry.metadata):
                    yield self._firing(entry.record, rule, trigger, told)

    def _firing(self, record: Record, rule: Rule, trigger: Trigger, told: Told) -> Firing:
        item = told.get(trigger.item) if trigger.item else None
        return Firing(
            record=record,
            case=told.get(trigger.case) if trigger.case else record.case,
            act=trigger.act,
            rule=rule,
            rules=self.book.version,
            moment=trigger.moment(told),
            holder=told.first(rule.holder),
            officer=told.first(rule.officer),
            subject=record.stream if rule.by_subject else None,
            item=None if item is None else str(item),
            fixed=told.get(trigger.fixed) if trigger.fixed else None,
            days=told.get(trigger.days) if trigger.days else 0,
            done=trigger.done(told),
            kind=told.by.clock,
            spares=told.get(trigger.spares) if trigger.spares else None,
        )

    async def _effect(self, connection: Connection, firings: Sequence[Firing]) -> Work:
        calendar = await in_force(connection)
        clocks = Clocks()
        for statement, by_subject in ((_OF_CASE, False), (_OF_SUBJECT, True)):
            if asked := [firing for firing in firings if firing.rule.by_subject is by_subject]:
                about, codes = {firing.about for firing in asked}, {firing.rule.code for firing in asked}
                for clock in self.store.fold_many(Clock, await connection.fetch(statement, list(about), list(codes))):
                    clocks.add(clock)
        rows: list[Row] = []
        changed: dict[UUID, Clock] = {}
        for record, some in groupby(firings, attrgetter("record")):
            by = by_reaction(self.store.service, record, self.now())
            for firing in some:
                for clock in self.take_effect(firing, clocks, calendar, by.at):
                    rows += self.store.rows(clock, by)
                    changed[clock.id] = clock
        return Work(rows, [s for clock in changed.values() for s in self.store.view_statements(clock)])

    async def _write(self, work: Work, connection: Connection) -> None:
        if work.rows:
            await self.store.writer.write(connection, [work])

    @staticmethod
    def take_effect(firing: Firing, clocks: Clocks, calendar: Calendar, at: datetime) -> list[Clock]:
        """Let a firing do what its rule says; return the clocks to which something has happened."""
        _ACTS[firing.act](firing, clocks, calendar, at)
        changed = [clock for clock in clocks.about.get(firing.about, ()) if clock.pending_events]
        for clock in changed:
            clock.cause = cause_of(firing.record)
        return changed


# ---------------------------------------------------------------------- what a firing does


def _start(firing: Firing, clocks: Clocks, calendar: Calendar, at: datetime) -> None:
    """Let a clock begin, unless one of its rule runs already: nothing that is repeated gives more time."""
    if clocks.open(firing):
        return
    name = firing.rule.code if firing.item is None else f"{firing.rule.code}/{firing.item}"
    clock = Clock.blank(derived(firing.record.id, name))
    clock.begin(firing, calendar, at=at)
    clocks.add(clock)
    if firing.done:
        clock.stop(firing.done, firing.record.id, at=at)


def _stop(firing: Firing, clocks: Clocks, _: Calendar, at: datetime) -> None:
    for clock in clocks.open(firing):
        clock.stop(firing.moment, firing.record.id, at=at)


def _void(firing: Firing, clocks: Clocks, _: Calendar, at: datetime) -> None:
    for clock in clocks.open(firing):
        if firing.spares is None or clock.holder != firing.spares:
            clock.stop(firing.moment, firing.record.id, at=at, void=True)


def _extend(firing: Firing, clocks: Clocks, calendar: Calendar, at: datetime) -> None:
    for clock in clocks.open(firing):
        clock.extend(firing.rule, firing.days, firing.record.id, day(firing.moment), calendar, at=at)


def _pause(firing: Firing, clocks: Clocks, _: Calendar, at: datetime) -> None:
    for clock in clocks.open(firing):
        clock.pause(day(firing.moment), firing.record.id, at=at)


def _resume(firing: Firing, clocks: Clocks, calendar: Calendar, at: datetime) -> None:
    for clock in clocks.open(firing):
        clock.resume(firing.rule, day(firing.moment), firing.record.id, calendar, at=at)


_ACTS: Final = {
    Act.start: _start,
    Act.stop: _stop,
    Act.void: _void,
    Act.extend: _extend,
    Act.pause: _pause,
    Act.resume: _resume,
}
