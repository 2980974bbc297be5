"""The periods of law as data: read from ``deploy/clocks``, checked against the contracts, and never guessed.

A rule that names an event or a field that no contract has is refused when it is read, so that nothing can go wrong
when a case depends on it. A local profile may shorten a limit or add a clock; it may never lengthen one.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from enum import StrEnum
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import msgspec

from contracts.event import Event
from contracts.schema import declared
from contracts.vocabulary import ClockNature, LimitUnit
from services.accountability.case import Case
from services.chassis.clock import LEGAL_TIME

HOME: Final = Path(__file__).resolve().parents[3] / "deploy" / "clocks"
"""The rules that come with the source."""
NATIONAL: Final = "national"
ANYTHING: Final = "*"
CASE: Final = "case."
EVENT: Final = "event."
CHANGES: Final = frozenset({"limit", "unit", "article"})
"""What a place can say of a period that the national rules have."""


class BadRules(ValueError):
    """The rules cannot be used; the message names the clock and what is wrong with it."""


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
        return event.timestamp if value is None else datetime.combine(value, time(), LEGAL_TIME)


@dataclass(frozen=True)
class Extension:
    """How much more time there can be, and how often."""

    days_max: int
    times_max: int


@dataclass(frozen=True)
class Rule:
    """One period of law."""

    code: str
    title: str
    article: str
    basis: str
    limit: int
    unit: LimitUnit
    nature: ClockNature
    holder: str
    triggers: tuple[Trigger, ...] = ()
    extension: Extension | None = None
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
        """What each event does, by wire name, in the order of ``Act``."""
        found: dict[str, list[tuple[Rule, Trigger]]] = defaultdict(list)
        for act in Act:
            for rule in self.rules.values():
                for trigger in rule.triggers:
                    if trigger.act is act:
                        found[f"{trigger.event}.v1"].append((rule, trigger))
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


@cache
def read(profile: str = NATIONAL, home: Path = HOME) -> RuleBook:
    """Read the rules of a place: the national ones, shortened or added to by its profile. Raises ``BadRules``."""
    tables = _tables(home / f"{NATIONAL}.toml")
    conditions, common = tables.pop("conditions"), tables.pop("common")["void"]
    rules = {code: _rule(code, table, conditions, common) for code, table in tables.items()}
    if profile != NATIONAL:
        for code, change in _tables(home / f"{profile}.toml").items():
            known = rules.get(code)
            rules[code] = _shortened(known, change) if known else _rule(code, change, conditions, common)
    return RuleBook(profile, rules)


def profiles(home: Path = HOME) -> list[str]:
    """Return the names of the places for which there are rules."""
    return sorted(path.stem for path in home.glob("*.toml"))


def _tables(path: Path) -> dict[str, Any]:
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise BadRules(f"{path}: {error}") from error
    tables.pop("profile", None)
    return tables


def _rule(code: str, table: Mapping[str, Any], conditions: Mapping[str, Any], common: Iterable[str]) -> Rule:
    facts = dict(table)
    try:
        triggers = [t for act in Act for entry in facts.pop(act, ()) for t in _triggers(act, entry, conditions)]
        if "extension" in facts:
            extension = dict(facts["extension"])
            facts["extension"] = Extension(extension.pop("days_max"), extension.pop("times_max"))
            triggers += _triggers(Act.extend, extension, conditions)
        if not facts.get("survives"):
            triggers += [Trigger(Act.void, event) for event in common if not any(t.event == event for t in triggers)]
        rule = Rule(
            code=code, triggers=tuple(triggers),
            **facts | {"unit": LimitUnit[facts["unit"]], "nature": ClockNature[facts["nature"]]},
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        raise BadRules(f"{code}: {error}") from error
    _check(rule)
    return rule


def _triggers(act: Act, entry: Mapping[str, Any], conditions: Mapping[str, Any]) -> Iterator[Trigger]:
    facts = dict(entry)
    events = facts.pop("event")
    where = {name: value for each in facts.pop("where", ()) for name, value in conditions[each].items()}
    for event in [events] if isinstance(events, str) else events:
        yield Trigger(act, event, where=where, **facts)


def _check(rule: Rule) -> None:
    """Raise ``BadRules`` for a rule that asks for what no contract has."""
    _whole(rule.code, rule.limit, rule.unit)
    known = declared()
    facts = {f.name for f in msgspec.structs.fields(Case)}
    for trigger in rule.triggers:
        event = known.get(f"{trigger.event}.v1")
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


def _whole(code: str, limit: object, unit: LimitUnit) -> int:
    if not isinstance(limit, int) or limit < (unit is not LimitUnit.fixed):
        raise BadRules(f"{code}: a limit is a whole number of {unit.title}, not {limit!r}")
    return limit


def _shortened(rule: Rule, change: Mapping[str, Any]) -> Rule:
    """Return the rule with a shorter limit. Raises ``BadRules`` for a longer one: a place may only be stricter."""
    if unknown := sorted(set(change) - CHANGES):
        raise BadRules(f"{rule.code}: a place cannot change {unknown[0]!r}, only {', '.join(sorted(CHANGES))}")
    unit = LimitUnit.__members__.get(change.get("unit", rule.unit.name))
    if unit is None:
        raise BadRules(f"{rule.code}: there is no unit {change['unit']!r}")
    limit = _whole(rule.code, change.get("limit"), unit)
    if days_at_least(limit, unit) > days_at_least(rule.limit, rule.unit) or rule.unit is LimitUnit.fixed:
        raise BadRules(f"{rule.code}: {limit} {unit.title} is longer than {rule.limit} {rule.unit.title}")
    article = f"{rule.article}；{change['article']}" if "article" in change else rule.article
    return replace(rule, limit=limit, unit=unit, article=article)


def days_at_least(limit: int, unit: LimitUnit) -> float:
    """Return a limit in calendar days, for comparing: five working days are a week."""
    return {LimitUnit.day: 1.0, LimitUnit.working_day: 1.4, LimitUnit.hour: 1 / 24, LimitUnit.fixed: 0.0}[unit] * limit
