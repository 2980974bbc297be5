"""Who asks, as the table of rights sees them: a predicate over who is what to a case, and the same in SQL."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from services.chassis.context import By
from services.chassis.directory import Directory
from services.chassis.errors import NotFound
from services.chassis.recusal import FOR_NO_UNIT, named
from services.chassis.rights.table import READS, Reach, Reads, tag, units_of


def _in_territory(directory: Directory, unit: str, other: str) -> bool:
    return directory.supervises(unit, other) or directory.organises(unit, other)


_OVER: Final[Mapping[Reach, Callable[[Directory, str, str], bool]]] = {
    Reach.line: lambda directory, unit, other: unit in directory.superiors(other),
    Reach.bureau: Directory.supervises,
    Reach.territory: _in_territory,
    Reach.audit: Directory.within_reach,
}


@dataclass(frozen=True)
class Asker:
    """Somebody who acts for a unit in a role, as far as it matters for what they may see."""

    tags: frozenset[str]
    """What they, or units for which they act, may be to a case so that they see it."""
    within: frozenset[str]
    """Which units of the directory are in their reach."""
    without: frozenset[str] | None
    """Which ones are not, where they have a reach over whom the directory does not know either."""
    own: frozenset[str]
    """The units for which they act."""
    unit: str
    named: Sequence[str]
    """By which names a case keeps them out; by which where the bureau for which they act has received it."""
    named_to_receiver: Sequence[str]

    @classmethod
    def of(cls, by: By, directory: Directory) -> Asker:
        """Return whoever acts, by the directory of the moment."""
        known = directory.askers
        key = (by.actor, by.unit, by.role)
        if (found := known.get(key)) is None:
            found = known[key] = cls._of(by, directory)
        return found

    @classmethod
    def _of(cls, by: By, directory: Directory) -> Asker:
        reads = READS.get(by.role, Reads())
        own = directory.acts_for(by.unit)
        tags = {tag(relation, unit) for relation in reads.of for unit in own}
        tags |= {tag(relation, by.actor, person=True) for relation in reads.of}
        reached = [_OVER[reach] for reach in reads.over]
        others = directory.units.keys() - own
        within = {other for other in others if any(over(directory, by.unit, other) for over in reached)}
        strangers = any(over(directory, by.unit, _NO_UNIT) for over in reached)
        without = frozenset(directory.units.keys() - within) if strangers else None
        unit, actor = ("", "") if by.role in FOR_NO_UNIT else (by.unit, by.actor)
        return cls(
            frozenset(tags), frozenset(within), without, frozenset(own), unit, named(unit, actor, directory),
            named(unit, actor, directory, received=True),
        )  # fmt: skip

    def sees(self, parties: Collection[str]) -> bool:
        """Return whether they see a case of which these have to do."""
        return not self.tags.isdisjoint(parties) or any(map(self._reaches, units_of(parties)))

    def why(self, parties: Collection[str]) -> list[str]:
        """Return by what they see it: what they are to it themselves, and who has to do with it that they reach."""
        return sorted({*self.tags.intersection(parties), *filter(self._reaches, units_of(parties))})

    def _reaches(self, unit: str) -> bool:
        return unit in self.within or (self.without is not None and unit not in self.without)

    @property
    def has_to_do(self) -> str:
        """`sees`, in SQL, over a row that has `parties` and the units among them."""
        parts = ["parties && {tags}::text[]"]
        if self.without is not None:
            parts.append("NOT party_units <@ {without}::text[]")
        elif self.within:
            parts.append("party_units && {within}::text[]")
        return f"({' OR '.join(parts)})"

    @cached_property
    def values(self) -> Mapping[str, Any]:
        """The values of the conditions that stand in a `views.Sight`, by their names."""
        return {
            "unit": self.unit,
            "organs": sorted(self.own),
            "named": self.named,
            "named_to_receiver": self.named_to_receiver,
            "tags": sorted(self.tags),
            "within": sorted(self.within) if self.without is None else [],
            "without": None if self.without is None else sorted(self.without),
        }


class Strange(NotFound):
    """Whoever has nothing to do with a case finds nothing, and does nothing in it (个人信息保护法 第六条、第十条)."""


_NO_UNIT: Final = "\0"
"""A unit that no directory has."""
NOBODY: Final = Asker(frozenset(), frozenset(), None, frozenset(), "", (), ())
"""Who has to do with nothing."""
