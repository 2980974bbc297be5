"""第二十二条第三项: «反馈结果，提交办结报告» of whatever answers a case; and a paper that was handed over was handed over.

What answers a case is an opinion, a reply (第二十九条), an agreement (第三十三条) or another procedure (第三十一条).
"""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from contracts.assignment import CaseAssigned
from contracts.event import typed_before
from contracts.mediation import (
    AgreementBreached,
    AgreementPerformed,
    MediationAgreementSigned,
    OpinionIssued,
    OpinionServed,
    ProcedureDocketed,
    ProcedureImported,
    SuggestionReplied,
)
from contracts.vocabulary import DocumentKind, Kind, Route, ServiceMethod, SuggestionResult
from services.chassis.history import Fact
from services.intake.domain.paper import BeforeIssue, Paper
from services.intake.domain.registration import Registration
from services.intake.domain.saying import NotSo, OfAnotherUnit, said
from tests.intake.test_papers import FACTS, NOW
from tests.law.test_r32_a_paper_says_what_is_so import OPINION, SERVED, facts, happened
from tests.rules import at, refuses

ASSIGNED = happened(
    CaseAssigned, by="XFJ", registration_no="XF1", route=Route.petition_procedure, unit="RSJ", unit_name="人社局",
    kind=Kind.appeal_for_resolution, due_on=date(2025, 10, 20), review_bodies=(), from_above=False,
)  # fmt: skip
SIGNED = happened(
    MediationAgreementSigned, by="SFJ", agreement_no="调1号", effective_on=date(2025, 9, 1), document=uuid4(),
    performance_due=(),
)  # fmt: skip
BROKEN = happened(AgreementBreached, document=uuid4())
REPLIED = happened(
    SuggestionReplied, reply_no="复1号", result=SuggestionResult.adopted, document=uuid4(), **SERVED
)  # fmt: skip
IMPORTED = happened(
    ProcedureImported, route=Route.arbitration, competent_body="仲裁委", notice_no="导1号", **SERVED
)  # fmt: skip


def report(*told: Fact, unit: str = "RSJ") -> dict[str, str]:
    return dict(said(DocumentKind.closure_report, facts(ASSIGNED, *told, unit=unit)).items)


def test_reply_to_a_suggestion():
    items = report(REPLIED)
    assert items["result"].startswith("复1号")
    assert items["execution_proof"] == "无须执行。"


def test_agreement_that_the_mediators_unit_has_entered_and_what_was_done_of_it():
    assert report(SIGNED)["result"].startswith("调1号")
    assert report(SIGNED)["execution_proof"] == "尚未履行完毕。"
    assert "履行完毕" in report(SIGNED, happened(AgreementPerformed, document=uuid4()))["execution_proof"]
    with refuses(OfAnotherUnit):
        report(SIGNED, unit="JYJ")


def test_agreement_that_was_broken_answers_nothing_until_there_is_an_opinion():
    with refuses(NotSo):
        report(SIGNED, BROKEN)
    assert report(SIGNED, BROKEN, happened(OpinionIssued, **OPINION))["result"].startswith(OPINION["opinion_no"])


def test_other_procedure_and_its_docketing():
    assert report(IMPORTED)["execution_proof"] == "尚未立案。"
    docketed = happened(ProcedureDocketed, docket_no=typed_before("仲1号"), docketed_on=date(2025, 9, 3))
    assert "仲1号" in report(IMPORTED, docketed)["execution_proof"]


def test_opinion_as_before():
    items = report(happened(OpinionIssued, **OPINION), happened(OpinionServed, **SERVED))
    assert items["result"].startswith(OPINION["opinion_no"])
    assert items["execution_proof"] == "无须执行。"


def test_nothing_is_reported_of_what_is_not_answered():
    with refuses(NotSo):
        report()


@pytest.mark.parametrize(("sequence", "possible"), [(0, True), (1, False)])
def test_paper_of_what_is_on_record_is_printed_after_it_was_handed_over(sequence: int, possible: bool):
    """第三十二条: the opinion was issued and had before somebody printed it here; a number of the book is not."""
    paper = Paper.blank(uuid4())
    paper.issue(Registration.blank(uuid4()), None, at=NOW, **FACTS | {"sequence": sequence})
    serve = {"on": at("2026-11-22"), "now": at("2026-12-30")}
    if possible:
        paper.serve(ServiceMethod.in_person, serve["on"], typed_before("1"), consent=False, at=serve["now"])
        assert paper.state == "served"
    else:
        with refuses(BeforeIssue):
            paper.serve(ServiceMethod.in_person, serve["on"], typed_before("1"), consent=False, at=serve["now"])
