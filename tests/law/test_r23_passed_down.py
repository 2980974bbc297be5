"""第二十三条第一款、第二款: what is brought to a unit and belongs to one under it is passed on, and the petitioner told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from contracts.assignment import CaseAssigned, CaseForwarded, DestinationNotified
from contracts.event import typed_before
from contracts.vocabulary import ContentCategory, Forwarding, Kind, Role, Route, ServiceMethod
from services.assignment.domain.assigning import (
    Assignment,
    DestinationUntold,
    NotOfTheSystem,
    NotReceivedDirectly,
    Told,
    ToldLater,
)
from services.chassis.recusal import OthersKeepOut
from tests.harness import System, petition
from tests.rules import at, refuses
from tests.steps import due, ok
from tests.units import county as units
from tests.units import entry

NOW = at("2026-03-02")
BELOW = units(entry("SUB", parent="RSJ"))
TOLD = Told(ServiceMethod.post, NOW, typed_before("EMS-1"))


def brought(**more: Any) -> Assignment:
    made = Assignment.blank(uuid4())
    facts = {"kind": Kind.appeal_for_resolution, "route": Route.petition_procedure, "place": "P-1", "direct": True}
    more = {"receiving_unit": "RSJ"} | more
    made.receive(at=NOW, registration_no="1", category=ContentCategory.unpaid_wages, **facts | more)
    made.taken()
    return made


def pass_down(case: Assignment, to: str = "SUB", sender: str = "RSJ", told: Told | None = TOLD) -> Assignment:
    case.pass_down(Forwarding.forward, to, None, sender, told, BELOW, at=NOW)
    return case


class TestPassedDown:
    """对属于本系统下级机关、单位职权范围的，应当转送、交办有权处理的机关、单位，并告知信访人转送、交办去向。"""

    def test_unit_passes_on_and_tells(self):
        told, forwarded = pass_down(brought()).taken()
        assert isinstance(told, DestinationNotified)
        assert (told.sender, told.unit) == ("RSJ", "SUB")
        assert isinstance(forwarded, CaseForwarded)

    def test_or_assigns_and_wants_a_report(self):
        case = brought()
        case.pass_down(Forwarding.assign, "SUB", (NOW + timedelta(30)).date(), "RSJ", TOLD, BELOW, at=NOW)
        assert isinstance(case.taken()[-1], CaseAssigned)

    def test_petitioner_is_told_unless_nobody_knows_whom_to_tell(self):
        with refuses(DestinationUntold):
            pass_down(brought(), told=None)
        assert pass_down(brought(anonymous=True), told=None).unit == "SUB"

    def test_nobody_was_told_tomorrow(self):
        with refuses(ToldLater):
            pass_down(brought(), told=Told(ServiceMethod.post, NOW + timedelta(1), typed_before("EMS-1")))

    @pytest.mark.parametrize("to", ["JYJ", "XZF", "RSJ"])
    def test_only_to_a_unit_under_it(self, to: str):
        with refuses(NotOfTheSystem):
            pass_down(brought(), to)

    def test_only_what_was_brought_to_it(self):
        with refuses(NotReceivedDirectly):
            pass_down(brought(receiving_unit="JYJ"))
        with refuses(NotReceivedDirectly):
            pass_down(brought(direct=False))

    def test_not_to_whom_it_complains_of(self):
        """第二十八条第三款."""
        with refuses(OthersKeepOut):
            pass_down(brought(accused_units=("SUB",)))


async def test_own_clerk_of_a_department_registers_for_it(county: System):
    """第二十三条第二款: 自收到之日起15日内书面告知; the period is the department's, whoever of it registers."""
    await county.enter({"code": "RSJ", "kind": "department"}, {"code": "SUB", "parent": "RSJ"})
    moment = "2026-03-02T09:00:00+08:00"
    reply = await county.send("intake", "/petitions", petition(), role=Role.intake_clerk, unit="RSJ", at=moment)
    case = ok(reply, 201)["case_id"]
    assert await due(county, case, "C2") == "2026-03-17"
    body = {"kind": "appeal_for_resolution", "route": "petition_procedure", "category": "unpaid_wages"}
    role = Role.unit_receiver
    ok(await county.send("intake", f"/cases/{case}/classification", body, role=role, unit="RSJ", at=moment))
    body = {"mode": "forward", "unit": "SUB", "method": "post", "receipt": "EMS-1"}
    ok(await county.send("assignment", f"/cases/{case}/assignment", body, role=role, unit="RSJ", at=moment))
    await county.caught_up()
    found = ok(await county.client.get(f"{county.url('accountability')}/cases/{case}/clocks"))["items"]
    assert [clock["outcome"] for clock in found if clock["code"] == "C2"] == ["met"]
