"""Random counties and cases: units under units, carried on and renamed, people with posts, deputies and several units."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from random import Random
from uuid import UUID

from contracts.vocabulary import ClockKind, Level, Role, UnitKind
from services.chassis.context import By
from services.chassis.directory import Deputy, Directory, Entry, Post
from services.chassis.rights.table import READS, Relation, tag

KINDS = (
    UnitKind.government, UnitKind.party_committee, UnitKind.petition_bureau, UnitKind.department, UnitKind.township,
    UnitKind.discipline_organ, UnitKind.joint_conference, UnitKind.village_committee, UnitKind.inner_office, None,
)  # fmt: skip
LEVELS = tuple(Level)
EVER = (date(2000, 1, 1), date(2100, 1, 1))


@dataclass
class Case:
    """What a row says of a case."""

    id: UUID
    parties: list[str]
    accused_units: list[str]
    accused_persons: list[str]
    recused: list[str]
    received_by: str | None
    merged_into: UUID | None = None
    split_from: UUID | None = None


@dataclass
class World:
    """A directory and some cases."""

    directory: Directory
    people: list[str]
    cases: list[Case]

    def family(self, case: Case) -> list[Case]:
        """Return a case with what it has gone into and what was split off, in any number of steps."""
        found, ahead = [case], [case]
        while ahead:
            one = ahead.pop()
            news = [c for c in self.cases if (c.id == one.merged_into or c.split_from == one.id) and c not in found]
            found += news
            ahead += news
        return found

    def moved(self, random: Random) -> World:
        """Return the same cases with some people elsewhere, and some units carried on by others."""
        units = dict(self.directory.units)
        codes = list(units)
        for n, code in enumerate(codes):
            if random.random() < 0.3:
                officers = {random.choice(self.people): Post((random.choice(list(READS)),)) for _ in range(2)}
                units[code] = replace(units[code], officers=officers, deputies={})
            if n and not units[code].successors and random.random() < 0.1:
                units[code] = replace(units[code], successors=(random.choice(codes[:n]),))
        return replace(self, directory=Directory(units))

    def askers(self, random: Random, count: int) -> Iterator[By]:
        """Yield some who ask, each as one of their posts, or as one that nobody has."""
        codes = [*self.directory.units, "unknown"]
        for n in range(count):
            actor = random.choice(self.people)
            held = sorted(self.directory.posts_of(actor, date(2026, 3, 2)))
            unit, role = random.choice(held) if held and n % 3 else (random.choice(codes), random.choice(list(READS)))
            yield asking(actor, unit, role)


def asking(actor: str, unit: str, role: Role) -> By:
    """Return who asks."""
    at = datetime(2026, 3, 2, tzinfo=UTC)
    return By(
        actor=actor, unit=unit, role=role, at=at, clock=ClockKind.real, request_id="r", command_id=UUID(int=1)
    )  # fmt: skip


def world(seed: int, units: int = 24, cases: int = 12) -> World:
    """Return a world; the same for the same seed."""
    random = Random(seed)
    size = random.randint(2, units)
    codes = [f"U{n}" for n in range(size)]
    people = [f"p-{n}" for n in range(size + 4)]
    entries = []
    for n, code in enumerate(codes):
        above = codes[:n]
        successors = (
            tuple(random.sample(above, k=min(len(above), random.randint(1, 2)))) if random.random() < 0.2 else ()
        )
        officers = {
            person: Post(tuple(random.sample(list(READS), k=random.randint(1, 3))))
            for person in random.sample(people, k=random.randint(0, 3))
        }
        deputies = {one: Deputy(random.choice(people), *EVER) for one in officers if random.random() < 0.3}
        entries.append(
            Entry(
                code,
                code,
                LEVELS[min(len(LEVELS) - 1, n * len(LEVELS) // size)],
                kind=random.choice(KINDS),
                parent=random.choice(above) if above and random.random() < 0.9 else None,
                sector_superior=random.choice(above) if above and random.random() < 0.3 else None,
                vertical_managed=random.random() < 0.1,
                successors=successors,
                officers=officers,
                deputies=deputies,
            )
        )
    named = [*codes, "elsewhere"]

    def some(of: list[str], most: int) -> list[str]:
        return random.sample(of, k=random.randint(0, min(most, len(of))))

    made = []
    for _ in range(cases):
        parties = {tag(random.choice(list(Relation)), unit) for unit in some(named, 3)}
        parties |= {tag(random.choice(list(Relation)), one, person=True) for one in some(people, 2)}
        accusing = random.random() < 0.5
        made.append(
            Case(
                UUID(int=random.getrandbits(128)),
                sorted(parties),
                some(codes, 2) if accusing else [],
                some(people, 1) if accusing else [],
                some(people, 1) if random.random() < 0.2 else [],
                random.choice(named) if random.random() < 0.8 else None,
            )
        )
    for n, one in enumerate(made):
        if n and random.random() < 0.3:
            setattr(one, random.choice(["merged_into", "split_from"]), random.choice(made[:n]).id)
    return World(Directory.of(entries), people, made)
