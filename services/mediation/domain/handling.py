"""The rules by which a unit handles a case: told first, heard first, decided in writing, closed last."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import singledispatchmethod
from typing import Any, ClassVar, Final
from uuid import UUID

from contracts.event import Event
from contracts.mediation import (
    AcceptanceNotified,
    CaseClosed,
    HandlingOpened,
    HandlingRecorded,
    HandlingReturned,
    OpinionExecuted,
    OpinionIssued,
    OpinionServed,
)
from contracts.vocabulary import RecordKind, Result, Route, ServiceMethod
from services.chassis.aggregate import Aggregate
from services.chassis.calendar import day, days_after
from services.chassis.errors import Forbidden, Invalid, Refused

REVIEW_DAYS: Final = 30
"""How long the petitioner may ask for review (信访工作条例 第三十五条)."""


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


class NotNotified(Refused):
    """Nothing is handled before the petitioner has been told."""

    code = "not_notified"
    title = "尚未告知受理"
    article = "信访工作条例 第二十三条、第四十四条第三项"


class NotHeard(Refused):
    """No opinion before the petitioner was heard and the facts were verified."""

    code = "not_heard"
    title = "尚未听取陈述或调查核实"
    article = "信访工作条例 第三十一条第六项"


class AlreadyDecided(Refused):
    """There is one opinion; it is changed by review and not by a second one."""

    code = "already_decided"
    title = "已出具处理意见书"
    article = "信访工作条例 第三十五条"


class NotDecided(Refused):
    """There is no opinion yet."""

    code = "not_decided"
    title = "尚未出具处理意见书"
    article = "信访工作条例 第三十二条"


class AlreadyServed(Refused):
    """The opinion was served before; its date cannot be moved."""

    code = "already_served"
    title = "处理意见书已送达"
    article = "信访工作条例 第三十五条"


class NotServed(Refused):
    """An answer that nobody got is no answer."""

    code = "not_served"
    title = "处理意见书尚未送达"
    article = "信访工作条例 第三十二条、第三十五条"


class NothingToExecute(Refused):
    """Only what an opinion granted can be executed, and once."""

    code = "nothing_to_execute"
    title = "没有待执行的处理意见"
    article = "信访工作条例 第三十二条第二款"


class NotExecuted(Refused):
    """What was granted is not done, so the case is not closed."""

    code = "not_executed"
    title = "支持的请求尚未执行"
    article = "信访工作条例 第三十二条第二款"


class ReviewStillOpen(Refused):
    """The petitioner may still ask for review."""

    code = "review_still_open"
    title = "申请复查的期限未满"
    article = "信访工作条例 第三十五条"


class AlreadyClosed(Refused):
    """Nothing more happens in a closed case."""

    code = "already_closed"
    title = "该事项已办结"
    article = "信访工作条例 第三十四条"


class ImpossibleDate(Invalid):
    """Something is said to have happened before it could, or after now."""

    code = "impossible_date"
    title = "日期不合事理"


class Handling(Aggregate):
    """What a unit does with a case."""

    decided_from: ClassVar[str | None] = "assignment"

    def start(self) -> None:
        """No unit has the case yet, as far as is known here."""
        self.unit: str | None = None
        self.unit_name: str | None = None
        self.registration_no = ""
        self.route: Route | None = None
        self.due_on: date | None = None
        self._begin()

    def _begin(self) -> None:
        """A unit begins with nothing done."""
        self.opened_at: datetime | None = None
        self.accepted_at: datetime | None = None
        self.case_officer: str | None = None
        self.recorded: set[RecordKind] = set()
        self.result: Result | None = None
        self.issued_at: datetime | None = None
        self.served_at: datetime | None = None
        self.executed = False
        self.closed_at: datetime | None = None

    @property
    def state(self) -> str:
        """What a list shows."""
        steps = (
            ("closed", self.closed_at),
            ("opinion_served", self.served_at),
            ("opinion_issued", self.issued_at),
            ("accepted", self.accepted_at),
            ("with_unit", self.unit),
        )
        return next((name for name, reached in steps if reached), "returned")

    @property
    def review_until(self) -> date | None:
        """The last day on which the petitioner may ask for review (第三十五条)."""
        return days_after(day(self.served_at), REVIEW_DAYS) if self.served_at else None

    # ------------------------------------------------------ what is learnt from assignment

    def open(self, *, at: datetime, **facts: Any) -> None:  # noqa: ANN401  # the fields of the event
        """Receive the case as the competent unit."""
        if self.unit is None:
            self.record(HandlingOpened, at=at, **facts)

    def give_back(self, unit: str, *, at: datetime) -> None:
        """Give the case back after an objection that was upheld; a case that was closed meanwhile stays as it is."""
        if self.unit == unit and self.closed_at is None:
            self.record(HandlingReturned, at=at, unit=unit)

    # ------------------------------------------------------------------- what the unit does

    def notify_acceptance(
        self, unit: str, notice_no: str, method: ServiceMethod, served_at: datetime, receipt: str, case_officer: str,
        *, at: datetime,
    ) -> None:  # fmt: skip
        """Tell the petitioner in writing (第二十三条); the sixty days begin (第三十四条)."""
        self._must_be_of(unit)
        if self.accepted_at is not None:
            raise AlreadyNotified
        self._must_be_between(self.opened_at, served_at, at)
        self.record(
            AcceptanceNotified, at=at, notice_no=notice_no, method=method, served_at=served_at, receipt=receipt,
            case_officer=case_officer,
        )  # fmt: skip

    def put_on_record(self, unit: str, kind: RecordKind, held_at: datetime, document: UUID, *, at: datetime) -> None:
        """Put on file what was heard or verified (第三十一条第六项)."""
        self._must_be_of(unit)
        if self.accepted_at is None:
            raise NotNotified
        self._must_be_between(self.opened_at, held_at, at)
        self.record(HandlingRecorded, at=at, kind=kind, held_at=held_at, document=document)

    def issue_opinion(
        self, unit: str, opinion_no: str, result: Result, legal_basis: Sequence[str], document: UUID, approved_by: str,
        review_body: str, *, at: datetime,
    ) -> None:  # fmt: skip
        """Decide in writing, after hearing and verifying (第三十一条第六项, 第三十二条)."""
        self._must_be_of(unit)
        if self.accepted_at is None:
            raise NotNotified
        if self.result is not None:
            raise AlreadyDecided
        missing = {RecordKind.statement_heard, RecordKind.facts_verified} - self.recorded
        if missing:
            raise NotHeard("缺少：" + "、".join(sorted(kind.title for kind in missing)))
        self.record(
            OpinionIssued, at=at, opinion_no=opinion_no, result=result, legal_basis=list(legal_basis),
            document=document, approved_by=approved_by, review_body=review_body,
        )  # fmt: skip

    def serve_opinion(
        self, unit: str, method: ServiceMethod, served_at: datetime, receipt: str, *, at: datetime
    ) -> None:
        """Let the petitioner have the opinion; the thirty days for review begin (第三十五条)."""
        self._must_be_of(unit)
        if self.result is None:
            raise NotDecided
        if self.served_at is not None:
            raise AlreadyServed
        self._must_be_between(self.issued_at, served_at, at)
        self.record(OpinionServed, at=at, method=method, served_at=served_at, receipt=receipt)

    def prove_execution(self, unit: str, executed_on: date, document: UUID, *, at: datetime) -> None:
        """Show that what was granted has been done (第三十二条第二款)."""
        self._must_be_of(unit)
        if self.result is not Result.support or self.executed or self.issued_at is None:
            raise NothingToExecute
        if not day(self.issued_at) <= executed_on <= day(at):
            raise ImpossibleDate(f"执行日期 {executed_on}")
        self.record(OpinionExecuted, at=at, executed_on=executed_on, document=document)

    def close(self, unit: str, *, at: datetime) -> None:
        """Close the case: answered, done, and no remedy open."""
        self._must_be_of(unit)
        if self.served_at is None or self.review_until is None:
            raise NotServed
        if day(at) <= self.review_until:
            raise ReviewStillOpen(f"可申请复查至 {self.review_until}")
        if self.result is Result.support and not self.executed:
            raise NotExecuted
        self.record(CaseClosed, at=at, result=self.result)

    def _must_be_of(self, unit: str) -> None:
        if self.unit is None:
            raise NotWithUnit
        if self.unit != unit:
            raise NotTheHandlingUnit
        if self.closed_at is not None:
            raise AlreadyClosed

    @staticmethod
    def _must_be_between(first: datetime | None, moment: datetime, last: datetime) -> None:
        """Days are compared, because a paper shows a day and rarely the minute."""
        if first is None or not day(first) <= day(moment) <= day(last):
            raise ImpossibleDate(f"{day(moment)} 不在办理期间内")

    # ----------------------------------------------------------------------------- the fold

    @singledispatchmethod
    def apply(self, event: Event) -> None:
        """Change the fields by an event."""
        super().apply(event)

    @apply.register
    def _(self, event: HandlingOpened) -> None:
        self._begin()
        self.unit, self.unit_name, self.route = event.unit, event.unit_name, event.route
        self.registration_no, self.due_on, self.opened_at = event.registration_no, event.due_on, event.timestamp

    @apply.register
    def _(self, _: HandlingReturned) -> None:
        self.unit = self.unit_name = self.due_on = None
        self._begin()

    @apply.register
    def _(self, event: AcceptanceNotified) -> None:
        self.accepted_at, self.case_officer = event.served_at, event.case_officer

    @apply.register
    def _(self, event: HandlingRecorded) -> None:
        self.recorded.add(event.kind)

    @apply.register
    def _(self, event: OpinionIssued) -> None:
        self.result, self.issued_at = event.result, event.timestamp

    @apply.register
    def _(self, event: OpinionServed) -> None:
        self.served_at = event.served_at

    @apply.register
    def _(self, _: OpinionExecuted) -> None:
        self.executed = True

    @apply.register
    def _(self, event: CaseClosed) -> None:
        self.closed_at = event.timestamp
