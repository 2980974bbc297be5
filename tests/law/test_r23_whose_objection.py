"""第二十三条第三款: what may be objected to, who decides about it, and what is passed on instead."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from contracts.assignment import CaseAssigned, CaseForwarded, CasePassedOn, DestinationNotified, ObjectionRejected
from contracts.event import typed_before
from contracts.vocabulary import ContentCategory, Forwarding, Kind, ObjectionGround, Role, Route, ServiceMethod
from services.assignment.domain.assigning import (
    AcceptedHere,
    AlreadyWithUnit,
    Assignment,
    BelongsToTheSystem,
    DestinationUntold,
    NothingToObjectTo,
    NotTheSender,
    ObjectionTooLate,
    ReportOwed,
    Told,
)
from tests.harness import UNIT, System
from tests.rules import at, refused, refuses
from tests.steps import NOTIFIED_AT, accepted, clocks, document, ok
from tests.units import county as units
from tests.units import entry

NOW = at("2026-03-02")
WORLD = units(entry("SUB", parent="RSJ"), entry("XFJ2", parent="XW"))
TOLD = Told(ServiceMethod.post, NOW, typed_before("EMS-1"))
LATER = (NOW + timedelta(30)).date()


def handed(mode: Forwarding = Forwarding.forward, sender: str = "XFJ", **more: Any) -> Assignment:
    made = Assignment.blank(uuid4())
    facts = {"kind": Kind.appeal_for_resolution, "route": Route.petition_procedure, "place": "P-1"}
    made.receive(at=NOW, registration_no="1", category=ContentCategory.unpaid_wages, **facts | more)
    made.hand(mode, "RSJ", LATER if mode is Forwarding.assign else None, sender, WORLD, at=NOW)
    made.taken()
    return made


def object_(case: Assignment, proposed: str | None = None, sender: str = "XFJ") -> Assignment:
    case.object("RSJ", ObjectionGround.lower_level_competent, uuid4(), proposed, sender, WORLD, at=NOW)
    return case


def pass_on(case: Assignment, mode: Forwarding = Forwarding.forward, **more: Any) -> Assignment:
    facts = {"due_on": None, "sender": "RSJ", "told": TOLD, "at": NOW, "accepted": False}
    case.pass_down(mode, "SUB", **facts | more, directory=WORLD)
    return case


class TestWhatBelongsToTheSystem:
    """不属于本机关、单位或者本系统职权范围的……提出异议; 属于本系统下级机关、单位职权范围的，应当转送、交办，并告知."""

    def test_is_not_objected_to(self):
        with refuses(BelongsToTheSystem):
            object_(handed(), "SUB")

    def test_unit_of_another_line_may_be_named(self):
        assert object_(handed(), "ZF").state == "objected"

    def test_is_passed_on_and_told(self):
        told, passed, forwarded = pass_on(handed()).taken()
        assert isinstance(told, DestinationNotified)
        assert isinstance(passed, CasePassedOn)
        assert isinstance(forwarded, CaseForwarded)
        assert forwarded.unit == "SUB"

    def test_petitioner_is_told_unless_nobody_knows_whom_to_tell(self):
        with refuses(DestinationUntold):
            pass_on(handed(), told=None)
        assert pass_on(handed(unclear=True), told=None).unit == "SUB"

    def test_within_the_time_in_which_it_might_be_objected_to(self):
        with refuses(ObjectionTooLate):
            pass_on(handed(), at=at("2026-03-10"))

    def test_not_while_it_is_objected_to_nor_after_it_was_accepted(self):
        with refuses(NothingToObjectTo):
            pass_on(object_(handed()))
        with refuses(AcceptedHere):
            pass_on(handed(), accepted=True)

    def test_nor_is_it_objected_to_after_it_was_accepted(self):
        """属于本机关、单位职权范围的……书面告知; 不属于……提出异议: one or the other, and the petitioner may rely on it."""
        with refuses(AcceptedHere):
            handed().object(
                "RSJ", ObjectionGround.other_unit_competent, uuid4(), None, "XFJ", WORLD, at=NOW, accepted=True
            )

    def test_what_a_unit_has_taken_it_keeps(self):
        case = Assignment.blank(uuid4())
        case.receive(
            at=NOW, registration_no="1", category=ContentCategory.unpaid_wages, kind=Kind.appeal_for_resolution,
            route=Route.petition_procedure, place="P-1", direct=True, receiving_unit="RSJ",
        )  # fmt: skip
        case.take("RSJ", WORLD, at=NOW)
        with refuses(AlreadyWithUnit):
            pass_on(case)

    def test_who_owes_a_report_wants_one(self):
        """第二十二条第三项: 要求其在指定办理期限内反馈结果."""
        case = handed(Forwarding.assign)
        for mode, due_on in ((Forwarding.forward, None), (Forwarding.assign, LATER + timedelta(1))):
            with refuses(ReportOwed):
                pass_on(case, mode, due_on=due_on)
        assert isinstance(pass_on(case, Forwarding.assign, due_on=LATER).taken()[-1], CaseAssigned)


class TestWhoDecides:
    """经转送、交办的信访部门或者上级机关、单位核实同意后，交还相关材料."""

    def test_who_has_forwarded_it(self):
        case = object_(handed())
        case.decide("XFJ", WORLD, upheld=False, at=NOW)
        assert isinstance(case.taken()[-1], ObjectionRejected)

    @pytest.mark.parametrize("other", ["XFJ2", "RSJ", "XZF"])
    def test_and_nobody_else(self, other: str):
        with refuses(NotTheSender):
            object_(handed()).decide(other, WORLD, upheld=True, at=NOW)

    def test_superior_decides_about_what_it_has_passed_down(self):
        case = handed()
        pass_on(case)
        case.object("SUB", ObjectionGround.other_unit_competent, uuid4(), None, "RSJ", WORLD, at=NOW)
        with refuses(NotTheSender):
            case.decide("XFJ", WORLD, upheld=True, at=NOW)
        case.decide("RSJ", WORLD, upheld=True, at=NOW)
        assert case.unit is None

    def test_or_who_carries_it_on(self):
        """第二十四条第二款."""
        gone = units(entry("XFJ", parent="XW", competent=False, successors=("XFJ2",)))
        case = object_(handed())
        case.decide("XFJ2", gone, upheld=True, at=NOW)
        assert case.unit is None


async def test_unit_that_has_told_of_acceptance_does_not_object(county: System):
    case = await accepted(county)
    body = {"ground": "other_unit_competent", "reasons": await document(county, case)}
    more: dict[str, Any] = {"role": Role.unit_receiver, "unit": UNIT, "at": NOTIFIED_AT}
    refused(await county.send("assignment", f"/cases/{case}/objection", body, **more), 409, AcceptedHere)


async def test_all_of_it_over_http(county: System):
    await county.enter({"code": "RSJ", "kind": "department"}, {"code": "SUB", "parent": "RSJ"})
    moment = "2026-03-02T09:00:00+08:00"
    case = (await county.register(at=moment))["case_id"]
    ok(await county.classify(case, at=moment))
    ok(await county.forward(case, at=moment))
    role = Role.unit_receiver
    reasons = await document(county, case)
    body = {"ground": "lower_level_competent", "reasons": reasons, "proposed_unit": "SUB"}
    path = f"/cases/{case}/objection"
    refused(await county.send("assignment", path, body, role=role, unit="RSJ", at=moment), 409, BelongsToTheSystem)
    body = {"mode": "forward", "unit": "SUB", "method": "post", "receipt": "EMS-1"}
    ok(await county.send("assignment", f"/cases/{case}/assignment", body, role=role, unit="RSJ", at=moment))
    later = "2026-03-04T09:00:00+08:00"
    told = {(clock["holder"], clock["outcome"]) for clock in await clocks(county, case) if clock["code"] == "C3"}
    assert told == {("RSJ", "met"), ("SUB", None)}
    body = {"ground": "other_unit_competent", "reasons": reasons}
    ok(await county.send("assignment", path, body, role=role, unit="SUB", at=later))
    decision = {"upheld": True}
    bureau = await county.send("assignment", f"{path}/decision", decision, role=Role.bureau_officer, at=later)
    refused(bureau, 403, NotTheSender)
    await county.caught_up()
    found = ok(await county.client.get(f"{county.url('accountability')}/duties?case={case}"))["items"]
    assert [duty["holder"] for duty in found if duty["code"] == "D1"] == ["RSJ"]
    ok(await county.send("assignment", f"{path}/decision", decision, role=role, unit="RSJ", at=later))
