"""信访事项简易办理办法 第四条、第五条: the simple way is for first petitions that nobody has handed down with a day."""

from __future__ import annotations

from contracts.vocabulary import Role
from services.mediation.domain.timing import AssignedFromAbove, InstructedByLeader, RepeatPetition, SeveralPetitioners
from tests.harness import GOVERNMENT, System
from tests.rules import refused
from tests.steps import (
    HANDED_AT,
    HEARD_AT,
    NOTIFIED_AT,
    REGISTERED_AT,
    accepted,
    act,
    attached,
    classified,
    document,
    ok,
)

SIMPLE = {"ground": "clear_facts"}


async def test_who_came_again_before_it_was_forwarded_is_not_handled_simply(county: System):
    case = (await county.register(at=REGISTERED_AT))["case_id"]
    await attached(county, case)
    ok(await county.classify(case, at=REGISTERED_AT))
    ok(await county.forward(case, at=HANDED_AT))
    ok(await county.notify(case, at=NOTIFIED_AT))
    refused(await act(county, case, "simplified-track", SIMPLE, at=HEARD_AT), 409, RepeatPetition)


async def test_what_the_bureau_has_assigned_is_not(county: System):
    case = await classified(county)
    body = {"mode": "assign", "unit": "RSJ", "due_on": "2025-12-31"}
    path = f"/cases/{case}/assignment"
    ok(await county.send("assignment", path, body, role=Role.bureau_officer, at=HANDED_AT))
    ok(await county.notify(case, at=NOTIFIED_AT))
    refused(await act(county, case, "simplified-track", SIMPLE, at=HEARD_AT), 409, AssignedFromAbove)


async def test_what_a_leader_has_written_on_is_not(county: System):
    case = await accepted(county)
    body = {"leader": "leader-1", "unit": "RSJ", "document": await document(county, case), "due_on": "2099-12-31"}
    path = f"/cases/{case}/instructions"
    ok(await county.send("assignment", path, body, role=Role.sponsor_leader, unit=GOVERNMENT), 201)
    refused(await act(county, case, "simplified-track", SIMPLE, at=HEARD_AT), 409, InstructedByLeader)


async def test_what_another_case_was_merged_into_is_not(county: System):
    """第四条: 初次信访事项; whoever it was that came again."""
    for who, refusal in (
        ({}, RepeatPetition),
        ({"name": "李四", "phone": "13911112222", "address": "某村"}, SeveralPetitioners),
    ):
        case = await classified(county)
        other = (await county.register(at=REGISTERED_AT, **({"petitioner": who} if who else {})))["case_id"]
        merger = f"/cases/{other}/merger"
        ok(await county.send("intake", merger, {"into": case}, role=Role.bureau_officer, at=REGISTERED_AT))
        ok(await county.forward(case, at=HANDED_AT))
        ok(await county.notify(case, at=NOTIFIED_AT))
        refused(await act(county, case, "simplified-track", SIMPLE, at=HEARD_AT), 409, refusal)


async def test_first_petition_is(county: System):
    case = await accepted(county)
    ok(await act(county, case, "simplified-track", SIMPLE, at=HEARD_AT))
