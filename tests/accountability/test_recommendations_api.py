"""Recommendations and risk assessments over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from contracts.vocabulary import Role
from services.accountability.domain.projects import LinkedAlready, NotAssessed, ProjectHasBegun, ReportIncomplete
from services.accountability.domain.recommendations import AnsweredAlready, NotTheAddressee, ToItself
from services.chassis.errors import Forbidden, Invalid, NotFound
from tests.harness import BUREAU, UNIT, Servers, System, check_ledger
from tests.rules import refused
from tests.steps import document, ok, open_county, registered

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOBODY = "00000000-0000-4000-8000-00000000dead"
PAPER = str(uuid4())
NOW = "2025-09-01T10:00:00+08:00"
RECOMMENDATION = {
    "kind": "pursue_responsibility", "addressee": "JW", "document": PAPER, "receipt": "R-1", "about_unit": UNIT,
    "persons": ["h-1"], "consequence": PAPER,
}  # fmt: skip
REPLY = {"adopted": True, "document": PAPER}
DECISION = {"decision_no": "纪〔2025〕1号", "document": PAPER}
REPORT = {"risk_points": PAPER, "precautions": PAPER, "response_plan": PAPER}
HEARD = {"heard_on": "2025-08-30", "participant_count": 30, "document": PAPER}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        await made.enter({"code": UNIT, "officers": {"h-1": [Role.unit_head]}}, {"code": BUREAU})
        yield made


async def do(county: System, path: str, body: Any, role: Role = Role.supervisor, **more: Any):
    return await county.send("accountability", path, body, role=role, **({"at": NOW} | more))


async def row(county: System, path: str, key: str, state: str) -> dict[str, Any]:
    params = {"limit": 200, "state": state}
    items = ok(await county.client.get(county.url("accountability") + path, params=params))["items"]
    return next(item for item in items if item["id"] == key)


class TestRecommendation:
    """第十四条第六项, 第四十条."""

    async def test_it_is_served_answered_and_decided_on(self, county: System):
        case = await registered(county)
        text = {"document": await document(county, case, "improvement_proposal")}
        receipt = ok(
            await do(
                county, f"/cases/{case}/recommendations",
                RECOMMENDATION | text | {"consequence": text["document"]},
            ),
            201,
        )  # fmt: skip
        assert "建〔2025〕" in receipt["recommendation_no"]
        path = f"/recommendations/{receipt['recommendation_id']}"
        refused(await do(county, f"{path}/reply", REPLY, Role.unit_head, unit="JYJ"), 404, NotFound)
        refused(await do(county, f"{path}/reply", REPLY, Role.unit_head), 403, NotTheAddressee)
        ok(await do(county, f"{path}/reply", REPLY | text, Role.unit_head, unit="JW"))
        refused(await do(county, f"{path}/reply", REPLY, Role.unit_head, unit="JW"), 409, AnsweredAlready)
        ok(await do(county, f"{path}/decision", DECISION | text, Role.discipline_officer))
        found = await row(county, "/recommendations", receipt["recommendation_id"], "decided")
        assert (found["case_id"], found["adopted"]) == (case, True)
        lying = f"/cases/{case}/contents/{found['decision_no']}?purpose=handling"
        told = ok(await county.send("intake", lying, method="GET", role=Role.bureau_officer))
        assert told["text"] == DECISION["decision_no"]

    async def test_organ_recommends_nothing_to_itself(self, county: System):
        body = RECOMMENDATION | {"addressee": BUREAU}
        refused(await do(county, f"/cases/{await registered(county)}/recommendations", body), 409, ToItself)

    async def test_there_must_be_such_a_case(self, county: System):
        refused(await do(county, f"/cases/{NOBODY}/recommendations", RECOMMENDATION), 404, NotFound)

    @pytest.mark.parametrize("wrong", [{"kind": "blame"}, {"document": None}, {"receipt": ""}], ids=str)
    async def test_what_makes_no_sense_is_invalid(self, county: System, wrong: dict[str, Any]):
        refused(await do(county, f"/cases/{NOBODY}/recommendations", RECOMMENDATION | wrong), 422, Invalid)


class TestProject:
    """重大行政决策程序暂行条例 第二十二条 to 第二十四条."""

    async def test_project_begins_after_its_assessment(self, county: System):
        project = ok(await do(county, "/projects", {"project_no": "G-1", "unit": UNIT}), 201)["project_id"]
        path, planner = f"/projects/{project}", {"role": Role.unit_head, "unit": UNIT}
        refused(await do(county, f"{path}/start", {}, **planner), 409, NotAssessed)
        lacking = REPORT | {"response_plan": None}
        refused(await do(county, f"{path}/assessment", lacking, **planner), 409, ReportIncomplete)
        ok(await do(county, f"{path}/consultations", HEARD, **planner))
        ok(await do(county, f"{path}/assessment", REPORT, **planner))
        ok(await do(county, f"{path}/start", {}, **planner))
        case = await registered(county)
        ok(await do(county, f"{path}/cases", {"case": case}))
        refused(await do(county, f"{path}/cases", {"case": case}), 409, LinkedAlready)
        found = await row(county, "/projects", project, "started")
        assert (found["consultations"], found["linked_cases"]) == (1, [case])

    async def test_project_that_began_unassessed_is_flagged(self, county: System):
        body = {"project_no": "G-2", "unit": UNIT}
        project = ok(await do(county, "/unassessed-projects", body), 201)["project_id"]
        refused(await do(county, "/unassessed-projects", body), 409, ProjectHasBegun)
        assert (await row(county, "/projects", project, "unassessed"))["project_no"] == "G-2"

    async def test_there_must_be_such_a_project(self, county: System):
        refused(await do(county, f"/projects/{NOBODY}/start", {}, Role.unit_head), 404, NotFound)


PATHS: dict[str, Any] = {
    f"/cases/{NOBODY}/recommendations": RECOMMENDATION,
    f"/recommendations/{NOBODY}/reply": REPLY,
    f"/recommendations/{NOBODY}/decision": DECISION,
    "/projects": {"project_no": "G-3", "unit": UNIT},
    f"/projects/{NOBODY}/assessment": REPORT,
    f"/projects/{NOBODY}/consultations": HEARD,
    f"/projects/{NOBODY}/start": {},
    "/unassessed-projects": {"project_no": "G-3", "unit": UNIT},
    f"/projects/{NOBODY}/cases": {"case": NOBODY},
}


@pytest.mark.parametrize("path", PATHS)
async def test_petitioner_keeps_no_register(county: System, path: str):
    refused(await do(county, path, PATHS[path], Role.petitioner), 403, Forbidden)


async def test_ledger_holds_it_all(county: System):
    """What was recommended and linked stands after what it answers."""
    check_ledger(await county.caught_up())
