"""第十九条第三款、第三十四条: an extension without effect turns nobody away, and no paper says its day."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio

from contracts.vocabulary import Role
from services.intake.domain.acceptance import PendingTooLong
from services.intake.domain.saying import NotSo
from tests.harness import BUREAU, HEAD, UNIT, Servers, System
from tests.law.test_r32_a_paper_says_what_is_so import text
from tests.rules import refused
from tests.steps import accepted, clocks, document, ok, open_county

TOLD, ENTERED, LATER = (f"2025-{day}T09:00:00+08:00" for day in ("10-24", "10-30", "11-05"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        yield made


async def turn_away(county: System, pending: str):
    again = (await county.register(at=LATER))["case_id"]
    body = {
        "ground": "pending_below", "competent_body": UNIT, "pending_case": pending, "method": "post", "receipt": "EMS-9"
    }  # fmt: skip
    return await county.send("intake", f"/cases/{again}/non-acceptance", body, role=Role.bureau_officer, at=LATER)


async def notice(county: System, case: str):
    fields = {"summary": "工资", "reasons": "情况复杂"}
    body: dict[str, Any] = {"kind": "extension_notice", "approved_by": HEAD, "fields": fields}
    return await county.send("intake", f"/cases/{case}/papers", body, role=Role.case_officer, unit=UNIT, at=LATER)


@pytest.mark.asyncio(loop_scope="module")
async def test_it_turns_nobody_away_and_stands_on_no_paper_until_somebody_else_has_borne_it_out(county: System):
    """Accepted on 27 August: sixty days are over on 27 October, three days before the unit enters it."""
    case = await accepted(county)
    head = {"role": Role.unit_head, "actor": HEAD, "unit": UNIT, "at": ENTERED}
    longer = {
        "days": 30, "reasons": await document(county, case), "method": "post", "receipt": "EMS-7", "served_at": TOLD
    }  # fmt: skip
    ok(await county.send("mediation", f"/cases/{case}/extension", longer, **head))
    refused(await turn_away(county, case), 409, PendingTooLong)
    refused(await notice(county, case), 409, NotSo)

    await county.caught_up()
    timeline = ok(await county.client.get(county.url("accountability") + f"/cases/{case}/timeline"))["items"]
    [fact] = [item["id"] for item in timeline if item["type"].startswith("mediation.HandlingExtended")]
    body = {"confirmation": "carrier", "proof": await document(county, case, unit=BUREAU)}
    by = {"role": Role.bureau_officer, "unit": BUREAU, "at": LATER}
    ok(await county.send("accountability", f"/cases/{case}/facts/{fact}/confirmation", body, **by))

    ok(await turn_away(county, case))
    [due_on] = [clock["due_on"] for clock in await clocks(county, case) if clock["code"] == "C5"]
    assert due_on == "2025-11-25"
    paper = ok(await notice(county, case), 201)["document_id"]
    assert "至2025年11月25日止" in await text(county, case, paper)
