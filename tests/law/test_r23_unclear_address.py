"""信访工作条例 第二十三条第二款: who is told in writing, «信访人姓名（名称）、地址不清的除外»."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio

from contracts.mediation import AcceptanceNotified, HandlingAccepted
from contracts.vocabulary import Role
from services.intake.application.persons import keys
from services.mediation.domain import acceptance
from services.mediation.domain.acceptance import NoticeImpossible, NoticeOwed
from tests.harness import Servers, System
from tests.mediation.cases import DIRECTORY, NOTIFIED, UNIT, notify, opened, the_event
from tests.rules import refused, refuses
from tests.steps import HANDED_AT, NOTIFIED_AT, REGISTERED_AT, act, attached, clocks, ok, open_county

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        yield made


async def with_unit(county: System, petitioner: Any, *repeats: Any) -> str:
    case: str = (await county.register(at=REGISTERED_AT, petitioner=petitioner))["case_id"]
    for one in repeats:
        await attached(county, case, petitioner=one)
    ok(await county.classify(case, at=REGISTERED_AT))
    ok(await county.forward(case, at=HANDED_AT))
    return case


async def accept(county: System, case: str):
    return await act(county, case, "acceptance", {"case_officer": "co-1"}, role=Role.unit_receiver, at=NOTIFIED_AT)


class TestDomain:
    async def test_named_person_without_address_need_not_be_told(self):
        handling = opened(unclear=True)
        acceptance.accept(handling, UNIT, "co-1", DIRECTORY, at=NOTIFIED)
        the_event(handling, HandlingAccepted)

    async def test_named_person_without_address_may_be_told(self):
        """Who has a name can come by, or be called; only who has none cannot be told."""
        handling = opened(unclear=True)
        notify(handling)
        the_event(handling, AcceptanceNotified)

    async def test_nobody_cannot_be_told(self):
        with refuses(NoticeImpossible):
            notify(opened(anonymous=True))

    async def test_whose_name_and_address_are_clear_must_be_told(self):
        with refuses(NoticeOwed):
            acceptance.accept(opened(), UNIT, "co-1", DIRECTORY, at=NOTIFIED)


@pytest.mark.parametrize(
    "who",
    [{"name": "张三"}, {"name": "张三", "address": " "}, {"address": "某县某街1号"}, {"phone": "13900000003"}, {}, None,
     {"name": "张三", "address": "（不详）"}, {"name": "匿名", "address": "某县某街1号"}],
    ids=["name alone", "blank address", "address alone", "number alone", "nothing", "nobody", "says nothing", "no name"],
)  # fmt: skip
async def test_no_notice_is_owed_and_the_sixty_days_run(county: System, who: Any):
    case = await with_unit(county, who)
    ok(await accept(county, case))
    found = {clock["code"]: clock["state"] for clock in await clocks(county, case)}
    assert (found["C4"], found["C5"]) == ("stopped", "running")


async def test_name_and_address_are_told(county: System):
    case = await with_unit(county, {"name": "张三", "address": "某县某街1号"})
    refused(await accept(county, case), 409, NoticeOwed)


async def test_one_of_several_who_can_be_told_must_be(county: System):
    case = await with_unit(county, None, {"name": "李四", "address": "某县某街2号"})
    refused(await accept(county, case), 409, NoticeOwed)


async def test_who_are_called_alike_and_left_no_address_are_not_one_person():
    """第十九条: 不详 is nobody's address."""
    assert keys("张三", None, None, "不详") == []
    assert keys("张三", None, None, "某县某街1号") != []
