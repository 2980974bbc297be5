"""第三十四条: an accepted case that is divided or merged at once, while its acceptance is still on the way to the ledger."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio

from contracts.vocabulary import Role
from tests.harness import PLACE, Servers, System, until
from tests.steps import NOTIFIED_AT, accepted, clocks, open_county, registered

pytestmark = pytest.mark.asyncio(loop_scope="module")

LATER = "2025-09-10T09:00:00+08:00"
PARTS = [
    {"category": category, "place": PLACE, "content": {"claim": claim, "facts": "分案"}}
    for category, claim in (("housing", "补偿"), ("medical", "救治"))
]
LAST_DAY = "2025-10-27"
"""Sixty days from 27 August are 26 October, a Sunday."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        yield made


async def sends(county: System, case: str, what: str, body: dict[str, Any], at: str) -> dict[str, Any]:
    reply = await county.send("intake", f"/cases/{case}/{what}", body, role=Role.bureau_officer, at=at)
    assert reply.is_success, reply.text
    return reply.json()


async def due_there(county: System, case: str) -> None:
    async def inherited() -> bool:
        days = [c["due_on"] for c in await clocks(county, case) if c["code"] == "C5" and c["state"] == "running"]
        return days == [LAST_DAY]

    await until(inherited, "the sixty days that began in the other case")


@pytest.mark.parametrize("attempt", range(3))
async def test_parts_of_an_accepted_case_have_its_day(county: System, attempt: int):
    case = await accepted(county)
    told = await sends(county, case, "split", {"parts": PARTS}, LATER)
    for part in told["children"]:
        await due_there(county, part["case_id"])


@pytest.mark.parametrize("attempt", range(3))
async def test_case_that_takes_an_accepted_one_over_has_its_day(county: System, attempt: int):
    other = await registered(county)
    case = await accepted(county)
    await sends(county, case, "merger", {"into": other}, NOTIFIED_AT)
    await due_there(county, other)
