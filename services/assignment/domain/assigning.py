"""The rules by which a case gets to the unit that must handle it."""

from __future__ import annotations

from datetime import date, datetime
from functools import singledispatchmethod
from typing import Any, ClassVar, Final
from uuid import UUID

from contracts.assignment import (
    CaseAssigned,
    CaseForwarded,
    CaseReceived,
    JurisdictionObjected,
    ObjectionRejected,
    ObjectionUpheld,
)
from contracts.event import Event
from contracts.vocabulary import ContentCategory, Forwarding, Kind, ObjectionGround, Route
from services.assignment.domain.directory import Unit
from services.chassis.aggregate import Aggregate
from services.chassis.calendar import day, working_days_after
from services.chassis.errors import Forbidden, Invalid, Refused

OBJECTION_WORKING_DAYS: Final = 5
"""信访工作条例 第二十三条第三款."""


class AlreadyWithUnit(Refused):
    """A case has one competent unit at a time; it changes by objection and not by handing it on."""

    code = "already_with_unit"
    title = "该事项已转送交办"
    article = "信访工作条例 第二十二条"


class RoutedElsewhere(Refused):
    """The regulation takes these cases to courts, procuratorates, the police; no unit may be made to decide them."""

    code = "routed_elsewhere"
    title = "涉法涉诉事项应转送政法部门依法处理"
    article = "信访工作条例 第二十二条第二款、第三十一条第一项"


class NotCompetent(Refused):
    """An inner office or a village committee issues no opinion."""

    code = "unit_not_competent"
    title = "该单位无权作出处理意见"
    article = "信访工作条例 第二十二条、第三十二条"


class DueDateMissing(Invalid):
    """Whoever assigns says until when the result is due."""

    code = "due_date_missing"
    title = "交办须指定反馈期限"
    article = "信访工作条例 第二十二条第三项"


class NothingToObjectTo(Refused):
    """There is no unit that could object."""

    code = "nothing_to_object_to"
    title = "该事项未由单位办理，或已有异议待核实"
    article = "信访工作条例 第二十三条第三款"


class NotTheHoldingUnit(Forbidden):
    """Only the unit that has the case may object."""

    code = "not_the_holding_unit"
    title = "该事项未转送交办本单位"
    article = "信访工作条例 第二十三条第三款"


class ObjectionTooLate(Refused):
    """Five working days are over; the unit keeps the case."""

    code = "objection_too_late"
    title = "异议已超过五个工作日"
    article = "信访工作条例 第二十三条第三款"


class NoObjection(Refused):
    """There is no objection to decide on."""

    code = "no_objection"
    title = "没有待核实的异议"
    article = "信访工作条例 第二十三条第三款"


class Assignment(Aggregate):
    """Who has a case, and whether that is disputed."""

    decided_from: ClassVar[str | None] = "intake"

    def start(self) -> None:
        """The case has not been classified yet, as far as is known here."""
        self.registration_no = ""
        self.kind: Kind | None = None
        self.route: Route | None = None
        self.category: ContentCategory | None = None
        self.place = ""
        self.unit: str | None = None
        self.unit_name: str | None = None
        self.received_at: datetime | None = None
        self.due_on: date | None = None
        self.objection: ObjectionGround | None = None
        self.objections = 0

    @property
    def state(self) -> str:
        """What a list shows."""
        if self.unit is None:
            return "awaiting_unit"
        return "objected" if self.objection else "with_unit"

    def receive(self, *, at: datetime, **facts: Any) -> None:  # noqa: ANN401  # the fields of the event
        """Take note of a classified case, once."""
        if not self.exists:
            self.record(CaseReceived, at=at, **facts)

    def hand(self, mode: Forwarding, unit: Unit, due_on: date | None, *, at: datetime) -> None:
        """Forward or assign the case to a competent unit (第二十二条)."""
        if self.unit is not None:
            raise AlreadyWithUnit(f"现由{self.unit_name}办理")
        if self.route is Route.judicial:
            raise RoutedElsewhere
        if not unit.competent:
            raise NotCompetent(unit.name)
        facts = {
            "registration_no": self.registration_no,
            "route": self.route,
            "unit": unit.code,
            "unit_name": unit.name,
        }
        if mode is Forwarding.forward:
            self.record(CaseForwarded, at=at, **facts)
        elif due_on is None or due_on <= day(at):
            raise DueDateMissing
        else:
            self.record(CaseAssigned, at=at, **facts, due_on=due_on)

    def object(
        self, unit: str, ground: ObjectionGround, reasons: UUID, proposed_unit: str | None, *, at: datetime
    ) -> None:
        """Say, in time and with reasons, that the case is not within the unit's power (第二十三条第三款)."""
        if self.unit is None or self.received_at is None or self.objection:
            raise NothingToObjectTo
        if unit != self.unit:
            raise NotTheHoldingUnit
        last = working_days_after(day(self.received_at), OBJECTION_WORKING_DAYS)
        if day(at) > last:
            raise ObjectionTooLate(f"异议期限为 {last}")
        self.record(JurisdictionObjected, at=at, unit=unit, ground=ground, reasons=reasons, proposed_unit=proposed_unit)

    def decide(self, *, upheld: bool, at: datetime) -> None:
        """Decide on the objection after verifying it (第二十三条第三款)."""
        if not self.objection:
            raise NoObjection
        self.record(ObjectionUpheld if upheld else ObjectionRejected, at=at, unit=self.unit)

    @singledispatchmethod
    def apply(self, event: Event) -> None:
        """Change the fields by an event."""
        super().apply(event)

    @apply.register
    def _(self, event: CaseReceived) -> None:
        self.registration_no = event.registration_no
        self.kind, self.route, self.category, self.place = event.kind, event.route, event.category, event.place

    @apply.register
    def _(self, event: CaseForwarded) -> None:
        self.unit, self.unit_name, self.received_at = event.unit, event.unit_name, event.timestamp

    @apply.register
    def _(self, event: CaseAssigned) -> None:
        self.unit, self.unit_name, self.received_at = event.unit, event.unit_name, event.timestamp
        self.due_on = event.due_on

    @apply.register
    def _(self, event: JurisdictionObjected) -> None:
        self.objection = event.ground
        self.objections += 1

    @apply.register
    def _(self, _: ObjectionUpheld) -> None:
        self.unit = self.unit_name = self.received_at = self.due_on = self.objection = None

    @apply.register
    def _(self, _: ObjectionRejected) -> None:
        self.objection = None
