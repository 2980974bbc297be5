"""第二十八条第三款、第三十条第三款: whom a case complains of, and who has an interest in it, does nothing in it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from contracts.vocabulary import Role
from services.chassis.errors import NotFound
from services.chassis.recusal import OthersKeepOut
from tests.harness import BUREAU, UNIT, Servers, System, petition
from tests.law.test_r28_accused import UNITS, complaint
from tests.rules import refused
from tests.steps import accepted, clocks, document, ok, open_county

pytestmark = pytest.mark.asyncio(loop_scope="module")

SENT = {"receipt": "R", "method": "in_person"}
SECRETARY = {"role": Role.conference_secretary}
DAY = "2026-03-02"
AT = f"{DAY}T09:00:00+08:00"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        heads = {"bh-1": [Role.unit_head], "bs-1": [Role.supervisor]}
        await made.enter(*UNITS, {"code": BUREAU, "kind": "petition_bureau", "competent": False, "officers": heads})
        yield made


@pytest.mark.parametrize(
    ("service", "path", "body", "role"),
    [
        ("intake", "accused", {"units": ["JYJ"]}, Role.unit_receiver),
        ("intake", "classification", {"kind": "appeal_for_resolution", "route": "petition_procedure",
                                      "category": "unpaid_wages"}, Role.bureau_officer),
        ("intake", "documents", {"kind": "record", "text": "甲"}, Role.case_officer),
        ("intake", "duplicates", {"other": "{other}", "reasons": ["same_person"]}, Role.intake_clerk),
        ("intake", "duplicates/dismissal", {"other": "{other}"}, Role.intake_clerk),
        ("intake", "merger", {"into": "{other}"}, Role.bureau_officer),
        ("intake", "split", {"parts": [{"category": "medical", "place": "P-1", "content": {"claim": "甲"}}] * 2},
         Role.bureau_officer),
        ("intake", "petitions/{petition}/query-code", {"document": "{paper}"}, Role.unit_receiver),
        ("intake", "representatives", {"petition_id": "{petition}", "representatives": [{"name": "王", "consents": True}]},
         Role.intake_clerk),
        ("intake", "non-acceptance", SENT | {"ground": "not_within_power", "competent_body": "某局"}, Role.unit_receiver),
        ("intake", "urgency", {}, Role.unit_head),
        ("intake", "withdrawal", {"document": "{paper}"}, Role.intake_clerk),
        ("intake", "sessions", {"petition": "{petition}"}, Role.intake_clerk),
        ("intake", "step-forms", {"level": "county", "holder": "JYJ", "until": "2099-12-31"}, Role.unit_receiver),
        ("intake", "papers", {"kind": "record", "fields": {}, "approved_by": "h-1"}, Role.case_officer),
        ("assignment", "assignment", {"mode": "forward", "unit": "JYJ"}, Role.bureau_officer),
        ("assignment", "assignment", {"mode": "forward", "unit": "SUB"}, Role.unit_receiver),
        ("assignment", "objection", {"ground": "other_unit_competent", "reasons": "{paper}"}, Role.unit_receiver),
        ("assignment", "taking", {}, Role.unit_head),
        ("assignment", "dispute", {"level": "common_superior", "units": ["JYJ"], "arbiter": "XZF"}, Role.bureau_officer),
        ("assignment", "sponsor", {"order_no": "1", "sponsor": "leader-1", "duties": ["resolve"]}, Role.bureau_officer),
        ("assignment", "hall-calls", {"unit": "JYJ", "due_on": "2099-12-31"}, Role.intake_clerk),
        ("accountability", "supervisions", {"unit": "JYJ", "reason_code": "other", "due_on": "2099-12-31"},
         Role.supervisor),
    ],
)  # fmt: skip
@pytest.mark.parametrize("who", [{"unit": "RSJ", "actor": "h-1"}, {"unit": "SUB"}, {"actor": "b-9"}, {"actor": "co-1"}])
async def test_nobody_acts_in_what_complains_of_them(
    county: System, service: str, path: str, body: dict[str, Any], role: Role, who: dict[str, str]
):
    """The accused unit, one under it, an accused officer of the bureau, and who acts for the accused unit elsewhere."""
    receipt, other = await county.register(), await county.register()
    case = receipt["case_id"]
    kept = {"case": case, "petition": receipt["petition_id"], "other": other["case_id"]}
    paper = await document(county, case, unit=BUREAU)
    body = {k: v.format(paper=paper, **kept) if isinstance(v, str) else v for k, v in body.items()}
    if path != "classification":
        told = {"kind": "appeal_for_resolution", "route": "petition_procedure", "category": "unpaid_wages"}
        ok(await county.send("intake", f"/cases/{case}/classification", told, role=Role.bureau_officer))
    accused = {"units": ["RSJ"], "persons": ["b-9"]}
    await county.enter({"code": "FAR", "officers": {"b-9": [Role.bureau_officer]}})
    ok(await county.send("intake", f"/cases/{case}/accused", accused, role=Role.bureau_officer))
    await county.caught_up()
    reply = await county.send(service, f"/cases/{case}/{path.format(**kept)}", body, role=role, **who)
    refused(reply, 404, NotFound)


async def test_door_is_open_also_at_the_accused(county: System):
    """第二十二条: a petition is registered wherever it comes in, as a case of its own."""
    case = await complaint(county, "RSJ")
    theirs: dict[str, Any] = {"role": Role.unit_receiver, "unit": "RSJ"}
    refused(await county.send("intake", f"/cases/{case}/petitions", petition(), **theirs), 404, NotFound)
    assert ok(await county.send("intake", "/petitions", petition(), **theirs), 201)["case_id"] != case


async def test_head_of_the_bureau_does_not_pass_on_his_own_case(county: System):
    """第二十八条第三款."""
    case = await complaint(county, persons=("bh-1",))
    for actor in ("bh-1", "b-1"):
        reply = await county.send(
            "assignment", f"/cases/{case}/assignment", {"mode": "forward", "unit": "JYJ"}, role=Role.bureau_officer,
            actor=actor,
        )  # fmt: skip
        refused(reply, 404, NotFound)


@pytest.mark.parametrize("late", [False, True])
async def test_bureau_above_passes_on_what_complains_of_the_bureaus_own_people(county: System, *, late: bool):
    """第二十二条、第二十八条第三款: the same day, and another bureau; it does so."""
    await county.enter(
        {"code": "SW", "level": "city", "kind": "party_committee", "competent": False},
        {"code": "XW", "kind": "party_committee", "competent": False, "parent": "SW"},
        {"code": "SXFJ", "level": "city", "kind": "petition_bureau", "competent": False, "parent": "SW"},
        {"code": BUREAU, "kind": "petition_bureau", "competent": False, "parent": "XW"},
    )
    case = await complaint(county, persons=() if late else ("bh-1",))
    if late:
        ok(await county.send("intake", f"/cases/{case}/accused", {"persons": ["bh-1"]}, role=Role.bureau_officer))
    [owed] = [clock for clock in await clocks(county, case) if clock["code"] == "C1"]
    assert (owed["holder"], owed["state"]) == ("SXFJ", "running")
    ok(await county.send("assignment", f"/cases/{case}/assignment", {"mode": "forward", "unit": "JYJ"},
                         role=Role.bureau_officer, unit="SXFJ"))  # fmt: skip


async def test_supervisor_does_not_supervise_what_complains_of_him(county: System):
    """第二十八条第三款、第四十条第一款."""
    case = await complaint(county, persons=("bs-1",))
    await county.caught_up()
    body = {"unit": "JYJ", "reason_code": "other", "due_on": "2099-12-31"}
    reply = await county.send("accountability", f"/cases/{case}/supervisions", body, role=Role.supervisor, actor="bs-1")
    refused(reply, 404, NotFound)


async def test_who_is_accused_does_not_answer_what_was_given_before(county: System):
    """An instruction, a call to the hall and a row of a ledger, given before the accusation."""
    case = await complaint(county)
    paper = await document(county, case, unit=BUREAU)
    path = f"/cases/{case}"
    due = {"due_on": "2099-12-31"}
    given = ok(await county.send(
        "assignment", f"{path}/instructions", due | {"leader": "leader-1", "unit": "RSJ", "document": paper},
        role=Role.sponsor_leader), 201)  # fmt: skip
    called = ok(
        await county.send("assignment", f"{path}/hall-calls", due | {"unit": "RSJ"}, role=Role.intake_clerk), 201
    )
    row = due | {"kind": "petition", "document": paper, "unit": "RSJ", "officer": "co-1", "case_id": case}
    item = ok(await county.send("assignment", "/ledger-items", row, role=Role.bureau_officer), 201)
    ok(await county.send("intake", f"{path}/accused", {"units": ["RSJ"]}, role=Role.bureau_officer))
    await county.caught_up()
    for what, body in (
        (f"/instructions/{given['instruction_id']}/answer", {"document": paper}),
        (f"/hall-calls/{called['hall_call_id']}/answer", {"came": True, "document": paper}),
        (f"/ledger-items/{item['item_id']}/updates", {"document": paper}),
    ):
        reply = await county.send("assignment", what, body, role=Role.unit_head, unit="RSJ", actor="h-1")
        refused(reply, 404, NotFound)


async def test_leader_does_not_receive_who_complains_of_him(county: System):
    """第十八条第一款, 第二十八条第三款."""
    await county.enter({"code": "XW2", "officers": {"l-7": [Role.sponsor_leader]}})
    case, other = await complaint(county, persons=("l-7",)), await complaint(county)
    body = {"leader": "l-7", "place": "P-1", "received_on": DAY}
    made = ok(await county.send("assignment", "/receptions", body, at="2026-02-20T09:00:00+08:00", **SECRETARY), 201)
    path = f"/receptions/{made['reception_id']}/record"
    held = {"cases": [other, case], "follow_up_due": "2026-04-01"}
    refused(await county.send("assignment", path, held, at=AT, **SECRETARY), 403, OthersKeepOut)
    ok(await county.send("assignment", path, held | {"cases": [other]}, at=AT, **SECRETARY))


async def test_accused_unit_is_neither_summoned_nor_heard_where_all_is_about_it(county: System):
    """第十三条第一款, 第二十八条第三款; where the agenda has something else, it is there for that."""
    case, other = await complaint(county, "JYJ"), await complaint(county)
    made = ok(await county.send("assignment", "/conferences", {"held_on": DAY}, at=AT, **SECRETARY), 201)
    path = f"/conferences/{made['conference_id']}"

    async def send(what: str, body: dict[str, Any], **more: Any):
        return await county.send("assignment", f"{path}/{what}", body, at=AT, **(SECRETARY | more))

    ok(await send("summons", {"unit": "JYJ"}))
    ok(await send("agenda", {"document": await document(county, case, unit=BUREAU), "matter": case}))
    refused(await send("summons", {"unit": "JYJ"}), 403, OthersKeepOut)
    heard = {"role": Role.unit_head, "unit": "JYJ"}
    refused(await send("consultations", {"document": str(uuid4())}, **heard), 404, NotFound)
    ok(await send("agenda", {"document": await document(county, other, unit=BUREAU), "matter": other}))
    ok(await send("consultations", {"document": str(uuid4())}, **heard))


async def test_who_was_recused_does_not_answer_a_card(county: System):
    """第二十八条第三款: 应当回避; whoever stepped aside does nothing more, wherever it is."""
    case = await accepted(county)
    await county.caught_up()
    body = {"unit": UNIT, "reason_code": "other", "due_on": "2099-12-31"}
    card = ok(await county.send("accountability", f"/cases/{case}/supervisions", body, role=Role.supervisor), 201)
    paper = await document(county, case)
    ok(await county.send("mediation", f"/cases/{case}/recusal/declarations", {}, role=Role.case_officer, unit=UNIT,
                         actor="co-1", at="2025-08-28T09:00:00+08:00"))  # fmt: skip
    await county.caught_up()
    answer = f"/supervisions/{card['supervision_id']}/reply"
    reply = await county.send("accountability", answer, {"document": paper}, role=Role.case_officer, unit=UNIT,
                              actor="co-1")  # fmt: skip
    refused(reply, 404, NotFound)
    ok(
        await county.send(
            "accountability", answer, {"document": paper}, role=Role.case_officer, unit=UNIT, actor="co-2"
        )
    )
