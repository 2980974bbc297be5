"""第三十八条、第四十条: who supervises whom, and which recommendation goes to whom, about whom, for what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from contracts.event import typed_before
from contracts.vocabulary import RecommendationKind, Role, SupervisionReason, UnitKind
from services.accountability.domain.addressing import Matter
from services.accountability.domain.recommendations import (
    Blame,
    Recommendation,
    ResponsibilityIncomplete,
    WrongAddressee,
)
from services.accountability.domain.supervision import NotABureau, OutOfReach, SupervisesUpwards, Supervision
from services.chassis.errors import NotFound
from services.chassis.recusal import OthersKeepOut
from tests.harness import BUREAU, System
from tests.law.test_r28_accused import UNITS
from tests.rules import at, refused, refuses
from tests.steps import document, ok
from tests.units import county, entry, staff

NOW = at("2026-03-02")
PAPER, CASE = uuid4(), uuid4()
BODIES = county(
    entry("RSJ", officers=staff(h_1=Role.unit_head)), entry("ZZB", parent="XW", kind=UnitKind.department),
    entry("JYJ", officers=staff(j_1=Role.unit_head)),
)  # fmt: skip
MATTER = Matter(CASE, concerned=frozenset({"RSJ"}), barred=frozenset({"ZJJ"}))


def supervise(unit: str, by: str, matter: Matter = MATTER) -> Supervision:
    reason, due = SupervisionReason.shirking_or_delay, (NOW + timedelta(10)).date()
    card = Supervision.blank(uuid4())
    card.order(matter, "督1号", unit, reason, None, due, by, BODIES, at=NOW)
    return card


def recommend(kind: RecommendationKind, to: str, matter: Matter = MATTER, **more: Any) -> str:
    made = Recommendation.blank(uuid4())
    made.serve(matter, "建1号", kind, "XFJ", to, PAPER, NOW, typed_before("R-1"), BODIES, at=NOW, **more)
    return made.addressee


class TestSupervision:
    """第四十条第一款: 党委和政府信访部门发现有关机关、单位存在……，应当及时督办。"""

    @pytest.mark.parametrize(("unit", "by"), [("RSJ", "RSJ"), ("RSJ", "OFFICE"), ("XW", "XFJ")])
    def test_nobody_supervises_themselves_or_upwards(self, unit: str, by: str):
        with refuses(SupervisesUpwards):
            supervise(unit, by)

    @pytest.mark.parametrize("unit", ["RSJ", "XZF", "ZF", "SWJ"])
    def test_bureau_supervises_the_units_of_its_level_and_below(self, unit: str):
        """第十四条第三项、第五项: 督促检查……的处理和落实; 本级其他机关、单位和下级."""
        assert supervise(unit, "XFJ").unit == unit

    @pytest.mark.parametrize("unit", ["SSWJ", "SZF", "SJW"])
    def test_not_those_above_its_level(self, unit: str):
        with refuses(OutOfReach):
            supervise(unit, "XFJ")

    @pytest.mark.parametrize("by", ["SWJ", "XZF", "LXH", "JW"])
    def test_nobody_but_a_bureau_writes_a_card(self, by: str):
        """党委和政府信访部门……应当及时督办."""
        with refuses(NotABureau):
            supervise("RSJ", by)

    def test_card_never_goes_to_whom_the_case_complains_of(self):
        """第三十条第三款."""
        with refuses(OthersKeepOut):
            supervise("ZJJ", "XFJ")

    def test_of_a_report_nobody_is_told_but_the_organ_that_has_it(self):
        """第三十条第三款: 不得透露."""
        report = Matter(CASE, concerned=frozenset({"RSJ"}), sealed=True, organ="JW")
        with refuses(NotFound):
            supervise("RSJ", "XFJ", report)
        supervise("JW", "XFJ", report)
        with refuses(NotFound):
            recommend(RecommendationKind.improve_work, "RSJ", report)


class TestRecommendation:
    """第十四条第六项, 第四十条: each goes to who can carry it out."""

    def test_improving_work_is_the_units_whose_work_it_was(self):
        """第四十条第一款."""
        recommend(RecommendationKind.improve_work, "RSJ")
        for other in ("JYJ", "XZF", "JW"):
            with refuses(WrongAddressee):
                recommend(RecommendationKind.improve_work, other)

    def test_improving_policy_is_the_committees_or_the_governments_of_the_own_level(self):
        """第四十条第二款: 向本级党委和政府报告."""
        for body in ("XW", "XZF"):
            recommend(RecommendationKind.improve_policy, body)
        for other in ("RSJ", "SZF", "ZF", "JW"):
            with refuses(WrongAddressee):
                recommend(RecommendationKind.improve_policy, other)

    @pytest.mark.parametrize("body", ["JW", "XZF", "ZZB"])
    def test_responsibility_is_pursued_by_who_manages_the_cadres(self, body: str):
        """第四十条第三款: 向有管理权限的机关、单位提出."""
        blame = Blame("RSJ", ("h-1",), PAPER)
        assert recommend(RecommendationKind.pursue_responsibility, body, blame=blame) == body

    @pytest.mark.parametrize("body", ["RSJ", "OFFICE", "JYJ", "ZF"])
    def test_and_by_nobody_else(self, body: str):
        with refuses(WrongAddressee):
            recommend(RecommendationKind.pursue_responsibility, body, blame=Blame("RSJ", ("h-1",), PAPER))

    @pytest.mark.parametrize("blame", [None, Blame("RSJ", (), PAPER), Blame("RSJ", ("h-1",), None)])
    def test_responsibility_is_somebodys_for_a_serious_consequence(self, blame: Blame | None):
        """第四十条第三款: 造成严重后果的机关、单位及其工作人员."""
        with refuses(ResponsibilityIncomplete):
            recommend(RecommendationKind.pursue_responsibility, "JW", blame=blame)

    def test_leaders_of_a_level_are_managed_one_level_up(self):
        blame = Blame("XZF", ("h-1",), PAPER)
        for body in ("JW", "ZZB"):
            with refuses(WrongAddressee):
                recommend(RecommendationKind.pursue_responsibility, body, blame=blame)


async def test_all_of_it_over_http(county: System):
    await county.enter(*UNITS, {"code": BUREAU, "parent": "XW", "competent": False})
    case = (await county.register())["case_id"]
    ok(await county.classify(case))
    ok(await county.forward(case))
    await county.caught_up()
    text = await document(county, case)
    path, card = f"/cases/{case}/supervisions", {"reason_code": "shirking_or_delay", "due_on": "2099-12-31"}
    role = Role.supervisor
    for unit, by in (("RSJ", "RSJ"), ("XW", BUREAU)):
        reply = await county.send("accountability", path, card | {"unit": unit}, role=role, unit=by)
        refused(reply, 409, SupervisesUpwards)
    ok(await county.send("accountability", path, card | {"unit": "RSJ"}, role=role), 201)
    path, body = f"/cases/{case}/recommendations", {"document": text, "receipt": "R-1"}
    for kind, to, more, status in (
        ("improve_work", "RSJ", {}, 201), ("improve_work", "JYJ", {}, 409), ("improve_policy", "RSJ", {}, 409),
        ("pursue_responsibility", "JW", {}, 422),
        ("pursue_responsibility", "JW", {"about_unit": "RSJ", "persons": ["h-1"], "consequence": text}, 201),
    ):  # fmt: skip
        reply = await county.send("accountability", path, body | {"kind": kind, "addressee": to} | more, role=role)
        assert reply.status_code == status, reply.text
    ok(await county.send("intake", f"/cases/{case}/accused", {"units": ["JYJ"]}, role=Role.bureau_officer))
    await county.caught_up()
    path = f"/cases/{case}/supervisions"
    refused(await county.send("accountability", path, card | {"unit": "JYJ"}, role=role), 403, OthersKeepOut)
