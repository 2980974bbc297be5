"""联系群众: contact points, help plans, talks that are offered. Whoever would rather not talk loses nothing by it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from contracts.intake import (
    ContactPointEnded,
    ContactPointSet,
    DialogueHeld,
    HelpPlanDone,
    HelpPlanFiled,
    PetitionerContacted,
)
from contracts.periods.calendar import day
from contracts.vocabulary import ContactOutcome, ContactPointState, DialogueGroup, HelpPlanState
from services.chassis.aggregate import when
from services.chassis.entry import CaseEntry, Entry
from services.chassis.errors import Invalid, Refused

_FIELD_ARTICLE: Final = "信访工作条例 第十八条第二款"
_HELP_ARTICLE: Final = "信访工作条例 第三十七条第二款、第三款"


class PointEnded(Refused):
    """Nobody is there any more."""

    code = "contact_point_ended"
    title = "联系点已撤销"
    article = _FIELD_ARTICLE


class HelpDayPassed(Invalid):
    """Help that is promised lies ahead."""

    code = "help_day_passed"
    title = "帮扶期限须晚于今日"
    article = _HELP_ARTICLE


class HelpGiven(Refused):
    """What was promised is done."""

    code = "help_given"
    title = "帮扶计划已落实"
    article = _HELP_ARTICLE


class DialogueAhead(Invalid):
    """What is put on record has happened."""

    code = "dialogue_ahead"
    title = "对话日期不得晚于今日"
    article = _FIELD_ARTICLE


class MoreThanInvited(Invalid):
    """Nobody comes or declines who was not asked."""

    code = "more_than_invited"
    title = "参加和谢绝的人数不得多于邀请人数"
    article = _FIELD_ARTICLE


class ContactPoint(Entry):
    """A place for which somebody of a unit is there."""

    def start(self) -> None:
        """Nobody is there yet."""
        self.unit = self.officer = self.place = ""
        self.ended = False

    @property
    def state(self) -> ContactPointState:
        """What a list shows."""
        return ContactPointState.ended if self.ended else ContactPointState.set_up

    def set_up(self, unit: str, officer: str, place: str, *, at: datetime) -> None:
        """Let somebody be there for the place."""
        self.record(ContactPointSet, at=at, unit=unit, officer=officer, place=place)

    def end(self, *, at: datetime) -> None:
        """Let nobody be there any more."""
        self.must_be_there()
        self.record(ContactPointEnded, at=at)

    def must_be_there(self) -> None:
        """Raise ``PointEnded`` where the point was given up."""
        if self.ended:
            raise PointEnded

    @when
    def _(self, event: ContactPointSet) -> None:
        self.unit, self.officer, self.place = event.unit, event.officer, event.place

    @when
    def _(self, _: ContactPointEnded) -> None:
        self.ended = True


class HelpPlan(CaseEntry):
    """Who helps a petitioner in hardship, how, and until when."""

    def start(self) -> None:
        """Nothing is promised yet."""
        super().start()
        self.unit = self.officer = ""
        self.due_on: date | None = None
        self.contact_point: UUID | None = None
        self.done = False

    @property
    def state(self) -> HelpPlanState:
        """What a list shows."""
        return HelpPlanState.done if self.done else HelpPlanState.to_do

    def file(
        self, case: UUID, unit: str, officer: str, due_on: date, document: UUID, point: ContactPoint | None, *,
        at: datetime,
    ) -> None:  # fmt: skip
        """Promise help; nothing is asked for it in return."""
        if due_on <= day(at):
            raise HelpDayPassed
        if point is not None:
            point.must_be_there()
        self.record(
            HelpPlanFiled, at=at, case=case, unit=unit, officer=officer, due_on=due_on, document=document,
            contact_point=None if point is None else point.id,
        )  # fmt: skip

    def complete(self, proof: UUID, *, at: datetime) -> None:
        """Show that the help was given."""
        if self.done:
            raise HelpGiven
        self.record(HelpPlanDone, at=at, proof=proof)

    @when
    def _(self, event: HelpPlanFiled) -> None:
        self.of, self.unit, self.officer, self.due_on = event.case, event.unit, event.officer, event.due_on
        self.contact_point = event.contact_point

    @when
    def _(self, _: HelpPlanDone) -> None:
        self.done = True


class Dialogue(Entry):
    """A talk that a unit offered to a group of people."""

    def start(self) -> None:
        """Nobody was asked yet."""
        self.unit = self.place = ""
        self.people: DialogueGroup | None = None
        self.held_on: date | None = None
        self.invited_count = self.attended_count = self.declined_count = 0

    def hold(self, *, at: datetime, **facts: Any) -> None:  # noqa: ANN401  # the fields of the event
        """Put the talk on record: how many came, and how many would rather not."""
        if facts["held_on"] > day(at):
            raise DialogueAhead
        if facts["attended_count"] + facts["declined_count"] > facts["invited_count"]:
            raise MoreThanInvited
        self.record(DialogueHeld, at=at, **facts)

    @when
    def _(self, event: DialogueHeld) -> None:
        self.unit, self.place, self.people, self.held_on = event.unit, event.place, event.people, event.held_on
        self.invited_count, self.attended_count = event.invited_count, event.attended_count
        self.declined_count = event.declined_count


class Contact(CaseEntry):
    """A talk that was offered to the petitioner of an open case. No other code looks at it: it changes nothing."""

    def start(self) -> None:
        """Nobody was asked yet."""
        super().start()
        self.unit = self.officer = ""
        self.outcome: ContactOutcome | None = None
        self.contacted_at: datetime | None = None

    def offer(self, case: UUID, unit: str, officer: str, outcome: ContactOutcome, *, at: datetime) -> None:
        """Put on record what came of it."""
        self.record(PetitionerContacted, at=at, case=case, unit=unit, officer=officer, outcome=outcome)

    @when
    def _(self, event: PetitionerContacted) -> None:
        self.of, self.unit, self.officer, self.outcome = event.case, event.unit, event.officer, event.outcome
        self.contacted_at = event.timestamp
