"""Intake's registers over HTTP: the hall, work outside it, boxes, and what petitioners and the public are told."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from contracts.vocabulary import Role
from services.chassis.charge import NotOfTheUnit
from services.chassis.errors import Forbidden, Invalid, NotFound
from services.intake.domain.boxes import BoxExists, TwoMustOpen
from services.intake.domain.field import BackDated, NothingToFollowUp
from services.intake.domain.hall import DeskIsClosed, OneVisitOneRecord
from services.intake.domain.information import FormOfThePast
from tests.harness import COMMITTEE, UNIT, Servers, System
from tests.rules import refused
from tests.steps import ok, open_county

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOBODY = "00000000-0000-4000-8000-00000000dead"
NOW = "2025-09-01T10:00:00+08:00"
DESK = {"unit": UNIT, "desk_no": "3", "weekdays": [1, 2, 3, 4, 5], "opens": "09:00", "closes": "17:00"}
VISIT = {"place": "P-1", "category": "housing", "visited_on": "2025-09-01", "follow_up_on": "2025-09-20"}
FORM = {"level": "township", "holder": UNIT, "until": "2025-09-30"}
CARD = {"unit": UNIT, "duty_officer": "co-1"}
NOTICE = {"kind": "rights", "medium": "leaflet", "copies": 500, "text": "信访人可以查询办理进展和结果。"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        yield made


async def do(county: System, path: str, body: Any, role: Role = Role.bureau_officer, at: str = NOW, **more: Any):
    return await county.send("intake", path, body, role=role, at=at, **more)


async def listed(county: System, path: str, **params: Any) -> list[dict[str, Any]]:
    reply = await county.client.get(county.url("intake") + path, params={"limit": 200} | params)
    return ok(reply)["items"]


class TestHall:
    """第十八条第三款."""

    async def test_visit_is_received_in_one_place(self, county: System):
        visit = await county.register(at=NOW)
        desk = ok(await do(county, "/desks", DESK), 201)["desk_id"]
        body = {"petition": visit["petition_id"]}
        receipt = ok(await do(county, f"/cases/{visit['case_id']}/sessions", body, Role.intake_clerk), 201)
        session = f"/sessions/{receipt['session_id']}"
        assert "号〔2025〕" in ok(await do(county, f"{session}/queue", {"desk": desk}))["queue_no"]
        ok(await do(county, f"{session}/reception", {"desk": desk}))
        [row] = [r for r in await listed(county, "/sessions", state="served") if r["id"] == receipt["session_id"]]
        assert (row["case_id"], row["served"], row["waiting"]) == (visit["case_id"], [desk], [])
        refused(await do(county, f"/cases/{visit['case_id']}/sessions", body), 409, OneVisitOneRecord)

    async def test_desk_is_given_up_once(self, county: System):
        desk = ok(await do(county, "/desks", DESK), 201)["desk_id"]
        ok(await do(county, f"/desks/{desk}/end", {}))
        refused(await do(county, f"/desks/{desk}/end", {}), 409, DeskIsClosed)
        assert desk in {row["id"] for row in await listed(county, "/desks", state="closed")}

    async def test_what_is_not_there_is_not_found(self, county: System):
        """Also what is there, but is something else."""
        case = (await county.register(at=NOW))["case_id"]
        for key in (NOBODY, case):
            refused(await do(county, f"/desks/{key}/end", {}), 404, NotFound)
        refused(await do(county, f"/cases/{NOBODY}/sessions", {"petition": NOBODY}), 404, NotFound)
        refused(await do(county, f"/cases/{case}/sessions", {"petition": NOBODY}), 404, NotFound)

    @pytest.mark.parametrize("wrong", [{"weekdays": [8]}, {"opens": "24:00"}, {"unit": "人社局"}], ids=str)
    async def test_what_makes_no_sense_is_invalid(self, county: System, wrong: dict[str, Any]):
        refused(await do(county, "/desks", DESK | wrong), 422, Invalid)


class TestOutside:
    """第十八条第二款."""

    async def test_field_visit_is_followed_up(self, county: System):
        visit = ok(await do(county, "/field-visits", VISIT), 201)["field_visit_id"]
        path, body = f"/field-visits/{visit}/follow-up", {"document": str(uuid4())}
        ok(await do(county, path, body))
        refused(await do(county, path, body), 409, NothingToFollowUp)
        assert visit in {row["id"] for row in await listed(county, "/field-visits", state="followed_up")}

    async def test_diary_is_written_at_the_latest_on_the_next_working_day(self, county: System):
        case = (await county.register(at=NOW))["case_id"]
        body = {"document": str(uuid4()), "linked_case": case}
        entry = ok(await do(county, "/diary", body), 201)["diary_entry_id"]
        ok(await do(county, "/diary", body | {"day": "2025-08-31"}), 201)
        refused(await do(county, "/diary", body | {"day": "2025-08-28"}), 409, BackDated)
        refused(await do(county, "/diary", body | {"linked_case": NOBODY}), 404, NotFound)
        [row] = [r for r in await listed(county, "/diary", state="linked") if r["id"] == entry]
        assert (row["day"], row["linked_case"], row["officer"]) == ("2025-09-01", case, "officer-1")

    async def test_day_in_the_villages_is_held(self, county: System):
        body = {"place": "P-1", "day": "2025-09-01", "found_count": 3, "solved_count": 2}
        day = ok(await do(county, "/field-days", body), 201)["field_day_id"]
        assert day in {row["id"] for row in await listed(county, "/field-days", state="held")}


class TestBoxes:
    """第十七条, 第二十二条."""

    async def test_box_is_opened_and_emptied(self, county: System):
        box = ok(await do(county, "/boxes", {"box_no": "B-1", "place": "P-1"}, unit=UNIT), 201)["box_id"]
        refused(await do(county, "/boxes", {"box_no": "B-1", "place": COMMITTEE}), 409, BoxExists)
        opening = {"second_opener": "co-2", "item_count": 1}
        ok(await do(county, f"/boxes/{box}/openings", opening, unit=UNIT))
        refused(await do(county, f"/boxes/{box}/openings", opening, actor="co-2", unit=UNIT), 409, TwoMustOpen)
        stranger = opening | {"second_opener": "mediator-1"}
        refused(await do(county, f"/boxes/{box}/openings", stranger, unit=UNIT), 422, NotOfTheUnit)
        case = (await county.register(at=NOW))["case_id"]
        ok(await do(county, f"/boxes/{box}/items", {"case": case}, unit=UNIT))
        [row] = [r for r in await listed(county, "/boxes", state="clear") if r["id"] == box]
        assert (row["items"], row["registered"]) == (1, 1)


class TestInformation:
    async def test_petitioner_is_told_who_has_the_case_and_whom_to_turn_to(self, county: System):
        """第十八条第一款, 第二十条, 第二十一条."""
        case = (await county.register(at=NOW))["case_id"]
        form = ok(await do(county, f"/cases/{case}/step-forms", FORM), 201)["step_form_id"]
        card = ok(await do(county, f"/cases/{case}/contact-cards", CARD), 201)["contact_card_id"]
        assert form in {row["id"] for row in await listed(county, "/step-forms")}
        [shown] = [row for row in await listed(county, "/contact-cards") if row["id"] == card]
        assert (shown["duty_officer"], shown["post"], shown["name"]) == ("co-1", "干部", "某某")
        stranger = CARD | {"duty_officer": "mediator-1"}
        refused(await do(county, f"/cases/{case}/contact-cards", stranger), 422, NotOfTheUnit)
        past = FORM | {"until": "2025-08-31"}
        refused(await do(county, f"/cases/{case}/step-forms", past), 422, FormOfThePast)
        for what, body in (("step-forms", FORM), ("contact-cards", CARD)):
            refused(await do(county, f"/cases/{NOBODY}/{what}", body), 404, NotFound)

    async def test_higher_level_registers_without_any_form(self, county: System):
        """第二十条, 第二十二条: the form is information and no ticket."""
        body = {
            "channel": "visit", "category": "housing", "place": "P-1", "content": {"claim": "诉求", "facts": "事实"}
        }  # fmt: skip
        receipt = ok(await do(county, "/petitions", body, Role.intake_clerk, unit="CITY-XFJ"), 201)
        forms = await listed(county, "/step-forms")
        assert receipt["case_id"] not in {row["case_id"] for row in forms}

    async def test_public_is_told(self, county: System):
        """第十八条第一款."""
        notice = ok(await do(county, "/notices", NOTICE), 201)["notice_id"]
        assert notice in {row["id"] for row in await listed(county, "/notices", state="published")}


PATHS = {
    "/desks": DESK,
    f"/desks/{NOBODY}/end": {},
    f"/cases/{NOBODY}/sessions": {"petition": NOBODY},
    f"/sessions/{NOBODY}/queue": {"desk": NOBODY},
    f"/sessions/{NOBODY}/reception": {"desk": NOBODY},
    "/field-visits": VISIT,
    f"/field-visits/{NOBODY}/follow-up": {"document": NOBODY},
    "/diary": {"document": NOBODY},
    "/field-days": {"place": "P-1", "day": "2025-09-01", "found_count": 0, "solved_count": 0},
    "/boxes": {"box_no": "B-2", "place": "P-1"},
    f"/boxes/{NOBODY}/openings": {"second_opener": "a-2", "item_count": 0},
    f"/boxes/{NOBODY}/items": {"case": NOBODY},
    f"/cases/{NOBODY}/step-forms": FORM,
    f"/cases/{NOBODY}/contact-cards": CARD,
    "/notices": NOTICE,
}


@pytest.mark.parametrize("path", PATHS)
async def test_petitioner_keeps_no_register(county: System, path: str):
    refused(await do(county, path, PATHS[path], Role.petitioner), 403, Forbidden)
