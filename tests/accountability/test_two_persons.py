"""个人信息保护法 第五十一条: the days by which everybody's limits are counted are changed by two persons."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio

from contracts.accountability import CalendarPublished, ChangeAgreed
from contracts.vocabulary import Role
from services.chassis.changes import ChangeIsOver, OwnChange
from services.chassis.errors import Forbidden, Invalid, Stale
from tests.harness import OFFICER, SECOND, Servers, System, unpacked
from tests.rules import refused
from tests.steps import ok, open_county

pytestmark = pytest.mark.asyncio(loop_scope="module")

ADMIN: dict[str, Any] = {"role": Role.platform_admin}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers, as_before: None):
    async with open_county(servers) as made:
        yield made


def notice(year: int, *days: int) -> dict[str, Any]:
    return {"year": year, "days": [{"name": "春节", "date": f"{year}-03-{day:02}", "isOffDay": True} for day in days]}


async def propose(county: System, body: dict[str, Any], **more: Any) -> Any:
    path = f"/calendar/{body['year']}"
    return await county.send("accountability", path, body, method="PUT", alone=True, **ADMIN | more)


async def decide(county: System, change: str, what: str = "approval", **more: Any) -> Any:
    return await county.send("accountability", f"/changes/{change}/{what}", {}, **{"actor": SECOND} | ADMIN | more)


async def off(county: System, year: int) -> list[str]:
    """Return the days of March that are off in a year."""
    shown = ok(await county.client.get(f"{county.url('accountability')}/calendar/{year}"))
    return [day["date"] for day in shown["days"] if day["date"].startswith(f"{year}-03")]


async def test_no_day_is_off_until_another_person_agrees(county: System):
    change = ok(await propose(county, notice(2041, 4)), 202)["change_id"]
    assert await off(county, 2041) == []
    refused(await decide(county, change, actor=OFFICER), 403, OwnChange)
    refused(await decide(county, change, role=Role.supervisor), 403, Forbidden)
    told = ok(await decide(county, change))
    assert (told["year"], told["version"]) == (2041, 1)
    assert await off(county, 2041) == ["2041-03-04"]
    refused(await decide(county, change), 409, ChangeIsOver)
    async with county.sql() as db:
        rows = await db.fetch("SELECT type, packed FROM accountability.event WHERE type = ANY($1) ORDER BY pos", [
            CalendarPublished.wire_name, ChangeAgreed.wire_name,
        ])  # fmt: skip
    (agreed, body), (published, _) = [unpacked(row) for row in rows][-2:]
    assert (agreed["actor"], body["proposed_by"]) == (SECOND, OFFICER)
    assert (published["actor"], published["agreed_by"]) == (OFFICER, SECOND)
    assert published["command_id"] == agreed["command_id"]


async def test_notice_that_makes_no_sense_is_refused_at_once(county: System):
    twice = notice(2042, 4, 4)
    refused(await propose(county, twice), 422, Invalid)
    refused(await propose(county, notice(2042, 4), version=7), 412, Stale)


async def test_what_was_published_meanwhile_stays(county: System):
    """A notice says what it says, beside whatever others have said."""
    first, second = [ok(await propose(county, notice(2043, day)), 202)["change_id"] for day in (5, 6)]
    ok(await decide(county, second))
    ok(await decide(county, first))
    assert await off(county, 2043) == ["2043-03-05", "2043-03-06"]


async def test_who_refuses_is_not_asked_again(county: System):
    change = ok(await propose(county, notice(2044, 7)), 202)["change_id"]
    listing = {"Huiyin-Actor": SECOND, "Huiyin-Unit": "platform", "Huiyin-Role": "platform_admin"}
    url = f"{county.url('accountability')}/changes"
    [waits] = ok(await county.client.get(url, params={"proposed_by": OFFICER}, headers=listing))["items"]
    assert (waits["id"], waits["operation"]) == (change, "publishYear")
    ok(await decide(county, change, "refusal"))
    assert ok(await county.client.get(url, headers=listing))["items"] == []
    assert await off(county, 2044) == []


@pytest.mark.parametrize("paper", ["王秀兰", "13812345678\n", "https://www.gov.cn/wang-xiulan/", "https://www.gov.cn.cn/",
                                   "https://www.gov.cn/zhengce/13812345678.htm", "https://www.gov.cn/?tel=13812345678"])  # fmt: skip
async def test_where_a_notice_was_published_has_no_room_for_words(county: System, paper: str):
    """Promise 8."""
    refused(await propose(county, notice(2046, 4) | {"papers": [paper]}), 422, Invalid)


@pytest.mark.parametrize("name", ["休业", "春节假", "王秀兰", "春节、王秀兰", "春节、", "13812345678", ""])
async def test_day_is_off_for_a_holiday_of_the_law(county: System, name: str):
    """Promise 8."""
    day = {"name": name, "date": "2046-03-04", "isOffDay": True}
    refused(await propose(county, {"year": 2046, "days": [day]}), 422, Invalid)


async def test_notice_is_taken_as_it_is_published(county: System):
    papers = [
        "https://www.gov.cn/zhengce/content/202411/content_6986382.htm",
        "http://www.gov.cn/zhengce/content/2020-11/25/content_5564127.htm", "https://www.gov.cn/",
    ]  # fmt: skip
    names = ("元旦", "春节", "清明节", "劳动节", "端午节", "国庆节、中秋节", "抗战胜利纪念日")
    days = [{"name": name, "date": f"2047-03-0{n}", "isOffDay": True} for n, name in enumerate(names, 1)]
    ok(await propose(county, {"year": 2047, "days": days, "papers": papers}), 202)
