"""第二十八条第一款 分清责任: what a unit has entered is carried on by that unit, or by who keeps the register."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from contracts.vocabulary import Role
from services.chassis.commands import NotTheUnitOfTheEntry, OnEntry, Owned
from services.chassis.errors import NotFound
from services.intake.commands.outreach import EndContactPoint
from services.intake.domain.outreach import ContactPoint
from tests.harness import BUREAU, UNIT, Servers, System
from tests.law.test_r28_keeps_out import PEOPLE, by
from tests.rules import refused, refuses
from tests.steps import accepted, document, ok, open_county

BY_A_RULE_OF_ITS_OWN: Final = {
    "UpdateLedgerItem", "AnswerInstruction", "AnswerHallCall", "ReportCorrection",  # whom it was given to
    "ApproveFund",  # the head of the unit first, then the bureau
    "GrantEmergencyAccess", "EndEmergencyAccess", "ReviewEmergencyAccess",  # another unit; any; who had no part
    "ApproveDirectoryChange", "RefuseDirectoryChange",  # another person
    "GrantBulkLook",  # another person of the unit
    "CorrectPaperReceipt",  # who has typed the number, or a head of their unit
}  # fmt: skip
"""Where a rule says more of who acts than whose the entry is."""
KEPT: Final = {
    "CloseLedgerItem", "RedirectInstruction", "CloseDesk", "LookAtDoorAgain", "Reelect", "NameTeam", "PayFund",
    "AuditFund",
}  # fmt: skip
"""What is done by who keeps the register alone, for whatever unit."""


@pytest.mark.parametrize("service", ["intake", "assignment", "mediation"])
def test_r28_every_entry_of_a_unit_is_its_own_or_kept(service: str):
    """第二十八条第一款: 分清责任."""
    commands = import_module(f"services.{service}.commands").COMMANDS
    entries = [one for one in commands if issubclass(one, OnEntry) and "unit" in vars(one.aggregate.blank(UUID(int=0)))]
    assert entries
    others = {one.__name__ for one in entries if not issubclass(one, Owned)}
    assert others - BY_A_RULE_OF_ITS_OWN - KEPT == set()


def point() -> ContactPoint:
    made = ContactPoint.blank(uuid4())
    made.set_up("OLD", "co-1", "P-1", at=by("OLD").at)
    made.taken()
    return made


def ended(unit: str, monkeypatch: pytest.MonkeyPatch) -> ContactPoint:
    """Return a contact point of a unit that is no more, when another one has ended it."""
    monkeypatch.setattr(EndContactPoint, "directory", PEOPLE)
    one, command = point(), EndContactPoint(contact_point_id=uuid4())
    command.decide(one, by(unit))
    return one


@pytest.mark.parametrize("unit", ["RSJ", "XFJ", "XZF"])
def test_r28_stranger_does_not_change_what_a_unit_has_entered(unit: str, monkeypatch: pytest.MonkeyPatch):
    with refuses(NotTheUnitOfTheEntry):
        ended(unit, monkeypatch)


@pytest.mark.parametrize("unit", ["OLD", "NEW"])
def test_r24_unit_and_who_carries_it_on_do(unit: str, monkeypatch: pytest.MonkeyPatch):
    """第二十四条第二款."""
    assert ended(unit, monkeypatch).state == "ended"


def test_checker_sees_that_anybody_changes_it(monkeypatch: pytest.MonkeyPatch):
    """Mutant: every role keeps the register."""
    monkeypatch.setattr(EndContactPoint, "keepers", frozenset(Role))
    with pytest.raises(pytest.fail.Exception):
        test_r28_stranger_does_not_change_what_a_unit_has_entered("RSJ", monkeypatch)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        await made.enter({"code": "JYJ", "kind": "department"})
        yield made


@pytest.mark.asyncio(loop_scope="module")
async def test_r28_stranger_changes_nothing_that_another_unit_has_entered(county: System):
    """A help plan, a field visit and a dispute; the unit itself does."""

    async def do(service: str, path: str, body: Any, unit: str, role: Role = Role.case_officer):
        return await county.send(service, path, body, role=role, unit=unit, at="2025-09-01T10:00:00+08:00")

    case = await accepted(county)
    text = await document(county, case)
    plan = {"officer": "co-1", "due_on": "2025-12-31", "document": text}
    visit = {"place": "P-1", "category": "unpaid_wages", "visited_on": "2025-09-01", "follow_up_on": "2025-09-20"}
    quarrel = {"place": "P-1", "dispute_class": "neighbours", "category": "housing", "document": text}
    helped = ok(await do("intake", f"/cases/{case}/help-plans", plan, UNIT), 201)["help_plan_id"]
    visited = ok(await do("intake", "/field-visits", visit, UNIT), 201)["field_visit_id"]
    dispute = ok(await do("mediation", "/disputes", quarrel, UNIT), 201)["dispute_id"]
    for service, path, body in (
        ("intake", f"/help-plans/{helped}/completion", {"proof": await document(county, case, "execution_proof")}),
        ("intake", f"/field-visits/{visited}/follow-up", {"document": text}),
        ("mediation", f"/disputes/{dispute}/settlement", {"document": text}),
    ):
        hidden = (404, NotFound) if service == "intake" and "help-plans" in path else (403, NotTheUnitOfTheEntry)
        refused(await do(service, path, body, "JYJ"), *hidden)
        refused(await do(service, path, body, BUREAU), 403, NotTheUnitOfTheEntry)
        ok(await do(service, path, body, UNIT))
