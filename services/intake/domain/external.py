"""External numbers: one number in another system is one case here, so nobody enters anything twice."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from contracts.ids import derived
from contracts.intake import ExternalCaseLinked
from contracts.vocabulary import ExternalSystem
from services.chassis.aggregate import when
from services.chassis.entry import CaseEntry
from services.chassis.errors import Refused

REFERENCES: Final = UUID("7d1e3c52-0f4b-5a1d-8c6e-2b9a4f7d1c30")
"""Namespace of references: the same number of the same system is the same reference."""


class LinkedElsewhere(Refused):
    """The number is that of another case here."""

    code = "linked_elsewhere"
    title = "该外部编号已关联其他信访事项"
    article = "信访工作条例 第二十一条第一款"


class ExternalReference(CaseEntry):
    """The number of a case in another system."""

    def start(self) -> None:
        """It is linked to nothing yet."""
        super().start()
        self.system: ExternalSystem | None = None
        self.external_no: UUID | None = None

    @staticmethod
    def stream_before(system: ExternalSystem, external_no: str) -> UUID:
        """Return the stream that a number of a system had when it stood in the event."""
        return derived(REFERENCES, f"{system} {external_no}")

    def link(self, case: UUID, system: ExternalSystem, external_no: UUID, *, at: datetime) -> None:
        """Say which case it is here; nothing happens the second time."""
        if self.of is None:
            self.record(ExternalCaseLinked, at=at, case=case, system=system, external_no=external_no)
        elif self.of != case:
            raise LinkedElsewhere

    @when
    def _(self, event: ExternalCaseLinked) -> None:
        self.of, self.system, self.external_no = event.case, event.system, event.external_no
