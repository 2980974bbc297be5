"""第二十八条第三款: who takes no part in a case takes none in what is entered about it either, money for one."""

from __future__ import annotations

from importlib import import_module
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from contracts.vocabulary import Role
from services.accountability.commands.knowing import Knowing
from services.assignment.commands.acting import InCase
from services.chassis.commands import Entered
from services.chassis.errors import NotFound
from services.intake.commands.cases import AboutCase as AboutRegistration
from services.intake.commands.cases import OnCaseEntry as OnRegistrationEntry
from services.mediation.commands.handling import AboutCase, OnCaseEntry
from tests.harness import UNIT, Servers, System, until
from tests.rules import refused
from tests.steps import accepted, document, ok, open_county

GUARDED = (Knowing, InCase, AboutRegistration, OnRegistrationEntry, AboutCase, OnCaseEntry)
"""The bases that ask who keeps out."""
AT = "2025-09-01T10:00:00+08:00"
ASKED = {"hardship": "illness", "amount_fen": 500_000, "tied_to_withdrawal": False}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        await made.enter({"code": "JYJ", "officers": {"x-9": [Role.case_officer]}})
        yield made


@pytest.mark.parametrize("service", ["intake", "assignment", "mediation", "accountability"])
def test_r28_every_entry_about_a_case_asks_who_keeps_out(service: str):
    """第二十八条第三款: 应当回避."""
    commands = import_module(f"services.{service}.commands").COMMANDS
    entries = [one for one in commands if issubclass(one, Entered) and "of" in vars(one.aggregate.blank(UUID(int=0)))]
    assert entries
    assert [one.__name__ for one in entries if not issubclass(one, GUARDED)] == []


@pytest.mark.asyncio(loop_scope="module")
async def test_r28_who_keeps_out_neither_asks_for_money_nor_agrees_nor_pays_nor_audits(county: System):
    """第二十八条第三款; 第三十七条第二款."""

    async def do(path: str, body: Any, role: Role, actor: str):
        return await county.send("mediation", path, body, role=role, actor=actor, unit=UNIT, at=AT)

    case = await accepted(county)
    body = ASKED | {"document": await document(county, case)}
    fund = f"/funds/{ok(await do(f'/cases/{case}/funds', body, Role.case_officer, 'co-1'), 201)['fund_id']}"
    ok(await county.send("intake", f"/cases/{case}/accused", {"persons": ["x-9"]}, role=Role.bureau_officer))
    proof = {"document": body["document"]}
    ways: list[tuple[str, Any, Role]] = [
        (f"{fund}/approvals", {}, Role.unit_head),
        (f"{fund}/payment", proof, Role.bureau_officer),
        (f"{fund}/audit", proof | {"in_order": True}, Role.auditor),
        (f"/cases/{case}/funds", body, Role.case_officer),
    ]

    async def mediation_knows() -> bool:
        headers = {"Huiyin-Actor": "x-9", "Huiyin-Unit": UNIT, "Huiyin-Role": str(Role.case_officer)}
        return (await county.client.get(f"{county.url('mediation')}/cases/{case}", headers=headers)).status_code == 404

    await until(mediation_knows, "whom the case complains of")
    for path, said, role in ways:
        refused(await do(path, said, role, "x-9"), 404, NotFound)
    ok(await do(f"{fund}/approvals", {}, Role.unit_head, "h-1"))
