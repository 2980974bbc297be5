"""What changes who may be handed a case, or who is owed an answer, is known elsewhere before it is answered."""

from __future__ import annotations

from uuid import UUID

import pytest

from contracts.vocabulary import Role
from services.chassis.service import PARTS
from services.intake.commands.following import ConfirmWithdrawal
from services.mediation.domain.handling import Handling
from tests.harness import BUREAU, System, until
from tests.steps import accepted_of_one, attached, document, ok


async def others(huiyin: System, case: str) -> tuple[UUID, ...]:
    """Return who else is owed an answer, as far as those know who answer."""
    async with huiyin.opened("mediation") as running:
        return (await running.store.load(Handling, UUID(case))).others


async def one_of_two_withdraws(huiyin: System) -> tuple[UUID, ...]:
    """Return who else is owed an answer, when those who answer are told nothing by Kafka any more."""
    async with huiyin.within("intake", "assignment"):
        async with huiyin.within("mediation"):
            await huiyin.establish()
            case = (await accepted_of_one(huiyin))["case_id"]
            who = {"name": "李四", "phone": "13900000042", "address": "某镇某村"}
            other = await attached(huiyin, case, petitioner=who)
            await until(lambda: others(huiyin, case), "who came later is known")
        async with huiyin.within("mediation", parts=PARTS - {"reactions"}):
            wish, at = {"words": "我的问题已经解决"}, "2025-08-28T10:00:00+08:00"
            ok(await huiyin.by_code(other["query_code"], "/withdrawal", wish, at=at))
            body = {"document": await document(huiyin, case, unit=BUREAU), "petition_id": other["petition_id"]}
            path, at = f"/cases/{case}/withdrawal/confirmation", "2025-09-15T10:00:00+08:00"
            ok(await huiyin.send("intake", path, body, role=Role.bureau_officer, at=at))
            return await others(huiyin, case)


async def test_that_somebody_has_withdrawn_is_known_before_it_is_answered(huiyin: System):
    """第三十二条: nobody waits with the end of a case for an answer to who wants none."""
    assert await one_of_two_withdraws(huiyin) == ()


async def test_who_answers_before_the_others_know_is_found_out(huiyin: System, monkeypatch: pytest.MonkeyPatch):
    """Mutant: nobody is told but by Kafka."""
    monkeypatch.setattr(ConfirmWithdrawal, "known_at_once", False)
    assert len(await one_of_two_withdraws(huiyin)) == 1
