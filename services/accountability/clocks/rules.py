"""What starts, stops, lengthens and voids the periods of law: read from the same rows, checked against the contracts.

A rule that names an event or a field that no contract has is refused when it is read, so that nothing can go wrong
when a case depends on it. An event is named without its version: what was stored by an older one is read as the newest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache, cached_property
from hashlib import sha256
from typing import Any, Final

import msgspec

from contracts.event import UPCASTS, Event
from contracts.periods import Period, book
from contracts.periods.book import FACTS, BadRules, Book, midnight
from contracts.schema import declared
from services.accountability.case import Case

ANYTHING: Final = "*"
CASE: Final = "case."
EVENT: Final = "event."


class Act(StrEnum):
    """What an event does to a clock; in this order, where one event does several things."""

    void = "void"
    stop = "stop"
    pause = "pause"
    resume = "resume"
    extend = "extend"
    start = "start"


@dataclass(frozen=True)
class Trigger:
    """That an event does something to the clocks of a rule."""

    act: Act
    event: str
    at: str = ""
    when: Mapping[str, Any] = field(default_factory=dict)
    where: Mapping[str, Any] = field(default_factory=dict)
    fixed: str = ""
    days: str = ""
    until: str = ""
    """When what is due was done already, where the event is what tells that the period has run at all."""
    to_another: bool = False

    def fits(self, event: Event, case: Case) -> bool:
        """Return whether the event and what is known of the Case are what the rule asks for."""
        return _fits(self.when, event) and _fits(self.where, case)

    def moment(self, event: Event, case: Case) -> datetime:
        """Return from when it counts; a date counts as a whole day."""
        return self._when(self.at, event, case)

    def done(self, event: Event, case: Case) -> datetime | None:
        """Return when what is due was done, if that is known with the start."""
        return self._when(self.until, event, case) if self.until else None

    @staticmethod
    def _when(name: str, event: Event, case: Case) -> datetime:
        if not name:
            return event.timestamp
        value = getattr(case, name.removeprefix(CASE)) if name.startswith(CASE) else getattr(event, name)
        if isinstance(value, datetime):
            return value
        return event.timestamp if value is None else midnight(value)


@dataclass(frozen=True, kw_only=True)
class Rule(Period):
    """A period of law as a clock keeps it."""

    holder: str
    triggers: tuple[Trigger, ...] = ()
    by_subject: bool = False
    """Whether a case can have several at once, each about a stream of its own."""
    survives: bool = False
    """Whether it goes on when the case ends."""

    def held_by(self, event: Event, case: Case) -> str | None:
        """Return the unit that must act, or None where it is the petitioner's."""
        if not self.holder:
            return None
        source: Any = event if self.holder.startswith(EVENT) else case
        held: str | None = getattr(source, self.holder.removeprefix(EVENT), None)
        return held


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

    def rule(self, code: str) -> Rule:
        """Return a rule. Raises ``KeyError``."""
        return self.rules[code]


def _fits(wanted: Mapping[str, Any], said: object) -> bool:
    return all(_is(getattr(said, name, None), value) for name, value in wanted.items())


def _is(found: Any, wanted: Any) -> bool:  # noqa: ANN401  # whatever an event can hold
    if wanted == ANYTHING:
        return found is not None
    if wanted == "":
        return found is None
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
            triggers += [Trigger(Act.void, event) for event in periods.voids if event not in named]
        rule = Rule(triggers=tuple(triggers), **vars(period), **facts)
    except (KeyError, TypeError, ValueError) as error:
        raise BadRules(f"{period.code}: {error}") from error
    _check(rule, newest)
    return rule


def _triggers(act: Act, entry: Mapping[str, Any], conditions: Mapping[str, Any]) -> Iterator[Trigger]:
    facts = dict(entry)
    events = facts.pop("event")
    where = {name: value for each in facts.pop("where", ()) for name, value in conditions[each].items()}
    for event in [events] if isinstance(events, str) else events:
        yield Trigger(act, event, where=where, **facts)


def _check(rule: Rule, newest: Mapping[str, type[Event]]) -> None:
    """Raise ``BadRules`` for a rule that asks for what no contract has."""
    facts = {f.name for f in msgspec.structs.fields(Case)}
    for trigger in rule.triggers:
        event = newest.get(trigger.event)
        if event is None:
            raise BadRules(f"{rule.code}: there is no event {trigger.event}")
        asked = {trigger.at, trigger.fixed, trigger.days, trigger.until, *trigger.when} - {""}
        if rule.holder.startswith(EVENT) and trigger.act is Act.start:
            asked.add(rule.holder.removeprefix(EVENT))
        for name in asked:
            if name.startswith(CASE) and name.removeprefix(CASE) in facts:
                continue
            if name not in event.body.names:
                raise BadRules(f"{rule.code}: {trigger.event} has no field {name}")
        for name in trigger.where:
            if name not in facts:
                raise BadRules(f"{rule.code}: a Case has no field {name}")
    if rule.holder and not rule.holder.startswith(EVENT) and rule.holder not in facts:
        raise BadRules(f"{rule.code}: a Case has no field {rule.holder}")
