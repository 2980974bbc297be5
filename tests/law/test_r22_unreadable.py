"""第十七条、第二十二条: 各级机关、单位不得拒绝登记. What cannot be read is what was not told, and whose date it is decides what it counts for."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from contracts.vocabulary import Channel, ContentCategory, Role
from services.intake.application.registering import PERSONS_MAX, Petition
from tests.harness import BUREAU, Servers, System, petition
from tests.steps import clocks, ok, open_county

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        yield made


@pytest.mark.parametrize(
    ("said", "persons"),
    [
        (1, 1), (40, 40), (40.0, 40), ("40人", 40), ("约４０余人", 40), (2_000_000, PERSONS_MAX), (10**400, PERSONS_MAX),
        (0, None), (-3, None), ("", None), ("很多人", None), (True, None), ([40], None), (float("nan"), None),
    ],
)  # fmt: skip
async def test_how_many_came_is_read_as_far_as_it_can_be(said: Any, persons: int | None):
    assert Petition.model_validate({"channel": "visit", "person_count": said}).person_count == persons


@pytest.mark.parametrize("unreadable", ["pigeon", "", "  ", 7, ["visit"], {"a": 1}, None])
@pytest.mark.parametrize("field", ["channel", "category", "came_from", "secrecy_requested", "person_count"])
async def test_word_of_a_list_that_the_list_does_not_have_refuses_nothing(field: str, unreadable: Any):
    told = Petition.model_validate({"channel": "letter"} | {field: unreadable})
    assert getattr(told, field) in {None, 7}


@pytest.mark.parametrize(("role", "channel"), [(Role.intake_clerk, "letter"), (Role.petitioner, "online")])
async def test_case_is_registered_to_be_told_apart(county: System, role: Role, channel: str):
    body = petition(channel="pigeon", category="nonsense", person_count=0, came_from="mars", secrecy_requested="?")
    case = ok(await county.send("intake", "/petitions", body, role=role), 201)["case_id"]
    shown = ok(await county.client.get(f"{county.url('intake')}/cases/{case}"))
    assert (shown["channel"], shown["category"]) == (Channel(channel), ContentCategory.other)


class TestWhoseDay:
    """第二十一条第二款、第二十二条: no unit is in breach by the word of a petitioner, and the word is kept."""

    async def registered(self, county: System, role: Role) -> str:
        body = petition(received_at="2026-01-02T09:00:00+08:00", channel="online")
        sent = await county.send("intake", "/petitions", body, role=role, at="2026-03-10T09:00:00+08:00")
        return ok(sent, 201)["case_id"]

    async def day_of_c1(self, county: System, case: str) -> list[str]:
        return [clock["due_on"] for clock in await clocks(county, case) if clock["code"] == "C1"]

    async def test_petitioners_own_day_is_kept_and_counts_for_nothing(self, county: System):
        case = await self.registered(county, Role.petitioner)
        assert await self.day_of_c1(county, case) == ["2026-03-25"]
        async with county.sql() as db:
            found = "SELECT id FROM intake.vault_item WHERE case_id = $1 AND kind = 'petition'"
            content = await db.fetchval(found, UUID(case))
        reader = {"Huiyin-Actor": "rc-1", "Huiyin-Unit": BUREAU, "Huiyin-Role": "bureau_officer"}
        url = f"{county.url('intake')}/cases/{case}/contents/{content}?purpose=handling"
        kept = ok(await county.client.get(url, headers=reader))
        assert kept["received_at"] == "2026-01-02T09:00:00+08:00"

    async def test_a_day_that_has_not_come_refuses_nothing_either(self, county: System):
        body = petition(received_at="2027-01-02T09:00:00+08:00")
        sent = await county.send("intake", "/petitions", body, role=Role.petitioner, at="2026-03-10T09:00:00+08:00")
        ok(sent, 201)

    async def test_what_a_clerk_enters_late_counts_from_its_day(self, county: System):
        case = await self.registered(county, Role.intake_clerk)
        assert await self.day_of_c1(county, case) == ["2026-01-19"]


async def test_registration_number_is_found_as_people_type_it(county: System):
    """第二十一条第二款."""
    case = (await county.register())["case_id"]
    number = ok(await county.client.get(f"{county.url('intake')}/cases/{case}"))["registration_no"]
    wide = "".join(chr(ord(one) + 0xFEE0) if one != "-" else one for one in number)
    typed = (number, number.lower(), number.replace("-", ""), f"〔{number}〕", f"({number})", f"{number}号", wide)
    for words in typed:
        reply = await county.client.get(f"{county.url('intake')}/cases", params={"registration_no": words})
        assert [one["id"] for one in ok(reply)["items"]] == [case], words
