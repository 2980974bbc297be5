"""个人信息保护法 第四十五条、第五十四条: whoever petitioned is told who has read what is theirs, and what for (promise 47)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from contracts.vocabulary import DocumentKind, Role
from services.intake.application import looking
from services.intake.questions import progress
from tests.harness import BUREAU, Servers, System
from tests.intake.uploads import Sender, pdf, petitioner
from tests.steps import PAPER, attached, ok, open_county, paper, unseal

pytestmark = pytest.mark.asyncio(loop_scope="module")

REPORT = {"kind": "report_accusation", "route": "discipline_supervision", "category": "official_conduct"}
OTHER = {"name": "李建国", "phone": "13911111111", "address": "某县某镇"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        await made.enter({"code": BUREAU, "name": "县信访局", "kind": "petition_bureau", "competent": False})
        yield made


async def read(
    county: System, case: str, petition: str, role: Role, unit: str = BUREAU, actor: str = "reader-1"
) -> None:
    """Read what somebody wrote."""
    async with county.sql() as db:
        found = "SELECT id FROM intake.vault_item WHERE key_id = $1 AND kind = 'petition'"
        text = await db.fetchval(found, UUID(petition))
    who = {"Huiyin-Actor": actor, "Huiyin-Unit": unit, "Huiyin-Role": str(role)}
    url = f"{county.url('intake')}/cases/{case}/contents/{text}"
    ok(await county.client.get(url, params={"purpose": "handling"}, headers=who))


async def told(county: System, receipt: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what somebody is told of who looked."""
    found: list[dict[str, Any]] = ok(await county.by_code(receipt["query_code"], "/looks"))["items"]
    return found


async def two(county: System) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the receipts of two who petition in one case, of which what the second one wrote was read."""
    first = await county.register()
    second = await attached(county, first["case_id"], petitioner=OTHER)
    await read(county, first["case_id"], second["petition_id"], Role.bureau_officer)
    return first, second


async def test_each_petitioner_is_told_of_looks_at_their_own(county: System):
    first, second = await two(county)
    assert await told(county, first) == []
    [look] = await told(county, second)
    assert look.pop("at")
    assert look == {
        "text_title": "信访材料", "purpose": "handling", "purpose_title": "办理信访事项", "role": "bureau_officer", "role_title": Role.bureau_officer.title, "unit": BUREAU,
        "unit_name": "县信访局",
    }  # fmt: skip
    reply = await county.by_code(second["query_code"], "/looks")
    assert "reader-1" not in reply.text


async def test_mutant_that_tells_of_looks_at_what_others_wrote_is_seen(county: System, monkeypatch: pytest.MonkeyPatch):
    loose = progress._LOOKS.replace("AND i.key_id = mine.id", "")
    monkeypatch.setattr(progress, "_LOOKS", loose)
    with pytest.raises(AssertionError):
        await test_each_petitioner_is_told_of_looks_at_their_own(county)


async def test_papers_are_told_of_too_and_so_is_who_says_no_name(county: System):
    """Whoever says nothing of themselves is known by their petition: what was read of it, what was printed, and by whom."""
    receipt = await county.register(petitioner=None)
    case = receipt["case_id"]
    issued = await paper(county, case, PAPER)
    url = f"{county.url('intake')}/cases/{case}/papers/{issued}.pdf"
    who = {"Huiyin-Actor": "reader-1", "Huiyin-Unit": BUREAU, "Huiyin-Role": str(Role.bureau_officer)}
    assert (await county.client.get(url, headers=who)).status_code == 200
    seen = [(look["text_title"], look["purpose_title"], look["role_title"]) for look in await told(county, receipt)]
    assert (DocumentKind(PAPER["kind"]).title, "打印文书", Role.bureau_officer.title) in seen


async def test_what_is_handed_in_after_a_merger_is_told_of_too(county: System):
    """It lies with the case that answers by then, beside what others have handed in there."""
    receipt, into = await county.register(), await county.register(petitioner=OTHER)
    merger = f"/cases/{receipt['case_id']}/merger"
    ok(await county.send("intake", merger, {"into": into["case_id"]}, role=Role.bureau_officer))
    for whose in (receipt, into):
        own = await petitioner(county, whose)
        file, _ = await own.examined("pdf", pdf())
        assert (await Sender(county, into["case_id"]).read(file)).status_code == 200
        assert [look["purpose"] for look in await told(county, whose)] == ["handling"]


async def of_a_report(county: System) -> list[dict[str, Any]]:
    """Return what an informant is told of a look that the discipline organ has had at their report."""
    receipt = await county.register()
    case = receipt["case_id"]
    for what, body in (("classification", REPORT), ("confidential-track", {"organ": "JW"})):
        ok(await county.send("intake", f"/cases/{case}/{what}", body, role=Role.bureau_officer))
    await unseal(county, case, "jw-1")
    await read(county, case, receipt["petition_id"], Role.discipline_officer, "JW", "jw-1")
    return await told(county, receipt)


async def test_r30_of_who_examines_a_report_nobody_is_named(county: System):
    """第三十条第三款: that it was read, and when."""
    [look] = await of_a_report(county)
    assert [look[name] for name in ("role", "role_title", "unit", "unit_name")] == [None] * 4


async def test_mutant_that_names_who_examines_is_seen(county: System, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(looking, "is_told", lambda *_, **__: True)
    [look] = await of_a_report(county)
    assert look["unit"] == "JW"
