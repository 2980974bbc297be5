"""第三十条第三款: a report that was divided off from another matter is not found by way of that."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
import pytest_asyncio

from contracts.vocabulary import Role
from tests.harness import BUREAU, Servers, System
from tests.law.test_r28_accused import REPORT, UNITS, classify
from tests.steps import ok, open_county, with_receipt

pytestmark = pytest.mark.asyncio(loop_scope="module")

PART = {"category": "unpaid_wages", "place": "P-1", "content": {"claim": "甲", "facts": "乙"}}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        await made.enter(*UNITS)
        yield made


async def ask(county: System, path: str, unit: str, actor: str = "x-1", role: Role = Role.case_officer) -> Any:
    headers = {"Huiyin-Actor": actor, "Huiyin-Unit": unit, "Huiyin-Role": str(role)}
    return ok(await county.client.get(county.url("accountability") + path, headers=headers))


async def came_again(county: System, case: str, unit: str) -> httpx2.Response:
    """Let somebody come with their receipt to one more unit, which reads the case from then on."""
    again = await with_receipt(county, case)
    return await county.send("intake", f"/cases/{case}/petitions", again, role=Role.unit_receiver, unit=unit)


async def divided(county: System, handler: str = "RSJ") -> tuple[str, str, str]:
    """Return a letter, an appeal that was a part of it, and a report on an officer that was another."""
    case = (await county.register())["case_id"]
    for unit in ("RSJ", "JYJ"):
        ok(await came_again(county, case, unit), 201)
    reply = await county.send("intake", f"/cases/{case}/split", {"parts": [PART, PART]}, role=Role.bureau_officer)
    appeal, report = (child["case_id"] for child in ok(reply, 201)["children"])
    ok(await classify(county, appeal))
    ok(await county.forward(appeal, handler))
    ok(await classify(county, report, persons=("co-1",), **REPORT))
    await county.caught_up()
    return case, appeal, report


@pytest.mark.parametrize(("unit", "actor"), [("RSJ", "co-1"), ("RSJ", "h-1"), ("JYJ", "x-1")])
async def test_r30_divided_case_does_not_tell_of_the_report_in_it(county: System, unit: str, actor: str):
    """第三十条第三款: 不得将检举控告材料及检举控告人个人信息泄露给被检举控告人."""
    case, appeal, report = await divided(county, unit)
    for path in (f"/cases/{case}", f"/cases/{case}/timeline", "/ledger?limit=1000"):
        shown = str(await ask(county, path, unit, actor))
        assert report not in shown
        assert appeal in shown


async def test_r30_who_has_received_it_finds_both_parts_where_they_lie(county: System):
    """At the door it is known; the ledger knows of none that is a report, whoever asks."""
    case, appeal, report = await divided(county)
    assert [*(await ask(county, f"/cases/{case}", BUREAU, role=Role.bureau_officer))["kin"]] == [appeal]
    for path in (f"/cases/{case}/timeline", "/ledger?limit=1000"):
        assert report not in str(await ask(county, path, BUREAU, role=Role.bureau_officer))
    headers = {"Huiyin-Actor": "x-1", "Huiyin-Unit": BUREAU, "Huiyin-Role": "bureau_officer"}
    for part in (appeal, report):
        assert ok(await county.client.get(f"{county.url('intake')}/cases/{part}", headers=headers))["id"] == part
