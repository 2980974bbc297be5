"""In which relation to a case somebody reads it, by role (个人信息保护法 第六条: no more than the duty needs).

The table is all there is: who stands in none of these relations finds nothing, whatever the role. Whom a case
complains of and who keeps out of it find nothing in any relation (第二十八条第三款、第三十条第三款).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from contracts.vocabulary import Role
from contracts.vocabulary.term import Term


class Relation(Term):
    """What a unit or a person is to a case."""

    receives = "receives", "接收"
    handles = "handles", "承办"
    helps = "helps", "协办"
    leads = "leads", "牵头"
    mediates = "mediates", "调解"
    presides = "presides", "主持听证"
    reviews = "reviews", "复查"
    rechecks = "rechecks", "复核"
    sponsors = "sponsors", "包案"
    owes = "owes", "负有办理义务"
    examines = "examines", "纪检监察"


class Reach(Term):
    """To whom, of those that have to do with a case, somebody stands so that their duty is to see what these do."""

    line = "line", "上级"
    bureau = "bureau", "属地信访工作机构"
    territory = "territory", "本级和下级信访工作"
    audit = "audit", "审计授权范围"


@dataclass(frozen=True)
class Reads:
    """In which relations a role reads a case."""

    of: frozenset[Relation] = frozenset()
    """What the unit for which somebody acts is to it, or they themselves are."""
    over: frozenset[Reach] = frozenset()


def _reads(*of: Relation, over: Iterable[Reach] = ()) -> Reads:
    return Reads(frozenset(of), frozenset(over))


_R = Relation
_WORKS: Final = (_R.receives, _R.handles, _R.helps, _R.leads, _R.owes)
"""Who has something to do in a case."""

READS: Final[Mapping[Role, Reads]] = {
    Role.intake_clerk: _reads(_R.receives, _R.owes, over=[Reach.bureau]),
    Role.bureau_officer: _reads(*_WORKS, over=[Reach.line, Reach.territory]),
    Role.unit_receiver: _reads(*_WORKS),
    Role.case_officer: _reads(*_WORKS),
    Role.unit_head: _reads(*_WORKS, _R.mediates, _R.presides, _R.reviews, _R.rechecks, over=[Reach.line]),
    Role.mediator: _reads(_R.mediates),
    Role.hearing_presider: _reads(_R.presides, _R.rechecks),
    Role.reviewer: _reads(_R.reviews, _R.owes),
    Role.recheck_officer: _reads(_R.rechecks, _R.owes),
    Role.supervisor: _reads(*_WORKS, over=[Reach.line, Reach.territory]),
    Role.auditor: _reads(_R.owes, over=[Reach.audit]),
    Role.conference_secretary: _reads(*_WORKS, over=[Reach.line, Reach.territory]),
    Role.sponsor_leader: _reads(*_WORKS, _R.sponsors, over=[Reach.line, Reach.territory]),
    Role.discipline_officer: _reads(_R.examines, _R.owes),
    Role.personnel_officer: _reads(_R.owes),
    Role.evaluator: _reads(_R.owes),
    Role.petitioner: _reads(),
    Role.platform_admin: _reads(),
}
"""Services themselves ask what is declared (`Service.peers`); each answer of theirs goes through this table."""

READERS: Final = tuple(role for role, reads in READS.items() if reads != Reads())
"""In which roles somebody reads any case at all."""
OFFICIALS: Final = (*READERS, Role.platform_admin)
"""In which roles somebody acts for a unit, or keeps the platform running."""

BETWEEN: Final = "/"
PERSON: Final = "@"


def tag(relation: Relation, one: str, *, person: bool = False) -> str:
    """Return how a row says what a unit or a person is to its case: ``handles/RSJ``, ``sponsors/@leader-1``."""
    return f"{relation}{BETWEEN}{PERSON if person else ''}{one}"


def parties(
    units: Mapping[Relation, Collection[str | None]], persons: Mapping[Relation, Collection[str | None]] | None = None
) -> list[str]:
    """Return what a row says of who is what to its case, in order."""
    found = {tag(relation, one) for relation, ones in units.items() for one in ones if one}
    found |= {tag(relation, one, person=True) for relation, ones in (persons or {}).items() for one in ones if one}
    return sorted(found)


def units_of(tags: Iterable[str]) -> Iterator[str]:
    """Yield the units among who has to do with a case."""
    for one in tags:
        code = one.partition(BETWEEN)[2]
        if not code.startswith(PERSON):
            yield code
