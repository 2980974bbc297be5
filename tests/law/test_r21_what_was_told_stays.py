"""第二十一条第二款、第二十三条: what a petitioner was told stays told by their code, wherever the petition goes."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio

from contracts.vocabulary import Role
from services.intake.application import whereabouts
from tests.harness import COMMITTEE, UNIT, Servers, System, petition
from tests.law.test_r21_by_code import by_code, told
from tests.steps import (
    HANDED_AT,
    HEARD_AT,
    NOTIFIED_AT,
    PAPER,
    REGISTERED_AT,
    SERVED_AT,
    accepted,
    accepted_of_one,
    act,
    document,
    ok,
    open_county,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

OTHER = {"name": "李四", "phone": "13911112222", "address": "某村"}
POST = {"method": "post", "receipt": "EMS-2"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        yield made


async def joins(county: System, case: str) -> dict[str, Any]:
    """Let a neighbour's letter join a case before its unit tells anybody; return the receipt."""
    reply = await county.send(
        "intake", f"/cases/{case}/petitions", petition(petitioner=OTHER), role=Role.intake_clerk, at=HANDED_AT
    )
    return ok(reply, 201)


async def detached(county: System, case: str, petition: str) -> str:
    path = f"/cases/{case}/petitions/{petition}/detachment"
    body = {"reasons": await document(county, case)}
    reply = await county.send("intake", path, body, role=Role.bureau_officer, at=SERVED_AT)
    return ok(reply, 201)["case_id"]


async def merged(county: System, case: str, into: str, at: str = HEARD_AT) -> None:
    body: dict[str, Any] = {"into": into}
    ok(await county.send("intake", f"/cases/{case}/merger", body, role=Role.bureau_officer, at=at))


async def tell(county: System, case: str, petition: str) -> None:
    """Let the unit tell a further petitioner."""
    await county.caught_up()
    path = f"/cases/{case}/petitioners/{petition}/notice"
    ok(await county.send("mediation", path, POST, role=Role.unit_receiver, unit=UNIT, at=NOTIFIED_AT))


async def steps(county: System, receipt: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what was told, and on which day."""
    seen = (await told(county, receipt["query_code"]))["steps"]
    return [(step["title"], step["at"][:10]) for step in seen]


async def test_letter_that_leaves_the_wrong_case_takes_along_what_its_petitioner_was_told(county: System):
    """第二十二条: when it was registered, that it was passed on, that it was accepted, and that this was an error."""
    case = await accepted(county)
    receipt = await joins(county, case)
    await tell(county, case, receipt["petition_id"])
    before = await steps(county, receipt)
    assert {("重复信访并入", "2025-08-26"), ("告知其他信访人", "2025-08-27")} < {*before}
    child = await detached(county, case, receipt["petition_id"])
    assert await steps(county, receipt) == [*before, ("由误并事项分出", "2025-09-01")]
    offer = {"mediator": "mediator-1", "mediator_unit": COMMITTEE}
    ok(await act(county, case, "mediation", offer, at=SERVED_AT))
    ok(await county.classify(child, at=SERVED_AT))
    ok(await county.forward(child, at=SERVED_AT))
    assert [title for title, _ in (await steps(county, receipt))[len(before) :]] == ["由误并事项分出", "转送"]


async def test_case_that_was_merged_by_mistake_takes_its_own_way_along(county: System):
    """第二十二条、第二十三条: registered on its own day, passed on and accepted by itself, before it was merged."""
    into, receipt = await accepted(county), await accepted_of_one(county)
    before = await steps(county, receipt)
    assert before == [("信访事项登记", "2025-08-25"), ("转送", "2025-08-26"), ("受理告知", "2025-08-27")]
    await merged(county, receipt["case_id"], into)
    await detached(county, into, receipt["petition_id"])
    after = await steps(county, receipt)
    assert {*before} <= {*after}
    assert [day for title, day in after if title == "信访事项登记"] == ["2025-08-25"]


async def test_what_was_told_in_a_case_through_which_a_petition_has_gone_stays(county: System):
    """第二十三条: its case goes into one that goes into another one."""
    receipt = await county.register(at=REGISTERED_AT, petitioner=OTHER)
    ok(await county.classify(receipt["case_id"], at=REGISTERED_AT))
    between = await accepted(county)
    await merged(county, receipt["case_id"], between, at=NOTIFIED_AT)
    await tell(county, between, receipt["petition_id"])
    before = await steps(county, receipt)
    assert ("告知其他信访人", "2025-08-27") in before
    await merged(county, between, await accepted(county))
    assert {*before} <= {*await steps(county, receipt)}


async def test_of_a_case_that_is_sealed_by_now_only_what_was_said_to_them_is_told(county: System):
    """第三十条第三款: of what the petition had joined by mistake, and what turned out to be a report."""
    case = (await accepted_of_one(county))["case_id"]
    receipt = await joins(county, case)
    await tell(county, case, receipt["petition_id"])
    await detached(county, case, receipt["petition_id"])
    report = {"kind": "report_accusation", "route": "discipline_supervision", "category": "official_conduct"}
    reasons: dict[str, Any] = {"reasons": await document(county, case)}
    path = f"/cases/{case}/classification/correction"
    ok(await county.send("intake", path, report | reasons, role=Role.bureau_officer, at=SERVED_AT))
    titles = [title for title, _ in await steps(county, receipt)]
    assert titles == ["重复信访并入", "告知其他信访人", "由误并事项分出"]


async def test_paper_that_was_issued_to_them_in_the_wrong_case_is_still_theirs(county: System):
    """第三十二条: and nobody else's is."""
    case = await accepted(county)
    receipt = await joins(county, case)
    body = PAPER | {"petition_id": receipt["petition_id"], "approved_by": "head-1"}
    made = []
    for paper in (body, PAPER | {"approved_by": "head-1"}):
        reply = await county.send("intake", f"/cases/{case}/papers", paper, role=Role.bureau_officer, unit=UNIT)
        made.append(ok(reply, 201)["document_id"])
    await detached(county, case, receipt["petition_id"])
    await county.caught_up()
    listed = ok(await by_code(county, "/papers", receipt["query_code"]))["items"]
    assert [one["document_id"] for one in listed] == made[:1]
    pdf = await by_code(county, "/papers/pdf", receipt["query_code"], document_id=made[0])
    assert pdf.content[:4] == b"%PDF"


async def test_checker_sees_what_is_forgotten(county: System, monkeypatch: pytest.MonkeyPatch):
    """MUTANT: nobody looks where the petition was before."""
    monkeypatch.setattr(whereabouts, "_before", lambda *_: iter(()))
    for test in (
        test_letter_that_leaves_the_wrong_case_takes_along_what_its_petitioner_was_told,
        test_what_was_told_in_a_case_through_which_a_petition_has_gone_stays,
    ):
        with pytest.raises(AssertionError):
            await test(county)
