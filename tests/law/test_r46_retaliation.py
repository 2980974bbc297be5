"""信访工作条例 第十七条、第四十六条第六项: nobody is paid back for a petition, and who is reported never learns by whom."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio

from contracts.vocabulary import Level, Role, UnitKind
from services.chassis.errors import Forbidden, NotFound
from services.chassis.operations import NoSession
from tests import units
from tests.harness import BUREAU, UNIT, Servers, System
from tests.rules import refused
from tests.steps import HANDED_AT, HEARD_AT, NOTIFIED_AT, REGISTERED_AT, clocks, ok, open_county

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        yield made


async def reported(county: System) -> tuple[str, dict[str, Any]]:
    """Return the code of a case that a unit has, and the receipt of what is reported of that unit."""
    receipt = await county.register(at=REGISTERED_AT)
    case, code = receipt["case_id"], receipt["query_code"]
    ok(await county.classify(case, at=REGISTERED_AT))
    ok(await county.forward(case, at=HANDED_AT))
    ok(await county.notify(case, at=NOTIFIED_AT))
    await county.caught_up()
    body = {"words": "承办人到我家威胁，停了我的低保"}
    reply = await county.by_code(code, "/retaliation", body, at=HEARD_AT)
    return code, ok(reply, 201)


async def case_of(county: System, report: dict[str, Any]) -> str:
    async with county.sql() as db:
        found = await db.fetchval(
            "SELECT id FROM intake.case_view WHERE registration_no = $1", report["registration_no"]
        )
    return str(found)


async def test_report_is_sealed_from_the_first_moment(county: System):
    """第三十条第三款."""
    _, report = await reported(county)
    case = await case_of(county, report)
    async with county.sql() as db:
        content = await db.fetchval(
            "SELECT id FROM intake.vault_item WHERE case_id = $1::uuid AND kind = 'petition'", case
        )
    listed = ok(await county.client.get(f"{county.url('intake')}/cases?limit=200"))["items"]
    assert case not in {one["id"] for one in listed}
    for unit, role in ((UNIT, "case_officer"), (UNIT, "unit_head"), (BUREAU, "bureau_officer")):
        headers = {"Huiyin-Actor": "co-1", "Huiyin-Unit": unit, "Huiyin-Role": role}
        url = f"{county.url('intake')}/cases/{case}/contents/{content}?purpose=handling"
        reply = await county.client.get(url, headers=headers)
        assert reply.status_code in {403, 404}, reply.text
        assert "威胁" not in reply.text


async def test_unit_that_has_the_case_is_the_one_complained_of(county: System):
    """第二十八条第三款、第三十条第三款: it never gets the report, in whatever way it goes."""
    _, report = await reported(county)
    case = await case_of(county, report)
    body = {"organ": UNIT}
    reply = await county.send("intake", f"/cases/{case}/confidential-track", body, role=Role.bureau_officer)
    assert reply.status_code in {403, 409, 422}, reply.text


async def test_in_the_case_itself_nothing_tells_of_it(county: System):
    code, report = await reported(county)
    await county.caught_up()
    seen = ok(await county.by_code(code))
    assert report["registration_no"] not in str(seen)
    assert "检举" not in str(seen["steps"])


async def test_whoever_reported_follows_it_by_a_code_of_its_own(county: System):
    """第二十三条第四款."""
    _, report = await reported(county)
    told = ok(await county.by_code(report["query_code"]))
    assert told["registration_no"] == report["registration_no"]
    assert "steps" not in told


async def test_nobody_reports_in_somebody_elses_name(county: System):
    body = {"words": "x"}
    refused(await county.send("intake", "/progress/retaliation", body, role=Role.case_officer), 403, Forbidden)
    refused(await county.send("intake", "/progress/retaliation", body, role=Role.petitioner), 403, NoSession)
    refused(await county.by_code("0000-0000-0000", "/retaliation", body), 404, NotFound)


ORGANS = units.county(
    units.entry("GW", Level.county, "GZF", kind=UnitKind.discipline_organ),
    units.entry("GZF", Level.county, "SZF", kind=UnitKind.government, competent=False),
    units.entry(
        "JW", Level.county, "XW", kind=UnitKind.discipline_organ, officers=units.staff(d_1=Role.discipline_officer)
    ),
    units.entry("SJW", Level.city, None, kind=UnitKind.discipline_organ),
)


@pytest.mark.parametrize(
    ("accused", "persons", "organ"),
    [(["RSJ"], [], "JW"), (["ZF"], [], "JW"), (["RSJ"], ["d-1"], "SJW"), (["XZF"], [], "SJW"), (["SJW"], [], None)],
    ids=["a unit", "a township", "people of the organ", "who leads the county", "nobody above"],
)
async def test_organ_with_authority_and_where_its_people_are_named_the_one_above(
    accused: list[str], persons: list[str], organ: str | None
):
    """第十八条第四款、第三十条第三款."""
    assert ORGANS.organ_over("RSJ", accused, persons) == organ


async def test_report_is_a_duty_of_the_discipline_organ_the_same_day(county: System):
    """第十八条第四款、第四十六条第六项: nobody has to pass it on first."""
    _, report = await reported(county)
    case = await case_of(county, report)
    await county.caught_up()
    owed = {clock["code"]: clock for clock in await clocks(county, county.receipt(case))}
    assert (owed["D30"]["holder"], owed["D30"]["state"]) == ("JW", "running")
    assert owed["C1"]["state"] == "stopped"
