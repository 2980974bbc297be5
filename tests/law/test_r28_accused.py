"""第二十八条第三款、第三十条第三款: whom a case complains of gets, holds and is shown nothing of it, however it goes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx2
import pytest
import pytest_asyncio

from contracts.envelope import SERVICES
from contracts.vocabulary import Role
from services.assignment.domain.directory import CircleOfSuccessors
from services.chassis.errors import NotFound
from services.chassis.recusal import OthersKeepOut
from services.intake.domain.classification import UnitIsAccused as OwnUnitIsAccused
from services.intake.domain.track import NotTheOrgan
from services.mediation.domain.handling import Handling
from tests.harness import BUREAU, Servers, System, petition, until
from tests.rules import refused
from tests.steps import document, ok, open_county

pytestmark = pytest.mark.asyncio(loop_scope="module")

APPEAL = {"kind": "appeal_for_resolution", "route": "petition_procedure", "category": "unpaid_wages"}
REPORT = {"kind": "report_accusation", "route": "discipline_supervision", "category": "official_conduct"}
UNITS: list[dict[str, Any]] = [
    {"code": "SZF", "level": "city", "kind": "government", "competent": False},
    {"code": "SJW", "level": "city", "kind": "discipline_organ"},
    {"code": "XW", "kind": "party_committee", "competent": False, "parent": "SZF"},
    {"code": "XZF", "kind": "government", "parent": "SZF"},
    {"code": "JW", "kind": "discipline_organ", "parent": "XW"},
    {"code": "LXH", "kind": "joint_conference", "parent": "XW", "competent": False},
    {"code": "RSJ", "parent": "XZF", "kind": "department", "powers": ["unpaid_wages"],
     "officers": {"h-1": [Role.unit_head], "co-1": [Role.case_officer]}},
    {"code": "JYJ", "parent": "XZF", "kind": "department"},
    {"code": "SUB", "parent": "RSJ"},
    {"code": "NEW", "parent": "XZF", "powers": ["medical"]},
    {"code": "OLD", "parent": "XZF", "powers": ["medical"], "successors": ["NEW"]},
]  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        await made.enter(*UNITS)
        yield made


async def classify(county: System, case: str, *accused: str, persons: tuple[str, ...] = (), **more: Any):
    body = APPEAL | {"accused_units": accused, "accused_persons": persons} | more
    return await county.send("intake", f"/cases/{case}/classification", body, role=Role.bureau_officer)


async def complaint(county: System, *accused: str, persons: tuple[str, ...] = (), **more: Any) -> str:
    """A case that complains of somebody."""
    case = (await county.register())["case_id"]
    ok(await classify(county, case, *accused, persons=persons, **more))
    return str(case)


async def merge(county: System, case: str, into: str) -> httpx2.Response:
    return await county.send("intake", f"/cases/{case}/merger", {"into": into}, role=Role.bureau_officer)


async def name(county: System, case: str, *units: str, **more: Any) -> httpx2.Response:
    return await county.send("intake", f"/cases/{case}/accused", {"units": units} | more, role=Role.bureau_officer)


async def proposed(county: System, case: str) -> list[str]:
    reply = ok(await county.client.get(f"{county.url('assignment')}/cases/{case}/unit-proposals"))
    return [item["unit"] for item in reply["items"]]


async def holder(county: System, service: str, case: str) -> str | None:
    return ok(await county.client.get(f"{county.url(service)}/cases/{case}"))["unit"]


class TestMerging:
    async def test_case_that_complains_of_a_unit_takes_its_accusation_along(self, county: System):
        """并案不使被反映单位得以办理: 第二十八条第三款 回避."""
        case, other = await complaint(county, "RSJ"), await complaint(county)
        ok(await merge(county, case, other))
        refused(await county.forward(other, "RSJ"), 403, OthersKeepOut)
        refused(await county.forward(other, "SUB"), 403, OthersKeepOut)
        ok(await county.forward(other, "JYJ"))

    async def test_case_that_the_accused_unit_already_has_moves_away_from_it(self, county: System):
        """A case that is held moves away by itself, and the unit can do nothing in it any more."""
        held, case = await complaint(county), await complaint(county, "RSJ")
        ok(await county.forward(held, "RSJ"))
        ok(await merge(county, case, held))
        assert await holder(county, "assignment", held) is None
        assert (await county.notify(held, "RSJ")).status_code in {404, NotFound}
        assert await holder(county, "mediation", held) is None
        refused(await county.forward(held, "RSJ"), 403, OthersKeepOut)
        ok(await county.forward(held, "JYJ"))

    async def test_accusation_survives_in_a_case_that_is_not_told_apart_yet(self, county: System):
        case, other = await complaint(county, "RSJ"), (await county.register())["case_id"]
        ok(await merge(county, case, other))
        ok(await classify(county, other))
        refused(await county.forward(other, "RSJ"), 403, OthersKeepOut)

    async def test_split_case_complains_of_the_same(self, county: System):
        case = await complaint(county, "RSJ")
        part = {"category": "unpaid_wages", "place": "P-1", "content": {"claim": "甲", "facts": "乙"}}
        reply = await county.send("intake", f"/cases/{case}/split", {"parts": [part, part]}, role=Role.bureau_officer)
        for child in ok(reply, 201)["children"]:
            ok(await classify(county, child["case_id"]))
            refused(await county.forward(child["case_id"], "RSJ"), 403, OthersKeepOut)

    @pytest.mark.parametrize("late", [False, True])
    async def test_what_has_gone_into_a_case_is_kept_from_whom_that_complains_of(self, county: System, *, late: bool):
        """第三十条第三款: the unit that had it before finds it in no service any more."""
        into = await complaint(county, *(() if late else ("RSJ",)))
        case = await complaint(county)
        ok(await county.forward(case, "RSJ"))
        ok(await merge(county, case, into))
        if late:
            ok(await name(county, into, "RSJ"))
        await county.caught_up()
        assert await found(county, case, "RSJ") == []

    async def test_what_a_case_was_split_off_is_kept_from_whom_that_complains_of(self, county: System):
        """The unit that has received it first, too."""
        sent = await county.send("intake", "/petitions", petition(), role=Role.unit_receiver, unit="JYJ")
        case = ok(sent, 201)["case_id"]
        part = {"category": "unpaid_wages", "place": "P-1", "content": {"claim": "甲", "facts": "乙"}}
        reply = await county.send("intake", f"/cases/{case}/split", {"parts": [part, part]}, role=Role.bureau_officer)
        child = ok(reply, 201)["children"][0]["case_id"]
        ok(await name(county, child, "JYJ"))
        await county.caught_up()
        assert await found(county, case, "JYJ") == []


async def found(county: System, case: str, unit: str) -> list[str]:
    """Return in which services a unit finds a case."""
    headers = {"Huiyin-Actor": "x-1", "Huiyin-Unit": unit, "Huiyin-Role": "unit_head"}
    urls = {service: f"{county.url(service)}/cases/{case}" for service in SERVICES}
    return [s for s, url in urls.items() if (await county.client.get(url, headers=headers)).status_code != 404]


class TestLate:
    async def test_who_is_complained_of_later_loses_the_case(self, county: System):
        """第二十八条第三款: 应当回避."""
        case = await complaint(county)
        ok(await county.forward(case, "RSJ"))
        ok(await name(county, case, "RSJ"))
        assert await holder(county, "assignment", case) is None
        refused(await county.forward(case, "RSJ"), 403, OthersKeepOut)

    async def test_unit_of_a_person_who_is_complained_of_later_loses_the_case(self, county: System):
        case = await complaint(county)
        ok(await county.forward(case, "RSJ"))
        ok(await name(county, case, persons=["h-1"]))
        assert await holder(county, "assignment", case) is None
        refused(await county.forward(case, "SUB"), 403, OthersKeepOut)
        assert "RSJ" not in await proposed(county, case)

    async def test_accusations_only_grow_and_nobody_names_their_own_unit(self, county: System):
        case = await complaint(county, "RSJ")
        ok(await name(county, case, "JYJ"))
        for unit in ("RSJ", "JYJ"):
            refused(await county.forward(case, unit), 403, OthersKeepOut)
        await county.enter({"code": BUREAU, "kind": "petition_bureau", "competent": False})
        refused(await name(county, case, BUREAU), 403, OwnUnitIsAccused)
        refused(await name(county, case, "000"), 404, NotFound)

    async def test_helping_unit_that_is_complained_of_helps_no_longer(self, county: System):
        case = await complaint(county)
        ok(await county.forward(case, "RSJ"))
        await objected(county, case, "RSJ")
        body = {"level": "common_superior", "units": ["RSJ", "JYJ"], "arbiter": "XZF"}
        ok(await organise(county, case, "dispute", body))
        ok(await organise(county, case, "lead-unit", {"unit": "JYJ", "co_units": ["RSJ"]}, unit="XZF"))
        ok(await name(county, case, "RSJ"))
        handling = await county.running["mediation"].store.load(Handling, UUID(case))
        assert handling.co_units == ()


async def organise(county: System, case: str, what: str, body: dict[str, Any], **more: Any) -> httpx2.Response:
    role = Role.conference_secretary
    return await county.send("assignment", f"/cases/{case}/{what}", body, role=role, **more)


async def objected(county: System, case: str, unit: str) -> None:
    body = {"ground": "other_unit_competent", "reasons": await document(county, case, unit=BUREAU)}
    ok(await county.send("assignment", f"/cases/{case}/objection", body, role=Role.unit_receiver, unit=unit))


class TestSuccession:
    async def test_who_carries_on_for_an_accused_unit_is_accused(self, county: System):
        """第二十四条第二款: 由继续行使其职权的机关、单位受理, and so is complained of like the old one."""
        case = await complaint(county, "OLD", category="medical")
        assert "NEW" not in await proposed(county, case)
        refused(await county.forward(case, "NEW"), 403, OthersKeepOut)

    async def test_unit_that_comes_to_carry_on_for_an_accused_one_loses_the_case(self, county: System):
        await county.enter({"code": "A1"}, {"code": "B1"})
        case = await complaint(county, "A1")
        ok(await county.forward(case, "B1"))
        await county.enter({"code": "A1", "successors": ["B1"]})
        assert await holder(county, "assignment", case) is None

        async def let_go() -> bool:
            reply = await county.client.get(f"{county.url('mediation')}/cases/{case}")
            return reply.status_code == 200 and reply.json()["unit"] is None  # at first it has not heard of the case

        await until(let_go, "the case is with nobody")

    async def test_units_do_not_carry_each_other_on_and_a_succession_can_be_taken_back(self, county: System):
        """第二十四条第二款."""
        await county.enter({"code": "A2"}, {"code": "B2"}, {"code": "A2", "successors": ["B2"]})
        path, role = "/units/{}/successors", Role.platform_admin
        reply = await county.send("assignment", path.format("B2"), {"successors": ["A2"]}, role=role, method="PUT")
        refused(reply, 409, CircleOfSuccessors)
        ok(await county.send("assignment", path.format("A2"), {"successors": []}, role=role, method="PUT"))
        ok(await county.forward(await complaint(county), "A2"))


class TestGiving:
    """No part of a case, and no sight of it, comes to whom it complains of."""

    @pytest.mark.parametrize(
        ("path", "body", "role"),
        [
            ("/cases/{case}/instructions",
             {"leader": "leader-1", "unit": "SUB", "document": "{paper}", "due_on": "2099-12-31"}, Role.sponsor_leader),
            ("/cases/{case}/sponsor", {"order_no": "1", "sponsor": "h-9", "duties": ["resolve"]},
             Role.conference_secretary),
            ("/cases/{case}/team", {"lead_unit": "JYJ", "units": ["RSJ"], "officers": ["co-1"]}, Role.sponsor_leader),
            ("/cases/{case}/team", {"lead_unit": "JYJ", "officers": ["h-9"]}, Role.sponsor_leader),
            ("/cases/{case}/status-reports", {"superior": "RSJ", "document": "{paper}"}, Role.bureau_officer),
            ("/ledger-items", {"kind": "petition", "document": "{paper}", "unit": "RSJ", "officer": "co-1",
                               "due_on": "2099-12-31", "case_id": "{case}"}, Role.bureau_officer),
        ],
        ids=["instruction", "sponsor", "team unit", "team officer", "status report", "ledger item"],
    )  # fmt: skip
    async def test_nothing_is_organised_around_whom_it_complains_of(
        self, county: System, path: str, body: dict[str, Any], role: Role
    ):
        await county.enter({"code": "XJ9", "officers": {"h-9": [Role.unit_head]}})
        case = await complaint(county, "RSJ", persons=("h-9",))
        paper = await document(county, case, unit=BUREAU) if "{paper}" in body.values() else ""
        filled = {k: v.format(case=case, paper=paper) if isinstance(v, str) else v for k, v in body.items()}
        refused(await county.send("assignment", path.format(case=case), filled, role=role), 403, OthersKeepOut)

    async def test_conference_gives_an_accused_unit_nothing(self, county: System):
        case = await complaint(county, "RSJ")
        role, day = Role.conference_secretary, "2026-03-02"
        at = f"{day}T09:00:00+08:00"
        made = ok(await county.send("assignment", "/conferences", {"held_on": day}, role=role, at=at), 201)
        path = f"/conferences/{made['conference_id']}"
        paper = await document(county, case, unit=BUREAU)
        item = {"document": paper, "matter": case}
        ok(await county.send("assignment", f"{path}/agenda", item, role=role, at=at))
        decision = {"item": 1, "owner": "RSJ", "due_on": "2099-12-31", "document": paper}
        refused(await county.send("assignment", f"{path}/decisions", decision, role=role, at=at), 403, OthersKeepOut)

    @pytest.mark.parametrize(
        ("what", "body"),
        [
            ("step-forms", {"level": "county", "holder": "SUB", "until": "2099-12-31"}),
            ("contact-cards", {"unit": "RSJ", "duty_officer": "x"}),
            ("contact-cards", {"unit": "JYJ", "duty_officer": "h-9"}),
        ],
    )
    async def test_petitioner_is_not_sent_to_whom_he_complains_of(self, county: System, what: str, body: dict):
        case = await complaint(county, "RSJ")
        await county.enter({"code": "XJ9", "officers": {"h-9": [Role.unit_head]}})
        ok(await name(county, case, persons=["h-9"]))
        reply = await county.send("intake", f"/cases/{case}/{what}", body, role=Role.intake_clerk)
        refused(reply, 403, OthersKeepOut)


class TestReport:
    """第二十二条第二款, 第三十条."""

    async def reported(self, county: System, *accused: str, **more: Any) -> str:
        return await complaint(county, *accused, **REPORT, **more)

    async def hand(self, county: System, case: str, organ: str) -> httpx2.Response:
        path = f"/cases/{case}/confidential-track"
        return await county.send("intake", path, {"organ": organ}, role=Role.bureau_officer)

    async def test_report_goes_to_the_discipline_organ_with_authority(self, county: System):
        """第二十二条第二款: 按照管理权限转送有关纪检监察机关."""
        case = await self.reported(county, "RSJ")
        refused(await self.hand(county, case, "JYJ"), 409, NotTheOrgan)
        refused(await self.hand(county, case, "000"), 404, NotFound)
        ok(await self.hand(county, case, "JW"))

    @pytest.mark.parametrize("accused", ["XW", "JW", "XZF"])
    async def test_report_about_those_who_lead_goes_one_level_up(self, county: System, accused: str):
        case = await self.reported(county, accused)
        assert (await self.hand(county, case, "JW")).status_code in {403, 409}
        ok(await self.hand(county, case, "SJW"))

    async def test_organ_that_is_complained_of_later_loses_the_report(self, county: System):
        case = await self.reported(county, "RSJ")
        ok(await self.hand(county, case, "JW"))
        ok(await name(county, case, "JW"))
        refused(await self.hand(county, case, "JW"), 403, OthersKeepOut)
        ok(await self.hand(county, case, "SJW"))

    async def test_unit_does_not_learn_that_there_is_a_report(self, county: System):
        """第三十条第三款: 不得透露."""
        case = await self.reported(county, "RSJ")
        for role, path, body in (
            (Role.unit_receiver, "urgency", {}),
            (Role.unit_receiver, "step-forms", {"level": "county", "holder": "JYJ", "until": "2099-12-31"}),
            (Role.case_officer, "documents", {"kind": "record", "text": "甲"}),
        ):
            reply = await county.send("intake", f"/cases/{case}/{path}", body, role=role, unit="RSJ")
            refused(reply, 404, NotFound)

    async def test_report_meets_no_other_case(self, county: System):
        report, case = await self.reported(county, "RSJ"), await complaint(county)
        assert (await merge(county, report, case)).json()["code"] == "confidential_stays_apart"
        assert (await merge(county, case, report)).json()["code"] == "confidential_stays_apart"
