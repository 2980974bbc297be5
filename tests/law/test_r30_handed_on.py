"""第二十二条第二款、第三十条第一款: whoever received a report hands it on, and owes that until it is done."""

from __future__ import annotations

from uuid import UUID

import pytest
import pytest_asyncio

from contracts.intake import CaseClassified, CaseRegistered, ConfidentialTrackOpened
from contracts.vocabulary import Channel, ClockOutcome, ContentCategory, Role, Route
from contracts.vocabulary import Kind as KindOfCase
from services.chassis.errors import NotFound
from services.chassis.recusal import OthersKeepOut
from tests.harness import Servers, System, petition
from tests.law.ledger import Ledger
from tests.law.test_r28_accused import REPORT, UNITS
from tests.rules import at, refused
from tests.steps import clocks, ok, open_county

pytestmark = pytest.mark.asyncio(loop_scope="module")

RECEIVER, DISCIPLINE = Role.unit_receiver, Role.discipline_officer


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        await made.enter(*UNITS, {"code": "ZF", "level": "township", "parent": "XZF", "kind": "township"})
        yield made


async def received(county: System, unit: str, *accused: str) -> str:
    """A report that was brought to a unit and told apart there."""
    reply = await county.send("intake", "/petitions", petition(), role=RECEIVER, unit=unit)
    case = ok(reply, 201)["case_id"]
    body = REPORT | {"accused_units": accused}
    ok(await county.send("intake", f"/cases/{case}/classification", body, role=RECEIVER, unit=unit))
    return str(case)


async def hand(county: System, case: str, organ: str, unit: str):
    path = f"/cases/{case}/confidential-track"
    return await county.send("intake", path, {"organ": organ}, role=RECEIVER, unit=unit)


@pytest.mark.parametrize("unit", ["ZF", "JYJ", "JW"])
async def test_r30_report_reaches_the_organ_from_wherever_it_came_in(county: System, unit: str):
    """按照管理权限转送有关纪检监察机关依规依纪依法处理: from a township, a department, the organ's own desk."""
    case = await received(county, unit, "RSJ")
    assert {(c["code"], c["state"]) for c in await clocks(county, case)} == {("C2", "stopped")}
    receipt = county.receipt(case)
    assert [(c["code"], c["holder"], c["state"]) for c in await clocks(county, receipt)] == [("C1", unit, "running")]
    refused(await hand(county, case, "JW", "RSJ"), 404, NotFound)
    ok(await hand(county, case, "JW", unit))
    assert {c["holder"] for c in await clocks(county, receipt) if c["state"] == "running"} == {"JW"}
    body = {"notice": "acceptance", "method": "post", "receipt": "EMS-1"}
    ok(await county.send("intake", f"/cases/{case}/informant-notices", body, role=DISCIPLINE, unit="JW"))


async def test_r30_report_about_the_organs_own_leaders_goes_past_it(county: System):
    """第三十条第三款: 不得……转给被检举、揭发的人员或者单位."""
    case = await received(county, "ZF", "JW")
    refused(await hand(county, case, "JW", "ZF"), 403, OthersKeepOut)
    ok(await hand(county, case, "SJW", "ZF"))


@pytest.mark.parametrize(("anonymous", "code"), [(False, "C2"), (True, "D9")])
async def test_r30_who_received_it_owes_the_handing_on_until_it_is_done(code: str, *, anonymous: bool):
    """第三十条第一款 依规依纪依法接收: with or without a name, within the fifteen days from its coming in."""
    ledger = Ledger()
    ledger.tell(
        CaseRegistered, registration_no="1", petition=UUID(int=1), channel=Channel.letter, received_at=at("2025-03-03"),
        receiving_unit="ZF", person_count=1, anonymous=anonymous, category=ContentCategory.official_conduct, place="P",
        secrecy_requested=False, content=UUID(int=2), content_sha256="0" * 64, direct=True,
    )  # fmt: skip
    duty, due = ledger.duty(code), ledger.duty(code).due_on
    ledger.tell(
        CaseClassified, on="2025-03-05", registration_no="1", kind=KindOfCase.report_accusation, place="P", direct=True,
        route=Route.discipline_supervision, category=ContentCategory.official_conduct, receiving_unit="ZF",
    )  # fmt: skip
    assert (duty.open, duty.holder, duty.due_on) == (True, "ZF", due)
    ledger.tell(ConfidentialTrackOpened, on="2025-03-10", organ="JW", receipt_no="密1号")
    assert not duty.open
    assert duty.outcome in {ClockOutcome.met, ClockOutcome.void}
    assert {owed.holder for owed in ledger.duties()} == {"JW"}
