"""第十二条至第十四条、第十八条: what is done around a case is organised by nobody who has nothing to do with it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from contracts.vocabulary import Level, Role, UnitKind
from services.assignment.domain.assigning import Assignment, NothingToDoWithTheCase
from services.chassis.directory import Directory
from services.chassis.errors import NotFound
from tests.harness import BUREAU, GOVERNMENT, UNIT, Servers, System
from tests.law.test_r28_keeps_out import by
from tests.rules import refused
from tests.steps import classified, document, ok, open_county, with_unit
from tests.units import county as world
from tests.units import entry

WORLD = world(
    entry("SLXH", Level.city, "SZF", kind=UnitKind.joint_conference, competent=False),
    entry("XW2", Level.county, None, kind=UnitKind.party_committee, competent=False),
    entry("XZF2", Level.county, "XW2", kind=UnitKind.government, sector_superior="SZF"),
    entry("XFJ2", Level.county, "XW2", kind=UnitKind.petition_bureau, competent=False),
    entry("LXH2", Level.county, "XW2", kind=UnitKind.joint_conference, competent=False),
    entry("RSJ2", Level.county, "XZF2", kind=UnitKind.department),
    entry("BU2", Level.village, "XZF2", kind=UnitKind.village_committee, competent=False),
)


def brought(place: str = "CWH", unit: str | None = "RSJ") -> Assignment:
    case = Assignment.blank(uuid4())
    case.unit, case.receiving_unit, case.place, case.helpers = unit, "XFJ", place, ("ZJJ",)
    return case


def organises(case: Assignment, unit: str, *also: str) -> bool:
    try:
        case.must_have_to_do_with(by(unit, "o-1"), WORLD, also)
    except NothingToDoWithTheCase:
        return False
    return True


@pytest.mark.parametrize("unit", ["RSJ", "ZJJ", "XFJ", "LXH", "XW", "XZF", "SZF", "SLXH", "unknown"])
def test_case_is_organised_around_by_who_has_it_and_who_organises_for_these(unit: str):
    """Who has it, helps or has received it; who stands above; the committee, government, conference, bureau there."""
    assert organises(brought(), unit)


@pytest.mark.parametrize("unit", ["JYJ", "ZF", "ZF2", "XFJ2", "LXH2", "XW2", "XZF2", "RSJ2", "OFFICE", "C1"])
def test_nobody_else_organises_anything_around_it(unit: str):
    assert not organises(brought(), unit)


def test_where_it_has_happened_makes_nobody_organise_it():
    """第二十二条 收到: another county's bureau does so once it, or somebody of its territory, was given the case."""
    assert not organises(brought(place="BU2"), "XFJ2")
    assert organises(brought(place="BU2", unit="RSJ2"), "XFJ2")


def test_who_was_named_for_the_team_has_to_do_with_it():
    assert organises(brought(), "JYJ", "JYJ")


def test_checker_sees_strangers_who_organise(monkeypatch: pytest.MonkeyPatch):
    """Mutant: whoever is no unit of the case organises for all."""
    monkeypatch.setattr(Directory, "organises", lambda *_: True)
    with pytest.raises(AssertionError):
        test_nobody_else_organises_anything_around_it("JYJ")


# -------------------------------------------------------------------------------------------- with all services


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        department: dict[str, Any] = {"kind": "department", "parent": GOVERNMENT}
        await made.enter(
            {"code": "JYJ", **department}, {"code": "ZJJ", **department},
            {"code": "FY", "kind": "political_legal_organ"},
            {"code": BUREAU, "kind": "petition_bureau", "parent": GOVERNMENT, "competent": False},
            {"code": "LXH", "kind": "joint_conference", "competent": False, "parent": GOVERNMENT},
        )  # fmt: skip
        yield made


SECRETARY = Role.conference_secretary
LATER = "2099-12-31"
LED: dict[str, Any] = {"order_no": "1号", "sponsor": "leader-1", "duties": ["resolve"]}
ACTS: list[tuple[str, dict[str, Any], Role]] = [
    ("sponsor", LED, SECRETARY),
    ("team", {"lead_unit": UNIT, "officers": ["co-1"]}, Role.sponsor_leader),
    ("plan", {"document": "{paper}", "due_on": LATER, "steps": {"answered": 3}}, SECRETARY),
    ("six-one", {"order_no": "1号"}, Role.bureau_officer),
    ("instructions", {"leader": "leader-1", "unit": UNIT, "document": "{paper}", "due_on": LATER}, Role.sponsor_leader),
    ("hall-calls", {"unit": UNIT, "due_on": LATER}, Role.intake_clerk),
    ("status-reports", {"superior": GOVERNMENT, "document": "{paper}"}, Role.unit_head),
    ("dispute", {"level": "common_superior", "units": [UNIT], "arbiter": GOVERNMENT}, Role.bureau_officer),
    ("judicial-route", {"organ": "FY", "manner": "forwarded"}, Role.unit_receiver),
]


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(("what", "body", "role"), ACTS, ids=[what for what, *_ in ACTS])
async def test_r18_stranger_organises_nothing_around_a_case(
    county: System, what: str, body: dict[str, Any], role: Role
):
    case = await with_unit(county)
    paper = await document(county, case, unit=BUREAU)
    body = {name: paper if value == "{paper}" else value for name, value in body.items()}
    if what in {"team", "plan"}:
        ok(await county.send("assignment", f"/cases/{case}/sponsor", LED, role=SECRETARY, unit="LXH"))
    reply = await county.send("assignment", f"/cases/{case}/{what}", body, role=role, unit="JYJ")
    refused(reply, 404, NotFound)
    if what not in {"dispute", "judicial-route"}:
        own = {"status-reports": UNIT, "hall-calls": BUREAU}.get(what, GOVERNMENT)
        reply = await county.send("assignment", f"/cases/{case}/{what}", body, role=role, unit=own)
        assert reply.status_code in {200, 201}, reply.text


@pytest.mark.asyncio(loop_scope="module")
async def test_r22_stranger_hands_no_case_to_anybody(county: System):
    case = await classified(county)
    body = {"mode": "forward", "unit": UNIT}
    reply = await county.send("assignment", f"/cases/{case}/assignment", body, role=Role.bureau_officer, unit="JYJ")
    refused(reply, 404, NotFound)
    ok(await county.send("assignment", f"/cases/{case}/assignment", body, role=Role.bureau_officer, unit=BUREAU))


@pytest.mark.asyncio(loop_scope="module")
async def test_r18_leader_by_order_and_team_do_what_they_were_named_for_whatever_their_unit(county: System):
    """第十八条第二款: the order says who leads."""
    case = await with_unit(county)
    paper = await document(county, case, unit=BUREAU)
    ok(await county.send("assignment", f"/cases/{case}/sponsor", LED, role=SECRETARY, unit="LXH"))
    own: dict[str, Any] = {"role": Role.sponsor_leader, "unit": "JYJ"}
    team = {"lead_unit": "ZJJ", "officers": ["o-1"]}
    await county.appoint("ZJJ", "o-1", [Role.case_officer])
    refused(await county.send("assignment", f"/cases/{case}/team", team, **own), 404, NotFound)
    ok(await county.send("assignment", f"/cases/{case}/team", team, **own, actor="leader-1"))
    plan = {"document": paper, "due_on": LATER, "steps": {"answered": 3}}
    ok(await county.send("assignment", f"/cases/{case}/plan", plan, role=SECRETARY, unit="LXH"))
    ok(
        await county.send(
            "assignment", f"/cases/{case}/campaign", role=Role.sponsor_leader, unit="JYJ", actor="leader-1"
        )
    )
    step, worker = {"milestone": "answered", "document": paper}, Role.case_officer
    path = f"/cases/{case}/milestones"
    refused(await county.send("assignment", path, step, role=worker, unit="JYJ"), 404, NotFound)
    ok(await county.send("assignment", path, step, role=worker, unit="ZJJ"))
    done = {"duty": "resolve", "document": paper}
    ok(await county.send("assignment", f"/cases/{case}/sponsor/duties", done, **own, actor="leader-1"))


@pytest.mark.asyncio(loop_scope="module")
async def test_r28_stranger_puts_no_case_into_a_ledger_or_on_an_agenda(county: System):
    case = await with_unit(county)
    paper = await document(county, case, unit=BUREAU)
    row = {
        "kind": "dispute", "document": paper, "unit": UNIT, "officer": "co-1", "due_on": LATER, "case_id": case,
    }  # fmt: skip
    refused(await county.send("assignment", "/ledger-items", row, role=Role.unit_head, unit="JYJ"), 404, NotFound)
    ok(await county.send("assignment", "/ledger-items", row, role=Role.unit_head, unit=UNIT), 201)
    made = ok(await county.send("assignment", "/conferences", {"held_on": LATER}, role=SECRETARY, unit="LXH"), 201)
    path, item = f"/conferences/{made['conference_id']}/agenda", {"document": paper, "matter": case}
    refused(await county.send("assignment", path, item, role=SECRETARY, unit="JYJ"), 404, NotFound)
    ok(await county.send("assignment", path, item, role=SECRETARY, unit="LXH"))
