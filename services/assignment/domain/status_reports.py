"""The rules of telling a unit above how far a case is (上下联动)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from contracts.assignment import StatusReportedUp
from services.chassis.aggregate import Aggregate, when
from services.chassis.errors import Invalid


class ReportedToItself(Invalid):
    """A report goes up, and not round."""

    code = "reported_to_itself"
    title = "不得向本单位上报"
    article = "信访工作条例 第十四条第四项、第二十二条第三项"


class StatusReport(Aggregate):
    """One report about one case to one unit above."""

    def start(self) -> None:
        """Nothing is reported yet."""
        self.of: UUID | None = None
        self.superior = ""

    @property
    def case(self) -> UUID | None:
        """The case that is reported on."""
        return self.of

    def report(self, case: UUID, unit: str, superior: str, document: UUID, *, at: datetime) -> None:
        """Tell a unit above how far the case is."""
        if superior == unit:
            raise ReportedToItself
        self.record(StatusReportedUp, at=at, case=case, superior=superior, document=document)

    @when
    def _(self, event: StatusReportedUp) -> None:
        self.of, self.superior = event.case, event.superior
