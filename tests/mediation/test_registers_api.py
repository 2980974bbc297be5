"""Mediation's registers over HTTP: committees, disputes, sweeps, the special fund, self-correction."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from contracts.vocabulary import Role
from services.chassis.errors import Forbidden, Invalid, NotFound
from services.chassis.texts import NoSuchText
from services.mediation.domain.committees import CommitteeSize, MediatorIsRemoved
from services.mediation.domain.disputes import NotSwept, TeamIncomplete
from services.mediation.domain.funds import NotApproved, OwnRequest, SilenceIsNotForSale
from tests.harness import COMMITTEE as VILLAGE
from tests.harness import GOVERNMENT, UNIT, Servers, System
from tests.rules import refused
from tests.steps import accepted, document, ok, open_county

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOBODY = "00000000-0000-4000-8000-00000000dead"
PAPER = str(uuid4())
NOW = "2025-09-01T10:00:00+08:00"
ELECTION = {
    "member_count": 5, "chair": "C-1", "has_woman": True, "elected_on": "2025-08-30", "document": PAPER
}  # fmt: skip
COMMITTEE = ELECTION | {"unit": "V-1", "setting": "village"}
MEDIATOR = {"mediator": "M-1", "certificate_no": "TJ-1"}
TRAINING = {"trained_on": "2025-09-01", "hours": 8, "document": PAPER}
REMOVAL = {"ground": "leak", "document": PAPER}
DISPUTE = {"place": "P-1", "dispute_class": "neighbours", "category": "housing", "document": PAPER}
TEAM = {"leader": "leader-1", "mediator": "mediator-1", "mediator_unit": VILLAGE, "due_on": "2025-09-20"}
SWEEP = {"units": [UNIT, "V-1"], "due_on": "2025-09-20"}
FUND = {"hardship": "illness", "document": PAPER, "amount_fen": 500_000, "tied_to_withdrawal": False}
CORRECTION = {"reason_code": "procedure_breach", "document": PAPER}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        await made.enter(
            {"code": "V-1", "level": "village", "parent": UNIT, "kind": "village_committee", "competent": False}
        )
        yield made


async def do(county: System, path: str, body: Any, role: Role = Role.unit_head, **more: Any):
    return await county.send("mediation", path, body, role=role, **({"unit": UNIT, "at": NOW} | more))


async def row(county: System, path: str, key: str, state: str) -> dict[str, Any]:
    params = {"limit": 200, "state": state}
    items = ok(await county.client.get(county.url("mediation") + path, params=params))["items"]
    return next(item for item in items if item["id"] == key)


class TestCommittees:
    """人民调解法 第八条 to 第十五条."""

    async def test_committee_and_its_mediator_are_on_the_register(self, county: System):
        committee = ok(await do(county, "/committees", COMMITTEE), 201)["committee_id"]
        ok(await do(county, f"/committees/{committee}/elections", ELECTION | {"elected_on": "2025-09-01"}))
        assert (await row(county, "/committees", committee, "registered"))["term_until"] == "2028-09-01"
        mediator = ok(await do(county, f"/committees/{committee}/mediators", MEDIATOR), 201)["mediator_id"]
        ok(await do(county, f"/mediators/{mediator}/trainings", TRAINING))
        ok(await do(county, f"/mediators/{mediator}/removal", REMOVAL))
        refused(await do(county, f"/mediators/{mediator}/removal", REMOVAL), 409, MediatorIsRemoved)
        assert (await row(county, "/mediators", mediator, "removed"))["trained_hours"] == 8

    async def test_two_are_no_committee(self, county: System):
        refused(await do(county, "/committees", COMMITTEE | {"member_count": 2}), 409, CommitteeSize)


class TestDisputes:
    """第十条, 第三十七条第一款."""

    async def test_dispute_gets_a_team_and_is_settled(self, county: System):
        dispute = ok(await do(county, "/disputes", DISPUTE), 201)["dispute_id"]
        lacking = {name: value for name, value in TEAM.items() if name != "due_on"}
        refused(await do(county, f"/disputes/{dispute}/mediation-team", lacking), 409, TeamIncomplete)
        ok(await do(county, f"/disputes/{dispute}/mediation-team", TEAM))
        ok(await do(county, f"/disputes/{dispute}/settlement", {"document": PAPER}, Role.mediator))
        assert (await row(county, "/disputes", dispute, "settled"))["leader"] == "leader-1"

    async def test_entry_is_where_the_reply_says(self, county: System):
        reply = await do(county, "/disputes", DISPUTE)
        found = ok(await county.client.get(county.url("mediation") + reply.headers["location"]))
        assert (found["id"], found["state"]) == (ok(reply, 201)["dispute_id"], "recorded")

    async def test_list_is_narrowed_and_sorted_by_what_people_look_for(self, county: System):
        for due_on in ("2025-09-30", "2025-09-10", None):
            dispute = ok(await do(county, "/disputes", DISPUTE | {"place": GOVERNMENT}), 201)["dispute_id"]
            if due_on:
                ok(await do(county, f"/disputes/{dispute}/mediation-team", TEAM | {"due_on": due_on}))
        url = county.url("mediation") + "/disputes"
        asked = {"place": GOVERNMENT, "sort": "due_on", "limit": 2}
        page = ok(await county.client.get(url, params=asked))
        rest = ok(await county.client.get(url, params=asked | {"after": page["next"]}))
        assert [each["due_on"] for each in page["items"] + rest["items"]] == ["2025-09-10", "2025-09-30", None]
        refused(await county.client.get(url, params={"placee": GOVERNMENT}), 422, Invalid)

    async def test_units_report_once(self, county: System):
        sweep = ok(await do(county, "/sweeps", SWEEP), 201)["sweep_id"]
        ok(await do(county, f"/sweeps/{sweep}/reports", {"count": 0}))
        refused(await do(county, f"/sweeps/{sweep}/reports", {"count": 0}, unit="V-2"), 403, NotSwept)
        found = await row(county, "/sweeps", sweep, "ordered")
        assert (found["reported"], found["found"], found["version"]) == ([UNIT], 0, 2)

    async def test_unit_puts_right_what_it_did_wrong(self, county: System):
        """第二十八条第一款."""
        correction = ok(await do(county, "/self-corrections", CORRECTION), 201)["self_correction_id"]
        assert (await row(county, "/self-corrections", correction, "corrected"))["reason"] == "procedure_breach"


class TestFund:
    """第三十七条第二款."""

    async def test_hardship_is_helped_after_two_have_agreed(self, county: System):
        case = await accepted(county)
        body = FUND | {"document": await document(county, case)}
        receipt = ok(await do(county, f"/cases/{case}/funds", body, Role.case_officer, actor="co-1"), 201)
        fund = f"/funds/{receipt['fund_id']}"
        payment = {"document": await document(county, case)}
        audit = payment | {"in_order": True}
        refused(await do(county, f"{fund}/approvals", {}, actor="co-1"), 403, OwnRequest)
        ok(await do(county, f"{fund}/approvals", {}, actor="h-1"))
        bureau = {"unit": "XFJ"}
        refused(await do(county, f"{fund}/payment", payment, Role.bureau_officer, **bureau), 409, NotApproved)
        ok(await do(county, f"{fund}/approvals", {}, Role.bureau_officer, actor="b-1", **bureau))
        refused(
            await do(county, f"{fund}/payment", {"document": PAPER}, Role.bureau_officer, **bureau), 422, NoSuchText
        )
        ok(await do(county, f"{fund}/payment", payment, Role.bureau_officer, **bureau))
        over = {"unit": GOVERNMENT}
        refused(await do(county, f"{fund}/audit", audit | {"document": PAPER}, Role.auditor, **over), 422, NoSuchText)
        ok(await do(county, f"{fund}/audit", audit, Role.auditor, **over))
        found = await row(county, "/funds", receipt["fund_id"], "audited")
        assert (found["case_id"], found["approved_by"], found["paid_on"]) == (case, ["h-1", "b-1"], "2025-09-01")

    async def test_silence_is_not_for_sale(self, county: System):
        body = FUND | {"tied_to_withdrawal": True}
        path = f"/cases/{await accepted(county)}/funds"
        refused(await do(county, path, body, Role.case_officer), 409, SilenceIsNotForSale)
        refused(await do(county, path, FUND, Role.case_officer, unit="JYJ"), 404, NotFound)

    @pytest.mark.parametrize("wrong", [{"amount_fen": 0}, {"amount_fen": 1.5}, {"hardship": "silence"}], ids=str)
    async def test_what_makes_no_sense_is_invalid(self, county: System, wrong: dict[str, Any]):
        refused(await do(county, f"/cases/{NOBODY}/funds", FUND | wrong, Role.case_officer), 422, Invalid)


PATHS: dict[str, Any] = {
    "/committees": COMMITTEE,
    f"/committees/{NOBODY}/elections": ELECTION,
    f"/committees/{NOBODY}/mediators": MEDIATOR,
    f"/mediators/{NOBODY}/trainings": TRAINING,
    f"/mediators/{NOBODY}/removal": REMOVAL,
    "/disputes": DISPUTE,
    f"/disputes/{NOBODY}/mediation-team": TEAM,
    f"/disputes/{NOBODY}/settlement": {"document": PAPER},
    "/sweeps": SWEEP,
    f"/sweeps/{NOBODY}/reports": {"count": 0},
    f"/cases/{NOBODY}/funds": FUND,
    f"/funds/{NOBODY}/approvals": {},
    f"/funds/{NOBODY}/payment": {"document": PAPER},
    f"/funds/{NOBODY}/audit": {"in_order": True, "document": PAPER},
    "/self-corrections": CORRECTION,
}


@pytest.mark.parametrize("path", PATHS)
async def test_petitioner_keeps_no_register(county: System, path: str):
    refused(await do(county, path, PATHS[path], Role.petitioner), 403, Forbidden)


@pytest.mark.parametrize(
    ("path", "role"),
    [
        (f"/committees/{NOBODY}/mediators", Role.unit_head),
        (f"/disputes/{NOBODY}/mediation-team", Role.unit_head),
        (f"/cases/{NOBODY}/funds", Role.case_officer),
        (f"/funds/{NOBODY}/payment", Role.bureau_officer),
    ],
)
async def test_what_is_not_there_is_not_found(county: System, path: str, role: Role):
    refused(await do(county, path, PATHS[path], role), 404, NotFound)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/sweeps", SWEEP | {"units": [UNIT, "V-0"]}),
        (f"/disputes/{NOBODY}/mediation-team", TEAM | {"mediator_unit": "V-0"}),
    ],
)
async def test_unit_that_the_directory_does_not_have_is_told_to_do_nothing(county: System, path: str, body: Any):
    """第十条、第三十七条第一款: nobody would owe it."""
    problem = refused(await do(county, path, body), 404, NotFound)
    assert "V-0" in problem["detail"]
