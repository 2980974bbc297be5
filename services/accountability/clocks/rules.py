"""What starts, stops, lengthens and voids the periods of law: read from the same rows, checked against the contracts.

A rule that names an event or a field that no contract has is refused when it is read, so that nothing can go wrong
when a case depends on it. An event is named without its version: what was stored by an older one is read as the newest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache, cached_property
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import msgspec

from contracts.envelope import Metadata
from contracts.event import UPCASTS, Event
from contracts.periods import Period, book
from contracts.periods.book import FACTS, BadRules, Book, midnight
from contracts.schema import declared
from services.accountability.case import Case

ANYTHING: Final = "*"
NOTHING: Final = ""
BREACHED: Final = "accountability.ClockBreached"
LAPSED: Final = "accountability.ClockLapsed"
CARRIED_ON: Final = "assignment.CaseCarriedOn"
DOOR: Final = "intake."
CASE: Final = "case."
EVENT: Final = "event."
ENTRY: Final = "by."
EACH: Final = "each"
NUMBER: Final = "number"
OF_PART: Final = (EACH, NUMBER)


class Act(StrEnum):
    """What an event does to a clock; in this order, where one event does several things."""

    void = "void"
    stop = "stop"
    pause = "pause"
    resume = "resume"
    extend = "extend"
    hand_over = "hand_over"
    start = "start"
    inherit = "inherit"

    @property
    def names_who(self) -> bool:
        """Whether it matters to it who must act."""
        return self in _NAMING_WHO


_NAMING_WHO: Final = frozenset({Act.hand_over, Act.start, Act.inherit})


class Inherited(StrEnum):
    """What becomes of a period when its case goes into another one, or another comes out of it."""

    no = ""
    """It ends with its case, save where an entry of its own says that it goes on."""
    goes_on = "goes_on"
    """It goes on there to the same last day."""
    not_later = "not_later"
    """What runs there of the same kind ends no later."""


class Told(msgspec.Struct, frozen=True):
    """What a rule may ask of an entry, by name: ``event.unit``, ``case.unit``, ``by.unit``.

    Where the entry is about several things, it is asked about ``each`` of them, with its ``number``.
    """

    event: Event
    case: Case
    by: Metadata
    each: Any = None
    number: int = 0

    def get(self, name: str) -> Any:  # noqa: ANN401  # whatever an event can hold
        """Return what has the name, or None where there is no such thing."""
        of, field_name = _place(name)
        return getattr(getattr(self, of), field_name, None) if field_name else getattr(self, of)

    def first(self, names: Sequence[str]) -> Any:  # noqa: ANN401  # whatever an event can hold
        """Return the first of several that there is."""
        for name in names:
            if (found := self.get(name)) is not None:
                return found
        return None


@cache
def _place(name: str) -> tuple[str, str]:
    of, _, field_name = name.partition(".")
    return of, field_name


@dataclass(frozen=True)
class Trigger:
    """That an event does something to the clocks of a rule. All names are those of ``Told``."""

    act: Act
    event: str
    at: str = ""
    when: Mapping[str, Any] = field(default_factory=dict)
    where: Mapping[str, Any] = field(default_factory=dict)
    fixed: str = ""
    days: str = ""
    until: str = ""
    """When what is due was done already, where the event is what tells that the period has run at all."""
    spares: str = ""
    """Whose clocks go on, because nothing has changed for that unit."""
    each: str = ""
    """The several things that the event is about, a clock for each of them."""
    item: str = ""
    """Which of several things within one subject it is about."""
    case: str = ""
    """The case that it is about, where the event belongs to none."""
    by_unit: str = ""
    """The unit that it is about, by its code: what that owes by itself, whatever stream tells of it."""
    prompt: bool = False
    """Whether it begins with the entry where that is late: somebody else says when who owes it was told (0023)."""
    carried: bool = False
    """Whether it has begun in another case, as who has entered it there knew: here it is no later."""
    source: str = ""
    """The case whose clocks go on: the one from which this one has come, or itself, where a unit gets it back."""
    of: Sequence[str] = ()
    """By which rules those ran there, where not by this one."""
    among: str = ""
    """Of the several things the first alone, and that only where it is one of these."""
    later: bool = False
    """Whether only what was done since it began counts, whichever of the two is heard of first."""
    once: bool = False
    """Whether it does not begin for who has done it already."""
    witnesses: str = ""
    """Who was told, where anybody may enter it: their word counts, and that of who has to do with the case (0023)."""

    def fits(self, event: Event, case: Case) -> bool:
        """Return whether the event and what is known of the Case are what the rule asks for."""
        return (not self.when or _fits(self.when, event)) and (not self.where or _fits(self.where, case))

    def told(self, event: Event, case: Case, by: Metadata) -> Iterable[Told]:
        """Return what may be asked: once, or once for each thing that the event is about."""
        told = Told(event, case, by)
        if not self.each:
            return (told,)
        things = told.get(self.each)
        if self.among:
            things = [one for one in things[:1] if one in told.get(self.among)]
        return [msgspec.structs.replace(told, each=each, number=n) for n, each in enumerate(things, 1)]

    def named(self, told: Told) -> UUID | None:
        """Return the case that it is about, where the event itself belongs to none."""
        case: UUID | None = told.get(self.case) if self.case else None
        return case

    def moment(self, told: Told) -> datetime:
        """Return from when it counts; a date counts as a whole day, and of several the last one."""
        return _moment(told, self.at)

    def done(self, told: Told) -> datetime | None:
        """Return when what is due was done, if that is known with the start."""
        return _moment(told, self.until) if self.until else None


def _moment(told: Told, name: str) -> datetime:
    value = told.get(name) if name else None
    if isinstance(value, tuple):
        value = max(value, default=None)
    if isinstance(value, datetime):
        return value
    return told.event.timestamp if value is None else midnight(value)


@dataclass(frozen=True, kw_only=True)
class Rule(Period):
    """A period of law as a clock keeps it."""

    holder: tuple[str, ...]
    """Whose it is: the first of these that there is, or nobody's but the petitioner's where none is asked for."""
    officer: tuple[str, ...] = ()
    """Who in particular must act, where that is known."""
    triggers: tuple[Trigger, ...] = ()
    by_subject: bool = False
    """Whether each is about a stream of its own, of which a case may have several, or which belongs to no case."""
    survives: bool = False
    """Whether it goes on when the case ends."""
    supervised: bool = False
    """Whether whose it is the petition bureau that supervises the one who is asked for."""
    alone: bool = False
    """Whether nobody else can do what is due, so that it ends where whoever owes it may not act any more."""
    inherited: Inherited = Inherited.no
    after: tuple[str, ...] = ()
    """Clocks whose end it waits for: while one of them runs it does not begin."""

    @property
    def at_the_door(self) -> bool:
        """Whether it is about what is done with a case at its door, and so also with a report."""
        starts = [trigger.event for trigger in self.triggers if trigger.act is Act.start]
        return not self.by_subject and all(event.startswith(DOOR) for event in starts)


@dataclass(frozen=True)
class RuleBook:
    """All periods of law of a place."""

    profile: str
    rules: Mapping[str, Rule]

    @cached_property
    def version(self) -> str:
        """What a due date says it was computed by."""
        text = msgspec.json.encode({code: repr(rule) for code, rule in self.rules.items()}, order="sorted")
        return f"{self.profile}-{sha256(text).hexdigest()[:12]}"

    @cached_property
    def by_event(self) -> Mapping[str, tuple[tuple[Rule, Trigger], ...]]:
        """What each event does, by its name, in the order of ``Act``."""
        found: dict[str, list[tuple[Rule, Trigger]]] = defaultdict(list)
        for act in Act:
            for rule in self.rules.values():
                for trigger in rule.triggers:
                    if trigger.act is act:
                        found[trigger.event].append((rule, trigger))
        return {name: tuple(pairs) for name, pairs in found.items()}

    def goes_with_the_unit(self, code: str) -> bool:
        """Return whether what is due by a rule is owed by whatever unit has the case."""
        return any(t.act is Act.hand_over and t.event == CARRIED_ON for t in self.rules[code].triggers)

    @cached_property
    def _follows(self) -> Mapping[str, frozenset[str]]:
        """With each rule those that begin when its time is over, or at whose end it begins."""
        found = {code: {code} for code in self.rules}
        for rule, trigger in (*self.by_event.get(BREACHED, ()), *self.by_event.get(LAPSED, ())):
            for code in trigger.when["code"]:
                joined = found[code] | found[rule.code]
                found.update(dict.fromkeys(joined, joined))
        return {code: frozenset(codes) for code, codes in found.items()}

    def with_what_follows(self, codes: Iterable[str]) -> frozenset[str]:
        """Return some rules with all that follow from the end of their time, or lead to them so."""
        return frozenset().union(*(self._follows[code] for code in codes))

    def rule(self, code: str) -> Rule:
        """Return a rule. Raises ``KeyError``."""
        return self.rules[code]


def _fits(wanted: Mapping[str, Any], said: object) -> bool:
    for name, value in wanted.items():  # noqa: SIM110  # asked fifty times a case, and a generator takes twice the time
        if not _is(getattr(said, name, None), value):
            return False
    return True


def _is(found: Any, wanted: Any) -> bool:  # noqa: ANN401  # whatever an event can hold
    if wanted == ANYTHING:
        return found is not None and found != ()
    if wanted == NOTHING:
        return found is None or found == ()
    return found in wanted if isinstance(wanted, list) else bool(found == wanted)


# ------------------------------------------------------------------------------- reading


def in_force() -> RuleBook:
    """Return the rules by which this process keeps clocks. Raises ``BadRules``."""
    return read(book.current())


@cache
def read(periods: Book) -> RuleBook:
    """Read what makes the periods of a place run. Raises ``BadRules``."""
    newest = {name_of(wire_name): event for wire_name, event in declared().items() if wire_name not in UPCASTS}
    rules = {code: _rule(period, periods, newest) for code, period in periods.periods.items()}
    return RuleBook(periods.profile, rules)


def name_of(wire_name: str) -> str:
    """Return the name of an event, whatever its version."""
    return wire_name.rpartition(".")[0]


def _rule(period: Period, periods: Book, newest: Mapping[str, type[Event]]) -> Rule:
    facts = {name: value for name, value in periods.tables[period.code].items() if name not in FACTS}
    try:
        triggers = [t for act in Act for entry in facts.pop(act, ()) for t in _triggers(act, entry, periods.conditions)]
        if extension := facts.pop("extension", None):
            entry = {name: value for name, value in extension.items() if name not in {"days_max", "times_max"}}
            triggers += _triggers(Act.extend, entry, periods.conditions)
        if not facts.get("survives"):
            named = {trigger.event for trigger in triggers}
            ends = {*periods.voids} - {*facts.pop("outlasts", ())}
            triggers += [Trigger(Act.void, event) for event in sorted(ends - named)]
        facts |= {name: _sources(facts.get(name, ())) for name in ("holder", "officer")}
        facts["after"] = tuple(facts.get("after", ()))
        handed = [e for name, entries in periods.hands_over.items() if name in _owing(**facts) for e in entries]
        triggers += [t for entry in handed for t in _triggers(Act.hand_over, entry, periods.conditions)]
        inherited = Inherited(facts.pop("inherited", ""))
        if inherited:
            named = {trigger.event for trigger in triggers if trigger.act is Act.inherit}
            entries = [entry for entry in periods.inherits if entry["event"] not in named]
            triggers += [t for entry in entries for t in _triggers(Act.inherit, entry, periods.conditions)]
        rule = Rule(triggers=tuple(triggers), inherited=inherited, **vars(period), **facts)
    except (KeyError, TypeError, ValueError) as error:
        raise BadRules(f"{period.code}: {error}") from error
    _check(rule, newest)
    return rule


def _owing(*, holder: tuple[str, ...], officer: tuple[str, ...], **_: Any) -> set[str]:  # noqa: ANN401  # a rule's
    """Return the fields of the Case that say whose a duty is, where nothing but the Case does."""
    holders = holder if all(name.startswith(CASE) for name in holder) else ()
    return {name.removeprefix(CASE) for name in (*holders, *officer)}


def _sources(said: str | Sequence[str]) -> tuple[str, ...]:
    """Return the names of who must act; one without a place is a field of the Case."""
    return tuple(_placed(name, CASE) for name in ([said] if isinstance(said, str) else said) if name)


def _placed(name: str, place: str) -> str:
    return name if not name or "." in name or name in OF_PART else f"{place}{name}"


def _triggers(act: Act, entry: Mapping[str, Any], conditions: Mapping[str, Any]) -> Iterator[Trigger]:
    events = [entry["event"]] if isinstance(entry["event"], str) else entry["event"]
    where = {name: value for each in entry.get("where", ()) for name, value in conditions[each].items()}
    facts = {name: value for name, value in entry.items() if name not in {"event", "where"}}
    named = {name: _placed(value, EVENT) for name, value in facts.items() if isinstance(value, str)}
    for event in events:
        yield Trigger(act, event, where=where, **facts | named)


def _check(rule: Rule, newest: Mapping[str, type[Event]]) -> None:
    """Raise ``BadRules`` for a rule that asks for what no contract has."""
    facts = {f"{CASE}{f.name}" for f in msgspec.structs.fields(Case)}
    entry = {f"{ENTRY}{f.name}" for f in msgspec.structs.fields(Metadata)}
    for trigger in rule.triggers:
        event = newest.get(trigger.event)
        if event is None:
            raise BadRules(f"{rule.code}: there is no event {trigger.event}")
        parts = OF_PART if trigger.each else ()
        known = {*facts, *entry, *parts, *(f"{EVENT}{name}" for name in event.body.names)}
        names = (
            trigger.at,
            trigger.fixed,
            trigger.days,
            trigger.until,
            trigger.each,
            trigger.item,
            trigger.source,
            trigger.by_unit,
            trigger.among,
            trigger.witnesses,
        )
        asked = {*names, trigger.case, trigger.spares, *(f"{EVENT}{name}" for name in trigger.when)} - {""}
        if unknown := asked - known:
            raise BadRules(f"{rule.code}: {trigger.event} has no field {min(unknown).removeprefix(EVENT)}")
        if unknown := {f"{CASE}{name}" for name in trigger.where} - facts:
            raise BadRules(f"{rule.code}: a Case has no field {min(unknown).removeprefix(CASE)}")
        if trigger.act is Act.start and rule.holder and not known.intersection(rule.holder):
            raise BadRules(f"{rule.code}: {trigger.event} has no field {rule.holder[0].removeprefix(EVENT)}")
    if unknown := {name for name in (*rule.holder, *rule.officer) if name.startswith(CASE)} - facts:
        raise BadRules(f"{rule.code}: a Case has no field {min(unknown).removeprefix(CASE)}")
