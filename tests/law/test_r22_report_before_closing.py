"""第二十二条第一款第三项: 交由有权处理的机关、单位办理，要求其在指定办理期限内反馈结果，提交办结报告。"""

from __future__ import annotations

from datetime import date
from uuid import uuid4

from contracts.mediation import CaseClosed
from contracts.vocabulary import Result
from services.mediation.domain import ending, receiving
from services.mediation.domain.ending import NoReportOwed, ReportMissing
from services.mediation.domain.guards import NotWithUnit
from tests.mediation.cases import UNIT, after, close, opened, served, the_event
from tests.rules import at, refuses

DUE = date(2025, 12, 31)
ANSWERED = at("2025-12-01")


def answered(due_on: date | None = DUE):
    return served(Result.explain, due_on=due_on)


def report(handling) -> None:
    ending.submit_report(handling, UNIT, uuid4(), at=ANSWERED)


def test_case_that_was_assigned_is_not_closed_without_its_report():
    with refuses(ReportMissing):
        close(answered())
    handling = after(answered(), report)
    close(handling)
    the_event(handling, CaseClosed)


def test_report_that_was_given_back_is_owed_again():
    handling = after(answered(), report, lambda h: ending.return_report(h, DUE, at=ANSWERED))
    with refuses(ReportMissing):
        close(handling)


def test_what_was_forwarded_owes_none():
    close(answered(None))
    with refuses(NoReportOwed):
        report(answered(None))


def test_unit_that_was_designated_owes_the_day_of_its_own_assignment_alone():
    """第二十四条: who has not been given a day owes no report; who keeps the case keeps the day."""
    moment = at("2025-08-27")
    handling = opened(due_on=DUE)
    receiving.hand_to_lead(handling, UNIT, ("JYJ",), at=moment)
    assert handling.report_owed
    receiving.hand_to_lead(handling, "JYJ", (), at=moment, unit_name="教育局", registration_no="1", route=None)
    assert not handling.report_owed


def test_report_of_a_unit_that_has_the_case_no_more_is_not_given_back():
    handling = after(answered(), report)
    handling.unit = None
    with refuses(NotWithUnit):
        ending.return_report(handling, DUE, at=ANSWERED)
