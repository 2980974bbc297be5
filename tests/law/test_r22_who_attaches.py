"""第二十二条、第三十条第三款: a further letter leads nobody to a case, and still every letter is registered."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx2
import pytest
import pytest_asyncio

from contracts.vocabulary import Role
from services.chassis.errors import NotFound
from services.intake.application import whereabouts
from services.intake.commands.cases import AttachPetition
from tests.harness import BUREAU, UNIT, Servers, System, petition
from tests.law.test_r28_accused import REPORT, UNITS, classify, complaint
from tests.rules import refused
from tests.steps import accepted, ok, open_county, with_receipt

pytestmark = pytest.mark.asyncio(loop_scope="module")

NEIGHBOUR = {"name": "李大山", "phone": "13911112222", "address": "某县某镇另一村"}
STRANGE: list[dict[str, Any]] = [
    {"role": Role.unit_receiver, "unit": "JYJ"}, {"role": Role.intake_clerk, "unit": "JYJ"},
    {"role": Role.bureau_officer, "unit": "JYJ"}, {"role": Role.petitioner},
]  # fmt: skip
"""Who has nothing to do with a case, and the window."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        await made.enter(*UNITS)
        yield made


async def attach(county: System, case: str, body: dict[str, Any], **who: Any) -> httpx2.Response:
    return await county.send("intake", f"/cases/{case}/petitions", body, **who)


def told(reply: httpx2.Response, case: str) -> str:
    """Return what was said, but for what was asked."""
    refused(reply, 404, NotFound)
    return reply.text.replace(case, "CASE").replace(reply.headers["x-request-id"], "REQUEST")


async def petitions(county: System, case: str) -> int:
    async with county.sql() as db:
        return int(await db.fetchval("SELECT petitions FROM intake.case_view WHERE id = $1", case))


@pytest.mark.parametrize("who", STRANGE)
async def test_r22_stranger_attaches_nothing_without_a_receipt(county: System, who: dict[str, Any]):
    """第二十二条: they register it as a case of its own, as anybody does to whom it comes."""
    case, nowhere = await complaint(county), str(uuid4())
    wrong = petition(earlier_no="XF20250825-00000000")
    for body in (petition(), wrong):
        assert told(await attach(county, case, body, **who), case) == told(
            await attach(county, nowhere, body, **who), nowhere
        )
    assert await petitions(county, case) == 1
    assert ok(await county.send("intake", "/petitions", petition(), **who), 201)["case_id"] != case


@pytest.mark.parametrize("who", STRANGE)
async def test_r22_whoever_shows_the_receipt_is_registered_there(county: System, who: dict[str, Any]):
    case = await complaint(county)
    ok(await attach(county, case, await with_receipt(county, case), **who), 201)
    assert await petitions(county, case) == 2


@pytest.mark.parametrize("shown", [False, True])
async def test_r30_nobody_attaches_anything_to_a_case_that_complains_of_them(county: System, shown: bool):
    """第三十条第三款: nor who stands under them, nor where they have the case; with a receipt neither."""
    case = await complaint(county)
    ok(await county.forward(case, "JYJ"))
    ok(await county.send("intake", f"/cases/{case}/accused", {"units": ["JYJ", "RSJ"]}, role=Role.bureau_officer))
    body = await with_receipt(county, case) if shown else petition()
    for unit in ("RSJ", "SUB", "JYJ"):
        who: dict[str, Any] = {"role": Role.unit_receiver, "unit": unit}
        nowhere = str(uuid4())
        assert told(await attach(county, case, body, **who), case) == told(
            await attach(county, nowhere, body, **who), nowhere
        )
    assert await petitions(county, case) == 1


@pytest.mark.parametrize("who", STRANGE)
async def test_r30_nobody_attaches_anything_to_a_report(county: System, who: dict[str, Any]):
    """第三十条第三款: but who has received it; and whoever asks with a receipt is told what they are told of none."""
    case = await complaint(county, persons=("co-1",), **REPORT)
    body, nowhere = await with_receipt(county, case), str(uuid4())
    for sent in (petition(), body):
        assert told(await attach(county, case, sent, **who), case) == told(
            await attach(county, nowhere, sent, **who), nowhere
        )
    ok(await attach(county, case, petition(), role=Role.intake_clerk, unit=BUREAU), 201)


async def steps(county: System, code: str) -> list[str]:
    return [step["event"].split(".")[1] for step in ok(await county.by_code(code))["steps"]]


async def told_to_who_joins(county: System) -> tuple[list[str], list[str], list[str]]:
    """Return the steps of which the first petitioner is told, a neighbour who joins later, and the first once more."""
    first = await county.register(at="2025-08-25T09:00:00+08:00")
    case = first["case_id"]
    ok(await classify(county, case))
    ok(await county.forward(case, UNIT))
    joined = [
        ok(await attach(county, case, petition(**more), role=Role.intake_clerk, unit=BUREAU), 201)["query_code"]
        for more in ({"petitioner": NEIGHBOUR}, {})
    ]
    await county.caught_up()
    one, other, again = [await steps(county, code) for code in (first["query_code"], *joined)]
    return one, other, again


async def test_r21_whoever_joins_is_told_what_happens_from_then_on(county: System):
    """第二十一条、第二十二条: what was before is others' to know; whoever was there already is told all of it."""
    one, other, again = await told_to_who_joins(county)
    assert "CaseForwarded" in one
    assert other == ["PetitionAttached"]
    assert "CaseForwarded" in again


async def test_mutant_further_petition_opens_what_was_told_before(county: System, monkeypatch: pytest.MonkeyPatch):
    async def everything(running: Any, line: Any, petition: Any) -> Any:
        return line

    monkeypatch.setattr(whereabouts, "_since_they_came", everything)
    assert "CaseForwarded" in (await told_to_who_joins(county))[1]


async def test_mutant_everybody_has_a_receipt(county: System, monkeypatch: pytest.MonkeyPatch):
    async def anybody(*_: Any) -> bool:
        return True

    monkeypatch.setattr(AttachPetition, "is_theirs", anybody)
    case = await accepted(county)
    for who in STRANGE:
        ok(await attach(county, case, petition(), **who), 201)
