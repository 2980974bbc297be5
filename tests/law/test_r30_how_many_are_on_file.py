"""第三十条第三款: how many petitions are on file at a door is told to nobody, whoever counts there (第二十二条、第四十三条)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from contracts.intake import DoorCounted, RegistrationGapClosed, UnregisteredVisitDetected
from contracts.vocabulary import Role
from services.accountability.questions import cases
from services.chassis.charge import NotInTheirCharge
from services.chassis.logins import OPERATOR
from services.chassis.rebuild import rebuild
from services.chassis.views import VEILED
from services.intake.domain.gate import OnFileUnknown
from services.intake.views import CaseRow
from tests.harness import BUREAU, Servers, System, petition, unpacked
from tests.law.test_r28_accused import UNITS
from tests.rules import refused
from tests.steps import SYSTEM, ok, open_county

pytestmark = pytest.mark.asyncio(loop_scope="module")

DAY = "2025-08-20"
LETTER: dict[str, Any] = {
    "channel": "visit",
    "category": "housing",
    "place": "P-1",
    "received_at": f"{DAY}T09:00:00+08:00",
}
COUNTED: dict[str, Any] = {"unit": BUREAU, "day": DAY, "visits": 99, "letters": 0, "calls": 0}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        bureau = {"code": BUREAU, "kind": "petition_bureau", "competent": False, "parent": "XZF"}
        other = {"code": "XZF2", "kind": "government", "parent": "SZF", "competent": False}
        far = {"code": "FAR", "kind": "petition_bureau", "competent": False, "parent": "XZF2"}
        await made.enter(*UNITS, bureau, other, far)
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def counted(county: System) -> str:
    """A count at the door of a bureau at which somebody has complained of the government above it."""
    case = (await county.register(**LETTER))["case_id"]
    ok(await county.send("intake", f"/cases/{case}/accused", {"units": ["XZF"]}, role=Role.bureau_officer))
    above: dict[str, Any] = {"role": Role.unit_head, "unit": "XZF"}
    key = ok(await county.send("intake", "/door-counts", COUNTED, **above), 201)["door_count_id"]
    await county.caught_up()
    return str(key)


def who(unit: str, role: Role) -> dict[str, str]:
    return {"Huiyin-Actor": "x-1", "Huiyin-Unit": unit, "Huiyin-Role": str(role)}


async def told(county: System, headers: dict[str, str]) -> dict[str, dict[str, Any]]:
    """Return what the ledger says of counts, by what has happened."""
    url = f"{county.url('accountability')}/ledger?limit=1000"
    items = ok(await county.client.get(url, headers=headers))["items"]
    kinds = (DoorCounted, UnregisteredVisitDetected, RegistrationGapClosed)
    return {one["type"]: one["body"] for one in items if one["type"] in {kind.wire_name for kind in kinds}}


async def test_r30_ledger_says_that_something_is_missing_and_not_what_is_there(county: System, counted: str):
    """第四十三条: that stays on record, and whoever supervises is told of it."""
    assert counted
    for headers in (who("XZF", Role.unit_head), who(BUREAU, Role.supervisor), who("RSJ", Role.case_officer)):
        gap = (await told(county, headers))[UnregisteredVisitDetected.wire_name]
        assert (gap["channel"], gap["registered"]) == ("visit", None)
    assert (await told(county, SYSTEM))[UnregisteredVisitDetected.wire_name]["registered"] == 1


async def test_r30_register_says_where_something_is_missing_to_who_has_charge_of_the_unit(county: System, counted: str):
    async def seen(unit: str, role: Role) -> list[dict[str, Any]]:
        reply = await county.client.get(f"{county.url('intake')}/door-counts", headers=who(unit, role))
        return list(ok(reply)["items"])

    for unit, role in (("XZF", Role.unit_head), (BUREAU, Role.unit_head), (BUREAU, Role.supervisor)):
        [row] = await seen(unit, role)
        assert (row["id"], row["counted"], row["missing"]) == (counted, 99, ["visit"])
    for unit, role in (("RSJ", Role.unit_head), ("JYJ", Role.case_officer), ("FAR", Role.bureau_officer)):
        assert await seen(unit, role) == []


async def test_r43_door_is_looked_at_again_by_nobody_beside_the_unit(county: System, counted: str):
    path, far = f"/door-counts/{counted}/audit", {"role": Role.supervisor, "unit": "FAR"}
    refused(await county.send("intake", path, {}, **far), 403, NotInTheirCharge)
    ok(await county.send("intake", path, {}, role=Role.supervisor, unit=BUREAU))


async def test_mutant_ledger_says_how_many_are_on_file(county: System, counted: str, monkeypatch: pytest.MonkeyPatch):
    assert counted
    monkeypatch.setattr(cases, "_ON_FILE", frozenset())
    assert (await told(county, who("XZF", Role.unit_head)))[UnregisteredVisitDetected.wire_name]["registered"] == 1


async def with_a_report(county: System, day: str) -> dict[str, Any] | None:
    """Return what is published of a gap on a day on which a letter and a report came in, and somebody says three did."""
    came = LETTER | {"received_at": f"{day}T09:00:00+08:00"}
    for letter in (came, came | {"report": True}):
        body = petition(**letter)
        ok(await county.send("intake", "/petitions", body, role=Role.intake_clerk), 201)
    above: dict[str, Any] = {"role": Role.unit_head, "unit": "XZF"}
    key = ok(await county.send("intake", "/door-counts", COUNTED | {"day": day, "visits": 3}, **above), 201)
    async with county.sql() as db:
        rows = await db.fetch("SELECT type, packed FROM intake.event WHERE stream_id = $1", UUID(key["door_count_id"]))
    gaps = [unpacked(row).body for row in rows if row["type"] == UnregisteredVisitDetected.wire_name]
    return gaps[0] if gaps else None


async def test_r30_what_is_published_counts_no_report(county: System):
    """第三十条第三款: nor does any row say in plain when, to whom and by which way one has come in."""
    gap = await with_a_report(county, "2025-08-21")
    assert gap is not None
    assert (gap["counted"], gap["registered"]) == (2, 1), "the report is counted"
    day = "2025-08-22"
    assert await with_a_report(county, day)
    ok(await county.send("intake", "/petitions", petition(**LETTER | {"received_at": f"{day}T10:00:00+08:00"}),
                         role=Role.intake_clerk), 201)  # fmt: skip
    async with county.sql() as db:
        [key] = await db.fetch("SELECT id FROM intake.door_count_view WHERE day = $1", date.fromisoformat(day))
        ways = await db.fetch("SELECT arrivals FROM intake.case_view WHERE id IN (SELECT case_id FROM apart.kept)")
    assert not [word for row in ways for word in row["arrivals"] if "visit" in word or BUREAU in word]
    path = f"/door-counts/{key['id']}/audit"
    ok(await county.send("intake", path, {}, role=Role.unit_head, unit="XZF"))
    async with county.sql() as db:
        assert not await db.fetchval("SELECT missing FROM intake.door_count_view WHERE id = $1", key["id"]), (
            "what lies apart is on file like anything else"
        )


async def test_r30_how_many_came_is_published_nowhere(county: System, counted: str):
    """From that, and what is missing, whoever reads a topic would find out how much lies apart."""
    await county.caught_up()
    async with county.sql() as db:
        kinds = {
            row["type"] for row in await db.fetch("SELECT type FROM intake.event WHERE stream_id = $1", UUID(counted))
        }
    assert kinds >= {UnregisteredVisitDetected.wire_name}
    assert DoorCounted.wire_name not in kinds
    assert DoorCounted.wire_name not in await told(county, SYSTEM)


async def test_r43_nobody_is_blamed_while_it_is_not_known_what_is_on_file(county: System):
    """第四十四条第一项: after rows were emptied (migration 0201) the door is counted once they are put anew."""
    day = "2025-08-25"
    body = petition(**LETTER | {"received_at": f"{day}T09:00:00+08:00", "report": True})
    case = ok(await county.send("intake", "/petitions", body, role=Role.intake_clerk), 201)["case_id"]
    async with county.sql() as db:
        await db.execute("UPDATE intake.case_view SET arrivals = '{}' WHERE id = $1", UUID(case))
    above: dict[str, Any] = {"role": Role.unit_head, "unit": "XZF"}
    count = COUNTED | {"day": day, "visits": 1}
    refused(await county.send("intake", "/door-counts", count, **above), 409, OnFileUnknown)
    async with county.opened("intake", login=OPERATOR) as running:
        async for _ in rebuild(running.store, CaseRow.view):
            pass
    key = ok(await county.send("intake", "/door-counts", count, **above), 201)["door_count_id"]
    async with county.sql() as db:
        assert await db.fetchval("SELECT missing FROM intake.door_count_view WHERE id = $1", UUID(key)) == []


async def test_mutant_row_says_in_plain_how_a_report_came_in(county: System, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(CaseRow.view.__dict__, "apart", {"accused": VEILED})
    gap = await with_a_report(county, "2025-08-23")
    assert gap is not None
    assert (gap["counted"], gap["registered"]) != (2, 1)
