"""Which unit a case belongs to: proposals with their reasons, for a person to choose from.

Pure: a snapshot of the directory and what is known of the case go in, proposals come out (第五条第三项, 第二十二条至
第二十四条). An accused unit is never among them, nor one that stands under it: whoever is complained of does not handle
the complaint (第二十八条第三款, 第三十条第三款); it is passed by, upwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from contracts.vocabulary import ContentCategory, Kind, Level, Route, RoutingReason, UnitKind

LINE_MAX: Final = 12
"""More steps upwards than any line has; a circle in the directory ends here."""
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
class Entry:
    """What the directory says of a unit."""

    code: str
    name: str
    level: Level
    kind: UnitKind | None = None
    parent: str | None = None
    sector_superior: str | None = None
    powers: frozenset[ContentCategory] = frozenset()
    delegated: frozenset[ContentCategory] = frozenset()
    competent: bool = True
    successors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Matter:
    """What is known of a case."""

    kind: Kind
    route: Route
    category: ContentCategory
    place: str
    accused: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Proposal:
    """A unit, and why."""

    unit: str
    name: str
    reasons: tuple[RoutingReason, ...]


@dataclass(frozen=True)
class Directory:
    """A snapshot of all units, by code."""

    units: Mapping[str, Entry] = field(default_factory=dict)

    def line(self, code: str) -> list[str]:
        """Return a unit and those above it by territory, from the nearest."""
        found: list[str] = []
        while code in self.units and code not in found and len(found) < LINE_MAX:
            found.append(code)
            code = self.units[code].parent or ""
        return found

    def above(self, code: str) -> set[str]:
        """Return everybody above a unit, by territory and by sector."""
        found: set[str] = set()
        waiting = [code]
        while waiting and len(found) < LINE_MAX * LINE_MAX:
            unit = self.units.get(waiting.pop())
            upwards = {unit.parent, unit.sector_superior} - {None} - found if unit else set()
            found |= {code for code in upwards if code}
            waiting += [code for code in upwards if code]
        return found

    def is_accused(self, code: str, accused: Iterable[str]) -> bool:
        """Return whether a unit is complained of, or stands under one that is."""
        return bool({code, *self.above(code)} & set(accused))

    def common_superiors(self, codes: Sequence[str]) -> set[str]:
        """Return who stands above all of some units (第二十四条第一款)."""
        return set.intersection(*(self.above(code) for code in codes)) if codes else set()


def propose(directory: Directory, matter: Matter) -> list[Proposal]:
    """Return the units that a case may go to, the likeliest first."""
    found: dict[str, Proposal] = {}
    for entry, reasons in _candidates(directory, matter):
        for unit, why in _instead(directory, entry, reasons, matter.accused):
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
    yield from (
        (directory.units[code], (RoutingReason.unclear, RoutingReason.territory))
        for code in line
        if directory.units[code].competent and directory.units[code].kind in {UnitKind.government, UnitKind.township}
    )


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
    directory: Directory, unit: Entry, why: tuple[RoutingReason, ...], accused: frozenset[str]
) -> Iterator[tuple[Entry, tuple[RoutingReason, ...]]]:
    """Return the unit itself, or who carries it on, or who stands above it where it is complained of."""
    if unit.successors:
        for code in unit.successors:
            if code in directory.units:
                yield from _instead(directory, directory.units[code], (RoutingReason.successor, *why), accused)
        return
    if not directory.is_accused(unit.code, accused):
        yield unit, why
        return
    for above in (unit.sector_superior, unit.parent):
        superior = directory.units.get(above or "")
        if superior and superior.competent and not directory.is_accused(superior.code, accused):
            yield superior, (RoutingReason.bypass,)
