"""Which unit a case belongs to: proposals with their reasons, for a person to choose from.

Pure: a snapshot of the directory and what is known of the case go in, proposals come out (第五条第三项, 第二十二条至
第二十四条). An accused unit is never among them, nor one that stands under it: whoever is complained of does not handle
the complaint (第二十八条第三款, 第三十条第三款); it is passed by, upwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from contracts.vocabulary import ContentCategory, Kind, Level, Route, RoutingReason, UnitKind
from services.chassis.directory import Directory, Entry

_RANK: Final = {level: number for number, level in enumerate(reversed(Level))}
"""The lowest level with the power to decide comes first."""
ARTICLES: Final = {
    RoutingReason.territory: "信访工作条例 第五条第三项",
    RoutingReason.power: "信访工作条例 第二十二条第一项",
    RoutingReason.delegated: "信访工作条例 第二十二条第二项",
    RoutingReason.level: "信访工作条例 第二十二条第二项",
    RoutingReason.successor: "信访工作条例 第二十四条第二款",
    RoutingReason.bypass: "信访工作条例 第二十八条第三款、第三十条第三款",
    RoutingReason.unclear: "信访工作条例 第二十四条第二款",
    RoutingReason.discipline: "信访工作条例 第二十二条第二款、第三十条",
    RoutingReason.judicial: "信访工作条例 第二十二条第二款",
}


@dataclass(frozen=True)
class Matter:
    """What is known of a case."""

    kind: Kind
    route: Route
    category: ContentCategory
    place: str
    barred: frozenset[str] = frozenset()
    """The units that may not touch it."""


@dataclass(frozen=True)
class Proposal:
    """A unit, and why."""

    unit: str
    name: str
    reasons: tuple[RoutingReason, ...]


def propose(directory: Directory, matter: Matter) -> list[Proposal]:
    """Return the units that a case may go to, the likeliest first."""
    found: dict[str, Proposal] = {}
    for entry, reasons in _candidates(directory, matter):
        for unit, why in _instead(directory, entry, reasons, matter.barred):
            found.setdefault(unit.code, Proposal(unit.code, unit.name, why))
    return list(found.values())


def _candidates(directory: Directory, matter: Matter) -> Iterator[tuple[Entry, tuple[RoutingReason, ...]]]:
    if matter.kind is Kind.report_accusation:
        yield from _of_kind(directory, UnitKind.discipline_organ, RoutingReason.discipline)
        return
    if matter.route is Route.judicial:
        yield from _of_kind(directory, UnitKind.political_legal_organ, RoutingReason.judicial)
        return
    line = directory.line(matter.place)
    able = [(unit, _why(unit, matter, line)) for unit in directory.units.values()]
    ranked = sorted(
        ((unit, why) for unit, why in able if why), key=lambda pair: (_RANK[pair[0].level], -len(pair[1]), pair[0].code)
    )
    if ranked:
        first, *others = ranked
        yield first[0], (*first[1], RoutingReason.level)
        yield from others
    near = [unit for unit in map(directory.units.__getitem__, line) if unit.competent]
    yield from ((unit, (RoutingReason.unclear, RoutingReason.territory)) for unit in _first_in_charge(near))


def _first_in_charge(near: Sequence[Entry]) -> Iterator[Entry]:
    """Return the township of a place and its government (第二十四条第二款 本级党委和政府), and none above that."""
    for unit in near:
        if unit.kind in {UnitKind.township, UnitKind.government}:
            yield unit
        if unit.kind is UnitKind.government:
            return


def _why(unit: Entry, matter: Matter, line: Sequence[str]) -> tuple[RoutingReason, ...]:
    """Return why a unit may decide, or nothing where it may not."""
    here = unit.code in line
    if not unit.competent or (unit.level in {Level.township, Level.village} and not here):
        return ()
    if matter.category in unit.delegated:
        return (RoutingReason.delegated, *([RoutingReason.territory] if here else []))
    if matter.category in unit.powers:
        return (RoutingReason.power, *([RoutingReason.territory] if here or unit.parent in line else []))
    return ()


def _of_kind(
    directory: Directory, kind: UnitKind, reason: RoutingReason
) -> Iterator[tuple[Entry, tuple[RoutingReason, ...]]]:
    found = [unit for unit in directory.units.values() if unit.kind is kind]
    for unit in sorted(found, key=lambda unit: (_RANK[unit.level], unit.code)):
        yield unit, (reason,)


def _instead(
    directory: Directory, unit: Entry, why: tuple[RoutingReason, ...], barred: frozenset[str]
) -> Iterator[tuple[Entry, tuple[RoutingReason, ...]]]:
    """Return the unit itself, or who carries it on, or who stands above it where it may not touch the case."""
    if unit.successors:
        why = (RoutingReason.successor, *why)
    for heir in (directory.units[code] for code in directory.heirs(unit.code)):
        if heir.code not in barred:
            yield heir, why
            continue
        for above in reversed(directory.bodies_to_look_again(heir.code, barred)):  # who has the same work first
            if directory.units[above].competent:
                yield directory.units[above], (RoutingReason.bypass,)
