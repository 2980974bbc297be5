"""What operators do to a store is on record there before it counts, and auditors ask for it (promise 25)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from contracts.vocabulary import Role
from services.chassis import parking
from services.chassis.administration import operator
from services.chassis.errors import Forbidden
from services.chassis.logins import OPERATOR
from tests.cli.console import cli
from tests.harness import System
from tests.rules import refused
from tests.steps import ok

PLACE = "intake.events:0:7"
PARKED = f"INSERT INTO intake.parked (place, source, lane, type, reason, attempts) VALUES ('{PLACE}', 'mediation', 0, '', 'x', 1)"


@pytest.fixture
async def intake(huiyin: System) -> AsyncIterator[System]:
    """Intake, where something is parked that is no event of ours."""
    async with huiyin.within("intake", parts=frozenset({"api"})), huiyin.sql() as admin:
        await admin.execute(PARKED)
        yield huiyin


def who(role: Role) -> dict[str, str]:
    return {"Huiyin-Actor": "audit-1", "Huiyin-Unit": "SJJ", "Huiyin-Role": str(role)}


async def administered(intake: System, **narrowed: Any) -> list[dict[str, Any]]:
    """Return what an auditor is shown, the newest last."""
    url = f"{intake.url('intake')}/administration"
    found = ok(await intake.client.get(url, params=narrowed, headers=who(Role.auditor)))["items"]
    return list(reversed(found))


async def dismissed(intake: System) -> None:
    """Let an operator forget what is parked, and check that this is on record."""
    before = await administered(intake)
    async with intake.opened("intake", login=OPERATOR) as running:
        assert await parking.dismiss(running.inbox, PLACE, by="somebody")
    [one] = (await administered(intake))[len(before) :]
    assert (one["login"], one["operator"], one["what"], one["about"]) == (OPERATOR, "somebody", "parked dismiss", PLACE)


async def test_what_the_tools_do_is_on_record_for_auditors(intake: System):
    for words in (
        f"parked dismiss {PLACE} --service intake",
        "views rebuild intake case_view",
        "topics rebuild intake",
    ):
        done = await cli(intake, *words.split())
        assert done.code == 0, done.err
    first, *found = await administered(intake)
    assert (first["what"], first["login"]) == ("migrate", "postgres")
    assert "chassis/0020_administration.sql" in first["about"]
    assert [(one["what"], one["about"]) for one in found] == [
        ("parked dismiss", PLACE), ("views rebuild", "case_view"), ("topics rebuild", f"{intake.prefix}intake.events"),
    ]  # fmt: skip
    assert {(one["login"], one["operator"]) for one in found} == {(OPERATOR, operator())}
    assert await administered(intake, before=found[0]["at"], limit=1) == [first]
    url = f"{intake.url('intake')}/administration"
    refused(await intake.client.get(url, headers=who(Role.bureau_officer)), 403, Forbidden)


async def test_what_cannot_be_put_on_record_is_not_done(intake: System):
    async with intake.sql() as admin:
        await admin.execute(f"REVOKE INSERT ON intake.administration FROM {OPERATOR}")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await dismissed(intake)
        assert await admin.fetchval("SELECT count(*) FROM intake.parked") == 1


async def test_mutant_that_puts_nothing_on_record_is_seen(intake: System, monkeypatch: pytest.MonkeyPatch):
    await dismissed(intake)
    async with intake.sql() as admin:
        await admin.execute(PARKED)

    async def nothing(*_: Any, **__: Any) -> None:
        return

    monkeypatch.setattr(parking, "on_record", nothing)
    with pytest.raises(ValueError, match="not enough values"):
        await dismissed(intake)


@pytest.mark.parametrize("change", ["DELETE FROM intake.administration", "UPDATE intake.administration SET what = 'x'"])
async def test_nobody_changes_the_record(intake: System, change: str):
    async with intake.sql() as admin:
        with pytest.raises(asyncpg.RestrictViolationError):
            await admin.execute(change)
