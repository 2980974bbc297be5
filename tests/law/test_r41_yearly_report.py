"""第四十一条第一款: 应当编制信访情况年度报告，每年向本级党委和政府、上一级党委和政府信访部门报告."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.assignment import UnitEstablished, UnitSucceeded
from contracts.intake import DocumentIssued
from contracts.vocabulary import ClockOutcome, DocumentKind, Level, Role, UnitKind
from services.accountability.clocks.clock import Clock
from services.intake.papers.kinds import KINDS
from tests.harness import BUREAU, System
from tests.law.ledger import Ledger
from tests.steps import SYSTEM, ok


class Bureaus(Ledger):
    """Bureaus that stand in the directory, and issue papers in a case."""

    def enters(self, code: str, kind: UnitKind | None = UnitKind.petition_bureau, on: str = "2025-03-03") -> None:
        self.tell(
            UnitEstablished, on=on, stream=uuid4(), code=code, name=code, level=Level.county, parent=None,
            sector_superior=None, powers=(), competent=False, kind=kind,
        )  # fmt: skip

    def issues(self, unit: str, on: str, kind: DocumentKind = DocumentKind.annual_report) -> None:
        self.tell(
            DocumentIssued, on=on, stream=uuid4(), case=self.key, kind=kind, document_no="年报1号", sequence=1, unit=unit,
            signer="a", approver="b", content_sha256="", pdf_sha256="", template="1",
        )  # fmt: skip

    def reports(self, unit: str) -> list[Clock]:
        return [clock for clock in self.all() if clock.code == "D54" and clock.holder == unit]


def test_bureau_owes_a_report_within_a_year():
    ledger = Bureaus()
    ledger.enters("XFJ")
    (duty,) = ledger.reports("XFJ")
    assert (duty.holder, duty.due_on, duty.of) == ("XFJ", date(2026, 3, 3), None)
    ledger.passes("2026-03-04")
    assert ledger.breaches() == ["D54"]


def test_report_meets_it_and_begins_the_next_year():
    ledger = Bureaus()
    ledger.enters("XFJ")
    ledger.issues("XFJ", "2026-01-12")
    first, second = ledger.reports("XFJ")
    assert (first.outcome, second.open, second.due_on) == (ClockOutcome.met, True, date(2027, 1, 12))
    assert (second.of, second.subject) == (None, first.subject)
    assert "D54" not in {duty.code for duty in ledger.case.clocks.values()}


def test_report_of_one_bureau_is_not_that_of_another():
    ledger = Bureaus()
    ledger.enters("XFJ")
    ledger.enters("SXFJ")
    ledger.issues("SXFJ", "2026-01-12")
    assert [clock.open for clock in ledger.reports("XFJ")] == [True]


def test_no_other_paper_is_the_report():
    ledger = Bureaus()
    ledger.enters("XFJ")
    ledger.issues("XFJ", "2026-01-12", DocumentKind.urgent_report)
    assert [clock.open for clock in ledger.reports("XFJ")] == [True]


@pytest.mark.parametrize("kind", [None, UnitKind.department, UnitKind.government])
def test_nobody_else_owes_it(kind: UnitKind | None):
    ledger = Bureaus()
    ledger.enters("RSJ", kind)
    assert ledger.reports("RSJ") == []


def test_bureau_that_is_no_more_reports_no_more():
    ledger = Bureaus()
    ledger.enters("XFJ")
    ledger.tell(UnitSucceeded, stream=uuid4(), successors=("NEW",), code="XFJ")
    assert [clock.outcome for clock in ledger.reports("XFJ")] == [ClockOutcome.void]


def test_paper_says_what_the_article_wants():
    """第四十一条第一款第一项至第三项: 数据统计; 转送、交办、督办情况; 三项建议以及被采纳情况."""
    assert {"statistics", "handling", "proposals"} <= {*KINDS[DocumentKind.annual_report].written}


async def test_bureau_reports_through_the_services(county: System):
    await county.enter({"code": BUREAU, "kind": "petition_bureau", "competent": False,
                        "officers": {"head-9": [Role.unit_head]}})  # fmt: skip
    case = (await county.register())["case_id"]

    async def owed() -> list[dict[str, Any]]:
        await county.caught_up()
        url = f"{county.url('accountability')}/duties?holder={BUREAU}"
        items = ok(await county.client.get(url, headers=SYSTEM))["items"]
        return [one for one in items if one["code"] == "D54"]

    (before,) = await owed()
    fields = dict.fromkeys(KINDS[DocumentKind.annual_report].written, "详见附表")
    body = {"kind": "annual_report", "addressee": "县委", "approved_by": "head-9", "fields": fields}
    ok(await county.send("intake", f"/cases/{case}/papers", body, role=Role.bureau_officer, unit=BUREAU), 201)
    (after,) = await owed()
    assert UUID(after["id"]) != UUID(before["id"])
    assert after["due_on"] >= before["due_on"]
