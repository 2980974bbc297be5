"""Disputes in the villages, and the sweeps in which units look for them (第十条, 第三十七条第一款)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from contracts.mediation import (
    DisputeRecorded,
    DisputeSettled,
    MediationTeamNamed,
    SelfCorrected,
    SweepMissed,
    SweepOrdered,
    SweepReported,
)
from contracts.periods.calendar import day
from contracts.vocabulary import (
    ContentCategory,
    DisputeClass,
    DisputeState,
    SelfCorrectionState,
    SupervisionReason,
    SweepState,
)
from services.chassis.aggregate import when
from services.chassis.directory import Directory
from services.chassis.entry import Entry
from services.chassis.errors import Forbidden, Invalid, Refused
from services.mediation.domain.committees import must_mediate_for
from services.mediation.domain.guards import ImpossibleDate


class TeamIncomplete(Refused):
    """Somebody leads, somebody mediates, and both have until a day; two of the three are no team."""

    code = "team_incomplete"
    title = "调解专班须同时明确责任领导、调解人员、时限"
    article = "信访工作条例 第三十七条第一款"


class NotNeutral(Refused):
    """The unit that a citizen quarrels with does not mediate in its own cause."""

    code = "not_neutral"
    title = "当事单位不得调解涉及本单位的纠纷"
    article = "信访工作条例 第二十八条第三款；人民调解法 第三条"


class DisputeIsSettled(Refused):
    """What is settled is settled; a new quarrel is a new dispute."""

    code = "dispute_settled"
    title = "该纠纷已化解"
    article = "信访工作条例 第三十七条第一款"


class NoTimeToSweep(Invalid):
    """A sweep gives units time to look."""

    code = "no_time_to_sweep"
    title = "排查期限须晚于今日"
    article = "信访工作条例 第十条"


class NotSwept(Forbidden):
    """Only a unit that was told to look reports."""

    code = "not_swept"
    title = "本单位不在此次排查范围"
    article = "信访工作条例 第十条"


class ReportedAlready(Refused):
    """A unit reports once; what it finds later goes into the ledger of disputes."""

    code = "reported_already"
    title = "本单位已报告此次排查"
    article = "信访工作条例 第十条"


class Dispute(Entry):
    """A dispute at village level: a matter and a place, and nobody's file."""

    def start(self) -> None:
        """Nobody quarrels yet."""
        self.unit = self.place = ""
        self.dispute_class: DisputeClass | None = None
        self.category: ContentCategory | None = None
        self.against_unit: str | None = None
        self.leader: str | None = None
        self.mediator: str | None = None
        self.mediator_unit: str | None = None
        self.due_on: date | None = None
        self.settled_on: date | None = None

    @property
    def state(self) -> DisputeState:
        """What a list shows."""
        if self.settled_on:
            return DisputeState.settled
        return DisputeState.in_mediation if self.leader else DisputeState.recorded

    def enter(self, *, at: datetime, **facts: Any) -> None:  # noqa: ANN401  # the fields of the event
        """Put the dispute into the ledger."""
        self.record(DisputeRecorded, at=at, **facts)

    def name_team(
        self, leader: str | None, mediator: str | None, mediator_unit: str, due_on: date | None, directory: Directory,
        *, registered: bool, removed: bool = False, at: datetime,
    ) -> None:  # fmt: skip
        """Say who leads, who mediates, and until when.

        Who mediates is `registered` with the committee, and not `removed` from it, or acts for it.
        """
        self._must_be_open()
        if leader is None or mediator is None or due_on is None:
            raise TeamIncomplete
        if mediator_unit == self.against_unit:
            raise NotNeutral
        must_mediate_for(mediator, mediator_unit, directory, registered=registered, removed=removed)
        if due_on < day(at):
            raise ImpossibleDate
        self.record(
            MediationTeamNamed, at=at, leader=leader, mediator=mediator, mediator_unit=mediator_unit, due_on=due_on
        )

    def settle(self, settled_on: date, document: UUID, *, at: datetime) -> None:
        """Say how the dispute was settled."""
        self._must_be_open()
        if settled_on > day(at):
            raise ImpossibleDate
        self.record(DisputeSettled, at=at, settled_on=settled_on, document=document)

    def _must_be_open(self) -> None:
        if self.settled_on:
            raise DisputeIsSettled

    @when
    def _(self, event: DisputeRecorded) -> None:
        self.unit, self.place, self.dispute_class = event.unit, event.place, event.dispute_class
        self.category, self.against_unit = event.category, event.against_unit

    @when
    def _(self, event: MediationTeamNamed) -> None:
        self.leader, self.mediator, self.due_on = event.leader, event.mediator, event.due_on
        self.mediator_unit = event.mediator_unit

    @when
    def _(self, event: DisputeSettled) -> None:
        self.settled_on = event.settled_on


class Sweep(Entry):
    """A look for disputes, unit by unit."""

    def start(self) -> None:
        """Nobody is told to look yet."""
        self.units: list[str] = []
        self.due_on: date | None = None
        self.reported: dict[str, int] = {}

    @property
    def state(self) -> SweepState:
        """What a list shows."""
        return SweepState.reported if len(self.reported) == len(self.units) else SweepState.ordered

    @property
    def unreported(self) -> list[str]:
        """Who has to say what they found; whoever carries on for one of them says it beside what they found before."""
        return [unit for unit in self.units if unit not in self.reported]

    def order(self, units: tuple[str, ...], due_on: date, *, at: datetime) -> None:
        """Tell units to look, and until when."""
        if due_on <= day(at):
            raise NoTimeToSweep
        self.record(SweepOrdered, at=at, units=tuple(dict.fromkeys(units)), due_on=due_on)

    def report(self, unit: str, count: int, document: UUID | None, *, at: datetime) -> None:
        """Say how many disputes a unit found; none is an answer, and a late answer is one too."""
        if unit not in self.units:
            raise NotSwept
        if unit in self.reported:
            raise ReportedAlready
        self.record(SweepReported, at=at, unit=unit, count=count, document=document)

    @when
    def _(self, event: SweepOrdered) -> None:
        self.units, self.due_on = list(event.units), event.due_on

    @when
    def _(self, event: SweepReported) -> None:
        self.reported[event.unit] = event.count

    @when
    def _(self, _: SweepMissed) -> None:
        """Who had to look once put it on record here; the watch of the duties does so now."""


class SelfCorrection(Entry):
    """What a unit put right before anybody complained."""

    def start(self) -> None:
        """Nothing is put right yet."""
        self.unit = ""
        self.reason: SupervisionReason | None = None
        self.corrected_on: date | None = None
        self.document: UUID | None = None

    @property
    def state(self) -> SelfCorrectionState:
        """What a list shows."""
        return SelfCorrectionState.corrected

    def correct(
        self, unit: str, reason: SupervisionReason, corrected_on: date, document: UUID, *, at: datetime
    ) -> None:
        """Say what was wrong and is right now."""
        if corrected_on > day(at):
            raise ImpossibleDate
        self.record(SelfCorrected, at=at, unit=unit, reason_code=reason, corrected_on=corrected_on, document=document)

    @when
    def _(self, event: SelfCorrected) -> None:
        self.unit, self.reason = event.unit, event.reason_code
        self.corrected_on, self.document = event.corrected_on, event.document
