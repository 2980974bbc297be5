"""The rules by which the reception hall calls units (大厅调度): somebody comes or answers, until a day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from uuid import UUID

from contracts.assignment import HallCallAnswered, UnitCalledToHall
from contracts.periods.calendar import day
from contracts.vocabulary import HallCallState
from services.chassis.aggregate import when
from services.chassis.entry import CaseEntry
from services.chassis.errors import Forbidden, Invalid, Refused

HALL_ARTICLE: Final = "信访工作条例 第十四条第二项、第十八条第三款"


class CallDayPassed(Invalid):
    """Nobody is called to a day that is over."""

    code = "call_day_passed"
    title = "到场答复日期不得早于今日"
    article = HALL_ARTICLE


class NotTheCalledUnit(Forbidden):
    """The unit that was called answers."""

    code = "not_the_called_unit"
    title = "该通知不是发给本单位的"
    article = HALL_ARTICLE


class CallAnswered(Refused):
    """A call is answered once."""

    code = "call_answered"
    title = "该通知已答复"
    article = HALL_ARTICLE


class HallCall(CaseEntry):
    """One call of one unit about one case."""

    def start(self) -> None:
        """Nobody is called yet."""
        super().start()
        self.unit = ""
        self.due_on: date | None = None
        self.officer: str | None = None

    @property
    def state(self) -> HallCallState:
        """What a list shows."""
        return HallCallState.called if self.officer is None else HallCallState.answered

    def call(self, case: UUID, unit: str, due_on: date, *, at: datetime) -> None:
        """Call the unit."""
        if due_on < day(at):
            raise CallDayPassed
        self.record(UnitCalledToHall, at=at, case=case, unit=unit, due_on=due_on)

    def answer(self, unit: str, officer: str, document: UUID, *, came: bool, at: datetime) -> None:
        """Say who came, or what the unit answers."""
        if unit != self.unit:
            raise NotTheCalledUnit
        if self.officer is not None:
            raise CallAnswered
        self.record(HallCallAnswered, at=at, officer=officer, came=came, document=document)

    @when
    def _(self, event: UnitCalledToHall) -> None:
        self.of, self.unit, self.due_on = event.case, event.unit, event.due_on

    @when
    def _(self, event: HallCallAnswered) -> None:
        self.officer = event.officer
