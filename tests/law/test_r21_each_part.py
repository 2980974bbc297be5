"""信访工作条例 第二十一条第二款: after a division the petitioner learns of each part who has it, and until when."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio

from contracts.vocabulary import ClockKind, Role
from services.accountability.clocks import rules
from services.accountability.clocks.scan import Watch
from services.chassis import clock
from services.intake.commands.petitioner import AnsweredInParts
from tests.harness import BUREAU, UNIT, Servers, System
from tests.law.test_r21_by_code import REPORT, told
from tests.law.test_r34_any_order_api import PARTS
from tests.rules import refused
from tests.steps import HANDED_AT, NOTIFIED_AT, REGISTERED_AT, accepted_of_one, ok, open_county

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        yield made


async def divided(county: System) -> tuple[str, list[str]]:
    """Return the code of a letter, and the cases into which it was divided."""
    receipt = await county.register(at=REGISTERED_AT)
    path = f"/cases/{receipt['case_id']}/split"
    reply = ok(await county.send("intake", path, {"parts": PARTS}, role=Role.bureau_officer, at=REGISTERED_AT), 201)
    return receipt["query_code"], [child["case_id"] for child in reply["children"]]


async def test_each_part_says_whose_turn_it_is_and_until_when(county: System):
    """应当… 便于信访人查询: what is owed in each part, by which article, until which day, and by whom."""
    code, [first, _] = await divided(county)
    ok(await county.classify(first, at=REGISTERED_AT))
    ok(await county.forward(first, at=HANDED_AT))
    handed, waiting = (await told(county, code))["parts"]
    if handed["unit"] != UNIT:
        handed, waiting = waiting, handed
    assert (handed["unit"], handed["next"]["holder"], handed["complete"]) == (UNIT, UNIT, True)
    assert "第二十三条" in handed["next"]["article"]
    assert handed["next"]["last_day"]
    assert waiting["unit"] is None
    assert "第二十二条" in waiting["next"]["article"]


async def test_each_part_says_who_answers_the_telephone(county: System):
    """第十八条第一款、第二十一条第二款: of a part as of a letter that was not divided."""
    for officer, role in (("co-1", "case_officer"), ("rc-1", "unit_receiver")):
        body = {"name": "某某", "post": "科员", "roles": [role], "phone": f"12345-{officer}"}
        path = f"/units/{UNIT}/officers/{officer}"
        ok(await county.send("assignment", path, body, role=Role.platform_admin, method="PUT"))
    code, [first, _] = await divided(county)
    ok(await county.classify(first, at=REGISTERED_AT))
    ok(await county.forward(first, at=HANDED_AT))
    ok(await county.notify(first, at=NOTIFIED_AT))
    parts = {part["unit"]: part for part in (await told(county, code))["parts"]}
    assert parts[UNIT]["officer"]["phone"] == "12345-co-1"
    assert parts[UNIT]["duty_phone"] == "12345-rc-1"
    assert "第三十四条" in parts[UNIT]["next"]["article"]
    assert "officer" not in parts[None]


async def test_who_asks_by_the_code_of_the_letter_is_told_of_its_parts(county: System):
    """第三十五条: a review is asked of the part that was answered; the letter itself is answered nowhere."""
    code, children = await divided(county)
    reply = await county.by_code(code, "/review", {"words": "请求复查"})
    problem = refused(reply, 409, AnsweredInParts)
    numbers = {one["registration_no"] for one in (await told(county, code))["parts"]}
    assert len(numbers) == len(children)
    assert all(number in problem["detail"] for number in numbers)


async def test_what_was_missed_is_told_whoever_missed_it(county: System):
    """第四十条第一款: the petitioner sees that the bureau owes its supervision too, and not only who handles the case."""
    receipt = await accepted_of_one(county)
    assert (await told(county, receipt["query_code"]))["overdue"] == []
    watch = Watch(county.running["accountability"].store, rules.in_force(), clock.now)
    while await watch.expire(clock.now(), ClockKind.simulated):
        pass
    overdue = (await told(county, receipt["query_code"]))["overdue"]
    assert {UNIT, BUREAU} <= {duty["holder"] for duty in overdue}
    assert any("第四十条" in duty["article"] for duty in overdue)


async def test_of_a_part_that_is_a_report_nothing_but_its_receipt_is_told(county: System):
    """第三十条第三款."""
    code, [first, _] = await divided(county)
    reply = await county.send("intake", f"/cases/{first}/classification", REPORT, role=Role.bureau_officer)
    ok(reply)
    parts: list[dict[str, Any]] = (await told(county, code))["parts"]
    assert {"registration_no", "state"} in [one.keys() for one in parts]
