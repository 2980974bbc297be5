"""个人信息保护法 第五十一条: who reads more texts within an hour than one person reads alone has another one agree."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Final
from uuid import UUID

import httpx2
import pytest
import pytest_asyncio

from contracts.vocabulary import Role
from services.intake.application import looking
from services.intake.domain.bulk import BulkLookNotPending, OwnBulkLook, TooManyLooks
from services.intake.domain.texts import PurposeNotOfDuty
from tests.harness import BUREAU, Servers, System
from tests.rules import refused
from tests.steps import ok, open_county

pytestmark = pytest.mark.asyncio(loop_scope="module")
MAX: Final = 5
NINE: Final = "2025-09-01T09:00:00+08:00"
HALF_PAST: Final = "2025-09-01T09:30:00+08:00"
LATER: Final = "2025-09-01T10:30:01+08:00"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers) -> AsyncIterator[System]:
    async with open_county(servers, looks_an_hour_max=MAX) as made:
        await made.enter({"code": BUREAU, "name": "县信访局", "kind": "petition_bureau", "competent": False})
        yield made


class Reader:
    """Somebody who reads one text again and again: each time is a look."""

    def __init__(self, county: System, actor: str, path: str) -> None:
        self.county, self.actor, self.path = county, actor, path

    async def read(self, at: str = NINE, role: Role = Role.bureau_officer) -> httpx2.Response:
        who = {"Huiyin-Actor": self.actor, "Huiyin-Unit": BUREAU, "Huiyin-Role": str(role), "Huiyin-Time": at}
        url = self.county.url("intake") + self.path
        return await self.county.client.get(url, params={"purpose": "handling"}, headers=who)

    async def read_all(self, at: str = NINE, number: int = MAX) -> None:
        for _ in range(number):
            ok(await self.read(at))
        refused(await self.read(at), 409, TooManyLooks)

    async def ask(self, **more: Any) -> str:
        body = {"purpose": "handling", "count": 2}
        told = {"actor": self.actor, "unit": BUREAU, "role": Role.bureau_officer, "at": HALF_PAST} | more
        return str(ok(await self.county.send("intake", "/bulk-looks", body, **told), 201)["bulk_look_id"])

    async def agree(
        self, asked: str, actor: str = "head-1", unit: str = BUREAU, at: str = HALF_PAST
    ) -> httpx2.Response:
        path = f"/bulk-looks/{asked}/approval"
        return await self.county.send("intake", path, {}, actor=actor, unit=unit, role=Role.unit_head, at=at)


async def reader(county: System, actor: str) -> Reader:
    case = (await county.register(at=NINE))["case_id"]
    async with county.sql() as db:
        found = "SELECT id FROM intake.vault_item WHERE case_id = $1 AND kind = 'petition'"
        return Reader(county, actor, f"/cases/{case}/contents/{await db.fetchval(found, UUID(case))}")


async def test_one_person_reads_so_much_and_no_more_alone(county: System):
    """Each counts for themselves, whichever post they act in; what was refused is on no record; an hour later they read."""
    one, other = await reader(county, "busy-1"), await reader(county, "busy-2")
    await one.read_all()
    refused(await one.read(role=Role.intake_clerk), 409, TooManyLooks)
    ok(await other.read())
    async with county.sql() as db:
        looks = await db.fetchval(
            "SELECT count(*) FROM intake.look_view WHERE content = $1", UUID(one.path.split("/")[-1])
        )
    assert looks == MAX
    ok(await one.read(LATER))


async def test_another_one_agrees_and_then_they_read_on_for_an_hour(county: System):
    one = await reader(county, "busy-3")
    await one.read_all()
    asked = await one.ask()
    refused(await one.read(HALF_PAST), 409, TooManyLooks)
    refused(await one.agree(asked, actor="busy-3"), 403, OwnBulkLook)
    refused(await one.agree(asked, unit="RSJ"), 403, OwnBulkLook)
    ok(await one.agree(asked))
    refused(await one.agree(asked), 409, BulkLookNotPending)
    await one.read_all(HALF_PAST, number=2)
    listed = ok(await county.client.get(
        f"{county.url('intake')}/bulk-looks", params={"officer": "busy-3"},
        headers={"Huiyin-Actor": "a-1", "Huiyin-Unit": BUREAU, "Huiyin-Role": str(Role.auditor)},
    ))["items"]  # fmt: skip
    assert [(row["granted_by"], row["count"], row["state"]) for row in listed] == [("head-1", 2, "granted")]
    late = await one.ask()
    refused(await one.agree(late, at="2025-09-03T09:00:00+08:00"), 409, BulkLookNotPending)


async def test_what_for_is_of_the_duty_of_who_asks(county: System):
    body = {"purpose": "verification", "count": 2}
    who = {"actor": "busy-4", "unit": BUREAU, "role": Role.bureau_officer}
    refused(await county.send("intake", "/bulk-looks", body, **who), 403, PurposeNotOfDuty)


async def test_mutant_that_counts_nothing_is_seen(county: System, monkeypatch: pytest.MonkeyPatch):
    async def nothing(*_: object) -> list[Any]:
        return []

    monkeypatch.setattr(looking, "_counted", nothing)
    with pytest.raises(AssertionError):
        await (await reader(county, "busy-5")).read_all()


async def test_mutant_that_lets_who_reads_agree_is_seen(county: System, monkeypatch: pytest.MonkeyPatch):
    """MUTANT: what was asked for counts, and nobody has to agree."""
    monkeypatch.setattr(
        looking, "_WITHIN_THE_HOUR", looking._WITHIN_THE_HOUR.replace("AND until > $3", "AND asked_at <= $3")
    )
    one = await reader(county, "busy-6")
    await one.read_all()
    await one.ask()
    with pytest.raises(AssertionError):
        refused(await one.read(HALF_PAST), 409, TooManyLooks)
