"""第十条、第十三条至第十五条: who gives a unit something to do has charge of it, by line or territory, and so has who counts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from contracts.vocabulary import Level, Role, UnitKind
from services.chassis.charge import (
    NotInTheirCharge,
    NotOfTheUnit,
    must_be_of_one_territory,
    must_belong,
    must_have_charge_of,
)
from services.chassis.directory import Directory
from services.chassis.errors import NotFound
from tests.harness import BUREAU, CITY, COMMITTEE, GOVERNMENT, UNIT, Servers, System
from tests.law.test_r28_keeps_out import by
from tests.rules import refused, refuses
from tests.steps import document, ok, open_county, with_unit
from tests.units import county as world
from tests.units import entry, staff

WORLD = world(
    replace(entry("RSJ", kind=UnitKind.department), officers=staff(rs_1=Role.case_officer)),
    entry("SWJ", kind=UnitKind.department, sector_superior="SSWJ"),
    entry("XW2", Level.county, None, kind=UnitKind.party_committee, competent=False),
    entry("XZF2", Level.county, "XW2", kind=UnitKind.government, sector_superior="SZF"),
    entry("XFJ2", Level.county, "XW2", kind=UnitKind.petition_bureau, competent=False),
    entry("RSJ2", Level.county, "XZF2", kind=UnitKind.department),
    entry("BU2", Level.village, "XZF2", kind=UnitKind.village_committee, competent=False),
)


@pytest.mark.parametrize(
    ("unit", "over"),
    [
        ("XFJ", "RSJ"), ("XZF", "RSJ"), ("XW", "RSJ"), ("LXH", "RSJ"), ("SZF", "RSJ"), ("RSJ", "RSJ"), ("NEW", "OLD"),
        ("SSWJ", "SWJ"), ("ZF", "CWH"), ("RSJ", "OFFICE"), ("XFJ", "CWH"), ("XFJ", "unknown"), ("unknown", "RSJ"),
    ],
)  # fmt: skip
def test_own_line_and_own_territory_have_charge_of_a_unit(unit: str, over: str):
    """第十条 本地区、本系统: bureau, conference, committee and government there, who stands above, who carries it on."""
    assert must_have_charge_of(by(unit), [over], WORLD) is None


@pytest.mark.parametrize(
    ("unit", "over"),
    [("XFJ2", "RSJ"), ("XFJ", "RSJ2"), ("JYJ", "RSJ"), ("ZF", "RSJ"), ("SSWJ", "RSJ"), ("XFJ", "SSWJ")],
)
def test_nobody_beside_it_has(unit: str, over: str):
    """A sister department, another county's bureau, a township, another sector, who stands below."""
    with refuses(NotInTheirCharge):
        must_have_charge_of(by(unit), ["CWH" if unit == "XFJ" else unit, over], WORLD)


def test_higher_or_lower_a_unit_is_of_one_territory_with_another_or_is_not():
    """人民调解法 第七条、第八条."""
    for unit, other in (("ZF", "RSJ"), ("RSJ", "CWH"), ("JYJ", "RSJ")):
        must_be_of_one_territory(by(unit), other, WORLD)
    for unit, other in (("RSJ", "BU2"), ("BU2", "RSJ")):
        with refuses(NotInTheirCharge):
            must_be_of_one_territory(by(unit), other, WORLD)


def test_who_is_named_acts_for_the_unit():
    """第二十八条第一款."""
    must_belong("rs-1", "RSJ", WORLD)
    for officer, unit in (("rs-1", "JYJ"), ("nobody", "RSJ")):
        with refuses(NotOfTheUnit):
            must_belong(officer, unit, WORLD)


def test_checker_sees_strangers_who_have_charge(monkeypatch: pytest.MonkeyPatch):
    """Mutant: everybody has charge of everybody."""
    monkeypatch.setattr(Directory, "organises", lambda *_: True)
    with pytest.raises(pytest.fail.Exception):
        test_nobody_beside_it_has("JYJ", "RSJ")


# -------------------------------------------------------------------------------------------- with all services

HEAD, SECRETARY, OFFICER = Role.unit_head, Role.conference_secretary, Role.bureau_officer
NOW = "2025-09-01T10:00:00+08:00"
PAPER = str(uuid4())
ELECTED: dict[str, Any] = {
    "member_count": 3, "chair": "M-1", "has_woman": True, "elected_on": "2025-01-10", "document": PAPER,
}  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        department: dict[str, Any] = {"kind": "department", "parent": GOVERNMENT}
        bureau: dict[str, Any] = {"kind": "petition_bureau", "competent": False}
        await made.enter(
            {"code": UNIT, **department}, {"code": "JYJ", **department, "officers": {"o-1": [Role.case_officer]}},
            {"code": "XZ", "level": "township", "kind": "township", "parent": GOVERNMENT},
            {"code": BUREAU, **bureau, "parent": GOVERNMENT},
            {"code": "XZF2", "kind": "government", "parent": CITY, "competent": False},
            {"code": "XFJ2", **bureau, "parent": "XZF2"},
            {"code": "RSJ2", "kind": "department", "parent": "XZF2"},
            {
                "code": "BU2", "level": "village", "kind": "village_committee", "competent": False, "parent": "XZF2",
                "officers": {"m-2": [Role.mediator]},
            },
        )  # fmt: skip
        yield made


async def do(county: System, service: str, path: str, body: dict[str, Any], role: Role, unit: str, **more: Any):
    return await county.send(service, path, body, role=role, unit=unit, **({"at": NOW} | more))


STRANGERS = [("XFJ2", OFFICER), ("JYJ", HEAD), ("XZ", HEAD)]


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(("unit", "role"), STRANGERS)
async def test_r10_sweep_is_ordered_by_nobody_beside_the_unit(county: System, unit: str, role: Role):
    """第十条, 第十四条, 第十五条."""
    sweep = {"units": [UNIT], "due_on": "2025-09-30"}
    refused(await do(county, "mediation", "/sweeps", sweep, role, unit), 403, NotInTheirCharge)
    ok(await do(county, "mediation", "/sweeps", sweep, OFFICER, BUREAU), 201)


@pytest.mark.asyncio(loop_scope="module")
async def test_r10_sweep_is_told_to_units_that_there_are_in_the_territory(county: System):
    """第十条 本地区."""
    sweep = {"units": [UNIT, "RSJ2"], "due_on": "2025-09-30"}
    refused(await do(county, "mediation", "/sweeps", sweep, OFFICER, BUREAU), 403, NotInTheirCharge)
    sweep["units"] = [UNIT, "NOWHERE"]
    refused(await do(county, "mediation", "/sweeps", sweep, OFFICER, BUREAU), 404, NotFound)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(("unit", "role"), STRANGERS)
async def test_r43_door_is_counted_by_nobody_beside_the_unit(county: System, unit: str, role: Role):
    """第二十二条、第四十三条: the count makes the unit owe."""
    count = {"unit": UNIT, "day": "2025-08-20", "visits": 0, "letters": 0, "calls": 0}
    refused(await do(county, "intake", "/door-counts", count, role, unit), 403, NotInTheirCharge)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(("unit", "role"), STRANGERS)
async def test_r28_row_of_no_case_is_put_on_a_unit_by_nobody_beside_it(county: System, unit: str, role: Role):
    """第十条, 第二十八条第一款."""
    case = await with_unit(county)
    row = {
        "kind": "petition", "document": await document(county, case, unit=BUREAU), "unit": UNIT, "officer": "co-1",
        "due_on": "2025-09-30",
    }  # fmt: skip
    refused(await do(county, "assignment", "/ledger-items", row, role, unit), 403, NotInTheirCharge)
    other = row | {"case_id": case, "unit": "RSJ2"}
    refused(await do(county, "assignment", "/ledger-items", other, HEAD, UNIT), 403, NotInTheirCharge)
    ok(await do(county, "assignment", "/ledger-items", row, OFFICER, BUREAU), 201)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("officer", ["o-1", "nobody"])
async def test_r28_officer_who_is_named_belongs_to_the_unit(county: System, officer: str):
    """第二十八条第一款: in a row, in a help plan, at a contact point."""
    case = await with_unit(county)
    paper = await document(county, case, unit=BUREAU)
    named = {"officer": officer, "due_on": "2025-09-30", "document": paper}
    for service, path, body, role, unit in (
        ("assignment", "/ledger-items", named | {"kind": "petition", "unit": UNIT}, OFFICER, BUREAU),
        ("intake", f"/cases/{case}/help-plans", named, Role.case_officer, UNIT),
        ("intake", "/contact-points", {"officer": officer, "place": "P-1"}, HEAD, UNIT),
    ):
        refused(await do(county, service, path, body, role, unit), 422, NotOfTheUnit)


@pytest.mark.asyncio(loop_scope="module")
async def test_r28_who_was_appointed_this_moment_is_named_at_once(county: System):
    """第二十八条第一款: no service refuses an entry by what it knew of the directory before."""
    await county._enter(f"/units/{UNIT}/officers/new-1", {"post": "干部", "roles": ["case_officer"], "name": "某某"})
    ok(await do(county, "intake", "/contact-points", {"officer": "new-1", "place": "P-1"}, HEAD, UNIT), 201)


@pytest.mark.asyncio(loop_scope="module")
async def test_r13_conference_is_of_its_own_territory(county: System):
    """第十三条第一款 本地区: nobody else decides there, and nobody else is called."""
    paper = await document(county, await with_unit(county), unit=BUREAU)
    held = {"held_on": "2025-08-28"}
    path = ok(await do(county, "assignment", "/conferences", held, SECRETARY, BUREAU), 201)["conference_id"]
    path = f"/conferences/{path}"
    decision = {"item": 1, "owner": UNIT, "due_on": "2025-09-30", "document": paper}
    steps: list[tuple[str, dict[str, Any]]] = [
        ("agenda", {"document": paper}), ("summons", {"unit": UNIT}), ("decisions", decision),
    ]  # fmt: skip
    for what, body in steps:
        reply = await do(county, "assignment", f"{path}/{what}", body, SECRETARY, "XFJ2")
        refused(reply, 403, NotInTheirCharge)
        if what == "decisions":
            said = {"document": paper}
            ok(await do(county, "assignment", f"{path}/consultations", said, HEAD, UNIT, actor="head-1"))
        ok(await do(county, "assignment", f"{path}/{what}", body, SECRETARY, GOVERNMENT))
    called = await do(county, "assignment", f"{path}/summons", {"unit": "RSJ2"}, SECRETARY, BUREAU)
    refused(called, 403, NotInTheirCharge)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(("unit", "role"), STRANGERS)
async def test_pml15_register_of_a_committee_is_kept_by_who_has_put_it_there(county: System, unit: str, role: Role):
    """人民调解法 第十五条 推选或者聘任单位."""
    village = ELECTED | {"unit": COMMITTEE, "setting": "village"}
    committee = ok(await do(county, "mediation", "/committees", village, OFFICER, BUREAU), 201)["committee_id"]
    named = {"mediator": "M-1", "certificate_no": "TJ-1"}
    path = f"/committees/{committee}"
    made = ok(await do(county, "mediation", f"{path}/mediators", named, OFFICER, BUREAU), 201)["mediator_id"]
    acts: list[tuple[str, dict[str, Any]]] = [
        (f"{path}/mediators", named), (f"{path}/elections", ELECTED | {"elected_on": "2025-08-20"}),
        (f"/mediators/{made}/trainings", {"trained_on": "2025-09-01", "hours": 8, "document": PAPER}),
        (f"/mediators/{made}/removal", {"ground": "leak", "document": PAPER}),
    ]  # fmt: skip
    for act, body in acts:
        refused(await do(county, "mediation", act, body, role, unit), 403, NotInTheirCharge)
    for act, body in acts[1:]:
        ok(await do(county, "mediation", act, body, HEAD, COMMITTEE))


@pytest.mark.asyncio(loop_scope="module")
async def test_pml8_committee_is_put_on_the_register_within_its_territory(county: System):
    """人民调解法 第八条至第十条."""
    village = ELECTED | {"unit": "BU2", "setting": "village"}
    refused(await do(county, "mediation", "/committees", village, OFFICER, BUREAU), 403, NotInTheirCharge)


@pytest.mark.asyncio(loop_scope="module")
async def test_pml13_dispute_is_mediated_by_a_mediator_of_a_committee_there(county: System):
    """人民调解法 第十三条; the unit that has it in its ledger names them, or who has charge of that."""
    quarrel = {"place": "P-1", "dispute_class": "neighbours", "category": "housing", "document": PAPER}
    dispute = ok(await do(county, "mediation", "/disputes", quarrel, Role.case_officer, UNIT), 201)["dispute_id"]
    path = f"/disputes/{dispute}/mediation-team"
    team = {"leader": "head-1", "mediator": "mediator-1", "mediator_unit": COMMITTEE, "due_on": "2025-09-30"}
    elsewhere = team | {"mediator": "m-2", "mediator_unit": "BU2"}
    refused(await do(county, "mediation", path, elsewhere, HEAD, UNIT), 403, NotInTheirCharge)
    refused(await do(county, "mediation", path, team, HEAD, "JYJ"), 403, NotInTheirCharge)
    refused(await do(county, "mediation", path, team | {"mediator": "co-1"}, HEAD, UNIT), 422, NotOfTheUnit)
    ok(await do(county, "mediation", path, team, HEAD, UNIT))


@pytest.mark.asyncio(loop_scope="module")
async def test_r14_project_is_put_on_the_list_by_nobody_beside_its_unit(county: System):
    """第十四条, 重大行政决策程序暂行条例 第二十二条."""
    project = {"project_no": "XM-1", "unit": UNIT}
    for path in ("/projects", "/unassessed-projects"):
        reply = await do(county, "accountability", path, project, OFFICER, "XFJ2")
        refused(reply, 403, NotInTheirCharge)
    made = ok(await do(county, "accountability", "/projects", project, OFFICER, BUREAU), 201)["project_id"]
    flagged = await do(county, "accountability", "/unassessed-projects", project | {"unit": "RSJ2"}, OFFICER, "XFJ2")
    refused(flagged, 403, NotInTheirCharge)
    case = {"case": await with_unit(county)}
    refused(await do(county, "accountability", f"/projects/{made}/cases", case, OFFICER, "XFJ2"), 404, NotFound)
    ok(await do(county, "accountability", f"/projects/{made}/cases", case, OFFICER, BUREAU))
