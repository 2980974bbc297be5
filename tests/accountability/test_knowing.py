"""Whoever supervises acts on what the services know by now, and not on what Kafka has brought of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from msgspec import structs

from contracts.vocabulary import Role
from services.accountability.application import accounting
from services.accountability.commands import knowing
from services.accountability.domain.recommendations import WrongAddressee
from services.chassis import telling
from services.chassis.context import By
from services.chassis.http import gate
from services.chassis.recusal import OthersKeepOut
from services.chassis.service import PARTS
from tests.harness import UNIT, System
from tests.rules import refused
from tests.steps import document, ok


async def supervising(huiyin: System, case: str, **more: Any):
    card = {"unit": UNIT, "reason_code": "shirking_or_delay", "due_on": "2099-01-01"}
    return await huiyin.send("accountability", f"/cases/{case}/supervisions", card | more, role=Role.supervisor)


async def recommending(huiyin: System, case: str):
    paper = await document(huiyin, case, "improvement_proposal")
    body = {"kind": "improve_work", "addressee": UNIT, "document": paper, "receipt": "R-1"}
    return await huiyin.send("accountability", f"/cases/{case}/recommendations", body, role=Role.supervisor)


async def forwarded(huiyin: System) -> str:
    """Return a case of which accountability has not heard that a unit has it."""
    case = str((await huiyin.register())["case_id"])
    ok(await huiyin.classify(case))
    ok(await huiyin.forward(case))
    return case


@asynccontextmanager
async def unheard(huiyin: System) -> AsyncIterator[None]:
    """Run the services, of which accountability takes in nothing that it does not ask for, and is told nothing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(telling, "_along", nobody)
        async with _unheard(huiyin):
            yield


@asynccontextmanager
async def _unheard(huiyin: System) -> AsyncIterator[None]:
    async with (
        huiyin.within("intake", "assignment", "mediation"),
        huiyin.within("accountability", parts=PARTS - {"reactions"}),
    ):
        await huiyin.establish()
        yield


async def accused_after_all(huiyin: System):
    """Write to a unit that has the case, and once more when the case complains of it."""
    case = await forwarded(huiyin)
    ok(await recommending(huiyin, case), 201)
    ok(await supervising(huiyin, case), 201)
    ok(await huiyin.send("intake", f"/cases/{case}/accused", {"units": [UNIT]}, role=Role.bureau_officer))
    return await supervising(huiyin, case)


async def nobody(*_: Any) -> None:
    """MUTANT: no service is asked."""


async def test_what_a_service_has_said_last_counts_though_kafka_has_not_brought_it(huiyin: System):
    """第四十条第一款、第三十条第三款."""
    async with unheard(huiyin):
        refused(await accused_after_all(huiyin), 403, OthersKeepOut)


async def believed(_command: Any, _running: Any, by: By) -> By:
    """Who acts has to do with the case, whatever is known of it."""
    return structs.replace(by, has_to_do=True)


async def test_refusing_by_the_ledger_alone_is_found_out(huiyin: System, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(knowing, "catch_up", nobody)
    monkeypatch.setattr(gate, "_entitled", believed)
    async with unheard(huiyin):
        refused(await recommending(huiyin, await forwarded(huiyin)), 409, WrongAddressee)


async def test_writing_by_the_ledger_alone_is_found_out(huiyin: System, monkeypatch: pytest.MonkeyPatch):
    async with unheard(huiyin):
        case = await forwarded(huiyin)
        ok(await recommending(huiyin, case), 201)
        ok(await huiyin.send("intake", f"/cases/{case}/accused", {"units": [UNIT]}, role=Role.bureau_officer))
        monkeypatch.setattr(accounting, "catch_up", nobody)
        ok(await supervising(huiyin, case), 201)
