"""第二十八条第三款, through all services: who owes what the accused may not do any more, and that they can do it."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio

from contracts.vocabulary import Role
from services.chassis.errors import NotFound
from tests.harness import BUREAU, GOVERNMENT, Servers, System, petition
from tests.law.test_r24_succession_api import notify, owed, received, until_owed, with_officers
from tests.rules import refused
from tests.steps import HANDED_AT, HEARD_AT, REGISTERED_AT, act, clocks, document, ok, open_county

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        await made.enter({"code": BUREAU, "parent": GOVERNMENT, "kind": "petition_bureau", "competent": False})
        yield made


WORDS = {"facts": "未听取陈述", "breach_article": "第四十六条第一项", "correction": "听取陈述", "due_on": "2026-04-20"}
EXECUTING = (Role.unit_head, Role.case_officer, Role.unit_receiver)


async def test_what_is_asked_of_the_accused_is_answered_by_who_stands_above(county: System):
    """第二十八条第三款: on the same day; a card, an instruction, a call, a row, a plan, an order, a recommendation."""
    above: dict[str, Any] = {"unit": "GX", "actor": "gx-1", "role": Role.unit_head}
    head = {"gx-1": [*EXECUTING]}
    await county.enter({"code": "GX", "parent": GOVERNMENT, "kind": "government", "officers": head})
    await with_officers(county, "AX", "AX2", parent="GX")
    case = await received(county, "AX")
    ok(await notify(county, case, "AX", "o-1"))

    async def entered(service: str, path: str, body: dict[str, Any], role: Role, **who: Any) -> dict[str, Any]:
        paper = {"document": await document(county, case)} if "document" not in body else {}
        return ok(await county.send(service, path, body | paper, role=role, at=HEARD_AT, **who), 201)

    due = {"unit": "AX", "due_on": "2026-04-20"}
    of = f"/cases/{case}"
    await county.caught_up()
    secretary, supervisor = Role.conference_secretary, Role.supervisor
    made = {
        "D11": await entered("accountability", f"{of}/supervisions", due | {"reason_code": "shirking_or_delay"}, supervisor),
        "C12": await entered(
            "accountability", f"{of}/recommendations", {"kind": "improve_work", "addressee": "AX", "receipt": "R"},
            supervisor,
        ),
        "D12": await entered("assignment", f"{of}/instructions", due | {"leader": "leader-1"}, secretary),
        "D22": await entered(
            "assignment", "/ledger-items", due | {"kind": "dispute", "officer": "o-1", "case_id": case}, secretary
        ),
        "D42": await entered(
            "intake", f"{of}/help-plans", {"officer": "o-1", "due_on": "2026-04-20"}, Role.unit_head, unit="AX",
            actor="oh",
        ),
    }  # fmt: skip
    call = await county.send("assignment", f"{of}/hall-calls", due, role=secretary, at=HEARD_AT)
    made["D43"] = ok(call, 201)
    order = {"kind": "correction_order", "addressee": "AX", "approved_by": "gx-1", "fields": WORDS}
    said: dict[str, Any] = {"role": Role.sponsor_leader, "unit": "GX", "at": HEARD_AT}
    made["D45"] = ok(await county.send("intake", f"{of}/papers", order, **said), 201)
    before = await owed(county, case)
    assert made.keys() <= before.keys()
    assert {before[code][0] for code in made} == {"AX"}

    ok(await county.send("intake", f"{of}/accused", {"units": ["AX"]}, role=Role.bureau_officer, at=HEARD_AT))
    after = await until_owed(county, case, "D11", "GX")
    assert {code: after[code] for code in made} == {code: ("GX", before[code][1]) for code in made}
    assert "AX" not in {holder for holder, _ in after.values()}

    proof, given = {"document": await document(county, case)}, await document(county, case, "execution_proof")
    answers = {
        "D11": ("accountability", f"/supervisions/{made['D11']['supervision_id']}/reply", proof),
        "C12": ("accountability", f"/recommendations/{made['C12']['recommendation_id']}/reply", proof | {"adopted": True}),
        "D12": ("assignment", f"/instructions/{made['D12']['instruction_id']}/answer", proof),
        "D43": ("assignment", f"/hall-calls/{made['D43']['hall_call_id']}/answer", proof | {"came": True}),
        "D22": ("assignment", f"/ledger-items/{made['D22']['item_id']}/updates", proof),
        "D45": ("intake", f"{of}/papers/{made['D45']['document_id']}/correction", proof),
        "D42": ("intake", f"/help-plans/{made['D42']['help_plan_id']}/completion", {"proof": given}),
    }  # fmt: skip
    for service, path, body in answers.values():
        own = await county.send(service, path, body, role=Role.unit_head, unit="AX", actor="oh", at=HEARD_AT)
        refused(own, 404, NotFound)
        ok(await county.send(service, path, body, **above, at=HEARD_AT))
    closing = {"proof": proof["document"]}
    ok(
        await county.send(
            "assignment", f"/ledger-items/{made['D22']['item_id']}/closure", closing, role=secretary, at=HEARD_AT
        )
    )
    assert made.keys().isdisjoint(await owed(county, case))


async def test_what_was_brought_to_the_accused_is_passed_on_by_the_bureau(county: System):
    """第二十三条第一款、第二十八条第三款: it owes until the same day what the receiver owed."""
    await with_officers(county, "BX", "BX2", powers=["housing"])
    brought: dict[str, Any] = {"role": Role.unit_receiver, "unit": "BX", "actor": "o-1"}
    case = ok(await county.send("intake", "/petitions", petition(), at=REGISTERED_AT, **brought), 201)["case_id"]
    ok(await county.classify(case, at=REGISTERED_AT))
    before = (await until_owed(county, case, "C2", "BX"))["C2"]
    ok(await county.send("intake", f"/cases/{case}/accused", {"units": ["BX"]}, role=Role.bureau_officer, at=HANDED_AT))
    assert (await until_owed(county, case, "C2", BUREAU))["C2"] == (BUREAU, before[1])
    on = {"mode": "forward", "unit": "BX2", "method": "post", "receipt": "EMS-2"}
    refused(await county.send("assignment", f"/cases/{case}/assignment", on, at=HANDED_AT, **brought), 404, NotFound)
    ok(await county.forward(case, "BX2", at=HANDED_AT))
    assert "C2" not in await until_owed(county, case, "C3", "BX2")


async def test_who_was_recused_is_named_in_no_duty(county: System):
    """第二十八条第三款: it stays with the unit, until the same day."""
    await with_officers(county, "CX", "CX2")
    case = await received(county, "CX")
    ok(await notify(county, case, "CX", "o-1"))
    row = {"kind": "dispute", "unit": "CX", "officer": "o-1", "due_on": "2026-04-20", "case_id": case}
    row["document"] = await document(county, case)
    ok(await county.send("assignment", "/ledger-items", row, role=Role.conference_secretary, at=HEARD_AT), 201)
    plan = {"officer": "o-1", "due_on": "2026-04-20", "document": await document(county, case)}
    head: dict[str, Any] = {"role": Role.unit_head, "unit": "CX", "actor": "oh", "at": HEARD_AT}
    ok(await county.send("intake", f"/cases/{case}/help-plans", plan, **head), 201)
    before = await until_owed(county, case, "D42", "CX")

    async def named() -> set[str]:
        return {clock["code"] for clock in await clocks(county, case) if clock.get("officer") == "o-1"}

    assert {"C5", "D22", "D42"} <= await named()
    stepped = {"role": Role.case_officer, "unit": "CX", "actor": "o-1", "at": HEARD_AT}
    ok(await act(county, case, "recusal/declarations", {}, **stepped))
    assert not await named()
    days = await owed(county, case)
    assert {code: days[code] for code in before} == before
