"""第二十一条第二款: a fact entered late, borne out by somebody outside the unit: commands, clocks, Case and figures."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from contracts.vocabulary import Role
from services.accountability.domain.facts import AlreadyConfirmed, NotTheirsToConfirm, OwnFact, OwnProof
from services.chassis.errors import NotFound
from tests.harness import BUREAU, GOVERNMENT, UNIT, Servers, System, until
from tests.rules import refused
from tests.steps import clocks, document, ok, open_county, with_receipt, with_unit

pytestmark = pytest.mark.asyncio(loop_scope="module")

LATE = "2025-10-10T09:00:00+08:00"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        yield made


async def the(county: System, case: str, code: str) -> dict[str, object]:
    (found,) = [clock for clock in await clocks(county, case) if clock["code"] == code]
    return found


async def test_notice_entered_late_is_a_breach_until_the_bureau_has_seen_the_receipt(county: System):
    case = await with_unit(county)
    served = "2025-08-27T09:00:00+08:00"
    body = {"method": "post", "served_at": served, "receipt": "EMS-1", "case_officer": "co-1"}
    ok(
        await county.send(
            "mediation", f"/cases/{case}/acceptance-notice", body, role=Role.unit_receiver, unit=UNIT, at=LATE
        )
    )

    async def known() -> bool:
        return any(clock["code"] == "C3" and clock["outcome"] for clock in await clocks(county, case))

    await until(known, "the notice in the ledger")
    clock = await the(county, case, "C3")
    assert (clock["outcome"], clock["corrected"]) == ("late", False)
    timeline = ok(await county.client.get(county.url("accountability") + f"/cases/{case}/timeline"))["items"]
    (fact,) = [item["id"] for item in timeline if item["type"].startswith("mediation.AcceptanceNotified")]

    async def confirm(unit: str = "bureau", key: str = fact, role: Role = Role.bureau_officer, of: str = BUREAU):
        proof = await document(county, case, unit=of)
        body = {"confirmation": "carrier", "proof": proof}
        return await county.send(
            "accountability", f"/cases/{case}/facts/{key}/confirmation", body, role=role, unit=unit, at=LATE
        )

    refused(await confirm(unit=UNIT), 403, OwnFact)
    refused(await confirm(of=UNIT), 403, OwnProof)
    refused(await confirm(key="00000000-0000-4000-8000-00000000dead"), 404, NotFound)
    assert ok(await confirm())["fact_id"] == fact
    refused(await confirm(), 409, AlreadyConfirmed)

    async def corrected() -> bool:
        return bool((await the(county, case, "C3"))["corrected"])

    await until(corrected, "the correction in the ledger")
    assert (await the(county, case, "C3"))["outcome"] == "met"
    shown = ok(await county.client.get(county.url("accountability") + f"/cases/{case}"))
    assert [(breach["code"], breach["corrected"]) for breach in shown["breaches"]] == [("C3", True)]
    due_on = (await the(county, case, "C3"))["due_on"]
    period = {"since": due_on, "until": due_on, "holder": UNIT}
    figures = ok(await county.client.get(county.url("accountability") + "/clocks/figures", params=period))
    (c3,) = [item for item in figures["items"] if item["code"] == "C3"]
    assert (c3["met"], c3["late"], c3["corrected"]) == (1, 0, 1)


async def test_report_of_who_does_not_owe_it_is_not_borne_out_by_who_owed_it(county: System):
    """第二十五条: the bureau's hour is not met by the word of any office that it asks for a favour."""
    bodies = ("party_committee", "government", "joint_conference")
    await county.enter(*({"code": f"U-{kind}", "kind": kind, "competent": False} for kind in bodies))
    await county.enter({"code": "CXJ", "kind": "department"})
    case, known, told = await with_unit(county), "2025-08-26T10:00:00+08:00", "2025-08-26T10:30:00+08:00"
    own: dict[str, Any] = {"role": Role.bureau_officer, "unit": BUREAU}
    ok(await county.send("intake", f"/cases/{case}/urgency", {"known_at": known}, **own, at=known))
    body = {"stage": "first", "reported_at": told, "recipients": [f"U-{kind}" for kind in bodies]}
    path, theirs = f"/cases/{case}/urgent-reports", {"role": Role.unit_receiver, "unit": "CXJ", "at": LATE}
    refused(await county.send("intake", path, body | {"document": str(uuid4())}, **theirs), 404, NotFound)
    ok(await county.send("intake", f"/cases/{case}/petitions", await with_receipt(county, case), **theirs), 201)
    body["document"] = await document(county, case, unit="CXJ")
    assert ok(await county.send("intake", path, body, **theirs))["reported"]
    clock = await the(county, case, "C15")
    assert (clock["holder"], clock["outcome"], clock["corrected"]) == (BUREAU, "late", False)
    timeline = ok(await county.client.get(county.url("accountability") + f"/cases/{case}/timeline"))["items"]
    (fact,) = [item["id"] for item in timeline if item["type"].startswith("intake.UrgentMatterReported")]

    async def confirm(unit: str, of: str):
        said = {"confirmation": "verified", "proof": await document(county, case, unit=of)}
        return await county.send(
            "accountability", f"/cases/{case}/facts/{fact}/confirmation", said, role=Role.supervisor, unit=unit, at=LATE
        )

    refused(await confirm(BUREAU, GOVERNMENT), 403, OwnFact)
    refused(await confirm("CXJ", GOVERNMENT), 403, NotTheirsToConfirm)
    refused(await confirm(GOVERNMENT, BUREAU), 403, OwnProof)
    ok(await confirm(GOVERNMENT, GOVERNMENT))
    clock = await the(county, case, "C15")
    assert (clock["outcome"], clock["corrected"]) == ("met", True)
