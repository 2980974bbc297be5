"""The command by which a unit above is told how far a case is."""

from __future__ import annotations

from uuid import UUID

from contracts.ids import derived
from contracts.vocabulary import Role
from services.assignment.application.directory import found
from services.assignment.domain.assigning import Assignment
from services.assignment.domain.status_reports import StatusReport
from services.chassis.context import By
from services.chassis.store import New, Store
from services.chassis.writer import Done


class Reporting:
    """What goes up from a unit to those above it."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def report(self, case: UUID, superior: str, document: UUID, *, by: By) -> Done:
        """Tell a unit above how far a case is (第十四条第四项, 第二十二条第三项)."""
        by.must_be(Role.bureau_officer, Role.unit_head, Role.unit_receiver, Role.conference_secretary)
        await self.store.known(Assignment, case)
        await found(self.store, superior)
        report = StatusReport.blank(derived(by.command_id, "status-report"))
        report.report(case, by.unit, superior, document, at=by.at)
        return await self.store.create(lambda: New(report, {"report_id": report.id, "case_id": case}), by=by)
