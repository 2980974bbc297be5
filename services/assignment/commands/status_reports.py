"""The command of reports to units above."""

from __future__ import annotations

from uuid import UUID

from contracts.ids import derived
from services.assignment.commands.acting import ORGANISERS, UNIT_DOOR, KnownCase, Organising
from services.assignment.domain.status_reports import StatusReport
from services.chassis.commands import Entry, Reply
from services.chassis.context import By
from services.chassis.references import KnownUnit
from services.chassis.texts import CaseText


class StatusReported(Reply):
    """The report, and the case that it is about."""

    report_id: UUID
    case_id: UUID


class ReportStatus(
    Organising, Entry[StatusReport], path="/cases/{case_id}/status-reports", by=(*ORGANISERS, *UNIT_DOOR),
    called="报告情况", reply=StatusReported,
):  # fmt: skip
    """Tell a unit above how far a case is (第十四条第四项, 第二十二条第三项)."""

    entry = "report"

    case_id: KnownCase
    superior: KnownUnit
    document: CaseText

    def stream(self, by: By) -> UUID:
        return derived(by.command_id, "status-report")

    def act(self, r: StatusReport, by: By) -> None:
        r.report(self.case_id, by.unit, self.superior, self.document, at=by.at)
