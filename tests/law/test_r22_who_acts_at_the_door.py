"""第二十二条、第二十三条第一款: at the door a unit acts in what came to it; in everything of its territory and below a petition bureau does."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio

from contracts.vocabulary import Role
from services.chassis.errors import NotFound
from tests.harness import BUREAU, UNIT, Servers, System, petition
from tests.rules import refused
from tests.steps import HEARD_AT, accepted_of_one, document, ok, open_county, with_unit

pytestmark = pytest.mark.asyncio(loop_scope="module")

TURNED_AWAY = {
    "ground": "not_within_power",
    "competent_body": "省劳动人事争议仲裁院",
    "method": "post",
    "receipt": "EMS-1",
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        department: dict[str, Any] = {"kind": "department", "parent": "XZF"}
        await made.enter(
            {"code": "JYJ", **department, "powers": ["education"]}, {"code": "ZJJ", **department, "powers": ["housing"]},
            {"code": BUREAU, "kind": "petition_bureau", "parent": "XZF", "competent": False},
        )  # fmt: skip
        yield made


async def at_the_counter(county: System, unit: str) -> dict[str, Any]:
    own: dict[str, Any] = {"role": Role.unit_receiver, "unit": unit}
    return ok(await county.send("intake", "/petitions", petition(), **own), 201)


async def do(county: System, case: str, what: str, body: Any, unit: str, role: Role = Role.unit_receiver):
    return await county.send("intake", f"/cases/{case}/{what}", body, role=role, unit=unit)


async def test_nobody_is_turned_away_by_a_unit_to_which_they_did_not_come(county: System):
    """第四十四条第二项: what another unit says would end the case before who received it has looked at it."""
    case = (await at_the_counter(county, "JYJ"))["case_id"]
    refused(await do(county, case, "non-acceptance", TURNED_AWAY, "ZJJ"), 404, NotFound)
    ok(await do(county, case, "non-acceptance", TURNED_AWAY, "JYJ"))


async def test_lost_code_is_replaced_where_it_came_to_where_it_is_handled_or_at_the_bureau(county: System):
    """第二十一条第二款, and 第四十六条第五项: who has the code reads everything and may withdraw."""
    receipt = await accepted_of_one(county)
    case, what = receipt["case_id"], f"petitions/{receipt['petition_id']}/query-code"
    body = {"document": await document(county, case, unit=BUREAU)}
    refused(await do(county, case, what, body, "ZJJ", Role.intake_clerk), 404, NotFound)
    for unit in (UNIT, BUREAU):
        assert ok(await do(county, case, what, body, unit))["query_code"] != receipt["query_code"]


async def test_claims_are_listed_by_who_has_to_do_with_them(county: System):
    """第三十二条: a claim that is listed is owed an answer and never dropped."""
    case = (await accepted_of_one(county))["case_id"]
    body = {"count": 2, "document": await document(county, case)}
    refused(await do(county, case, "claims", body, "ZJJ", Role.case_officer), 404, NotFound)
    reply = await county.send(
        "intake", f"/cases/{case}/claims", body, role=Role.case_officer, unit=UNIT, actor="co-1", at=HEARD_AT
    )
    ok(reply)


async def test_cases_are_joined_and_divided_by_a_bureau(county: System):
    """第二十二条第一款: a department joins what came to it, and nothing else."""
    one, other = [(await county.register())["case_id"] for _ in range(2)]
    part = {"category": "housing", "place": "P-1", "content": {"claim": "甲"}}
    split = {"parts": [part, part | {"category": "medical"}]}
    for what, body in (("merger", {"into": other}), ("split", split)):
        refused(await do(county, one, what, body, "JYJ", Role.bureau_officer), 404, NotFound)
    ok(await do(county, one, "merger", {"into": other}, BUREAU, Role.bureau_officer))


@pytest.mark.parametrize(
    ("what", "body", "role"),
    [
        ("accused", {"units": [UNIT]}, Role.unit_receiver),
        ("urgency", {"known_at": "2025-08-25T09:00:00+08:00"}, Role.unit_head),
        ("withdrawal", {"document": "{paper}"}, Role.intake_clerk),
        ("withdrawal/confirmation", {"document": "{paper}"}, Role.intake_clerk),
    ],
)
async def test_nobody_else_says_what_takes_a_case_away_or_puts_others_in_breach(
    county: System, what: str, body: dict[str, Any], role: Role
):
    """第十七条、第二十五条、第二十八条第三款: whom it complains of, since when it is urgent, that it is withdrawn."""
    case = (await accepted_of_one(county))["case_id"]
    paper = await document(county, case, unit=BUREAU)
    body = {name: paper if value == "{paper}" else value for name, value in body.items()}
    refused(await do(county, case, what, body, "ZJJ", role), 404, NotFound)
    if what == "urgency":
        ok(await do(county, case, what, body, UNIT, role))


CARD = {"unit": UNIT, "duty_officer": "co-1"}
ENTRIES: dict[str, tuple[dict[str, Any], Role]] = {
    "representatives": (
        {"petition_id": "{petition}", "representatives": [{"name": "王五", "consents": True}]}, Role.unit_receiver,
    ),
    "duplicates": ({"other": "{other}", "reasons": ["same_facts"]}, Role.unit_receiver),
    "duplicates/dismissal": ({"other": "{other}"}, Role.unit_receiver),
    "step-forms": ({"level": "county", "holder": UNIT, "until": "2099-12-31"}, Role.unit_receiver),
    "contact-cards": (CARD, Role.unit_receiver),
    "conduct-incidents": (
        {"conduct": "staying", "happened_on": "2025-08-26", "evidence": "{paper}"}, Role.unit_head,
    ),
    "references": ({"system": "national", "external_no": "{no}"}, Role.unit_receiver),
    "skip-level-visits": ({"level": "city", "cause": "distrust"}, Role.unit_receiver),
}  # fmt: skip


@pytest.mark.parametrize("what", ENTRIES)
async def test_nobody_who_has_nothing_to_do_with_a_case_enters_anything_in_it(county: System, what: str):
    """第二十二条、第二十三条第一款, 第四十七条: who speaks for it, what it repeats, who has it, what somebody has done.

    Who received it may, who has it to handle, and a bureau.
    """
    for unit in (UNIT, BUREAU):
        receipt = await county.register(at="2025-08-25T09:00:00+08:00", channel="visit", person_count=9)
        case = receipt["case_id"]
        ok(await county.classify(case, at="2025-08-25T09:00:00+08:00"))
        ok(await county.forward(case, at="2025-08-26T09:00:00+08:00"))
        body, role = ENTRIES[what]
        known = {
            "{petition}": receipt["petition_id"], "{other}": await with_unit(county),
            "{paper}": await document(county, case, unit=BUREAU), "{no}": f"GX-{case[:8]}",
        }  # fmt: skip
        filled = {name: known.get(value, value) if isinstance(value, str) else value for name, value in body.items()}
        refused(await do(county, case, what, filled, "ZJJ", role), 404, NotFound)
        reply = await do(county, case, what, filled, unit, role)
        assert reply.status_code in {200, 201}, reply.text
