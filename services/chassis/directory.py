"""The directory as every service knows it: units, who stands above whom, who carries on for whom, who acts for whom.

Pure: a snapshot, and what follows from it. Assignment keeps the directory, ``services/chassis/units.py`` brings it to
the others. «Who may not touch this case» is one function here, `Directory.off_limits`, and whoever gives, shows or
tells asks it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from operator import itemgetter
from typing import Any, Final
from unicodedata import normalize
from uuid import UUID

import msgspec

from contracts.vocabulary import ContentCategory, Level, Role, UnitKind
from services.chassis.errors import Invalid

LEADING: Final = {UnitKind.government, UnitKind.party_committee}
"""Who leads a territory stands above those in it, whether or not it issues opinions of its own."""

_ORGANISING: Final = {*LEADING, UnitKind.petition_bureau, UnitKind.joint_conference, None}
"""Who organises the work on cases of a territory, also where they stand above nobody there."""
_OF_COMMITTEE: Final = {UnitKind.department, UnitKind.other, None}
"""What a department of a party committee may be in the directory."""
_HEIGHTS: Final = {level: height for height, level in enumerate(reversed(Level))}


@dataclass(frozen=True)
class Post:
    """What an officer is in a unit."""

    roles: tuple[Role, ...]
    since: Mapping[Role, int] = field(default_factory=dict)
    """From which version of the unit on they have had each role."""


@dataclass(frozen=True)
class Deputy:
    """Who acts in an officer's stead, and on which days."""

    deputy: str
    first_on: date
    last_on: date
    since: int = 0
    """Which version of the unit has named them."""


@dataclass(frozen=True)
class Entry:
    """What the directory says of a unit."""

    code: str
    name: str
    level: Level
    kind: UnitKind | None = None
    parent: str | None = None
    """The territorial line (块)."""
    sector_superior: str | None = None
    """The vertical line (条)."""
    vertical_managed: bool = False
    """Whether the vertical line alone stands above it."""
    powers: frozenset[ContentCategory] = frozenset()
    delegated: frozenset[ContentCategory] = frozenset()
    competent: bool = True
    """Whether it may issue an opinion; a village committee and an inner office may not."""
    successors: tuple[str, ...] = ()
    """Who carries on its powers, where it is no more."""
    officers: Mapping[str, Post] = field(default_factory=dict)
    deputies: Mapping[str, Deputy] = field(default_factory=dict)
    mark: str = ""
    """What the numbers of its papers begin with (机关代字), where that is laid down."""

    @property
    def decides(self) -> bool:
        """Whether it may say what becomes of what another unit has decided (第三十五条)."""
        return self.competent or self.kind in LEADING

    def holders(self, role: Role) -> set[str]:
        """Return who has a role in the unit."""
        return {officer for officer, post in self.officers.items() if role in post.roles}


class Kept(msgspec.Struct, frozen=True):
    """A unit of the directory as it is kept: its stream, the version of that, and the entry as JSON."""

    id: UUID
    version: int
    entry: str


class Edition(msgspec.Struct, frozen=True):
    """The directory at a revision, which rises with everything that happens to a unit; no units where it is known."""

    revision: int
    units: list[Kept] | None


NO_DECISIONS: Final = frozenset({UnitKind.inner_office, UnitKind.village_committee})
"""What receives nobody by itself, and issues no opinion: part of a unit, and no organ."""


Acting = tuple[str, Role]
"""For which unit somebody acts, and in which role."""
Asking = tuple[str, str, Role]
"""Who asks, for which unit and in which role."""
NO_POSTS: Final = frozenset({Role.petitioner, Role.platform_admin, Role.system})
"""What nobody is by the directory, whatever somebody has entered there: each of these is proved in a way of its own."""


class NoSuchBody(Invalid):
    """A body is told by its name, or by the code that it has in the directory."""

    by_directory = True
    code = "no_such_body"
    title = "所告知的有权处理的机关、单位不明"
    article = "信访工作条例 第二十三条第一款"


@dataclass(frozen=True)
class Directory:
    """A snapshot of all units, by code."""

    units: Mapping[str, Entry] = field(default_factory=dict)

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Directory:
        """Return the directory of some units."""
        return cls({entry.code: entry for entry in entries})

    # ------------------------------------------------------------------ who stands where

    def line(self, code: str) -> list[str]:
        """Return a unit and those above it by territory, from the nearest."""
        found: list[str] = []
        while code in self.units and code not in found:
            found.append(code)
            code = self.units[code].parent or ""
        return found

    def above(self, code: str) -> set[str]:
        """Return everybody above a unit, by territory and by sector."""
        return self._reached(self._over(code), self._over)

    def below(self, code: str) -> set[str]:
        """Return everybody who stands under a unit, or stood under one that it carries on."""
        return self._reached(self._under[code], lambda unit: self._under[unit])

    def common_superiors(self, codes: Sequence[str]) -> set[str]:
        """Return who stands above all of some units (第二十四条第一款)."""
        return set.intersection(*(self.above(code) for code in codes)) if codes else set()

    def nearest_common(self, codes: Sequence[str]) -> set[str]:
        """Return the common superiors of some units that stand one level above them (第二十四条第一款 上一级)."""
        common = {code for code in self.common_superiors(codes) if code in self.units and self.units[code].decides}
        return {code for code in common if not any(code in self.above(other) for other in common - {code})}

    def mark(self, code: str) -> str:
        """Return what the numbers of a unit's papers begin with (机关代字); no other unit's begin so.

        Where it is not laid down that is the unit's name, with its code where another unit has that name.
        """
        return self._marks.get(code, code)

    @cached_property
    def _marks(self) -> Mapping[str, str]:
        named = {code: unit.mark or unit.name for code, unit in self.units.items()}
        alike = Counter(named.values())
        return {code: name if alike[name] == 1 else f"{name}{code}" for code, name in named.items()}

    def called(self, words: str) -> str | None:
        """Return the code of the unit that somebody means by its code or its name, however that is typed."""
        return self._called.get(_plain(words))

    def namesakes(self, code: str) -> list[str]:
        """Return all units that have the name of one, with that one."""
        name = _plain(self.units[code].name) if code in self.units else None
        return [other for other, unit in self.units.items() if _plain(unit.name) == name]

    @cached_property
    def _called(self) -> Mapping[str, str]:
        named = {_plain(unit.name): code for code, unit in reversed([*self.units.items()])}
        return named | {_plain(code): code for code in self.units}

    def bodies_above(self, code: str) -> tuple[str, ...]:
        """Return the bodies one level above a unit (第三十五条、第三十六条): by territory, then by sector.

        An inner office is part of the body above it, and of what the directory does not know nothing follows.
        """
        unit = self.units.get(code)
        if unit is None:
            return ()
        lines = (unit.sector_superior,) if unit.vertical_managed else (unit.parent, unit.sector_superior)
        return tuple(dict.fromkeys(body for line in lines for body in self._body(line, {code})))

    def bodies_to_look_again(self, code: str, barred: Collection[str] = ()) -> tuple[str, ...]:
        """Return who may be asked to look again at what a unit has decided (第二十八条第三款、第三十五条).

        That is one level above, or where these may not touch the case, above them.
        """
        level, passed = self.bodies_above(code), {code}
        while level and not any(body not in barred for body in level):
            passed |= {*level}
            level = tuple(
                dict.fromkeys(above for body in level for above in self.bodies_above(body) if above not in passed)
            )
        return tuple(body for body in level if body not in barred)

    def supervises(self, code: str, other: str) -> bool:
        """Return whether a unit is a petition bureau that another one is in the reach of (第十四条、第四十条第一款)."""
        return not self.is_no_bureau(code) and code != other and self.within_reach(code, other)

    def bureau_above(self, code: str, barred: Collection[str]) -> str | None:
        """Return the nearest petition bureau above a unit that is not barred: of a body above it, at a higher level."""
        found = self._bureaus_above(code) - {*barred}
        return min(found, key=lambda bureau: (self.levels_above(bureau, code), bureau), default=None)

    def receives_for(self, code: str, barred: Collection[str]) -> str | None:
        """Return which petition bureau passes on what a unit has received and may not touch (第二十八条第三款).

        For a bureau that is the nearest above it, for any other unit the one that supervises it.
        """
        return self.supervisor_of(code, barred) if self.is_no_bureau(code) else self.bureau_above(code, barred)

    def _bureaus_above(self, code: str) -> set[str]:
        above = self.above(code)
        return {
            unit.code for unit in self.units.values()
            if unit.kind is UnitKind.petition_bureau and not unit.successors
            and {unit.code, unit.parent} & above and code in self.units and self.levels_above(unit.code, code) > 0
        }  # fmt: skip

    def superiors(self, code: str) -> set[str]:
        """Return who orders a unit to put something right (第四十三条至第四十六条 其上级机关、单位).

        That is who stands above it, by territory and by sector; above a petition bureau also the bureaus of those.
        """
        unit = self.units.get(code)
        is_bureau = unit is not None and unit.kind is UnitKind.petition_bureau
        return self.above(code) | (self._bureaus_above(code) if is_bureau else set())

    def supervisor_of(self, code: str, barred: Collection[str], rather: str | None = None) -> str | None:
        """Return the petition bureau that supervises a unit (第四十条第一款): of those that may, the nearest.

        That is none which is barred, and none that stands under the unit. Of two of one level it is `rather` this one.
        """
        own = {code, *self.below(code), *barred}
        found = [
            (self.levels_above(unit.code, code), unit.code != rather, unit.code) for unit in self.units.values()
            if unit.kind is UnitKind.petition_bureau and not unit.successors and unit.code not in own
            and code in self.units and self.within_reach(unit.code, code)
        ]  # fmt: skip
        return min(found)[2] if found else None

    def _body(self, code: str | None, passed: set[str]) -> tuple[str, ...]:
        unit = self.units.get(code or "")
        if unit is None or unit.code in passed:
            return ()
        if unit.successors:
            return tuple(body for heir in unit.successors for body in self._body(heir, passed | {unit.code}))
        return (unit.code,) if unit.decides else self._body(unit.parent, passed | {unit.code})

    def _over(self, code: str) -> set[str]:
        """Return who stands one step above a unit; where one of them is no more, who carries it on too."""
        unit = self.units.get(code)
        nearest = {above for above in (unit.parent, unit.sector_superior) if above} if unit else set()
        return self.carried_on(nearest)

    @cached_property
    def _under(self) -> Mapping[str, set[str]]:
        under: dict[str, set[str]] = defaultdict(set)
        for code in self.units:
            for above in self._over(code):
                under[above].add(code)
        return under

    def is_no_bureau(self, code: str) -> bool:
        """Return whether a unit is known to be another one than a petition bureau (第二十三条第一款)."""
        return code in self.units and self.units[code].kind not in {None, UnitKind.petition_bureau}

    def able(self, category: ContentCategory) -> set[str]:
        """Return the units that may decide about a category."""
        return {
            unit.code for unit in self.units.values()
            if unit.competent and not unit.successors and category in unit.powers | unit.delegated
        }  # fmt: skip

    def has_power(self, code: str, category: ContentCategory) -> bool:
        """Return whether a unit, or one under it, may decide about a category (第二十三条第一款)."""
        return bool({code, *self.below(code)} & self.able(category))

    def must_know(
        self, code: str, category: ContentCategory, barred: Collection[str] = (), place: str = ""
    ) -> list[set[str]]:
        """Return of whom one each has to be told of an urgent matter that a unit knows of (第二十五条).

        These are the party committee, the government and the office of the joint conference of its level, and the
        departments in charge of such a matter there, or where it has happened; where the unit is a petition bureau,
        also the bureau above it and the national one. In the place of who may not touch the case comes who stands above
        (第二十八条第三款); whom there is not, nobody can tell.
        """
        unit = self.units.get(code)
        if unit is None:
            return [set()]
        own = _HEIGHTS[unit.level]
        wanted = [self._nearest(kind, unit, own, barred) for kind in (*sorted(LEADING), UnitKind.joint_conference)]
        wanted.append(self._departments({code, place} & self.units.keys(), category, barred))
        if unit.kind is UnitKind.petition_bureau:
            wanted.append(self._nearest(UnitKind.petition_bureau, unit, own + 1, barred))
            wanted.append(self._of(UnitKind.petition_bureau, Level.national) - {*barred})
        return [one for one in wanted if one]

    def _departments(self, near: Collection[str], category: ContentCategory, barred: Collection[str]) -> set[str]:
        """Return the departments in charge of a matter (相关主管部门), or who stands above where none may touch it.

        One of another territory has its power there, and not over what happens here.
        """
        able = {
            one for one in self.able(category) if self.units[one].kind is UnitKind.department
            and any(self.of_one_territory(one, unit) for unit in near)
        }  # fmt: skip
        return able - {*barred} or {body for one in able for body in self.bodies_to_look_again(one, barred)}

    def _nearest(self, kind: UnitKind, unit: Entry, lowest: int, barred: Collection[str]) -> set[str]:
        """Return the units of a kind in a unit's territory, of a level or of the nearest above that has any."""
        for level, height in sorted(_HEIGHTS.items(), key=itemgetter(1)):
            if height >= lowest:
                found = {one for one in self._of(kind, level) if self._in_one_territory(one, unit.code, level)}
                if found := found - {*barred}:
                    return found
        return set()

    def _of(self, kind: UnitKind, level: Level) -> set[str]:
        return {unit.code for unit in self.units.values() if unit.kind is kind and unit.level is level}

    def within_reach(self, code: str, other: str) -> bool:
        """Return whether a unit is of the own level of another one or below it, in its territory (本级、下级).

        This is how far a petition bureau forwards (第二十二条第一款) and supervises (第四十条第一款). A unit stands in
        another territory where the directory says who leads it there; of what it does not say nothing follows.
        """
        if not {code, other} <= self.units.keys():
            return True
        return self.levels_above(code, other) >= 0 and self._in_one_territory(code, other, self.units[code].level)

    def of_one_territory(self, code: str, other: str) -> bool:
        """Return whether one of two units is in the reach of the other one, whichever stands higher."""
        return self.within_reach(code, other) or self.within_reach(other, code)

    def organises(self, code: str, other: str) -> bool:
        """Return whether a unit organises what another one does: it stands above it, or is of its territory to do so.

        That are who leads a territory, its petition bureaus and its joint conference (第十二条、第十三条、第十四条).
        """
        if code in self.above(other):
            return True
        kind = self.units[code].kind if code in self.units else None
        return kind in _ORGANISING and self.within_reach(code, other)

    def bureau_for(self, code: str, others: Iterable[str]) -> bool:
        """Return whether a petition bureau is of the territory of one of some units, or above it (第二十二条)."""
        return not self.is_no_bureau(code) and any(self.within_reach(code, other) for other in others)

    def of_one_level(self, code: str, other: str) -> bool:
        """Return whether two units are of one level of one territory (同级), as far as the directory says."""
        if not {code, other} <= self.units.keys():
            return True
        return self.levels_above(code, other) == 0 and self._in_one_territory(code, other, self.units[code].level)

    def _in_one_territory(self, code: str, other: str, level: Level) -> bool:
        """Return whether no two of those who lead both at a level are of one kind and different."""
        for kind in LEADING:
            leading = [{one for one in self._leading(unit) if self._is(one, kind, level)} for unit in (code, other)]
            if all(leading) and not set.intersection(*leading):
                return False
        return True

    def _leading(self, code: str) -> set[str]:
        return {code, *self.above(code)}

    def _is(self, code: str, kind: UnitKind, level: Level) -> bool:
        return code in self.units and self.units[code].kind is kind and self.units[code].level is level

    def levels_above(self, code: str, other: str) -> int:
        """Return by how many levels a unit stands higher than another one."""
        return _HEIGHTS[self.units[code].level] - _HEIGHTS[self.units[other].level]

    # ------------------------------------------------------------------ who carries on

    def carried_on(self, codes: Iterable[str]) -> set[str]:
        """Return some units and whoever carries on their powers in the end or meanwhile (第二十四条第二款)."""
        return self._reached(codes, self._successors)

    def heirs(self, code: str) -> list[str]:
        """Return who has a unit's powers today, in the order in which they were named: itself, where it still is."""
        found: dict[str, None] = {}
        waiting, passed = [code], set()
        while waiting:
            code = waiting.pop(0)
            unit = self.units.get(code)
            if unit is None or code in passed:
                continue
            passed.add(code)
            if unit.successors:
                waiting = [*unit.successors, *waiting]
            else:
                found[code] = None
        return list(found)

    def is_no_more(self, code: str) -> bool:
        """Return whether others carry on the powers of a unit."""
        return code in self.units and bool(self.units[code].successors)

    def fit_to_carry_on(
        self, code: str, category: ContentCategory | None = None, barred: Collection[str] = ()
    ) -> list[str]:
        """Return who may carry on a matter of a unit: of its heirs those with the power over it, where one has that."""
        heirs = [heir for heir in self.heirs(code) if heir not in barred]
        able = self.able(category) if category else set()
        return [heir for heir in heirs if heir in able] or heirs

    def carrier(self, code: str, category: ContentCategory | None = None, barred: Collection[str] = ()) -> str:
        """Return who owes today what a unit owes: itself, where it still is and may, or who carries on for it.

        Where it is unclear who does (第二十四条第二款 职责不清), or where it may not touch the matter itself
        (第二十八条第三款), whoever stands above it: of a petition bureau the nearest one above.
        """
        if not self.is_no_more(code):
            if code not in barred:
                return code
            is_bureau = code in self.units and self.units[code].kind is UnitKind.petition_bureau
            if is_bureau and (bureau := self.bureau_above(code, barred)):
                return bureau
        fit = self.fit_to_carry_on(code, category, barred)
        found = fit if len(fit) == 1 else self.bodies_to_look_again(code, barred)
        return found[0] if found else code

    def acting_as(self, unit: str, *meant: str | None, barred: Collection[str] = ()) -> str:
        """Return as which of some units another one acts: as itself, or as one for which it carries on.

        Where one of them is barred from the matter, whoever owes in its place what it owed acts as that one.
        """
        if unit in meant:
            return unit
        gone = (code for code in meant if code is not None and (self.is_no_more(code) or code in barred))
        return next((code for code in gone if unit in {*self.heirs(code), self.carrier(code, barred=barred)}), unit)

    def acts_for(self, unit: str) -> set[str]:
        """Return itself and those that are no more and for which a unit carries on: `acting_as`, the other way."""
        return {unit, *(code for code in self.units if self.is_no_more(code) and self.acting_as(unit, code) == code)}

    def closes_a_circle(self, code: str, successors: Iterable[str]) -> bool:
        """Return whether a unit would in the end be carried on by itself."""
        return code in self.carried_on(successors)

    def _successors(self, code: str) -> set[str]:
        unit = self.units.get(code)
        return set(unit.successors) if unit else set()

    @cached_property
    def _predecessors(self) -> Mapping[str, set[str]]:
        before: dict[str, set[str]] = defaultdict(set)
        for unit in self.units.values():
            for heir in unit.successors:
                before[heir].add(unit.code)
        return before

    # ------------------------------------------------------------------ who acts for whom

    def belongs(self, officer: str, unit: str) -> bool:
        """Return whether somebody acts for a unit."""
        return unit in self.units and officer in self.units[unit].officers

    def is_head(self, officer: str, unit: str, on: date) -> bool:
        """Return whether somebody is the head of a unit, or acts in the head's stead on a day."""
        if unit not in self.units:
            return False
        entry = self.units[unit]
        heads = entry.holders(Role.unit_head)
        standing_in = {
            deputy.deputy for head in heads if (deputy := entry.deputies.get(head)) and _on(deputy, on)
        }  # fmt: skip
        return officer in heads | standing_in

    def has_role(self, officer: str, unit: str, role: Role) -> bool:
        """Return whether somebody has a role in a unit."""
        return unit in self.units and officer in self.units[unit].holders(role)

    def units_of(self, officer: str) -> set[str]:
        """Return the units for which somebody acts, also in somebody's stead, on whatever days.

        What comes to whoever they stand in for comes to them too.
        """
        return {
            unit.code for unit in self.units.values()
            if officer in unit.officers or any(deputy.deputy == officer for deputy in unit.deputies.values())
        }  # fmt: skip

    def posts_of(self, officer: str, on: date) -> set[Acting]:
        """Return for which units somebody acts on a day and in which roles: of their own, and of whose deputy they are.

        Of a unit that is no more nobody has a post.
        """
        return {acting for acting, _, deputy in self._held.get(officer, ()) if deputy is None or _on(deputy, on)}

    def since(self, officer: str, acting: Acting, on: date) -> list[int]:
        """Return from which version of the unit on somebody is without a break what they act as on a day.

        There are several where they are that by themselves, and in somebody's stead.
        """
        return [
            since for one, since, deputy in self._held.get(officer, ())
            if one == acting and (deputy is None or _on(deputy, on))
        ]  # fmt: skip

    @cached_property
    def askers(self) -> dict[Asking, Any]:
        """What was found out of who asks, for as long as this directory is the one in force."""
        return {}

    @cached_property
    def _held(self) -> Mapping[str, list[tuple[Acting, int, Deputy | None]]]:
        """Who acts for whom in which role since when, by officer; with the days where it is in somebody's stead."""
        held: dict[str, list[tuple[Acting, int, Deputy | None]]] = defaultdict(list)
        for unit in self.units.values():
            for officer, post in unit.officers.items() if not unit.successors else ():
                deputy = unit.deputies.get(officer)
                for role in (role for role in post.roles if role not in NO_POSTS):
                    acting, since = (unit.code, role), post.since.get(role, 0)
                    held[officer].append((acting, since, None))
                    if deputy is not None:
                        held[deputy.deputy].append((acting, max(since, deputy.since), deputy))
        return held

    # ------------------------------------------------------------------ who may not touch a case

    def off_limits(self, accused_units: Iterable[str], accused_persons: Iterable[str] = ()) -> frozenset[str]:
        """Return the units that may neither get a case, nor a part, nor see it (第二十八条第三款, 第三十条第三款).

        The accused units and those for which an accused person acts; what stands under them; whoever carries on the
        powers of any of these, and what stands under that; and those whose powers they carry on themselves. A unit that
        came out of the same old one as an accused unit is not accused by that.
        """
        accused = {*accused_units}.union(*(self.units_of(person) for person in accused_persons))
        reached = self._reached(accused, lambda code: self._under[code] | self._successors(code))
        return frozenset(self._reached(reached, lambda code: self._predecessors[code]))

    def is_off_limits(self, code: str, accused_units: Iterable[str], accused_persons: Iterable[str] = ()) -> bool:
        """Return whether a unit may not touch a case."""
        return code in self.off_limits(accused_units, accused_persons)

    def barring(self, units: Iterable[str]) -> set[str]:
        """Return the units of which one that is accused makes some others off limits: `off_limits`, the other way."""
        return self._reached(self.carried_on(units), lambda code: self._over(code) | self._predecessors[code])

    def one_organ(self, units: Iterable[str]) -> set[str]:
        """Return some units, who carries one of them on, and what that carries on: one organ under several names.

        Of two units either has the other one among these, or neither has.
        """
        return self._reached(self.carried_on(units), lambda code: self._predecessors[code])

    def organs(self, units: Iterable[str], officers: Iterable[str] = ()) -> set[str]:
        """Return the organs of some units and of whom these officers act for: an inner office is part of one."""
        found = {*units}.union(*(self.units_of(officer) for officer in officers))
        return self.one_organ(found | {over for unit in found if self._is_part(unit) for over in self._over(unit)})

    def _is_part(self, code: str) -> bool:
        return code in self.units and self.units[code].kind is UnitKind.inner_office

    def is_kept_from(
        self, units: Collection[str], persons: Collection[str], accused_units: Collection[str],
        accused_persons: Collection[str],
    ) -> bool:  # fmt: skip
        """Return whether one of some units and persons may neither get nor see anything of a case."""
        if not accused_units and not accused_persons:
            return False
        barred = self.off_limits(accused_units, accused_persons)
        own = {*units}.union(*(self.units_of(person) for person in persons))
        return not barred.isdisjoint(own) or not {*accused_persons}.isdisjoint(persons)

    def keeps_out(
        self, officer: str, unit: str, accused_units: Collection[str], accused_persons: Collection[str] = (),
        received_by: str | None = None,
    ) -> bool:  # fmt: skip
        """Return whether somebody who acts for a unit takes no part in a case (第二十八条第三款).

        The bureau that has received it passes it on (第二十二条), and so keeps out only where it is accused itself,
        under whatever name it had or what it carries on, and not where an accused unit stands above it.
        """
        if officer in accused_persons:
            return True
        accused = {*accused_units}.union(*(self.units_of(person) for person in accused_persons))
        own = {unit, *self.units_of(officer)}
        if received_by == unit and not self.is_no_bureau(unit) and unit not in self.one_organ(accused):
            own.discard(unit)
        return not own.isdisjoint(self.off_limits(accused))

    def examines(self, organ: str, accused_units: Iterable[str], accused_persons: Iterable[str] = ()) -> bool:
        """Return whether a discipline organ has authority over these, by the management of cadres (第二十二条第二款).

        Who leads its own level, and the organ itself, are managed one level up.
        """
        entry = self.units.get(organ)
        if entry is None or entry.kind is not UnitKind.discipline_organ or entry.successors:
            return False
        accused = {*accused_units}.union(*(self.units_of(person) for person in accused_persons))
        return all(_manages(entry, self.units[code]) for code in accused if code in self.units)

    def auditor_of(self, payer: str, spent_by: Collection[str], barred: Collection[str] = ()) -> str | None:
        """Return who audits what a unit has paid (审计法 第二条): nobody who asked, agreed or paid, nor under one.

        That is the nearest unit of its territory that has an auditor; where there is none, who stands above who paid.
        """
        own = {*spent_by, *barred}.union(*(self.below(code) for code in spent_by))
        found = [
            (self.levels_above(unit.code, payer), unit.code) for unit in self.units.values()
            if unit.holders(Role.auditor) and not unit.successors and unit.code not in own
            and payer in self.units and self.within_reach(unit.code, payer)
        ]  # fmt: skip
        above = self.bodies_to_look_again(payer, own)
        return min(found)[1] if found else above[0] if above else None

    def organ_over(self, near: str, accused_units: Collection[str], accused_persons: Collection[str]) -> str | None:
        """Return the nearest discipline organ of a unit's territory that has authority over these and is none of them.

        Where the organ's own people are complained of, that is one above.
        """
        barred = self.off_limits(accused_units, accused_persons)
        found = [
            (self.levels_above(organ, near), organ) for organ in self.units
            if near in self.units and organ not in barred and self.within_reach(organ, near)
            and self.examines(organ, accused_units, accused_persons)
        ]  # fmt: skip
        return min(found)[1] if found else None

    def manages(self, body: str, units: Iterable[str], persons: Iterable[str] = ()) -> bool:
        """Return whether a body may pursue the responsibility of units and persons (第四十条第三款 有管理权限).

        That is who stands above them, a discipline organ with authority, or the department of a party committee.
        """
        about = {*units}.union(*(self.units_of(person) for person in persons))
        if body not in self.units or not about <= self.units.keys() or body in self.off_limits(about):
            return False
        return self.examines(body, about) or self._of_committee(body, about) or self._above_all(body, about)

    def keeps_cadres(self, body: str, persons: Iterable[str]) -> bool:
        """Return whether some persons are managed as cadres there (第三十条第二款 按照干部管理权限).

        That is a department of a party committee of their level or above in their territory, or who stands above them.
        """
        about = set[str]().union(*(self.units_of(person) for person in persons))
        if body in self.off_limits(about):
            return False
        return self._of_committee(body, about) or (bool(about) and self._above_all(body, about))

    def _of_committee(self, body: str, about: Collection[str]) -> bool:
        """Return whether a body is a department of a party committee that manages the cadres of some units."""
        entry = self.units[body]
        above = self.units.get(entry.parent or "")
        if above is None or above.kind is not UnitKind.party_committee or entry.kind not in _OF_COMMITTEE:
            return False
        return all(self.within_reach(body, code) and _manages(entry, self.units[code]) for code in about)

    def _above_all(self, body: str, about: Collection[str]) -> bool:
        return all(body in self.above(code) for code in about)

    @staticmethod
    def _reached(first: Iterable[str], on: Callable[[str], set[str]]) -> set[str]:
        """Return what is reached in any number of steps, the first ones included; a circle ends by itself."""
        found = set(first)
        waiting = list(found)
        while waiting:
            news = on(waiting.pop()) - found
            found |= news
            waiting += news
        return found


def _manages(organ: Entry, unit: Entry) -> bool:
    """Return whether a body is of a level at which the cadres of a unit are managed."""
    height = _HEIGHTS[organ.level] - _HEIGHTS[unit.level]
    return height > 0 or (height == 0 and unit.kind not in {*LEADING, UnitKind.discipline_organ})


def _on(deputy: Deputy, on: date) -> bool:
    return deputy.first_on <= on <= deputy.last_on


def _plain(name: str) -> str:
    """Return a name in one form: a full-width letter or a blank makes no other one of it."""
    return "".join(normalize("NFKC", name).split()).casefold()


def called(code: str, words: str, body: str | UUID | None) -> dict[str, Any]:
    """Return the two fields of an event that say which body it was: by its code, or by what it is called."""
    return {code: None, words: body} if isinstance(body, UUID) else {code: body, words: None}
