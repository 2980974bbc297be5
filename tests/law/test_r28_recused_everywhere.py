"""第二十八条第三款: who keeps out of a case does nothing in it anywhere, whoever has decided that."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio

from contracts.assignment import RecusalLearnt
from contracts.intake import RecusalLearnt as LearntByIntake
from contracts.vocabulary import Role
from services.assignment.domain import assigning
from services.assignment.domain.assigning import Assignment
from services.assignment.reactions import learn_recusal
from services.chassis.context import By
from services.chassis.directory import Directory
from services.chassis.errors import NotFound
from services.chassis.recusal import MustKeepOut, OthersKeepOut
from tests.assignment.test_domain import NOW, handed
from tests.harness import BUREAU, UNIT, Servers, System, until
from tests.law.test_r28_keeps_out import by
from tests.rules import refused, refuses
from tests.steps import accepted, document, ok, open_county
from tests.units import COUNTY

SENT = {"unit": UNIT, "role": Role.case_officer}


def learnt(assignment: Assignment, officer: str, *, recused: bool) -> None:
    event = LearntByIntake(
        originator_id=assignment.id, originator_version=1, timestamp=NOW, officer=officer, recused=recused
    )
    learn_recusal(assignment, event, NOW)


def test_r28_who_was_recused_does_nothing_where_the_case_is_handed_on():
    """第二十八条第三款: 应当回避."""
    case = handed()
    learnt(case, "co-1", recused=True)
    learnt(case, "co-1", recused=True)
    assert [type(event) for event in case.taken()] == [RecusalLearnt]
    with refuses(MustKeepOut):
        case.must_not_keep_out(by("RSJ", "co-1"), COUNTY)
    case.must_not_keep_out(by("RSJ", "co-2"), COUNTY)
    with refuses(OthersKeepOut):
        case.must_be_kept_from(COUNTY, [], ["co-2", "co-1"])


def test_r28_who_keeps_out_no_more_acts_again():
    case = handed()
    for recused in (True, False):
        learnt(case, "co-1", recused=recused)
    assert case.recused == set()
    case.must_not_keep_out(by("RSJ", "co-1"), COUNTY)
    case.must_be_kept_from(COUNTY, [], ["co-1"])


def test_checker_sees_that_nobody_looks_at_who_was_recused(monkeypatch: pytest.MonkeyPatch):
    """Mutant: whoever acts is asked for the accused alone."""

    def keeps_out(by: By, directory: Directory, *accused: Any, recused: Any, **more: Any) -> bool:
        return directory.keeps_out(by.actor, by.unit, *accused)

    monkeypatch.setattr(assigning, "keeps_out", keeps_out)
    with pytest.raises(pytest.fail.Exception):
        test_r28_who_was_recused_does_nothing_where_the_case_is_handed_on()


# -------------------------------------------------------------------------------------------- with all services


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        yield made


@pytest.mark.asyncio(loop_scope="module")
async def test_r28_who_stepped_aside_answers_nothing_that_is_organised_around_the_case(county: System):
    """第二十八条第三款; a colleague does."""
    case = await accepted(county)
    paper = await document(county, case)
    due = {"due_on": "2099-12-31", "unit": UNIT}

    async def give(path: str, body: dict[str, Any], key: str) -> str:
        sent = await county.send("assignment", path, due | body, role=Role.conference_secretary)
        return str(ok(sent, 201)[key])

    row = {"kind": "petition", "document": paper, "officer": "co-1", "case_id": case}
    told = {"leader": "leader-1", "document": paper}
    given = await give(f"/cases/{case}/instructions", told, "instruction_id")
    called = await give(f"/cases/{case}/hall-calls", {}, "hall_call_id")
    item = await give("/ledger-items", row, "item_id")
    ok(await county.send("mediation", f"/cases/{case}/recusal/declarations", {}, actor="co-1", **SENT))

    async def assignment_knows() -> bool:
        headers = {"Huiyin-Actor": "co-1", "Huiyin-Unit": UNIT, "Huiyin-Role": "case_officer"}
        url = f"{county.url('assignment')}/cases/{case}"
        return (await county.client.get(url, headers=headers)).status_code == 404

    await until(assignment_knows, "who has stepped aside")
    for path, body in (
        (f"/instructions/{given}/answer", {"document": paper}),
        (f"/hall-calls/{called}/answer", {"document": paper, "came": True}),
        (f"/ledger-items/{item}/updates", {"document": paper}),
    ):
        refused(await county.send("assignment", path, body, actor="co-1", **SENT), 404, NotFound)
        ok(await county.send("assignment", path, body, actor="co-2", **SENT))
    again = await county.send("assignment", "/ledger-items", due | row, role=Role.bureau_officer, unit=BUREAU)
    refused(again, 403, OthersKeepOut)
