"""第二十一条第二款、第三十条第三款: what others are not told by way of a case: a report it went into, and what was thought."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio

from contracts.intake import SatisfactionRecorded
from contracts.vocabulary import Role
from services.accountability.questions import cases
from tests.harness import BUREAU, UNIT, Servers, System
from tests.law.test_r21_by_code import by_code, served
from tests.law.test_r28_accused import REPORT, UNITS, classify, merge
from tests.law.test_r30_divided import ask, came_again
from tests.steps import SERVED_AT, ok, open_county

pytestmark = pytest.mark.asyncio(loop_scope="module")

THOUGHT = {"bureau": "satisfied", "handler": "not_satisfied"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        bureau = {"code": BUREAU, "kind": "petition_bureau", "competent": False}
        await made.enter(*(unit for unit in UNITS if unit["code"] != UNIT), bureau)
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def merged(county: System) -> tuple[str, str]:
    """A petition, and the report into which it has gone."""
    case, report = [(await county.register())["case_id"] for _ in range(2)]
    for unit in (UNIT, "JYJ"):
        ok(await came_again(county, case, unit), 201)
    ok(await merge(county, case, report))
    ok(await classify(county, report, persons=("co-1",), **REPORT))
    await county.caught_up()
    return str(case), str(report)


@pytest.mark.parametrize(("unit", "actor"), [(UNIT, "co-1"), (UNIT, "co-2"), ("JYJ", "x-1")])
async def test_r30_case_that_went_into_a_report_leads_nobody_to_it(
    county: System, merged: tuple[str, str], unit: str, actor: str
):
    """第三十条第三款: neither the case nor what the ledger says of it."""
    case, report = merged
    for path in (f"/cases/{case}", f"/cases/{case}/timeline", "/ledger?limit=1000"):
        assert report not in str(await ask(county, path, unit, actor))
    headers = {"Huiyin-Actor": actor, "Huiyin-Unit": unit, "Huiyin-Role": "case_officer"}
    listed = await county.client.get(f"{county.url('intake')}/cases?limit=200", headers=headers)
    assert case not in listed.text
    assert report not in listed.text


async def test_r30_who_has_received_the_report_finds_at_the_door_that_it_is_there(
    county: System, merged: tuple[str, str]
):
    """The ledger leads nobody to it; what is owed for it stands under its receipt."""
    case, report = merged
    assert (await ask(county, f"/cases/{case}", BUREAU, role=Role.bureau_officer))["merged_into"] is None
    headers = {"Huiyin-Actor": "x-1", "Huiyin-Unit": BUREAU, "Huiyin-Role": "bureau_officer"}
    row = ok(await county.client.get(f"{county.url('intake')}/cases/{report}", headers=headers))
    assert row["receipt"] == county.receipt(report)
    owed = (await ask(county, f"/cases/{row['receipt']}", BUREAU, role=Role.bureau_officer))["clocks"].values()
    assert [(duty["code"], duty["holder"]) for duty in owed] == [("C1", BUREAU)]


async def test_r22_case_that_went_into_an_ordinary_one_says_so(county: System):
    """第二十二条: whoever looks for it finds where it is answered."""
    case, other = [(await county.register())["case_id"] for _ in range(2)]
    ok(await came_again(county, case, UNIT), 201)
    ok(await merge(county, case, other))
    await county.caught_up()
    for unit in (UNIT, BUREAU):
        assert (await ask(county, f"/cases/{case}", unit))["merged_into"] == other
    shown = ok(await county.client.get(f"{county.url('intake')}/cases/{case}"))
    assert shown["merged_into"] == other


# --------------------------------------------------------------------------- what one petitioner thinks


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def rated(county: System) -> str:
    case, code = await served(county)
    ok(await by_code(county, "/rating", code, at=SERVED_AT, **THOUGHT))
    await county.caught_up()
    return case


async def thought(county: System, case: str, unit: str, role: Role) -> list[dict[str, Any]]:
    """Return what the timeline and the ledger tell of the rating."""
    told = []
    for path in (f"/cases/{case}/timeline", "/ledger?limit=1000"):
        items = (await ask(county, path, unit, role=role))["items"]
        [body] = [
            entry["body"] for entry in items
            if entry["type"] == SatisfactionRecorded.wire_name and entry["case"] == case
        ]  # fmt: skip
        told.append({name: body[name] for name in THOUGHT})
    return told


@pytest.mark.parametrize("role", [Role.case_officer, Role.unit_head])
async def test_r21_who_is_rated_does_not_read_what_one_petitioner_thinks(county: System, rated: str, role: Role):
    """第二十一条第二款: that it was rated shows, and how in figures alone: nobody pays back what they do not know."""
    assert await thought(county, rated, UNIT, role) == [dict.fromkeys(THOUGHT)] * 2


@pytest.mark.parametrize(
    ("unit", "role"), [(BUREAU, Role.bureau_officer), ("XZF", Role.supervisor), (BUREAU, Role.system)]
)
async def test_r21_bureau_and_who_supervises_read_it(county: System, rated: str, unit: str, role: Role):
    assert await thought(county, rated, unit, role) == [THOUGHT] * 2


async def test_checker_sees_that_everybody_reads_it(county: System, rated: str, monkeypatch: pytest.MonkeyPatch):
    """Mutant: nobody asks who reads it."""

    async def everybody(*_: Any) -> bool:
        return True

    monkeypatch.setattr(cases, "_reads_judgements", everybody)
    with pytest.raises(AssertionError):
        await test_r21_who_is_rated_does_not_read_what_one_petitioner_thinks(county, rated, Role.case_officer)


async def test_checker_sees_what_leads_to_the_report(
    county: System, merged: tuple[str, str], monkeypatch: pytest.MonkeyPatch
):
    """Mutant: of the fields that name other cases one is not known as such."""
    monkeypatch.setattr(cases, "_NAMING", {name: {"children"} & fields for name, fields in cases._NAMING.items()})
    with pytest.raises(AssertionError):
        await test_r30_case_that_went_into_a_report_leads_nobody_to_it(county, merged, "JYJ", "x-1")
