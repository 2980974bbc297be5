"""Who has the case, what is known of it from elsewhere, and that the petitioner is told before anything is handled."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from contracts.mediation import (
    AcceptanceNotified,
    ClosureReportReturned,
    CoUnitsNamed,
    HandlingAccepted,
    HandlingOpened,
    HandlingReturned,
    HandlingStopped,
    ObjectionLearnt,
    ObjectionSettled,
    SixOneDischarged,
    SixOneLearnt,
    WithdrawalLearnt,
)
from contracts.periods.calendar import day
from contracts.vocabulary import Kind, Result, Route, ServiceMethod, StopReason
from services.chassis.aggregate import Aggregate, when
from services.chassis.errors import Forbidden, Invalid, Refused


class NotTheHandlingUnit(Forbidden):
    """Only the unit that has the case may act in it."""

    code = "not_the_handling_unit"
    title = "该事项不由本单位办理"
    article = "信访工作条例 第二十二条、第二十三条"
    decided_by = "assignment"


class NotWithUnit(Refused):
    """The case was given back and is with no unit."""

    code = "not_with_unit"
    title = "该事项已交还，尚未确定办理单位"
    article = "信访工作条例 第二十三条第三款"
    decided_by = "assignment"


class AlreadyNotified(Refused):
    """The petitioner is told of acceptance once."""

    code = "already_notified"
    title = "已告知受理"
    article = "信访工作条例 第二十三条"


class NoticeImpossible(Refused):
    """Nobody can be told whose name or address is unclear; the case is accepted without a notice."""

    code = "notice_impossible"
    title = "信访人姓名（名称）、住址不清，无法告知"
    article = "信访工作条例 第二十三条第二款"


class NoticeOwed(Refused):
    """Who can be told must be told."""

    code = "notice_owed"
    title = "应当书面告知信访人"
    article = "信访工作条例 第二十三条第二款、第四十四条第三项"


class NotNotified(Refused):
    """Nothing is handled before the petitioner has been told."""

    code = "not_notified"
    title = "尚未告知受理"
    article = "信访工作条例 第二十三条、第四十四条第三项"


class AlreadyDecided(Refused):
    """There is one answer; it is changed by review and not by a second one."""

    code = "already_decided"
    title = "已出具处理意见书或者作出答复"
    article = "信访工作条例 第三十五条"


class AlreadyClosed(Refused):
    """Nothing more happens in a closed case."""

    code = "already_closed"
    title = "该事项已办结"
    article = "信访工作条例 第三十四条"


class AlreadyTerminated(Refused):
    """The petition procedure is over; care and help are not."""

    code = "already_terminated"
    title = "该事项已终结"
    article = "信访工作条例 第三十六条第三款"


class HasStopped(Refused):
    """The petitioner has withdrawn, or the case has gone into another."""

    code = "has_stopped"
    title = "该事项已撤回或者并案，停止办理"
    article = "信访工作条例 第三十四条"


class ImpossibleDate(Invalid):
    """Something is said to have happened before it could, or after now."""

    code = "impossible_date"
    title = "日期不合事理"


class Delivery(NamedTuple):
    """How a paper reached the petitioner."""

    method: ServiceMethod
    served_at: datetime
    receipt: str


class CaseFile(Aggregate):
    """The ground on which all parts of a handling stand."""

    def start(self) -> None:
        """No unit has the case yet, as far as is known here."""
        super().start()
        self.unit: str | None = None
        self.unit_name: str | None = None
        self.registration_no = ""
        self.route: Route | None = None
        self.kind: Kind | None = None
        self.anonymous = False
        self.review_bodies: tuple[str, ...] = ()
        self.co_units: tuple[str, ...] = ()
        self.from_above = False
        self.due_on: date | None = None
        self.six_one: set[str] = set()
        self.withdrawal_pending = False
        self.stopped: StopReason | None = None
        self._begin()

    def _begin(self) -> None:
        """A unit begins with nothing done."""
        self.opened_at: datetime | None = None
        self.accepted_at: datetime | None = None
        self.case_officer: str | None = None
        self.objecting = False
        self.handlers: set[str] = set()
        """Who has taken part in handling, and so neither reviews nor rechecks it."""
        self.result: Result | None = None
        """What the case was answered with; the petitioner need not have it yet."""
        self.closed_at: datetime | None = None
        self.terminated_at: datetime | None = None
        self.report_submitted = False

    @property
    def over(self) -> bool:
        """Whether nothing changes the answer any more."""
        return bool(self.closed_at or self.terminated_at or self.stopped)

    # --------------------------------------------------------------- what is learnt from elsewhere

    def open(self, *, at: datetime, **facts: Any) -> None:  # noqa: ANN401  # the fields of the event
        """Receive the case as the competent unit."""
        if self.unit is None and not self.stopped:
            self.record(HandlingOpened, at=at, **facts)

    def hand_to_lead(self, unit: str, co_units: tuple[str, ...], *, at: datetime, **facts: Any) -> None:  # noqa: ANN401
        """Begin anew for the unit that was designated (第二十四条), unless it has the case already."""
        if self.over:
            return
        if self.unit != unit:
            self.record(HandlingOpened, at=at, unit=unit, co_units=co_units, due_on=self.due_on, **facts)
        elif self.objecting or self.co_units != co_units:
            self.record(CoUnitsNamed, at=at, co_units=co_units)

    def give_back(self, unit: str, *, at: datetime) -> None:
        """Give the case back after an objection that was upheld; a case that was closed meanwhile stays as it is."""
        if self.unit == unit and not self.over:
            self.record(HandlingReturned, at=at, unit=unit)

    def leave_to_courts(self, *, at: datetime) -> None:
        """Let go of a case about litigation (第二十八条第二款)."""
        if self.unit is not None and not self.over:
            self.record(HandlingReturned, at=at, unit=self.unit)

    def stop(self, reason: StopReason, *, at: datetime) -> None:
        """Stop, because there is nothing left to answer here; what was closed before stays closed."""
        if not self.over:
            self.record(HandlingStopped, at=at, unit=self.unit, reason=reason)

    def learn_objection(self, unit: str, *, at: datetime) -> None:
        """Decide nothing while it is open who is competent."""
        if self.unit == unit and not self.objecting and not self.over:
            self.record(ObjectionLearnt, at=at, unit=unit)

    def settle_objection(self, unit: str, *, at: datetime) -> None:
        """Go on: the case stays here."""
        if self.unit == unit and self.objecting:
            self.record(ObjectionSettled, at=at, unit=unit)

    def learn_withdrawal(self, *, pending: bool, at: datetime) -> None:
        """Note that the petitioner wishes to withdraw, or has thought again."""
        if pending != self.withdrawal_pending:
            self.record(WithdrawalLearnt, at=at, pending=pending)

    def come_under_six_one(self, order_no: str, *, at: datetime) -> None:
        """Stay open until the six papers exist (第十八条第二款)."""
        if order_no not in self.six_one:
            self.record(SixOneLearnt, at=at, order_no=order_no)

    def complete_six_one(self, order_no: str, *, at: datetime) -> None:
        """Stay open no longer for the scheme's sake."""
        if order_no in self.six_one:
            self.record(SixOneDischarged, at=at, order_no=order_no)

    # ------------------------------------------------------------------------------ acceptance

    def notify_acceptance(
        self, unit: str, notice_no: str, method: ServiceMethod, served_at: datetime, receipt: str, case_officer: str,
        *, at: datetime,
    ) -> None:  # fmt: skip
        """Tell the petitioner in writing (第二十三条); the sixty days begin (第三十四条)."""
        self._must_be_of(unit)
        if self.anonymous:
            raise NoticeImpossible
        if self.accepted_at is not None:
            raise AlreadyNotified
        self._must_be_between(self.opened_at, served_at, at)
        self.record(
            AcceptanceNotified, at=at, notice_no=notice_no, method=method, served_at=served_at, receipt=receipt,
            case_officer=case_officer,
        )  # fmt: skip

    def accept(self, unit: str, case_officer: str, *, at: datetime) -> None:
        """Accept a case of which nobody can be told (第二十三条第二款); the sixty days begin."""
        self._must_be_of(unit)
        if not self.anonymous:
            raise NoticeOwed
        if self.accepted_at is not None:
            raise AlreadyNotified
        self.record(HandlingAccepted, at=at, case_officer=case_officer)

    # --------------------------------------------------------------------- what all parts ask

    def _must_be_of(self, unit: str) -> None:
        self._must_have(unit)
        self._must_go_on()

    def _must_have(self, unit: str) -> None:
        if self.unit is None:
            raise NotWithUnit
        if self.unit != unit:
            raise NotTheHandlingUnit

    def _must_go_on(self) -> None:
        if self.terminated_at is not None:
            raise AlreadyTerminated
        if self.closed_at is not None:
            raise AlreadyClosed
        if self.stopped is not None:
            raise HasStopped

    def _must_be_handling(self, unit: str) -> None:
        """The unit has the case, has accepted it, and has not answered it."""
        self._must_be_of(unit)
        if self.accepted_at is None:
            raise NotNotified
        if self.result is not None:
            raise AlreadyDecided

    @classmethod
    def _must_be_between(cls, first: datetime | None, moment: datetime, last: datetime) -> None:
        """Days are compared, because a paper shows a day and rarely the minute."""
        cls._must_be_on(first, day(moment), last)

    @staticmethod
    def _must_be_on(first: datetime | None, on: date, last: datetime) -> None:
        if first is None or not day(first) <= on <= day(last):
            raise ImpossibleDate(f"{on} 不在办理期间内")

    # ------------------------------------------------------------------------------- the fold

    @when
    def _(self, event: HandlingOpened) -> None:
        self._begin()
        self.unit, self.unit_name, self.route = event.unit, event.unit_name, event.route
        self.registration_no, self.due_on, self.opened_at = event.registration_no, event.due_on, event.timestamp
        self.kind, self.anonymous, self.from_above = event.kind, event.anonymous, event.from_above
        self.review_bodies, self.co_units = event.review_bodies, event.co_units

    @when
    def _(self, event: CoUnitsNamed) -> None:
        self.co_units, self.objecting = event.co_units, False

    @when
    def _(self, _: HandlingReturned) -> None:
        self.unit = self.unit_name = self.due_on = None
        self._begin()

    @when
    def _(self, event: WithdrawalLearnt) -> None:
        self.withdrawal_pending = event.pending

    @when
    def _(self, event: HandlingStopped) -> None:
        self.stopped = event.reason

    @when
    def _(self, _: ObjectionLearnt) -> None:
        self.objecting = True

    @when
    def _(self, _: ObjectionSettled) -> None:
        self.objecting = False

    @when
    def _(self, event: SixOneLearnt) -> None:
        self.six_one.add(event.order_no)

    @when
    def _(self, event: SixOneDischarged) -> None:
        self.six_one.discard(event.order_no)

    @when
    def _(self, event: ClosureReportReturned) -> None:
        self.report_submitted, self.due_on = False, event.due_on

    @when
    def _(self, event: AcceptanceNotified) -> None:
        self.accepted_at, self.case_officer = event.served_at, event.case_officer
        self.handlers.add(event.case_officer)

    @when
    def _(self, event: HandlingAccepted) -> None:
        self.accepted_at, self.case_officer = event.timestamp, event.case_officer
        self.handlers.add(event.case_officer)
