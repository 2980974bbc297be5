"""个人信息保护法 第五十四条: what was tried and denied is on record before that is told, and auditors ask for it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio

from contracts.envelope import SERVICES
from contracts.vocabulary import Role
from services.chassis.errors import Forbidden, NotFound
from services.chassis.http import gate
from tests.harness import COMMITTEE, GOVERNMENT, Servers, System
from tests.rules import refused
from tests.steps import accepted, ok, open_county

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        await made.enter(
            {"code": "JYJ", "parent": GOVERNMENT, "kind": "department"},
            {"code": "SJJ", "parent": GOVERNMENT, "kind": "department", "competent": False},
        )
        yield made


def who(unit: str, role: Role, actor: str) -> dict[str, str]:
    return {"Huiyin-Actor": actor, "Huiyin-Unit": unit, "Huiyin-Role": str(role)}


async def denied(county: System, service: str, unit: str = "SJJ", **narrowed: Any) -> list[dict[str, Any]]:
    """Return what an auditor is shown."""
    url, asker = f"{county.url(service)}/denied", who(unit, Role.auditor, "audit-1")
    found: list[dict[str, Any]] = ok(await county.client.get(url, params=narrowed, headers=asker))["items"]
    return found


async def snoop(county: System, service: str, actor: str) -> str:
    """Let a stranger ask for a case, for one that there is not, and do what their role may not."""
    case, nowhere = await accepted(county), str(uuid4())
    for about in (case, nowhere):
        shown = await county.client.get(
            f"{county.url(service)}/cases/{about}", headers=who("JYJ", Role.case_officer, actor)
        )
        refused(shown, 404, NotFound)
    refused(
        await county.client.get(f"{county.url(service)}/denied", headers=who("JYJ", Role.unit_head, actor)),
        403,
        Forbidden,
    )
    found = await denied(county, service, actor=actor)
    assert [one["about"] for one in found] == [None, nowhere, case]
    assert [one["code"] for one in found] == ["forbidden", "not_found", "not_found"]
    assert {(one["unit"], one["actor"]) for one in found} == {("JYJ", actor)}
    return case


@pytest.mark.parametrize("service", SERVICES)
async def test_what_a_stranger_tries_is_on_record_for_auditors(county: System, service: str):
    """As they were told it: the record tells a case that they must not know from none as little as the answer."""
    case = await snoop(county, service, f"nosy-{service}")
    [one] = await denied(county, service, about=case)
    assert one["operation"].startswith("show")
    assert await denied(county, service, COMMITTEE, actor=f"nosy-{service}") == []


async def test_mutant_that_puts_nothing_on_record_is_seen(county: System, monkeypatch: pytest.MonkeyPatch):
    @asynccontextmanager
    async def nothing(*_: Any):
        yield

    monkeypatch.setattr(gate, "on_record", nothing)
    with pytest.raises(AssertionError):
        await snoop(county, "intake", "nosy-1")


async def test_of_a_command_it_is_on_record_too(county: System):
    case = await accepted(county)
    body = {"kind": "statement_heard", "document": str(uuid4())}
    who_acts = {"role": Role.case_officer, "unit": "JYJ", "actor": "nosy-2"}
    refused(await county.send("mediation", f"/cases/{case}/records", body, **who_acts), 404, NotFound)
    [one] = await denied(county, "mediation", actor="nosy-2")
    assert (one["operation"], one["about"]) == ("putOnRecord", case)


async def test_nobody_changes_the_record(county: System):
    async with county.sql() as db:
        await db.execute("INSERT INTO intake.denied (actor, unit, role, operation, code, request_id) "
                         "VALUES ('a', 'JYJ', 'auditor', 'x', 'forbidden', 'r')")  # fmt: skip
        for change in ("DELETE FROM intake.denied", "UPDATE intake.denied SET actor = 'b'"):
            with pytest.raises(asyncpg.RestrictViolationError):
                await db.execute(change)


async def test_r30_auditor_finds_nothing_in_what_complains_of_them(county: System):
    """第三十条第三款: nor from what others have tried in it."""
    case = await snoop(county, "intake", "nosy-3")
    ok(await county.send("intake", f"/cases/{case}/accused", {"units": ["SJJ"]}, role=Role.bureau_officer))
    assert await denied(county, "intake", about=case) == []
