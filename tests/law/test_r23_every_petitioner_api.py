"""第二十三条、第三十二条: two letters of two people, merged: through four services, the second one is told too."""

from __future__ import annotations

import pytest
import pytest_asyncio

from contracts.vocabulary import Role
from tests.harness import UNIT, Servers, System, until
from tests.steps import HANDED_AT, NOTIFIED_AT, REGISTERED_AT, clocks, ok, open_county

pytestmark = pytest.mark.asyncio(loop_scope="module")

OTHER = {"name": "李四", "id_no": "510107199003074514", "phone": "13900000002", "address": "某村二组"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        yield made


async def test_second_petitioner_is_told_after_a_merge(county: System):
    first = await county.register(at=REGISTERED_AT)
    second = await county.register(at=REGISTERED_AT, petitioner=OTHER)
    case = first["case_id"]
    ok(await county.classify(case, at=REGISTERED_AT))
    body = {"into": case}
    ok(
        await county.send(
            "intake", f"/cases/{second['case_id']}/merger", body, role=Role.bureau_officer, at=REGISTERED_AT
        )
    )
    ok(await county.forward(case, at=HANDED_AT))
    ok(await county.notify(case, at=NOTIFIED_AT))

    async def owed() -> bool:
        return any(clock["code"] == "C3o" and clock["state"] == "running" for clock in await clocks(county, case))

    await until(owed, "the notice that the second petitioner is owed")
    notice = {"method": "post", "receipt": "EMS-2"}
    path = f"/cases/{case}/petitioners/{second['petition_id']}/notice"
    told = ok(await county.send("mediation", path, notice, role=Role.unit_receiver, unit=UNIT, at=NOTIFIED_AT))
    assert told["notice_no"].startswith("单位RSJ信受〔2025〕")

    async def met() -> bool:
        return any(clock["code"] == "C3o" and clock["outcome"] == "met" for clock in await clocks(county, case))

    await until(met, "the second notice in the ledger")
    assert [clock["outcome"] for clock in await clocks(county, case) if clock["code"] == "C3"] == ["met"]
