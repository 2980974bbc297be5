"""第二十八条第三款、第三十八条、第四十条: whether a unit did what it had to is said by nobody of it and nobody under it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from contracts.event import typed_before
from contracts.vocabulary import RecommendationKind, Role, SupervisionReason, UnitKind
from services.accountability.domain.addressing import Matter
from services.accountability.domain.recommendations import Blame, NotTheAddressee, Recommendation
from services.accountability.domain.supervision import NotABureau, OutOfReach, SupervisesUpwards, Supervision
from services.chassis.outside import JudgesItself, must_judge_from_outside
from tests.harness import BUREAU, GOVERNMENT, HEAD, UNIT, Servers, System
from tests.rules import at, refused, refuses
from tests.steps import HEARD_AT, SERVED_AT, accepted, act, document, ok, open_county, served
from tests.units import COUNTY, county, entry, staff

NOW = at("2026-03-02")
DEPARTMENTS = county(
    entry("RSJ", kind=UnitKind.department, officers=staff(h_1=Role.unit_head)), entry("NEW", parent="XZF"),
    entry("ZZB", parent="XW", kind=UnitKind.department),
)  # fmt: skip


class TestFromOutside:
    @pytest.mark.parametrize("unit", ["RSJ", "OFFICE"])
    def test_neither_the_unit_nor_who_stands_under_it(self, unit: str):
        with refuses(JudgesItself):
            must_judge_from_outside(unit, "RSJ", COUNTY)

    def test_nor_who_carries_on_for_it(self):
        """第二十四条第二款."""
        with refuses(JudgesItself):
            must_judge_from_outside("NEW", "OLD", COUNTY)

    @pytest.mark.parametrize(("unit", "about"), [("XFJ", "RSJ"), ("XZF", "RSJ"), ("JYJ", "RSJ"), ("XFJ", None)])
    def test_others_may(self, unit: str, about: str | None):
        must_judge_from_outside(unit, about, COUNTY)
        assert unit not in COUNTY.below(about or "")


class TestCard:
    """第四十条第一款: who may write a card says whether the answer is one."""

    @staticmethod
    def replied() -> Supervision:
        card, reason = Supervision.blank(uuid4()), SupervisionReason.shirking_or_delay
        card.order(Matter(uuid4()), "督1号", "RSJ", reason, None, at("2026-03-20").date(), "XFJ", COUNTY, at=NOW)
        card.reply("RSJ", uuid4(), at=NOW)
        return card

    @pytest.mark.parametrize(
        ("by", "refusal"),
        [("RSJ", SupervisesUpwards), ("OFFICE", SupervisesUpwards), ("JYJ", NotABureau), ("ZXF", OutOfReach)],
    )
    def test_nobody_else(self, by: str, refusal: Any):
        """The bureau of a township reaches no department of the county."""
        directory = county(entry("ZXF", COUNTY.units["ZF"].level, "ZF", kind=UnitKind.petition_bureau, competent=False))
        with refuses(refusal):
            self.replied().close(by, directory, satisfied=True, at=NOW)

    def test_the_bureau_does(self):
        card = self.replied()
        card.close("XFJ", COUNTY, satisfied=True, at=NOW)
        assert card.state == "closed"


class TestDecision:
    """第四十条第三款: 向有管理权限的机关、单位提出追究责任的建议."""

    @staticmethod
    def recommended() -> Recommendation:
        made, kind = Recommendation.blank(uuid4()), RecommendationKind.pursue_responsibility
        blame = Blame("RSJ", ("h-1",), uuid4())
        matter = Matter(uuid4(), concerned=frozenset({"RSJ"}))
        made.serve(
            matter, "建1号", kind, "XFJ", "JW", uuid4(), NOW, typed_before("R-1"), DEPARTMENTS, at=NOW, blame=blame
        )
        return made

    @pytest.mark.parametrize("unit", ["JYJ", "ZZB"])
    def test_who_was_not_asked_has_decided_nothing(self, unit: str):
        with refuses(NotTheAddressee):
            self.recommended().decide(unit, typed_before("纪1号"), uuid4(), DEPARTMENTS, at=NOW)

    @pytest.mark.parametrize("unit", ["JW", "XFJ"])
    def test_who_was_asked_or_the_bureau_puts_it_on_record(self, unit: str):
        made = self.recommended()
        made.decide(unit, typed_before("纪1号"), uuid4(), DEPARTMENTS, at=NOW)
        assert made.state == "decided"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def offices(servers: Servers):
    async with open_county(servers) as made:
        yield made


@pytest.mark.asyncio(loop_scope="module")
async def test_unit_neither_ends_its_case_nor_gives_its_report_back(offices: System):
    """第二十二条第三项、第三十六条第三款: both are the bureau's."""
    case = await served(offices, "explain")
    own: dict[str, Any] = {"role": Role.bureau_officer, "at": "2025-10-13T09:00:00+08:00"}
    for what, body in (
        ("termination", {"ground": "remedy_lapsed"}),
        ("closure-report/return", {"due_on": "2025-11-01"}),
    ):
        refused(await act(offices, case, what, body, **own), 403, JudgesItself)
    reply = await act(offices, case, "termination", {"ground": "remedy_lapsed"}, **own | {"unit": BUREAU})
    assert ok(reply)["state"] == "terminated"


@pytest.mark.asyncio(loop_scope="module")
async def test_money_is_agreed_to_paid_and_audited_by_others(offices: System):
    """第三十七条第二款、审计法 第二条."""
    case = await accepted(offices)
    asked = {
        "hardship": "illness",
        "document": await document(offices, case),
        "amount_fen": 1,
        "tied_to_withdrawal": False,
    }
    fund = f"/funds/{ok(await act(offices, case, 'funds', asked, at=HEARD_AT, actor='co-1'), 201)['fund_id']}"

    async def do(what: str, body: Any, role: Role, unit: str, actor: str):
        return await offices.send("mediation", f"{fund}/{what}", body, role=role, unit=unit, actor=actor, at=SERVED_AT)

    ok(await do("approvals", None, Role.unit_head, UNIT, HEAD))
    paid, seen = (
        {"document": await document(offices, case)},
        {"in_order": True, "document": await document(offices, case)},
    )
    for what, body, role, actor in (
        ("approvals", None, Role.bureau_officer, "b-1"),
        ("payment", paid, Role.bureau_officer, "b-2"),
    ):
        refused(await do(what, body, role, UNIT, actor), 403, JudgesItself)
        ok(await do(what, body, role, BUREAU, actor))
    for unit in (UNIT, BUREAU):
        refused(await do("audit", seen, Role.auditor, unit, "a-1"), 403, JudgesItself)
    ok(await do("audit", seen, Role.auditor, GOVERNMENT, "a-1"))


@pytest.mark.asyncio(loop_scope="module")
async def test_row_of_a_ledger_is_struck_off_by_others(offices: System):
    """第二十八条第一款."""
    case = await accepted(offices)
    proof = await document(offices, case, "execution_proof")
    row = {"kind": "petition", "document": await document(offices, case), "unit": UNIT, "officer": "co-1"}
    body = row | {"due_on": "2099-12-31", "case_id": case}
    own: dict[str, Any] = {"role": Role.bureau_officer, "at": HEARD_AT}
    item = (await offices.send("assignment", "/ledger-items", body, **own)).json()["item_id"]
    path = f"/ledger-items/{item}/closure"
    refused(await offices.send("assignment", path, {"proof": proof}, **own, unit=UNIT), 403, JudgesItself)
    ok(await offices.send("assignment", path, {"proof": proof}, **own))
