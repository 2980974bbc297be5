"""The rules of the joint conference (联席会议): agenda, decision, owner, last day, done."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from uuid import UUID

from contracts.assignment import (
    AgendaItemAdded,
    ConferenceConvened,
    ConferenceDecided,
    ConferenceItemDone,
    ConferenceItemOverdue,
    UnitConsulted,
    UnitSummoned,
)
from contracts.periods.calendar import day
from contracts.vocabulary import ConferenceState
from services.chassis.aggregate import Aggregate, when
from services.chassis.errors import Forbidden, Invalid, Refused

CONFERENCE_ARTICLE: Final = "信访工作条例 第十三条第一款"
EXECUTION_ARTICLE: Final = "信访工作条例 第十二条第二款、第十三条"
AGENDA_MAX: Final = 100


class AgendaFull(Refused):
    """A conference that deals with everything decides nothing."""

    code = "agenda_full"
    title = "议题已达上限"
    article = CONFERENCE_ARTICLE


class NotOnTheAgenda(Refused):
    """What was not put on the agenda is not decided."""

    code = "not_on_the_agenda"
    title = "议题中没有该事项"
    article = CONFERENCE_ARTICLE


class NotHeldYet(Refused):
    """Nothing is decided before the conference."""

    code = "conference_not_held"
    title = "会议尚未召开"
    article = CONFERENCE_ARTICLE


class NotSummoned(Refused):
    """Who was not called to the conference does not speak there."""

    code = "not_summoned"
    title = "该单位未被通知到会"
    article = CONFERENCE_ARTICLE


class NotConsulted(Refused):
    """Nothing is decided about what a unit has to do before it was heard."""

    code = "not_consulted"
    title = "责任单位尚未列席会商，不得议定"
    article = CONFERENCE_ARTICLE


class AlreadyDecidedThere(Refused):
    """A conference decides on an item once; the next conference may decide anew."""

    code = "conference_already_decided"
    title = "该议题已议定"
    article = CONFERENCE_ARTICLE


class DecisionDayPassed(Invalid):
    """A decision gives its owner time."""

    code = "decision_day_passed"
    title = "议定事项期限须晚于今日"
    article = CONFERENCE_ARTICLE


class NothingToCarryOut(Refused):
    """The item is not decided yet, or it is done."""

    code = "nothing_to_carry_out"
    title = "该事项尚未议定，或已落实"
    article = EXECUTION_ARTICLE


class NotTheOwner(Forbidden):
    """The unit that was told to do it reports that it is done."""

    code = "not_the_owner"
    title = "该议定事项不由本单位落实"
    article = EXECUTION_ARTICLE


class AlreadySummoned(Refused):
    """A unit is told once."""

    code = "already_summoned"
    title = "该单位已通知到会"
    article = CONFERENCE_ARTICLE


class Conference(Aggregate):
    """One meeting of the joint conference. Its stream belongs to no case."""

    def start(self) -> None:
        """Nobody is called yet."""
        self.conference_no = ""
        self.held_on: date | None = None
        self.convened_by: str | None = None
        self.agenda: list[UUID | None] = []
        self.summoned: list[str] = []
        self.consulted: set[str] = set()
        self.owners: dict[int, str] = {}
        self.due: dict[int, date] = {}
        self.done: list[int] = []

    @property
    def case(self) -> UUID | None:
        """A conference deals with many cases and belongs to none."""
        return None

    @property
    def state(self) -> ConferenceState:
        """What a list shows."""
        if not self.due:
            return ConferenceState.convened
        return ConferenceState.carried_out if len(self.done) == len(self.agenda) else ConferenceState.decided

    @property
    def next_due_on(self) -> date | None:
        """The next day on which something decided is due."""
        return min((due for item, due in self.due.items() if item not in self.done), default=None)

    def convene(self, conference_no: str, held_on: date, convened_by: str | None = None, *, at: datetime) -> None:
        """Call the conference, or enter one that was called at once and held before somebody typed it."""
        self.record(ConferenceConvened, at=at, conference_no=conference_no, held_on=held_on, convened_by=convened_by)

    def add_item(self, matter: UUID | None, document: UUID, *, at: datetime) -> None:
        """Put something on the agenda."""
        if len(self.agenda) >= AGENDA_MAX:
            raise AgendaFull(f"上限 {AGENDA_MAX} 项")
        self.record(AgendaItemAdded, at=at, item=len(self.agenda) + 1, matter=matter, document=document)

    def summon(self, unit: str, *, at: datetime) -> None:
        """Have a unit come."""
        if unit in self.summoned:
            raise AlreadySummoned
        self.record(UnitSummoned, at=at, unit=unit)

    def consult(self, unit: str, officer: str, document: UUID, *, at: datetime) -> None:
        """Hear a unit that was summoned; as often as it has something to say."""
        if unit not in self.summoned:
            raise NotSummoned
        self.record(UnitConsulted, at=at, unit=unit, officer=officer, document=document)

    def decide(self, item: int, owner: str, due_on: date, document: UUID, *, at: datetime) -> None:
        """Say who does what until when."""
        if item > len(self.agenda):
            raise NotOnTheAgenda
        if item in self.due:
            raise AlreadyDecidedThere
        if self.held_on is None or day(at) < self.held_on:
            raise NotHeldYet
        if owner not in self.consulted:
            raise NotConsulted
        if due_on <= day(at):
            raise DecisionDayPassed
        matter = self.agenda[item - 1]
        self.record(ConferenceDecided, at=at, item=item, owner=owner, due_on=due_on, document=document, matter=matter)

    def carry_out(self, unit: str, item: int, proof: UUID, *, at: datetime) -> None:
        """Report, with proof, that what was decided is done."""
        if item not in self.due or item in self.done:
            raise NothingToCarryOut
        if unit != self.owners[item]:
            raise NotTheOwner
        self.record(ConferenceItemDone, at=at, item=item, proof=proof)

    def matter_of(self, item: int) -> UUID | None:
        """Return the case that an item of the agenda is about, if it is there and about one."""
        return self.agenda[item - 1] if item <= len(self.agenda) else None

    @when
    def _(self, event: ConferenceConvened) -> None:
        self.conference_no, self.held_on = event.conference_no, event.held_on
        self.convened_by = event.convened_by

    @when
    def _(self, event: AgendaItemAdded) -> None:
        self.agenda.append(event.matter)

    @when
    def _(self, event: UnitSummoned) -> None:
        self.summoned.append(event.unit)

    @when
    def _(self, event: UnitConsulted) -> None:
        self.consulted.add(event.unit)

    @when
    def _(self, event: ConferenceDecided) -> None:
        self.owners[event.item], self.due[event.item] = event.owner, event.due_on

    @when
    def _(self, event: ConferenceItemDone) -> None:
        self.done.append(event.item)

    @when
    def _(self, _: ConferenceItemOverdue) -> None:
        """Who had to look once put it on record here; the watch of the duties does so now."""
