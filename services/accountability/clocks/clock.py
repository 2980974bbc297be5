"""One clock of law: when it began, for whom it runs, its last day, and how it ended.

Only accountability makes these events, and only from what others have recorded: the unit whose time runs can edit
neither start nor stop nor due date. The due date is computed once and kept in the event, with the versions of rules and
calendar that it was computed by. A breach is never taken back.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import cast
from uuid import UUID

from contracts.accountability import (
    ClockAdvanced,
    ClockBreached,
    ClockCorrected,
    ClockExtended,
    ClockExtensionClaimed,
    ClockHandedOver,
    ClockLapsed,
    ClockPaused,
    ClockRecalculated,
    ClockStarted,
    ClockStopped,
)
from contracts.event import Event
from contracts.periods.book import Due
from contracts.periods.calendar import Calendar, day
from contracts.vocabulary import ClockKind, ClockNature, ClockOutcome, ClockState, Confirmation, LimitUnit
from services.accountability.clocks.firing import Deed, Firing
from services.accountability.clocks.rules import Rule
from services.chassis.aggregate import Aggregate, when


class Clock(Aggregate):
    """A period of law, within a case or about something that belongs to none."""

    def start(self) -> None:
        """Nothing runs yet."""
        self.of: UUID | None = None
        self.code = ""
        self.nature = ClockNature.duty
        self.kind = ClockKind.real
        self.holder: str | None = None
        self.officer: str | None = None
        self.owed_first: str | None = None
        """Who has owed it from the beginning, whoever does so now."""
        self.named: str | None = None
        """Which officer was named last, whether or not they still may act."""
        self.subject: UUID | None = None
        self.item: str | None = None
        self.started_by: UUID | None = None
        self.started_at: datetime | None = None
        self.fixed: date | None = None
        self.due_on: date | None = None
        self.due_at: datetime | None = None
        self.extensions: list[int] = []
        self.claims: dict[UUID, int] = {}
        """The days by which it would be longer, were it true that somebody was told so in time; by the entries."""
        self.pauses: list[int] = []
        self.paused_on: date | None = None
        self.resumed_on: date | None = None
        self.rules = self.calendar = ""
        self.provisional = self.breached = self.lapsed = False
        self.corrected = False
        """Whether what was on record as too late has turned out to be in time."""
        self.stopped_by: UUID | None = None
        self.stopped_at: datetime | None = None
        self.claimed_at: datetime | None = None
        """When it was done, by the word of the unit that owed it."""
        self.outcome: ClockOutcome | None = None

    @property
    def case(self) -> UUID | None:
        """The case within which it runs, if it runs within one."""
        return self.of

    @property
    def about(self) -> UUID | None:
        """What it is found by: the stream that it is about, where a rule tells them apart, or its case."""
        return self.subject or self.of

    @property
    def open(self) -> bool:
        """Whether what is due is still to come, in time or late."""
        return self.exists and self.stopped_at is None and not self.lapsed

    def gives_way(self, moment: datetime) -> bool:
        """Return whether it is a right that somebody has had given again since it began."""
        return self.nature is ClockNature.right and self.started_at is not None and self.started_at < moment

    @property
    def over(self) -> bool:
        """Whether nothing is due here any more."""
        return self.lapsed or self.outcome is not None

    @property
    def undone(self) -> bool:
        """Whether it has turned out that it never began."""
        return self.outcome is ClockOutcome.void and self.stopped_at == self.started_at

    @property
    def state(self) -> ClockState:
        """What a list shows; only what is ``running`` can come to be overdue."""
        if self.stopped_at is not None:
            return ClockState.stopped
        if self.lapsed:
            return ClockState.lapsed
        if self.breached:
            return ClockState.breached
        return ClockState.running if self.paused_on is None else ClockState.paused

    def begin(self, by: Firing, calendar: Calendar, *, at: datetime) -> None:
        """Let the period run; its first day is not counted (民法典 第二百零一条)."""
        rule, runs = by.rule, by.rule.due(by.moment, calendar, fixed=by.fixed)
        self.record(
            ClockStarted, at=at, case=by.case, code=rule.code, nature=rule.nature, holder=by.holder,
            started_at=by.moment, limit=rule.limit, unit=rule.unit, due_on=runs.due_on, due_at=runs.due_at,
            article=rule.article, rules=by.rules, calendar=calendar.version, provisional=runs.provisional,
            started_by=by.record.id, subject=by.subject, clock=by.kind, item=by.item, officer=by.officer,
        )  # fmt: skip

    def pause(self, on: date, by: UUID, *, at: datetime) -> None:
        """Begin a time that is not counted (第三十六条第二款); once the period is over there is none."""
        if self.state is ClockState.running and self.due_on is not None and on <= self.due_on:
            self.record(ClockPaused, at=at, case=self.of, code=self.code, paused_on=on, paused_by=by)

    def resume(self, rule: Rule, on: date, by: UUID, calendar: Calendar, *, at: datetime) -> None:
        """End a time that was not counted: the period is longer by its days, the first and the last included.

        A day that belongs to two such times makes the period longer once.
        """
        if self.open and self.paused_on is not None:
            before = self.paused_on - timedelta(days=1)
            counted = max(before, self.resumed_on or before)
            self.lengthen(rule, max((on - counted).days, 0), by, calendar, at=at)

    def extend(self, rule: Rule, days: int, deed: Deed, calendar: Calendar, *, at: datetime) -> None:
        """Give more time, as often and as much as the rule allows, to who told so before the period was over.

        What the holder itself has entered when it was over waits for somebody outside the unit, like every deed.
        """
        allowed = rule.extension
        if not self.open or allowed is None or len(self.extensions) >= allowed.times_max:
            return
        if self.due_on is None or self.due_at is None or day(deed.happened_at) > self.due_on:
            return
        days, prompt = min(days, allowed.days_max), deed.entered_at < self.due_at
        if not self.breached:
            self.lengthen(rule, days, deed.by, calendar, at=at)
        elif prompt or not self._own(deed):
            confirmation = Confirmation.recorded_in_time if prompt else Confirmation.outside_unit
            self._lengthen_after_all(rule, days, deed.by, confirmation, deed.by, calendar, at=at)
        else:
            self.record(
                ClockExtensionClaimed, at=at, case=self.of, code=self.code, days=days, told_at=deed.happened_at,
                claimed_by=deed.by,
            )  # fmt: skip

    def bear_out(
        self, rule: Rule, fact: UUID, confirmation: Confirmation, by: UUID, calendar: Calendar, *, at: datetime
    ) -> None:
        """Let it be longer by what its holder has claimed late, now that somebody else bears out that it was told."""
        if rule.extension is not None and len(self.extensions) < rule.extension.times_max:
            self._lengthen_after_all(rule, self.claims[fact], fact, confirmation, by, calendar, at=at)

    def _lengthen_after_all(
        self, rule: Rule, days: int, fact: UUID, confirmation: Confirmation, by: UUID, calendar: Calendar, *,
        at: datetime,
    ) -> None:  # fmt: skip
        """Let a duty that was missed be due later, if so it is met, or not over yet; the breach stays beside it."""
        due_before = self.due_on
        self.lengthen(rule, days, fact, calendar, at=at)
        if self.due_at is None or (self.stopped_at or at) >= self.due_at:
            return
        self.record(
            ClockCorrected, at=at, case=self.of, code=self.code, holder=self.holder, outcome_before=self.outcome,
            outcome=ClockOutcome.met if self.stopped_at else None, due_before=due_before, due_on=self.due_on,
            due_at=self.due_at, happened_at=self.stopped_at, entered_at=self.stopped_at, days_over=0,
            confirmation=confirmation, corrected_by=by,
        )  # fmt: skip

    def lengthen(self, rule: Rule, days: int, by: UUID, calendar: Calendar, *, at: datetime) -> None:
        """Let the period be longer by days that somebody has been given, or that are not counted."""
        runs = self._runs(rule, calendar, more=days)
        self.record(
            ClockExtended, at=at, case=self.of, code=self.code, days=days, due_before=self.due_on, due_on=runs.due_on,
            due_at=runs.due_at, calendar=calendar.version, provisional=runs.provisional, extended_by=by,
        )  # fmt: skip

    def advance(
        self, rule: Rule, started_at: datetime, extensions: Sequence[int], by: UUID, calendar: Calendar, *, at: datetime
    ) -> None:
        """Let a duty be due sooner, where it turns out to have begun sooner; it is never due later for that.

        The petitioner's own time to ask is not cut short.
        """
        if not self.open or self.nature is not ClockNature.duty or self.due_at is None or self.fixed is not None:
            return
        extension = sum(extensions)
        runs = rule.due(started_at, calendar, extra_days=extension + sum(self.pauses))
        if runs.due_at < self.due_at:
            self.record(
                ClockAdvanced, at=at, case=self.of, code=self.code, started_at=started_at, extension=extension,
                due_before=self.due_on, due_on=runs.due_on, due_at=runs.due_at, calendar=calendar.version,
                provisional=runs.provisional, advanced_by=by,
            )  # fmt: skip

    def hand_over(self, holder: str | None, officer: str | None, by: UUID, *, at: datetime) -> None:
        """Let somebody else owe what is due, on the same day: nothing that happens to a case lengthens the wait."""
        if self.open and holder is not None and (holder, officer) != (self.holder, self.officer):
            self.record(
                ClockHandedOver, at=at, case=self.of, code=self.code, from_unit=self.holder, holder=holder,
                officer=officer, handed_over_by=by,
            )  # fmt: skip

    def recalculate(self, rule: Rule, calendar: Calendar, rules: str, *, at: datetime) -> None:
        """Count anew by another calendar or other rules.

        Nothing is recorded where the last day stays, and stays as certain as it was. What was over by the calendar of
        before, and is not by this one, is put right.
        """
        if self.breached:
            self._recall(rule, calendar, at=at)
            return
        if self.state not in {ClockState.running, ClockState.paused}:
            return
        runs = self._runs(rule, calendar)
        if (runs.due_at, runs.provisional) != (self.due_at, self.provisional):
            self.record(
                ClockRecalculated, at=at, case=self.of, code=self.code, due_before=self.due_on, due_on=runs.due_on,
                due_at=runs.due_at, rules=rules, calendar=calendar.version, provisional=runs.provisional,
            )  # fmt: skip

    def stop(self, deed: Deed, *, at: datetime) -> None:
        """Note that what was due has been done; where that is late, the breach comes first.

        A duty that was over when its own holder entered the deed counts as done with the entry; what others have
        entered, or what was recorded in time, is put right at once.
        """
        if self.lapsed:
            self._regain(deed, at=at)
        if not self.open or self.due_at is None:
            return
        if deed.happened_at >= self.due_at and self.paused_on is None:
            self.expire(at=at)
        if not self.open:  # a right that had lapsed: what came afterwards came too late
            return
        own = self.breached and self._own(deed)
        stopped_at = deed.entered_at if own and deed.entered_at > deed.happened_at else deed.happened_at
        outcome = ClockOutcome.late if self.breached else ClockOutcome.met
        self.record(
            ClockStopped, at=at, case=self.of, code=self.code, outcome=outcome, stopped_at=stopped_at,
            days_over=self._days_over(stopped_at) if self.breached else 0, stopped_by=deed.by,
            happened_at=None if stopped_at == deed.happened_at else deed.happened_at,
        )  # fmt: skip
        if self.breached and deed.happened_at < self.due_at:
            if deed.entered_at < self.due_at:
                self.correct(Confirmation.recorded_in_time, deed.by, deed, at=at)
            elif not own:
                self.correct(Confirmation.outside_unit, deed.by, deed, at=at)

    def _own(self, deed: Deed) -> bool:
        """Return whether something rests on the word of who owed it, or of somebody who knows no better."""
        return deed.unit == self.holder or deed.stranger

    def awaits(self, fact: UUID) -> bool:
        """Return whether it counts from when it happened, or is longer, once somebody bears an entry out."""
        return fact in self.claims or (self.stopped_by == fact and self.claimed_at is not None and not self.corrected)

    def void(self, moment: datetime, by: UUID, *, at: datetime) -> None:
        """Note that what was due is owed no more; who has looked at it too early has not seen it missed."""
        if self.due_at is None or self.stopped_at is not None:
            return
        if moment >= self.due_at and self.paused_on is None:
            self.expire(at=at)
        if self.open:
            self.record(
                ClockStopped, at=at, case=self.of, code=self.code, outcome=ClockOutcome.void, stopped_at=moment,
                days_over=self._days_over(moment), stopped_by=by,
            )  # fmt: skip
        if (self.breached or self.lapsed) and moment < self.due_at:
            self.record(
                ClockCorrected, at=at, case=self.of, code=self.code, holder=self.holder, outcome_before=self.outcome,
                outcome=ClockOutcome.void, due_before=self.due_on, due_on=self.due_on, due_at=self.due_at,
                happened_at=moment, entered_at=moment, days_over=0, confirmation=Confirmation.recorded_in_time,
                corrected_by=by,
            )  # fmt: skip

    def correct(self, confirmation: Confirmation, by: UUID, deed: Deed, *, at: datetime) -> None:
        """Put on record that a deed that was late by its entry was done sooner; the breach stays beside that."""
        if self.outcome is not ClockOutcome.late or self.due_at is None:
            return
        in_time = deed.happened_at < self.due_at
        self.record(
            ClockCorrected, at=at, case=self.of, code=self.code, holder=self.holder, outcome_before=self.outcome,
            outcome=ClockOutcome.met if in_time else ClockOutcome.late, due_before=self.due_on, due_on=self.due_on,
            due_at=self.due_at, happened_at=deed.happened_at, entered_at=deed.entered_at,
            days_over=0 if in_time else self._days_over(deed.happened_at), confirmation=confirmation, corrected_by=by,
        )  # fmt: skip

    def confirm(self, confirmation: Confirmation, by: UUID, *, at: datetime) -> None:
        """Let it count from when it happened what its holder has entered late."""
        if self.claimed_at is not None and self.stopped_at is not None and not self.corrected:
            self.correct(confirmation, by, Deed(self.claimed_at, self.stopped_at, self.holder, by), at=at)

    def adopt(self, told: Clock, *, at: datetime) -> None:
        """Begin, and go on, as it would have if the entries had come in the order in which they happened."""
        for event in cast("list[Event]", told.pending_events):
            self.record(type(event), at=at, **{name: getattr(event, name) for name in event.body.names})

    def agree(self, told: Clock | None, by: UUID, *, at: datetime) -> None:
        """Come to what it would be if the entries had come in the order in which they happened; nothing, perhaps."""
        before, stopped = self.due_on, told.stopped_at if told else self.started_at
        outcome = told.outcome if told else ClockOutcome.void
        if told is not None and told.counted != self.counted:
            self.record(
                ClockRecalculated, at=at, case=self.of, code=self.code, due_before=before, due_on=told.due_on,
                due_at=told.due_at, rules=told.rules, calendar=told.calendar, provisional=told.provisional,
                started_at=told.started_at, extension=sum(told.extensions),
            )  # fmt: skip
        if told is not None and told.open:
            self.hand_over(told.holder, told.officer, by, at=at)
        if told is not None and told.breached and not self.breached:
            self._miss(at=at)
        if told is not None and told.lapsed:
            self.expire(at=at)
        if outcome is not None and self.open:
            assert stopped is not None
            self.record(
                ClockStopped, at=at, case=self.of, code=self.code, outcome=outcome, stopped_at=stopped,
                days_over=self._days_over(stopped) if outcome is ClockOutcome.late else 0,
                stopped_by=told.stopped_by if told else by, happened_at=told.claimed_at if told else None,
            )  # fmt: skip
        missed = told is not None and told.breached
        if (self.outcome, self.breached, self.stopped_at) != (outcome, missed, stopped):
            self.record(
                ClockCorrected, at=at, case=self.of, code=self.code, holder=self.holder, outcome_before=self.outcome,
                outcome=outcome, due_before=before, due_on=self.due_on, due_at=self.due_at, happened_at=stopped,
                entered_at=at, days_over=self._days_over(stopped) if missed and stopped else 0,
                confirmation=Confirmation.retold, corrected_by=by,
            )  # fmt: skip

    @property
    def counted(self) -> tuple[datetime | None, int, datetime | None]:
        """From when and how long it runs."""
        return self.started_at, sum(self.extensions), self.due_at

    def _regain(self, deed: Deed, *, at: datetime) -> None:
        """Let a right that has lapsed have been used in time, where it was.

        No delay is a petitioner's; what a unit did has to be recorded in time as well.
        """
        assert self.started_at is not None
        assert self.due_at is not None
        prompt = deed.entered_at < self.due_at
        if (prompt or self.holder is None) and self.started_at <= deed.happened_at < self.due_at:
            self.record(
                ClockCorrected, at=at, case=self.of, code=self.code, holder=self.holder, outcome_before=None,
                outcome=ClockOutcome.met, due_before=self.due_on, due_on=self.due_on, due_at=self.due_at,
                happened_at=deed.happened_at, entered_at=deed.entered_at, days_over=0, corrected_by=deed.by,
                confirmation=Confirmation.recorded_in_time if prompt else Confirmation.outside_unit,
            )  # fmt: skip

    def _recall(self, rule: Rule, calendar: Calendar, *, at: datetime) -> None:
        """Let the last day of a duty that was missed be a later one, if that makes it met, or not over yet."""
        runs = self._runs(rule, calendar)
        if self.due_at is None or not self.due_at < runs.due_at or (self.stopped_at or at) >= runs.due_at:
            return
        self.record(
            ClockCorrected, at=at, case=self.of, code=self.code, holder=self.holder, outcome_before=self.outcome,
            outcome=ClockOutcome.met if self.stopped_at else None, due_before=self.due_on, due_on=runs.due_on,
            due_at=runs.due_at, happened_at=self.stopped_at, entered_at=self.stopped_at, days_over=0,
            confirmation=Confirmation.calendar, corrected_by=None,
        )  # fmt: skip

    def _days_over(self, moment: datetime) -> int:
        assert self.due_on is not None
        return max((day(moment) - self.due_on).days, 0)

    def expire(self, *, at: datetime) -> None:
        """Note, once, that the time is over: a duty is breached, a right has lapsed."""
        if self.state != "running":
            return
        if self.nature is ClockNature.duty:
            self._miss(at=at)
        else:
            self.record(ClockLapsed, at=at, case=self.of, code=self.code, due_on=self.due_on, due_at=self.due_at)

    def _miss(self, *, at: datetime) -> None:
        self.record(
            ClockBreached, at=at, case=self.of, code=self.code, holder=self.holder, due_on=self.due_on,
            due_at=self.due_at,
        )  # fmt: skip

    def _runs(self, rule: Rule, calendar: Calendar, more: int = 0) -> Due:
        assert self.started_at is not None
        extra = sum(self.extensions) + sum(self.pauses) + more
        return rule.due(self.started_at, calendar, extra_days=extra, fixed=self.fixed)

    @when
    def _(self, event: ClockStarted) -> None:
        self.of, self.code, self.nature, self.kind = event.case, event.code, event.nature, event.clock
        self.holder, self.officer, self.started_at = event.holder, event.officer, event.started_at
        self.owed_first, self.named = event.holder, event.officer
        self.subject, self.item = event.subject, event.item
        self.rules, self.started_by = event.rules, event.started_by
        self.fixed = event.due_on if event.unit is LimitUnit.fixed else None
        self._due(event)

    @when
    def _(self, event: ClockPaused) -> None:
        self.paused_on = event.paused_on

    @when
    def _(self, event: ClockExtended) -> None:
        if self.paused_on is None:
            self.extensions.append(event.days)
            self.claims.pop(event.extended_by, None)
        else:
            self.pauses.append(event.days)
            over = self.paused_on + timedelta(days=event.days - 1)
            self.resumed_on = max(over, self.resumed_on or over)
            self.paused_on = None
        self._due(event)

    @when
    def _(self, event: ClockExtensionClaimed) -> None:
        self.claims[event.claimed_by] = event.days

    @when
    def _(self, event: ClockAdvanced) -> None:
        self.started_at = event.started_at
        self.extensions = [event.extension] if event.extension else []
        self._due(event)

    @when
    def _(self, event: ClockHandedOver) -> None:
        self.holder, self.officer = event.holder, event.officer
        self.named = event.officer or self.named

    @when
    def _(self, event: ClockRecalculated) -> None:
        self.rules = event.rules
        if event.started_at is not None:
            self.started_at = event.started_at
            self.extensions = [event.extension] if event.extension else []
        self._due(event)

    @when
    def _(self, _: ClockBreached) -> None:
        self.breached = True

    @when
    def _(self, _: ClockLapsed) -> None:
        self.lapsed = True

    @when
    def _(self, event: ClockStopped) -> None:
        self.stopped_at, self.outcome = event.stopped_at, event.outcome
        self.stopped_by, self.claimed_at = event.stopped_by, event.happened_at

    @when
    def _(self, event: ClockCorrected) -> None:
        self.corrected |= self.breached or self.lapsed
        self.outcome, self.stopped_at = event.outcome, event.happened_at
        self.breached, self.lapsed = event.missed, False
        self.due_on, self.due_at = event.due_on, event.due_at

    def _due(self, event: ClockStarted | ClockExtended | ClockAdvanced | ClockRecalculated) -> None:
        self.due_on, self.due_at = event.due_on, event.due_at
        self.calendar, self.provisional = event.calendar, event.provisional
