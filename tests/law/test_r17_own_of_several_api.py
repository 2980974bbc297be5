"""第十七条、第三十二条: one of several petitioners withdraws by their own code; the case goes on for the others."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio

from contracts.vocabulary import Role
from services.intake.domain.acceptance import NothingPending
from services.intake.domain.withdrawal import HasWithdrawn, NoWithdrawalPending, OthersPetitionToo
from tests.harness import BUREAU, Servers, System, until
from tests.rules import refused
from tests.steps import accepted_of_one, attached, clocks, document, ok, open_county

pytestmark = pytest.mark.asyncio(loop_scope="module")
WISHED, CONFIRMED = "2025-08-28T10:00:00+08:00", "2025-09-15T10:00:00+08:00"

SOON = "2025-09-01T10:00:00+08:00"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        yield made


async def by_code(county: System, what: str, code: str, at: str = WISHED, **more: Any):
    return await county.by_code(code, f"/{what}", more, at=at)


async def shown(county: System, code: str) -> dict[str, Any]:
    return ok(await county.by_code(code))


async def owed_to(county: System, case: str, petition: str) -> set[str]:
    """Return which duties and rights run that are about one petition."""
    open_ones = [
        clock for clock in await clocks(county, case) if clock["outcome"] is None and clock["state"] != "lapsed"
    ]
    return {clock["code"] for clock in open_ones if clock["item"] == petition}


async def test_one_of_several_withdraws_and_the_case_goes_on_for_the_others(county: System):
    first = await accepted_of_one(county)
    case = first["case_id"]
    other = await attached(county, case, petitioner={"name": "李四", "phone": "13900000042", "address": "某镇某村"})
    petition, code = other["petition_id"], other["query_code"]

    async def is_owed() -> bool:
        return "C3o" in await owed_to(county, case, petition)

    await until(is_owed, "the other one is to be told")
    refused(await by_code(county, "withdrawal", first["query_code"], words="不想再提了"), 409, OthersPetitionToo)
    ok(await by_code(county, "withdrawal", code, words="我的问题已经解决"))
    assert (await shown(county, code))["withdrawal_on"] == "2025-09-12"
    assert "withdrawal_on" not in await shown(county, first["query_code"])
    paper = await document(county, case, unit=BUREAU)
    body, clerk = {"document": paper, "petition_id": petition}, Role.bureau_officer
    path = f"/cases/{case}/withdrawal/confirmation"
    ok(await county.send("intake", path, body, role=clerk, at=CONFIRMED))

    async def nothing_is_owed() -> bool:
        return not await owed_to(county, case, petition)

    await until(nothing_is_owed, "nothing is owed to who has withdrawn")
    assert (await shown(county, code))["state"] == "withdrawn"
    assert (await shown(county, first["query_code"]))["state"] == "classified"
    for what, said in (
        ("documents", {"words": "补充"}),
        ("review", {"words": "请求复查"}),
        ("withdrawal", {"words": "再撤"}),
    ):
        refused(await by_code(county, what, code, CONFIRMED, **said), 409, HasWithdrawn)
    handling = ok(await county.client.get(f"{county.url('mediation')}/cases/{case}"))
    assert handling["state"] != "withdrawn"
    ok(await by_code(county, "documents", first["query_code"], CONFIRMED, words="补充"), 201)


LI: dict[str, Any] = {"name": "李四", "phone": "13900000043", "address": "某镇某村二组"}
AGAIN = "2025-09-20T10:00:00+08:00"


async def withdrawn_of_two(county: System) -> str:
    """Return a case in which the second petitioner has withdrawn their own."""
    case: str = (await accepted_of_one(county))["case_id"]
    other = await attached(county, case, petitioner=LI)
    ok(await by_code(county, "withdrawal", other["query_code"], words="不想再提了"))
    body = {"document": await document(county, case, unit=BUREAU), "petition_id": other["petition_id"]}
    path = f"/cases/{case}/withdrawal/confirmation"
    ok(await county.send("intake", path, body, role=Role.bureau_officer, at=CONFIRMED))
    return case


async def turn_away(county: System, case: str, pending: str):
    body = {
        "ground": "pending_below", "competent_body": "RSJ", "pending_case": pending, "method": "post",
        "receipt": "EMS-1",
    }  # fmt: skip
    return await county.send("intake", f"/cases/{case}/non-acceptance", body, role=Role.bureau_officer, at=AGAIN)


async def test_r19_nothing_is_pending_of_who_has_withdrawn_it(county: System):
    """第十九条第三款: nobody is left to what others go on asking for; who still petitions is."""
    case = await withdrawn_of_two(county)
    anew = (await county.register(at=AGAIN, petitioner=LI))["case_id"]
    refused(await turn_away(county, anew, case), 409, NothingPending)
    first = (await county.register(at=AGAIN))["case_id"]
    ok(await turn_away(county, first, case))


@pytest.mark.parametrize("merged", [False, True])
async def test_who_has_withdrawn_and_comes_again_is_told_like_anybody(county: System, merged: bool):
    """第二十三条、第三十二条: with a letter that joins the case, or with a case of its own that goes into it."""
    case = await withdrawn_of_two(county)
    if merged:
        receipt = await county.register(at=AGAIN, petitioner=LI)
        path = f"/cases/{receipt['case_id']}/merger"
        ok(await county.send("intake", path, {"into": case}, role=Role.bureau_officer, at=AGAIN))
    else:
        receipt = await attached(county, case, petitioner=LI)

    async def is_owed() -> bool:
        return "C3o" in await owed_to(county, case, receipt["petition_id"])

    await until(is_owed, "who has come again is to be told")


async def test_who_wished_to_withdraw_what_is_divided_thinks_again_by_the_code_that_they_have(county: System):
    """第十七条: the codes of the parts are with the bureau until it hands them out."""
    first = await accepted_of_one(county)
    case, code = first["case_id"], first["query_code"]
    ok(await by_code(county, "withdrawal", code, words="不反映了"))
    part = {"category": "unpaid_wages", "place": "P-1", "content": {"claim": "一项"}}
    sent = await county.send(
        "intake", f"/cases/{case}/split", {"parts": [part, part]}, role=Role.bureau_officer, at=WISHED
    )
    parts = [child["case_id"] for child in ok(sent, 201)["children"]]
    assert (await shown(county, code))["withdrawal_on"] == "2025-09-12"
    for one in parts:
        await county.caught_up()
        assert {"D10", "D46"} <= {clock["code"] for clock in await clocks(county, one) if clock["outcome"] is None}
    ok(await by_code(county, "withdrawal/revocation", code, SOON))
    assert "withdrawal_on" not in await shown(county, code)
    for one in parts:
        await county.caught_up()
        assert not {"D10", "D46"} & {clock["code"] for clock in await clocks(county, one) if clock["outcome"] is None}
    refused(await by_code(county, "withdrawal/revocation", code, SOON), 409, NoWithdrawalPending)
