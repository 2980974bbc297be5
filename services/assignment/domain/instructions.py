"""The rules of leaders' instructions on letters (阅批来信)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from contracts.assignment import InstructionAnswered, InstructionRedirected, LeaderInstructed
from contracts.periods.calendar import day
from contracts.vocabulary import InstructionState
from services.assignment.domain.sponsorship import LEADERS_ARTICLE
from services.chassis.aggregate import Aggregate, when
from services.chassis.errors import Forbidden, Invalid, Refused


class InstructionDayPassed(Invalid):
    """An instruction gives the unit time."""

    code = "instruction_day_passed"
    title = "批示办理期限须晚于今日"
    article = LEADERS_ARTICLE


class NotTheInstructedUnit(Forbidden):
    """The unit that was told answers."""

    code = "not_the_instructed_unit"
    title = "该批示不由本单位办理"
    article = LEADERS_ARTICLE


class AlreadyAnswered(Refused):
    """An instruction is answered once."""

    code = "instruction_already_answered"
    title = "该批示已反馈"
    article = LEADERS_ARTICLE


class Instruction(Aggregate):
    """What one leader wrote on one letter; the words lie in the vault."""

    def start(self) -> None:
        """Nothing is written yet."""
        self.of: UUID | None = None
        self.leader = self.unit = ""
        self.due_on: date | None = None
        self.answered_at: datetime | None = None

    @property
    def case(self) -> UUID | None:
        """The case of the letter."""
        return self.of

    @property
    def state(self) -> InstructionState:
        """What a list shows."""
        return InstructionState.instructed if self.answered_at is None else InstructionState.answered

    def instruct(self, case: UUID, leader: str, unit: str, document: UUID, due_on: date, *, at: datetime) -> None:
        """Say on a letter what has to be done until when."""
        if due_on <= day(at):
            raise InstructionDayPassed
        self.record(LeaderInstructed, at=at, case=case, leader=leader, unit=unit, document=document, due_on=due_on)

    def redirect(self, unit: str, document: UUID, due_on: date, *, at: datetime) -> None:
        """Give it to another unit, with a day of its own; what is answered stays answered."""
        if self.answered_at is not None:
            raise AlreadyAnswered
        if due_on <= day(at):
            raise InstructionDayPassed
        self.record(InstructionRedirected, at=at, unit=unit, due_on=due_on, document=document)

    def answer(self, unit: str, document: UUID, *, at: datetime) -> None:
        """Report to the leader what was done."""
        if unit != self.unit:
            raise NotTheInstructedUnit
        if self.answered_at is not None:
            raise AlreadyAnswered
        self.record(InstructionAnswered, at=at, document=document)

    @when
    def _(self, event: LeaderInstructed) -> None:
        self.of, self.leader, self.unit, self.due_on = event.case, event.leader, event.unit, event.due_on

    @when
    def _(self, event: InstructionRedirected) -> None:
        self.unit, self.due_on = event.unit, event.due_on

    @when
    def _(self, event: InstructionAnswered) -> None:
        self.answered_at = event.timestamp
