"""Why a day is the last one, and what would be if: days counted, days off met, what was given and what is not counted.

The question is answered by the very clock that runs in a case: it is begun, and what has happened or is supposed to
happen is done to it. So an explanation cannot differ from what is on record.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from contracts.envelope import Record
from contracts.periods.calendar import Calendar, day
from contracts.vocabulary import ClockKind, ClockNature, ClockOutcome, LimitUnit
from services.accountability.clocks.clock import Clock
from services.accountability.clocks.effects import Clocks, take_effect
from services.accountability.clocks.firing import Firing
from services.accountability.clocks.rules import Act, Rule, RuleBook, Trigger
from services.chassis.errors import Invalid

_NOBODY: Final = UUID(int=0)
_NOTHING: Final = msgspec.Raw(b"{}")


class UnknownClock(Invalid):
    """There is no such period of law."""

    code = "unknown_clock"
    title = "没有该期限"


class NotInThisClock(Invalid):
    """The law gives the event no effect on this period, so it cannot be supposed to have one."""

    code = "event_without_effect"
    title = "该事件不影响此期限"


class Supposed(msgspec.Struct, frozen=True):
    """That something happens at a moment; `days` where it gives time."""

    event: str
    at: datetime
    days: int | None = None


class Day(msgspec.Struct, frozen=True):
    """A day that is not as the week says."""

    date: date
    name: str


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """A due date with everything that made it so."""

    code: str
    title: str
    article: str
    basis: str
    start: datetime
    counted_from: date
    limit: int
    unit: LimitUnit
    nature: ClockNature
    due: date
    due_at: datetime
    days_counted: int
    holidays: list[Day]
    make_up_days: list[Day]
    weekend_days: int
    moved_from: date | None
    extension: int
    pauses: int
    paused: bool
    provisional: bool
    rules: str
    calendar: str
    verdict: str
    days_over: int
    notes: list[str]


def suppose(
    book: RuleBook, code: str, start: datetime, events: Sequence[Supposed], calendar: Calendar,
    *, fixed: date | None = None,
) -> Explanation:  # fmt: skip
    """Explain the clock that would start at a moment if these things happened. Raises ``Invalid``."""
    rule = rule_of(book, code)
    clocks = Clocks()
    begun = _firing(book, rule, Trigger(Act.start, ""), start, fixed=fixed or day(start))
    (clock,) = take_effect(begun, clocks, calendar, start)
    clock.taken()
    notes = _happen(book, rule, clocks, events, calendar)
    return explain(book, clock, calendar, notes)


def suppose_more(book: RuleBook, clock: Clock, events: Sequence[Supposed], calendar: Calendar) -> Explanation:
    """Explain a clock that runs, if these things happened to it as well. Raises ``Invalid``."""
    notes = _happen(book, rule_of(book, clock.code), Clocks([clock]), events, calendar)
    return explain(book, clock, calendar, notes)


def rule_of(book: RuleBook, code: str) -> Rule:
    """Return a rule. Raises ``UnknownClock``."""
    try:
        return book.rules[code]
    except KeyError:
        raise UnknownClock(f"{code}（可选：{'、'.join(book.rules)}）") from None


def explain(book: RuleBook, clock: Clock, calendar: Calendar, notes: Iterable[str] = ()) -> Explanation:
    """Say why the clock's last day is what it is."""
    rule = rule_of(book, clock.code)
    assert clock.started_at is not None
    assert clock.due_on is not None
    assert clock.due_at is not None
    first = day(clock.started_at)
    begun = first if rule.unit is LimitUnit.hour else first + timedelta(days=1)
    span = [first + timedelta(days=n) for n in range(1, (clock.due_on - first).days + 1)]
    named = [(on, calendar.name_of(on)) for on in span]
    special = [Day(on, name) for on, name in named if name is not None]
    extra = sum(clock.extensions) + sum(clock.pauses)
    plain = first + timedelta(days=rule.limit + extra)
    worked = sum(calendar.is_working_day(on) for on in span)
    return Explanation(
        code=rule.code, title=rule.title, article=rule.article, basis=rule.basis, start=clock.started_at,
        counted_from=begun, limit=rule.limit, unit=rule.unit, nature=rule.nature, due=clock.due_on,
        due_at=clock.due_at, days_counted=worked if rule.unit is LimitUnit.working_day else len(span),
        holidays=[d for d in special if not calendar.is_working_day(d.date)],
        make_up_days=[d for d in special if calendar.is_working_day(d.date)],
        weekend_days=sum(name is None and not calendar.is_working_day(on) for on, name in named),
        moved_from=plain if rule.unit is LimitUnit.day and plain != clock.due_on else None,
        extension=sum(clock.extensions), pauses=sum(clock.pauses), paused=clock.paused_on is not None,
        provisional=clock.provisional, rules=clock.rules, calendar=clock.calendar, verdict=_verdict(clock),
        days_over=_days_over(clock), notes=list(notes),
    )  # fmt: skip


def _verdict(clock: Clock) -> str:
    if clock.outcome is not None:
        return str(clock.outcome)
    return "lapsed" if clock.lapsed else "breached" if clock.breached else "open"


def _days_over(clock: Clock) -> int:
    if clock.outcome is not ClockOutcome.late or clock.stopped_at is None or clock.due_on is None:
        return 0
    return (day(clock.stopped_at) - clock.due_on).days


def _happen(book: RuleBook, rule: Rule, clocks: Clocks, events: Sequence[Supposed], calendar: Calendar) -> list[str]:
    """Do to the clock what is supposed, in the order of the moments; return what had no effect, and why."""
    notes = []
    for supposed in sorted(events, key=lambda event: event.at):
        trigger = _trigger(rule, supposed.event)
        days = supposed.days or rule.extension_days_max
        firing = _firing(book, rule, trigger, supposed.at, days=days)
        for clock in take_effect(firing, clocks, calendar, supposed.at):
            clock.taken()
            break
        else:
            notes.append(f"{supposed.event}（{day(supposed.at)}）不符合规定，不产生效力")
    return notes


def _trigger(rule: Rule, name: str) -> Trigger:
    found = [t for t in rule.triggers if t.act is not Act.start and name in {t.event, t.event.partition(".")[2]}]
    if not found:
        known = sorted({t.event.partition(".")[2] for t in rule.triggers if t.act is not Act.start})
        raise NotInThisClock(f"{name}（{rule.code} 可选：{'、'.join(known)}）")
    return found[0]


def _firing(
    book: RuleBook, rule: Rule, trigger: Trigger, at: datetime, *, fixed: date | None = None, days: int = 0
) -> Firing:
    record = Record("accountability", 0, 1, _NOBODY, _NOBODY, 1, _NOBODY, trigger.event, at, _NOTHING, _NOTHING)
    return Firing(
        record=record, case=_NOBODY, act=trigger.act, rule=rule, rules=book.version, moment=at, holder=None,
        subject=None, fixed=fixed, days=days, kind=ClockKind.real, spares=None,
    )  # fmt: skip
