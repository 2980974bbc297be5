"""The rules of handing the cases of one sector to its department at once (按系统批量交办)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from contracts.assignment import SectorBatchAssigned, SectorBatchCompleted
from contracts.vocabulary import ContentCategory, Forwarding, SectorBatchState
from services.assignment.domain.assigning import Assignment
from services.chassis.aggregate import Aggregate, when
from services.chassis.errors import Refused

SECTOR_ARTICLE: Final = "信访工作条例 第五条第三项、第二十二条"


class OfAnotherSector(Refused):
    """A batch is of one sector; whoever is in charge of it is not in charge of the case."""

    code = "of_another_sector"
    title = "该事项不属于本批次的领域"
    article = SECTOR_ARTICLE


class BatchIsCompleted(Refused):
    """Every case of the batch was tried; a new batch takes up what is left."""

    code = "batch_completed"
    title = "该批次已处理完毕"
    article = SECTOR_ARTICLE


class SectorBatch(Aggregate):
    """What was handed over together. Its stream belongs to no case; each case keeps its own history."""

    def start(self) -> None:
        """Nothing is handed over yet."""
        self.batch_no = self.unit = ""
        self.category: ContentCategory | None = None
        self.cases: list[UUID] = []
        self.handed: list[UUID] = []
        self.refused: list[UUID] = []
        self.completed = False

    @property
    def case(self) -> UUID | None:
        """A batch belongs to no case."""
        return None

    @property
    def state(self) -> SectorBatchState:
        """What a list shows; one that stays open was interrupted, and goes on when it is sent again."""
        return SectorBatchState.completed if self.completed else SectorBatchState.open

    def assign(
        self, batch_no: str, category: ContentCategory, mode: Forwarding, unit: str, due_on: date | None,
        cases: Sequence[UUID], *, at: datetime,
    ) -> None:  # fmt: skip
        """Name the sector, its department and the cases."""
        self.record(
            SectorBatchAssigned, at=at, batch_no=batch_no, category=category, mode=mode, unit=unit, due_on=due_on,
            cases=tuple(dict.fromkeys(cases)),
        )  # fmt: skip

    def check(self, assignment: Assignment) -> None:
        """Refuse a case of another sector."""
        if assignment.category is not self.category:
            raise OfAnotherSector

    def complete(self, handed: Sequence[UUID], refused: Sequence[UUID], *, at: datetime) -> None:
        """Note what became of each case."""
        if self.completed:
            raise BatchIsCompleted
        self.record(SectorBatchCompleted, at=at, handed=tuple(handed), refused=tuple(refused))

    @when
    def _(self, event: SectorBatchAssigned) -> None:
        self.batch_no, self.category, self.unit = event.batch_no, event.category, event.unit
        self.cases = list(event.cases)

    @when
    def _(self, event: SectorBatchCompleted) -> None:
        self.completed, self.handed, self.refused = True, list(event.handed), list(event.refused)
