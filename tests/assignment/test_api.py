"""Assignment over HTTP: the directory, who gets a case, and who says that it is not theirs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from contracts.vocabulary import Role
from services.assignment.domain.assigning import (
    AlreadyWithUnit,
    DueDateMissing,
    NoObjection,
    NotCompetent,
    NothingToObjectTo,
    NotReceivedDirectly,
    NotTheHoldingUnit,
    NotTheSender,
    ObjectionTooLate,
    RoutedElsewhere,
)
from services.chassis.errors import Forbidden, Invalid, NotFound, Stale
from tests.harness import BUREAU, UNIT, Servers, System, unpacked
from tests.rules import refused
from tests.steps import HANDED_AT, REGISTERED_AT, act, classified, document, ok, open_county, registered, with_unit

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOBODY = "00000000-0000-4000-8000-00000000dead"
FIFTH_DAY, SIXTH_DAY = "2025-09-02T23:59:00+08:00", "2025-09-03T00:00:00+08:00"
"""The working days after ``HANDED_AT``, a Tuesday."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        await made.establish("JYJ")
        await made.establish("CWH", competent=False)
        yield made


async def hand(county: System, case: str, role: Role = Role.bureau_officer, **more: Any):
    how = {name: more.pop(name) for name in ("at", "version") if name in more}
    body = {"mode": "forward", "unit": UNIT} | more
    return await county.send("assignment", f"/cases/{case}/assignment", body, role=role, **how)


async def object_(
    county: System, case: str, unit: str = UNIT, role: Role = Role.unit_head, at: str = HANDED_AT, **more
):
    if "reasons" not in more:
        more["reasons"] = await document(county, case, "objection", unit=BUREAU)
    body = {"ground": "other_unit_competent"} | more
    return await county.send("assignment", f"/cases/{case}/objection", body, role=role, unit=unit, at=at)


async def decide(county: System, case: str, upheld: Any = True, role: Role = Role.bureau_officer, **more: Any):
    return await county.send("assignment", f"/cases/{case}/objection/decision", {"upheld": upheld}, role=role, **more)


async def seen(county: System, case: str) -> dict[str, Any]:
    return ok(await county.client.get(f"{county.url('assignment')}/cases/{case}"))


class TestHand:
    async def test_case_is_forwarded_at_once_after_it_was_classified(self, county: System):
        """第二十二条第一项; no wait in between: what is not here yet is pulled."""
        case = await classified(county)
        reply = await hand(county, case, version=1)
        assert ok(reply) == {"case_id": case, "version": 2}
        assert reply.headers["etag"] == '"2"'
        row = await seen(county, case)
        assert (row["state"], row["unit"], row["unit_name"], row["due_on"]) == ("with_unit", UNIT, f"单位{UNIT}", None)

    async def test_case_is_assigned_with_a_date(self, county: System):
        """第二十二条第三项."""
        case = await classified(county)
        ok(await hand(county, case, mode="assign", due_on="2099-12-31"))
        assert (await seen(county, case))["due_on"] == "2099-12-31"

    async def test_assigning_without_a_date_is_refused(self, county: System):
        """第二十二条第三项."""
        case = await classified(county)
        refused(await hand(county, case, mode="assign"), 422, DueDateMissing)
        refused(await hand(county, case, mode="assign", due_on="2000-01-01"), 422, DueDateMissing)

    async def test_unit_hands_on_only_what_it_received_itself(self, county: System):
        """第二十二条、第二十三条第一款."""
        refused(await hand(county, await classified(county), Role.unit_head), 403, NotReceivedDirectly)

    async def test_unit_must_be_in_the_directory(self, county: System):
        refused(await hand(county, await classified(county), unit="NOWHERE"), 404, NotFound)

    async def test_village_committee_gets_no_case(self, county: System):
        """第二十二条, 第三十二条."""
        problem = refused(await hand(county, await classified(county), unit="CWH"), 409, NotCompetent)
        assert problem["article"] == "信访工作条例 第二十二条、第三十二条"

    async def test_case_that_a_unit_has_is_not_handed_on(self, county: System):
        """第二十二条."""
        case = await with_unit(county)
        problem = refused(await hand(county, case, unit="JYJ"), 409, AlreadyWithUnit)
        assert f"单位{UNIT}" in problem["detail"]

    async def test_officer_who_saw_an_older_case_is_refused(self, county: System):
        refused(await hand(county, await with_unit(county), version=1), 412, Stale)

    async def test_case_for_the_courts_goes_to_no_unit(self, county: System):
        """第二十二条第二款."""
        case = await registered(county)
        body = {"kind": "appeal_for_resolution", "route": "judicial", "category": "litigation"}
        ok(await county.send("intake", f"/cases/{case}/classification", body, role=Role.bureau_officer))
        refused(await hand(county, case), 409, RoutedElsewhere)

    async def test_case_that_is_not_classified_is_not_here(self, county: System):
        refused(await hand(county, await registered(county)), 404, NotFound)
        refused(await hand(county, NOBODY), 404, NotFound)

    async def test_report_for_the_discipline_organ_is_not_here(self, county: System):
        """第三十条第三款: not even that there is such a case can be learnt here."""
        case = await registered(county)
        body = {"kind": "report_accusation", "route": "discipline_supervision", "category": "official_conduct"}
        ok(await county.send("intake", f"/cases/{case}/classification", body, role=Role.bureau_officer))
        refused(await hand(county, case), 404, NotFound)
        refused(await county.client.get(f"{county.url('assignment')}/cases/{case}"), 404, NotFound)

    @pytest.mark.parametrize(
        "wrong",
        [{"mode": "throw"}, {"unit": ""}, {"unit": "人社局"}, {"unit": None}, {"due_on": "tomorrow"},
         {"due_on": "9999-12-31"}, {"due_on": "0001-01-01"}, {"due_on": 10**20}, {"more": 1}],
        ids=str,
    )  # fmt: skip
    async def test_what_makes_no_sense_is_invalid(self, county: System, wrong: dict[str, Any]):
        refused(await hand(county, NOBODY, **wrong), 422, Invalid)


class TestObject:
    async def test_unit_objects_on_the_fifth_working_day(self, county: System):
        """第二十三条第三款."""
        case = await with_unit(county)
        ok(await object_(county, case, at=FIFTH_DAY, reasons=await document(county, case, "objection")))
        row = await seen(county, case)
        assert (row["state"], row["objections"]) == ("objected", 1)

    async def test_objection_on_the_sixth_working_day_is_too_late(self, county: System):
        """第二十三条第三款."""
        problem = refused(await object_(county, await with_unit(county), at=SIXTH_DAY), 409, ObjectionTooLate)
        assert "2025-09-02" in problem["detail"]

    async def test_unit_that_has_not_got_it_may_not_object(self, county: System):
        """第二十三条第三款."""
        refused(await object_(county, await with_unit(county), "JYJ"), 404, NotFound)
        refused(await object_(county, await with_unit(county), BUREAU), 403, NotTheHoldingUnit)

    async def test_case_that_is_with_nobody_cannot_be_objected_to(self, county: System):
        """第二十三条第三款."""
        case = await classified(county)
        await county.client.get(f"{county.url('assignment')}/cases/{case}")
        refused(await object_(county, case, BUREAU), 409, NothingToObjectTo)
        refused(await object_(county, case), 404, NotFound)

    async def test_only_the_units_receiver_or_head_objects(self, county: System):
        ok(await object_(county, await with_unit(county), role=Role.unit_receiver))
        refused(await object_(county, await with_unit(county), role=Role.case_officer), 403, Forbidden)

    async def test_there_must_be_reasons(self, county: System):
        """第二十三条第三款: «并详细说明理由»."""
        refused(await object_(county, NOBODY, reasons=None), 422, Invalid)
        refused(await object_(county, NOBODY, reasons="不归我管"), 422, Invalid)


class TestDecide:
    async def test_upheld_objection_frees_the_case_for_a_second_unit(self, county: System):
        """第二十三条第三款."""
        case = await with_unit(county)
        ok(await object_(county, case, proposed_unit="JYJ"))
        ok(await decide(county, case))
        assert (await seen(county, case))["state"] == "awaiting_unit"
        ok(await hand(county, case, unit="JYJ"))
        assert (await seen(county, case))["unit"] == "JYJ"
        reply = await county.notify(case, "JYJ")
        ok(reply)
        refused(await county.notify(case), 404, NotFound)

    async def test_rejected_objection_leaves_it_with_the_unit(self, county: System):
        """第二十三条第三款."""
        case = await with_unit(county)
        ok(await object_(county, case))
        ok(await decide(county, case, upheld=False))
        row = await seen(county, case)
        assert (row["state"], row["unit"]) == ("with_unit", UNIT)

    async def test_there_must_be_an_objection(self, county: System):
        """第二十三条第三款."""
        refused(await decide(county, await with_unit(county)), 409, NoObjection)

    async def test_only_the_sender_decides(self, county: System):
        """第二十三条第三款: «经转送、交办的信访部门…核实同意»."""
        case = await with_unit(county)
        ok(await object_(county, case))
        refused(await decide(county, case, role=Role.unit_head, unit="RSJ"), 403, NotTheSender)

    @pytest.mark.parametrize("upheld", [None, "perhaps", 2])
    async def test_it_is_yes_or_no(self, county: System, upheld: Any):
        refused(await decide(county, NOBODY, upheld), 422, Invalid)


class TestUnits:
    ENTRY = {"name": "县教育局", "level": "county", "powers": ["education"], "competent": True}
    OFFICER = {"post": "信访专员", "roles": ["case_officer"], "name": "钱小满", "phone": None}

    async def put(self, county: System, path: str, body: Any, role: Role = Role.platform_admin, method: str = "PUT"):
        return await county.send("assignment", path, body, role=role, method=method)

    async def test_unit_is_established_changed_and_shown(self, county: System):
        assert ok(await self.put(county, "/units/XJYJ", self.ENTRY)) == {"code": "XJYJ", "version": 1}
        assert ok(await self.put(county, "/units/XJYJ", self.ENTRY))["version"] == 1
        assert ok(await self.put(county, "/units/XJYJ", self.ENTRY | {"parent": "XZF"}))["version"] == 2
        reply = await county.client.get(f"{county.url('assignment')}/units/XJYJ")
        shown = ok(reply)
        assert reply.headers["etag"] == '"2"'
        assert (shown["name"], shown["parent"], shown["officers"]) == ("县教育局", "XZF", [])
        listed = ok(await county.client.get(f"{county.url('assignment')}/units"))["items"]
        assert "XJYJ" in {unit["code"] for unit in listed}

    async def test_officers_name_stands_on_the_door_and_in_no_event(self, county: System):
        """个人信息保护法 第四十六条, 第四十七条: it can be corrected, and taken down."""
        ok(await self.put(county, "/units/MZJ", self.ENTRY))
        ok(await self.put(county, "/units/MZJ/officers/co-9", self.OFFICER))
        url = f"{county.url('assignment')}/units/MZJ"
        [officer] = ok(await county.client.get(url))["officers"]
        assert officer == {
            "officer": "co-9",
            "post": "信访专员",
            "roles": ["case_officer"],
            "name": "钱小满",
            "phone": None,
        }
        ok(await self.put(county, "/units/MZJ/officers/co-9", self.OFFICER | {"post": "主任", "name": "钱大满"}))
        [corrected] = ok(await county.client.get(url))["officers"]
        assert (corrected["post"], corrected["name"]) == ("主任", "钱大满")
        await county.relieve("MZJ", "co-9")
        refused(await self.put(county, "/units/MZJ/officers/co-9", None, method="DELETE"), 404, NotFound)
        assert ok(await county.client.get(url))["officers"] == []
        async with county.sql() as db:
            assert not await db.fetchval("SELECT count(*) FROM assignment.nameplate WHERE unit = 'MZJ'")
            said = await db.fetch("SELECT packed FROM assignment.event WHERE type LIKE '%Officer%'")
        assert said
        assert not any(word in str(unpacked(row)) for row in said for word in ("满", "专员", "主任"))

    async def test_only_the_administrator_keeps_the_directory(self, county: System):
        for path, body, method in (
            ("/units/NEW", self.ENTRY, "PUT"),
            (f"/units/{UNIT}/officers/x", self.OFFICER, "PUT"),
            (f"/units/{UNIT}/officers/x", None, "DELETE"),
        ):
            refused(await self.put(county, path, body, Role.bureau_officer, method), 403, Forbidden)

    async def test_officer_of_a_unit_that_is_not_there_is_not_found(self, county: System):
        refused(await self.put(county, "/units/NOWHERE/officers/x", self.OFFICER), 404, NotFound)
        refused(await self.put(county, "/units/NOWHERE/officers/x", None, method="DELETE"), 404, NotFound)
        refused(await county.client.get(f"{county.url('assignment')}/units/NOWHERE"), 404, NotFound)

    @pytest.mark.parametrize("code", ["a b", "x" * 41, "人社局", "%00", "a;b"])
    async def test_code_that_is_no_code_is_invalid(self, county: System, code: str):
        refused(await self.put(county, f"/units/{code}", self.ENTRY), 422, Invalid)
        refused(await county.client.get(f"{county.url('assignment')}/units/{code}"), 422, Invalid)

    @pytest.mark.parametrize(
        "wrong",
        [{"name": ""}, {"name": "a\x00"}, {"level": "galaxy"}, {"powers": ["other"] * 18}, {"powers": ["x"]}, {"name": "电话13812345678"},
         {"parent": "a b"}, {"competent": None}],
        ids=str,
    )  # fmt: skip
    async def test_entry_that_makes_no_sense_is_invalid(self, county: System, wrong: dict[str, Any]):
        refused(await self.put(county, "/units/BAD", self.ENTRY | wrong), 422, Invalid)


class TestQuestions:
    async def test_case_is_shown_with_its_version(self, county: System):
        case = await with_unit(county)
        reply = await county.client.get(f"{county.url('assignment')}/cases/{case}")
        assert (ok(reply)["id"], reply.headers["etag"]) == (case, '"2"')

    async def test_cases_are_listed_by_state(self, county: System):
        case = await with_unit(county)
        url = f"{county.url('assignment')}/cases"
        items = ok(await county.client.get(url, params={"state": "with_unit", "limit": 200}))["items"]
        assert case in {item["id"] for item in items}
        refused(await county.client.get(url, params={"limit": 0}), 422, Invalid)

    async def test_loss_of_the_case_by_its_unit_reaches_mediation_at_once(self, county: System):
        """第二十三条第三款: who gave the case back may not go on in it, though the event is still on its way."""
        case = await with_unit(county)
        ok(await object_(county, case))
        ok(await decide(county, case))
        ok(await hand(county, case, unit="JYJ"))
        reply = await act(county, case, "records", {"kind": "site_visit", "document": str(UUID(int=1))}, unit="JYJ")
        assert reply.json()["code"] == "not_notified"


async def test_days_of_the_story_are_what_they_are_said_to_be():
    from datetime import datetime

    from contracts.periods import period

    assert REGISTERED_AT < HANDED_AT
    assert str(period("C4").last_day(datetime.fromisoformat(HANDED_AT))) == FIFTH_DAY[:10]
