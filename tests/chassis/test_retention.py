"""个人信息保护法 第十九条、第四十七条: what is kept is kept for its time, and no longer (promise 47)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from contracts.envelope import SERVICES
from contracts.vocabulary import Role
from services.chassis import retention
from services.chassis.errors import Forbidden
from services.chassis.kept import Kept
from services.chassis.retention import forget, kept
from services.intake.main import SERVICE
from tests.harness import System
from tests.rules import refused
from tests.steps import ok

DAYS = 400
STEPS = 266
"""At which of them something has had its time: so what was kept for a year and a half by half is looked at too."""
TIMED = [one for one in kept(SERVICE) if one.tables and one.time is not None]
AGED = {
    "command": "(command_id, fingerprint, version, result, at) SELECT gen_random_uuid(), '', 1, ''",
    "denied": "(actor, unit, role, operation, code, request_id, at) SELECT 'a', 'u', 'r', 'o', 'c', 'q'",
    "change_beside": "(id, sent, recorded_at) SELECT gen_random_uuid(), '{}'",
    "recent_look": "(actor, at) SELECT 'a'",
    "wrong_code": "(whence, digest, at) SELECT '', ''",
    "petition_session": "(digest, code, expires_at) SELECT int4send(n), (SELECT digest FROM intake.query_code LIMIT 1)",
}
"""How a row of each table is put in; its moment follows."""
A_WHILE = timedelta(hours=1)
"""How long what ends by itself lasts, and so in which steps it is looked at."""


@pytest_asyncio.fixture
async def door(huiyin: System) -> AsyncIterator[System]:
    async with huiyin.within("intake", parts=frozenset({"api"})):
        await huiyin.register()
        yield huiyin


def table(one: Kept) -> str:
    (name,) = one.tables
    return name


async def age(door: System, one: Kept) -> None:
    """Put in what has come day by day in four hundred days, one of which is the last that is kept."""
    step = (one.time or A_WHILE) / STEPS
    late = A_WHILE if not one.time else timedelta(0)
    async with door.sql() as db:
        await db.execute(
            f"INSERT INTO intake.{table(one)} {AGED[table(one)]}, now() + $1::interval - n * $2::interval "
            "FROM generate_series(0, $3) n",
            late, step, DAYS - 1,
        )  # fmt: skip


async def left(door: System, one: Kept) -> tuple[int, int]:
    """Return how many rows have had their time and are there, and how many have not."""
    async with door.sql() as db:
        old = f"{one.since} <= now() - $1::interval"
        sql = f"SELECT count(*) FILTER (WHERE {old}), count(*) FILTER (WHERE NOT ({old})) FROM intake.{table(one)}"
        found = await db.fetchrow(sql, one.time)
    return found[0], found[1]


@pytest.mark.parametrize("one", TIMED, ids=table)
async def test_nothing_is_taken_away_early_or_kept_late(door: System, one: Kept, monkeypatch: pytest.MonkeyPatch):
    """Promise 47. Two processes look at once, and each row goes once."""
    monkeypatch.setattr(retention, "ROWS_MAX", 10)
    await age(door, one)
    old, young = await left(door, one)
    assert (old, young) >= (DAYS - STEPS, STEPS), "a row of the fixture may be young, too"
    async with door.opened("intake") as another:
        gone = await asyncio.gather(forget(door.running["intake"], one), forget(another, one))
    assert sum(gone) == old
    assert await left(door, one) == (0, young)
    assert await forget(door.running["intake"], one) == 0


@pytest.mark.parametrize("one", TIMED, ids=table)
async def test_mutant_that_takes_away_in_half_of_the_time_is_seen(
    door: System, one: Kept, monkeypatch: pytest.MonkeyPatch
):
    """MUTANTS: it looks for another time than the list says; where the database guards it, that refuses it."""
    half = replace(one, time=(one.time or -A_WHILE) / 2)
    was = retention.forget

    async def early(running: Any, _: Kept) -> int:
        if not one.guarded:
            return await was(running, half)
        async with door.sql() as db:
            await db.execute(f"DELETE FROM intake.{table(one)} WHERE at <= now() - $1::interval", half.time)
        return 0

    monkeypatch.setitem(globals(), "forget", early)
    with pytest.raises((AssertionError, asyncpg.RestrictViolationError)):
        await test_nothing_is_taken_away_early_or_kept_late(door, one, monkeypatch)


async def test_mutant_that_takes_away_nothing_is_seen(door: System, monkeypatch: pytest.MonkeyPatch):
    async def nothing(*_: Any) -> int:
        return 0

    monkeypatch.setitem(globals(), "forget", nothing)
    with pytest.raises(AssertionError):
        await test_nothing_is_taken_away_early_or_kept_late(door, TIMED[0], monkeypatch)


@pytest.mark.parametrize("one", [one for one in TIMED if one.guarded], ids=table)
async def test_nobody_takes_away_before_its_time_what_is_guarded(door: System, one: Kept):
    """To the minute: the list and the database say the same time. An administrator may not, either."""
    async with door.sql() as db:
        for younger, refuses in ((timedelta(minutes=1), True), (-timedelta(minutes=1), False)):
            aged = f"INSERT INTO intake.{table(one)} {AGED[table(one)]}, now() - $1::interval RETURNING ctid"
            row = await db.fetchval(aged, one.time - younger)  # type: ignore[operator]  # it has one
            delete = db.execute(f"DELETE FROM intake.{table(one)} WHERE ctid = $1", row)
            if refuses:
                with pytest.raises(asyncpg.RestrictViolationError):
                    await delete
            else:
                await delete


async def test_database_forgets_nothing_of_which_the_list_says_nothing(door: System):
    async with door.sql() as db:
        with pytest.raises(asyncpg.RestrictViolationError):
            await db.execute("SET search_path = intake; SELECT forget('event', 10)")


@pytest.mark.parametrize("service", SERVICES)
async def test_every_table_is_in_the_list_once(huiyin: System, service: str):
    async with huiyin.sql() as db:
        found = await db.fetch(
            "SELECT schemaname || '.' || tablename AS name FROM pg_tables WHERE schemaname = ANY($1)",
            [service, *(["apart"] if service == "intake" else [])],
        )
    there = sorted(row["name"].removeprefix(f"{service}.") for row in found)
    listed = sorted(name for one in kept(import_module(f"services.{service}.main").SERVICE) for name in one.tables)
    assert listed == there


async def test_it_is_shown_to_who_audits_and_who_keeps_the_platform_running(door: System):
    async def asked(role: Role) -> Any:
        who = {"Huiyin-Actor": "somebody", "Huiyin-Unit": "SJJ", "Huiyin-Role": str(role)}
        return await door.client.get(f"{door.url('intake')}/retention", headers=who)

    for role in (Role.auditor, Role.platform_admin):
        items = {table: one for one in ok(await asked(role))["items"] for table in one["tables"]}
        assert (items["denied"]["days"], items["denied"]["article"]) == (1_096, "个人信息保护法 第五十六条")
        assert items["look_view"]["days"] is None
    refused(await asked(Role.unit_head), 403, Forbidden)
