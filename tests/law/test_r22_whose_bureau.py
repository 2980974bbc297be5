"""第十四条、第二十二条: a bureau acts in what came to its territory or below, and in no case with which it has nothing to do."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx2
import pytest
import pytest_asyncio

from contracts.event import typed_before
from contracts.vocabulary import Level, RecommendationKind, Role, UnitKind
from services.accountability.domain.addressing import Matter
from services.accountability.domain.recommendations import Recommendation
from services.assignment.domain.assigning import Assignment, NothingToDoWithTheCase
from services.chassis.directory import Directory
from services.chassis.errors import NotFound
from services.chassis.outside import JudgesElsewhere, must_be_over, must_judge_from_outside
from tests.harness import BUREAU, CITY, GOVERNMENT, UNIT, Servers, System, petition
from tests.law.test_r28_keeps_out import by
from tests.rules import at, refused, refuses
from tests.steps import (
    HANDED_AT,
    HEARD_AT,
    NOTIFIED_AT,
    REGISTERED_AT,
    SERVED_AT,
    accepted_of_one,
    act,
    document,
    heard,
    issue,
    ok,
    open_county,
    opinion,
    served,
)
from tests.units import county as world
from tests.units import entry

BUREAU_OF: dict[str, Any] = {"kind": UnitKind.petition_bureau, "competent": False}
WORLD = world(
    entry("SXFJ", Level.city, "SZF", **BUREAU_OF),
    entry("SRSJ", Level.city, "SZF", kind=UnitKind.department),
    entry("XFJ", Level.county, "XZF", **BUREAU_OF),
    entry("XZF2", Level.county, None, kind=UnitKind.government, sector_superior="SZF"),
    entry("LXF", Level.county, "XZF2", **BUREAU_OF),
    entry("ALONE", Level.county, None, **BUREAU_OF),
)


@pytest.mark.parametrize("unit", ["XFJ", "SXFJ", "ALONE", "unknown", "XZF"])
def test_bureau_of_the_territory_and_who_is_above_judge_what_a_unit_did(unit: str):
    """Of what the directory does not say nothing follows."""
    must_judge_from_outside(unit, "RSJ", WORLD)
    must_be_over(unit, ["RSJ", "SRSJ"], WORLD)
    assert WORLD.bureau_for(unit, ["RSJ"]) is not WORLD.is_no_bureau(unit)


@pytest.mark.parametrize(("unit", "about"), [("LXF", "RSJ"), ("LXF", "XFJ"), ("XFJ", "SRSJ"), ("XFJ", "SXFJ")])
def test_no_bureau_judges_next_door_nor_upwards(unit: str, about: str):
    """第四十条第一款 本级、下级."""
    with refuses(JudgesElsewhere):
        must_judge_from_outside(unit, about, WORLD)


@pytest.mark.parametrize(("unit", "may"), [("XFJ", True), ("SXFJ", True), ("LXF", False)])
def test_r40_bureau_recommends_nothing_about_what_others_did(unit: str, may: bool):  # a parameter
    made, matter = Recommendation.blank(uuid4()), Matter(uuid4(), concerned=frozenset({"RSJ", "XFJ"}))

    def serve() -> None:
        made.serve(
            matter, "建1号", RecommendationKind.improve_work, unit, "RSJ", uuid4(), at("2026-03-02"), typed_before("R-1"), WORLD,
            at=at("2026-03-02"),
        )  # fmt: skip

    if may:
        serve()
    else:
        with refuses(JudgesElsewhere):
            serve()
    assert made.exists is may


def test_r22_nobody_hands_on_for_the_place_alone_what_a_bureau_above_has_received():
    """第二十二条 收到: it hands on what it has received, wherever that has happened."""
    case = Assignment.blank(uuid4())
    case.receiving_unit, case.place = "SXFJ", "CWH"
    with refuses(NothingToDoWithTheCase):
        case.must_have_to_do_with(by("XFJ", "o-1"), WORLD)
    case.unit = "RSJ"
    case.must_have_to_do_with(by("XFJ", "o-1"), WORLD)


def test_checker_sees_a_bureau_that_judges_elsewhere(monkeypatch: pytest.MonkeyPatch):
    """Mutant: every bureau is one for every unit."""
    monkeypatch.setattr(Directory, "bureau_for", lambda *_: True)
    with pytest.raises(pytest.fail.Exception):
        test_no_bureau_judges_next_door_nor_upwards("LXF", "RSJ")


# -------------------------------------------------------------------------------------------- with all services


NEXT_DOOR, CITYS = "LXF", "SXFJ"
BUREAU_OFFICER = Role.bureau_officer


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        bureau: dict[str, Any] = {"kind": "petition_bureau", "competent": False}
        await made.enter(
            {"code": BUREAU, "parent": GOVERNMENT, **bureau},
            {"code": CITYS, "level": "city", "parent": CITY, **bureau},
            {"code": "LZF", "kind": "government", "parent": CITY, "competent": False},
            {"code": NEXT_DOOR, "parent": "LZF", **bureau},
        )  # fmt: skip
        yield made


async def came_to(county: System, unit: str) -> dict[str, Any]:
    sent = petition(channel="letter")
    return ok(await county.send("intake", "/petitions", sent, role=Role.intake_clerk, unit=unit, at=REGISTERED_AT), 201)


async def do(
    county: System, case: str, what: str, body: Any, unit: str, role: Role = BUREAU_OFFICER, at: str | None = None
) -> httpx2.Response:
    return await county.send("intake", f"/cases/{case}/{what}", body, role=role, unit=unit, at=at)


TOLD_APART = {"kind": "appeal_for_resolution", "route": "petition_procedure", "category": "unpaid_wages"}
TURNED_AWAY = {
    "ground": "not_within_power", "competent_body": "省劳动人事争议仲裁院", "method": "post", "receipt": "EMS-1",
}  # fmt: skip
PART = {"category": "housing", "place": "P-1", "content": {"claim": "甲"}}
ACTS: dict[str, tuple[dict[str, Any], Role]] = {
    "classification": (TOLD_APART, BUREAU_OFFICER),
    "non-acceptance": (TURNED_AWAY, BUREAU_OFFICER),
    "merger": ({"into": "{other}"}, BUREAU_OFFICER),
    "split": ({"parts": [PART, PART | {"category": "medical"}]}, BUREAU_OFFICER),
    "accused": ({"units": [UNIT]}, BUREAU_OFFICER),
    "confidential-track": ({"organ": "JW"}, BUREAU_OFFICER),
    "withdrawal": ({"document": "{paper}"}, Role.intake_clerk),
    "petitions/{petition}/query-code": ({"document": "{paper}"}, Role.intake_clerk),
}


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(("received", "unit"), [(BUREAU, NEXT_DOOR), (CITYS, BUREAU), (CITYS, NEXT_DOOR)])
@pytest.mark.parametrize("what", ACTS)
async def test_r22_bureau_of_elsewhere_does_nothing_at_the_door(county: System, what: str, received: str, unit: str):
    """各级信访部门收到: neither the bureau of another county, nor one under the bureau that alone has received it."""
    body, role = ACTS[what]
    receipt = await came_to(county, received)
    known = {"{other}": (await came_to(county, received))["case_id"]}
    if "{paper}" in body.values():
        known["{paper}"] = await document(county, receipt["case_id"], unit=received)
    body = {name: known.get(value, value) if isinstance(value, str) else value for name, value in body.items()}
    path = what.replace("{petition}", receipt["petition_id"])
    refused(await do(county, receipt["case_id"], path, body, unit, role), 404, NotFound)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("unit", [BUREAU, CITYS])
async def test_r22_bureau_that_received_it_and_the_one_above_tell_it_apart(county: System, unit: str):
    case = (await came_to(county, BUREAU))["case_id"]
    ok(await do(county, case, "classification", TOLD_APART, unit))


@pytest.mark.asyncio(loop_scope="module")
async def test_r21_lost_code_is_replaced_by_the_bureau_where_it_is_handled_whoever_received_it(county: System):
    """第二十一条第二款: what the city has handed to a unit of the county is at the county's bureau, too, and nowhere else."""
    receipt = await came_to(county, CITYS)
    case, what = receipt["case_id"], f"petitions/{receipt['petition_id']}/query-code"
    ok(await do(county, case, "classification", TOLD_APART, CITYS, at=REGISTERED_AT))
    handed = {"mode": "forward", "unit": UNIT}
    path, own = f"/cases/{case}/assignment", {"role": BUREAU_OFFICER, "at": HANDED_AT}
    for unit in (BUREAU, NEXT_DOOR):
        refused(await county.send("assignment", path, handed, unit=unit, **own), 404, NotFound)
    ok(await county.send("assignment", path, handed, unit=CITYS, **own))
    body = {"document": await document(county, case, unit=BUREAU)}
    refused(await do(county, case, what, body, NEXT_DOOR), 404, NotFound)
    ok(await do(county, case, what, body, BUREAU))


@pytest.mark.asyncio(loop_scope="module")
async def test_r17_withdrawal_is_confirmed_by_no_bureau_of_elsewhere(county: System):
    receipt = await accepted_of_one(county)
    case = receipt["case_id"]
    ok(await county.by_code(receipt["query_code"], "/withdrawal", {"words": "不反映了"}, at=HEARD_AT))
    body = {"document": await document(county, case, "withdrawal_confirmation", unit=BUREAU)}
    later = "2025-09-20T09:00:00+08:00"
    what = "withdrawal/confirmation"
    refused(await do(county, case, what, body, NEXT_DOOR, at=later), 404, NotFound)
    ok(await do(county, case, what, body, BUREAU, at=later))


@pytest.mark.asyncio(loop_scope="module")
async def test_r36_procedure_is_ended_by_no_bureau_of_elsewhere(county: System):
    case = await served(county, "explain")
    body, over = {"ground": "remedy_lapsed"}, "2025-11-20T09:00:00+08:00"
    own: dict[str, Any] = {"role": BUREAU_OFFICER, "at": over}
    refused(await act(county, case, "termination", body, unit=NEXT_DOOR, **own), 404, NotFound)
    ok(await act(county, case, "termination", body, unit=BUREAU, **own))


@pytest.mark.asyncio(loop_scope="module")
async def test_r22_report_is_given_back_by_the_bureau_that_assigned_or_one_above(county: System):
    """第二十二条第三项: the county's bureau does not judge what the city's wanted to know, nor does that of another county."""
    case = (await came_to(county, CITYS))["case_id"]
    ok(await do(county, case, "classification", TOLD_APART, CITYS, at=REGISTERED_AT))
    handed = {"mode": "assign", "unit": UNIT, "due_on": "2025-10-20"}
    path = f"/cases/{case}/assignment"
    ok(await county.send("assignment", path, handed, role=BUREAU_OFFICER, unit=CITYS, at=HANDED_AT))
    ok(await county.notify(case, at=NOTIFIED_AT))
    for kind in ("statement_heard", "facts_verified"):
        body = {"kind": kind, "document": await document(county, case)}
        ok(await act(county, case, "records", body, at=HEARD_AT))
    ok(await issue(county, case, opinion(await document(county, case, "opinion")), at=HEARD_AT))
    ok(await act(county, case, "opinion/service", {"method": "post", "receipt": "EMS-2"}, at=SERVED_AT))
    report = {"document": await document(county, case, "closure_report")}
    ok(await act(county, case, "closure-report", report, at="2025-09-05T09:00:00+08:00"))
    own: dict[str, Any] = {"role": BUREAU_OFFICER, "at": "2025-09-08T09:00:00+08:00"}
    for unit, (status, error) in {BUREAU: (403, JudgesElsewhere), NEXT_DOOR: (404, NotFound)}.items():
        reply = await act(county, case, "closure-report/return", {"due_on": "2025-11-03"}, unit=unit, **own)
        refused(reply, status, error)
    ok(await act(county, case, "closure-report/return", {"due_on": "2025-11-03"}, unit=CITYS, **own))


@pytest.mark.asyncio(loop_scope="module")
async def test_r21_late_notice_is_borne_out_by_no_bureau_of_elsewhere(county: System):
    """第四十三条至第四十五条: a breach is corrected by who knows of the case."""
    case = await heard(county)
    await county.caught_up()
    timeline = ok(await county.client.get(county.url("accountability") + f"/cases/{case}/timeline"))["items"]
    (fact,) = [item["id"] for item in timeline if item["type"].startswith("mediation.AcceptanceNotified")]
    path, own = f"/cases/{case}/facts/{fact}/confirmation", {"role": BUREAU_OFFICER, "at": SERVED_AT}

    async def confirm(unit: str) -> httpx2.Response:
        body = {"confirmation": "carrier", "proof": await document(county, case, unit=BUREAU)}
        return await county.send("accountability", path, body, unit=unit, **own)

    refused(await confirm(NEXT_DOOR), 404, NotFound)
    ok(await confirm(CITYS))
