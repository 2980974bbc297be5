"""个人信息保护法 第六条, 信访工作条例 第二十八条第三款、第三十条第三款: what a question shows, and to whom."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from contextlib import nullcontext
from random import Random
from types import SimpleNamespace
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from contracts.vocabulary import Role
from services.accountability.questions.cases import ShowTimeline
from services.assignment.views import CaseRow as Assigned
from services.chassis import relating
from services.chassis.context import By
from services.chassis.directory import Directory
from services.chassis.questions import Question
from services.chassis.recusal import keeps_out, kept_from
from services.chassis.rights.asker import Asker
from services.chassis.rights.table import READS, Relation
from services.intake.views import CaseRow as Registered
from services.mediation.views import CaseRow as Handled
from tests.harness import Servers, system
from tests.rights.worlds import Case, World, asking, world

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(3600)]

FULL = os.environ.get("HUIYIN_TEST_FULL") == "1"
SOME = 150
"""In how many worlds a mutant is seen."""
WORLDS = 10_000 if FULL else SOME
ASKERS = 6
CASES = {"intake": Registered, "assignment": Assigned, "mediation": Handled}
"""The cases of each service that has rows of its own."""
_COLUMNS = {
    "intake": "confidential = false, registration_no = id::text",
    "assignment": "kind = 'appeal_for_resolution'",
    "mediation": "kind = 'appeal_for_resolution'",
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def database(servers: Servers) -> AsyncIterator[asyncpg.Connection]:
    async with system(servers, (), make=False) as made, made.sql() as connection:
        for service in (*CASES, "accountability"):
            # the rows of a world hold what says who sees them, and nothing else has to be told of them
            columns = await connection.fetch(
                "SELECT column_name FROM information_schema.columns WHERE table_schema = $1 AND table_name = 'case_view' "
                "AND is_nullable = 'NO' AND column_default IS NULL AND is_generated = 'NEVER' AND column_name <> 'id'",
                service,
            )
            for row in columns:
                await connection.execute(f"ALTER TABLE {service}.case_view ALTER {row[0]} DROP NOT NULL")
        yield connection


async def laid_out(database: asyncpg.Connection, service: str, cases: Collection[Case]) -> None:
    """Put the cases of a world into a service's view, in place of those of the last one."""
    await database.execute(f"DELETE FROM {service}.case_view")
    rows = [
        (one.id, one.parties, kept_from(one.accused_units, one.accused_persons, one.recused), one.received_by)
        for one in cases
    ]
    await database.executemany(
        f"INSERT INTO {service}.case_view (id, parties, accused, received_by) VALUES ($1, $2, $3, $4)"
        if service != "mediation"
        else f"INSERT INTO {service}.case_view (id, parties, accused) SELECT $1, $2, $3 WHERE $4::text IS NOT DISTINCT FROM $4",
        rows,
    )
    if service in _COLUMNS:
        await database.execute(f"UPDATE {service}.case_view SET {_COLUMNS[service]}")
    if service == "intake":
        akin = [(one.id, one.merged_into, one.split_from) for one in cases]
        await database.executemany("UPDATE intake.case_view SET merged_into = $2, split_from = $3 WHERE id = $1", akin)


async def shown(database: asyncpg.Connection, service: str, directory: Directory, by: By) -> set[Any]:
    """Return the cases that a question of a service shows to somebody."""

    class Asked(Question, sight=CASES[service].view.sight if service in CASES else ShowTimeline.sight):
        operation = SimpleNamespace(in_path=())  # type: ignore[assignment]  # a list

    async def at_hand() -> Directory:
        return directory

    running: Any = SimpleNamespace(
        store=SimpleNamespace(directories=SimpleNamespace(at_hand=at_hand), as_rows_have=list)
    )
    condition, values = await Asked().seen(running, by, 0)
    await database.execute(f"SET search_path TO {service}, public")
    column = "id" if service in CASES else "id AS case_id"
    sql = f"SELECT case_id FROM (SELECT *, {column if service not in CASES else 'id AS case_id'} FROM case_view) t WHERE {condition}"
    return {row["case_id"] for row in await database.fetch(sql, *values)}


def should_see(world: World, service: str, by: By) -> set[Any]:
    """Return what the predicate says that they see: in relation to it by the table, and kept from none of it."""
    asker = Asker.of(by, world.directory)

    def kept(one: Case) -> bool:
        return keeps_out(
            by, world.directory, one.accused_units, one.accused_persons, recused=one.recused,
            received_by=None if service == "mediation" else one.received_by,
        )  # fmt: skip

    return {
        one.id for one in world.cases
        if asker.sees(one.parties) and not any(map(kept, akin(world, service, one)))
    }  # fmt: skip


def akin(world: World, service: str, case: Case) -> list[Case]:
    """Return what is one with a case: intake knows what has gone into what, the others are told of each."""
    return world.family(case) if service == "intake" else [case]


async def check(database: asyncpg.Connection, seeds: Sequence[int]) -> int:
    """Compare SQL and predicate in some worlds; return how many cases were seen at all."""
    seen = 0
    for seed in seeds:
        made, random = world(seed), Random(seed)
        askers = list(made.askers(random, ASKERS))
        service = (*CASES, "accountability")[seed % 4]
        await laid_out(database, service, made.cases)
        for by in askers:
            found = await shown(database, service, made.directory, by)
            assert found == should_see(made, service, by), (seed, service, by)
            seen += len(found)
    return seen


async def test_what_sql_shows_is_what_the_predicate_says(database: asyncpg.Connection):
    assert await check(database, range(WORLDS)) > WORLDS


async def test_mutant_who_has_a_unit_in_reach_is_forgotten_in_sql(database: asyncpg.Connection, monkeypatch: Any):
    values = Asker.values.func  # type: ignore[attr-defined]
    monkeypatch.setattr(Asker, "values", property(lambda self: {**values(self), "within": []}))
    with pytest.raises(AssertionError):
        await check(database, range(SOME))


# ------------------------------------------------------------------ promise 3, by an oracle that knows no closure


def touched(directory: Directory, accused: Iterable[str], persons: Iterable[str]) -> set[str]:
    """Return the units that must not see it, by the article: those accused or served by an accused person, whatever
    stands under them or carries them on, in any number of steps, and whom these carry on."""
    bad = {*accused}
    for unit in directory.units.values():
        if {*persons} & ({*unit.officers} | {one.deputy for one in unit.deputies.values()}):
            bad.add(unit.code)
    while True:
        more = set[str]()
        for unit in directory.units.values():
            above = {unit.parent, unit.sector_superior}
            heirs = {heir for code in above if code in directory.units for heir in all_heirs(directory, code)}
            if (above | heirs) & bad:
                more.add(unit.code)
            if unit.code in bad:
                more |= {*unit.successors}
        if more <= bad:
            break
        bad |= more
    while more := {unit.code for unit in directory.units.values() if {*unit.successors} & bad} - bad:
        bad |= more
    return bad


def all_heirs(directory: Directory, code: str) -> set[str]:
    found, ahead = set[str](), [code]
    while ahead:
        unit = directory.units.get(ahead.pop())
        for heir in unit.successors if unit else ():
            if heir not in found:
                found.add(heir)
                ahead.append(heir)
    return found


def bad_for(world: World, service: str, case: Case, person: str, units: Collection[str], by_unit: str = "") -> bool:
    """Return whether somebody must not know of a case, or a unit must not; its bureau may, unless it is accused."""
    for one in akin(world, service, case):
        bad = touched(world.directory, one.accused_units, one.accused_persons)
        received = one.received_by == by_unit and by_unit not in organ(world.directory, one)
        stands_in = {
            deputy.deputy
            for unit in world.directory.units.values()
            for who, deputy in unit.deputies.items()
            if who == person
        }
        if person in one.recused or {person, *stands_in} & {*one.accused_persons}:
            return True
        if not received and {*units} & bad:
            return True
    return False


def works_for(directory: Directory, person: str) -> set[str]:
    return {
        unit.code for unit in directory.units.values()
        if person in unit.officers or person in {one.deputy for one in unit.deputies.values()}
    }  # fmt: skip


def organ(directory: Directory, case: Case) -> set[str]:
    """Return the accused units, and under whatever other name one of them is the same organ: by who came after whom."""
    accused = {*case.accused_units, *(unit for one in case.accused_persons for unit in directory.units_of(one))}
    after = {code: {code, *all_heirs(directory, code)} for code in {*directory.units, *accused}}
    now = set[str]().union(*(after[code] for code in accused))
    return {code for code, heirs in after.items() if heirs & now}


async def violations(database: asyncpg.Connection, seeds: Sequence[int]) -> int:
    """Return how often somebody who must not know of a case is shown it, also once people have moved (第三十条第三款)."""
    count = 0
    for seed in seeds:
        before, random = world(seed), Random(seed)
        askers = list(before.askers(random, ASKERS))
        service = (*CASES, "accountability")[seed % 4]
        await laid_out(database, service, before.cases)
        for made in (before, before.moved(random)):
            for by in askers:
                found = await shown(database, service, made.directory, by)
                own = {by.unit} | works_for(made.directory, by.actor)
                count += sum(
                    case.id in found and bad_for(made, service, case, by.actor, own, by.unit) for case in made.cases
                )
    return count


async def test_promise_3_whom_it_complains_of_is_shown_nothing(database: asyncpg.Connection):
    """第三十条第三款."""
    assert await violations(database, range(WORLDS)) == 0


async def given(database: asyncpg.Connection, seeds: Sequence[int]) -> int:
    """Return how often something of a case would be given to whom it complains of, also once people have moved."""
    count = 0
    running: Any = SimpleNamespace(
        store=SimpleNamespace(database=SimpleNamespace(planning=lambda: nullcontext(database)), as_rows_have=list)
    )
    for seed in seeds:
        before, random = world(seed), Random(seed)
        service = (*CASES, "accountability")[seed % 4]
        await laid_out(database, service, before.cases)
        await database.execute(f"SET search_path TO {service}, public")
        for made in (before, before.moved(random)):
            units = random.sample([*made.directory.units], k=min(ASKERS, len(made.directory.units)))
            persons = random.sample(made.people, k=ASKERS)
            case = random.choice(made.cases)
            kept = await relating._kept_among(running, case.id, units, persons, made.directory)
            bad = {unit for unit in units if bad_for(made, service, case, "", [unit])}
            bad |= {one for one in persons if bad_for(made, service, case, one, works_for(made.directory, one))}
            count += len(bad - {*kept})
    return count


async def test_promise_3_whom_it_complains_of_is_given_nothing(database: asyncpg.Connection):
    """第二十八条第三款."""
    assert await given(database, range(WORLDS)) == 0


async def test_mutant_who_asks_is_remembered_for_ever(database: asyncpg.Connection, monkeypatch: Any):
    monkeypatch.setattr(Directory, "askers", {})
    assert await violations(database, range(SOME)) > 0


async def test_mutant_what_was_split_off_is_forgotten(database: asyncpg.Connection):
    """And what a case has gone into."""
    whole = await database.fetchval("SELECT pg_get_functiondef('intake.kept_from'::regproc)")
    alone = await database.fetchval("SELECT pg_get_functiondef('assignment.kept_from'::regproc)")
    try:
        await database.execute("SET search_path TO intake, public")
        await database.execute(alone.replace("assignment.kept_from", "intake.kept_from"))
        assert await violations(database, range(0, SOME, 4)) > 0
        assert await given(database, range(0, SOME, 4)) > 0
    finally:
        await database.execute("SET search_path TO intake, public")
        await database.execute(whole)


@pytest.mark.parametrize("forgotten", ["_successors", "units_of"])
async def test_mutant_closure_forgets(database: asyncpg.Connection, monkeypatch: Any, forgotten: str):
    monkeypatch.setattr(Directory, forgotten, lambda *_: set())
    assert await violations(database, range(SOME)) > 0


async def test_mutant_who_gives_forgets_for_whom_somebody_acts(database: asyncpg.Connection, monkeypatch: Any):
    monkeypatch.setattr(Directory, "units_of", lambda *_: set())
    assert await given(database, range(SOME)) > 0


async def test_every_role_stands_in_the_table():
    assert READS.keys() == {*Role} - {Role.system}
    assert {relation for reads in READS.values() for relation in reads.of} == {*Relation}


async def test_who_stands_in_no_relation_sees_nothing():
    made = world(3)
    for role in READS:
        assert not Asker.of(asking("nobody", "nowhere", role), made.directory).sees([])
    assert not Asker.of(asking("p-1", "U0", Role.petitioner), made.directory).sees(["handles/U0", "owes/@p-1"])
