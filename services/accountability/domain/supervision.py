"""The rules of supervision: a card with a reason, a reply, and a verdict on the reply."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from contracts.accountability import SupervisionClosed, SupervisionOrdered, SupervisionReplied, SupervisionSpared
from contracts.periods.calendar import day
from contracts.vocabulary import SupervisionReason, SupervisionState
from services.accountability.domain.addressing import Matter
from services.chassis.aggregate import Aggregate, when
from services.chassis.directory import Directory
from services.chassis.entry import CaseEntry
from services.chassis.errors import Forbidden, Invalid, Refused


class NotTheSupervisedUnit(Forbidden):
    """Only the unit that got the card may answer it."""

    code = "not_the_supervised_unit"
    title = "该督办件不由本单位反馈"
    article = "信访工作条例 第四十条"


class NotReplied(Refused):
    """There is no reply to judge."""

    code = "not_replied"
    title = "尚未反馈"
    article = "信访工作条例 第四十条"


class SupervisionIsClosed(Refused):
    """Nothing more happens to a closed card."""

    code = "supervision_closed"
    title = "督办件已办结"
    article = "信访工作条例 第四十条"


class DueDatePassed(Invalid):
    """A card gives the unit time to answer."""

    code = "due_date_passed"
    title = "反馈期限须晚于今日"
    article = "信访工作条例 第四十条"


class SupervisesUpwards(Refused):
    """Nobody supervises their own work, or that of a unit under which they stand."""

    by_directory = True
    code = "supervises_upwards"
    title = "不得督办本单位或者上级单位"
    article = "信访工作条例 第三十八条、第四十条第一款"


class NotABureau(Forbidden):
    """Cards are the petition bureaus' way to have others set right what they do; others supervise in their own line."""

    by_directory = True
    code = "not_a_bureau"
    title = "督办由党委和政府信访部门作出"
    article = "信访工作条例 第十四条第三项、第四十条第一款"


class NoSupervisionOwed(Refused):
    """Nothing was missed or refused for which the bureau would owe a card."""

    code = "no_supervision_owed"
    title = "本机关没有待督办的情形"
    article = "信访工作条例 第四十条第一款"


class OutOfReach(Refused):
    """A bureau supervises its own level and those below, in its territory; for whoever is above it turns upwards."""

    by_directory = True
    code = "supervision_out_of_reach"
    title = "应当督办本级或者下级机关、单位"
    article = "信访工作条例 第十四条第三项、第五项，第四十条第一款"


class Supervision(Aggregate):
    """One card to one unit about one case."""

    decided_from: ClassVar[str | None] = None

    def start(self) -> None:
        """No card is written yet."""
        self.of: UUID | None = None
        self.card_no = ""
        self.unit = ""
        self.reason: SupervisionReason | None = None
        self.due_on: date | None = None
        self.replied = False
        self.closed = False

    @property
    def case(self) -> UUID | None:
        """The case that the card is about."""
        return self.of

    @property
    def state(self) -> SupervisionState:
        """What a list shows."""
        if self.closed:
            return SupervisionState.closed
        return SupervisionState.replied if self.replied else SupervisionState.ordered

    def order(
        self, matter: Matter, card_no: str, unit: str, reason: SupervisionReason, document: UUID | None, due_on: date,
        by: str, directory: Directory, *, at: datetime,
    ) -> None:  # fmt: skip
        """Write the card (第四十条第一款)."""
        matter.must_be_kept_from(unit)
        _must_supervise(by, unit, directory)
        if due_on <= day(at):
            raise DueDatePassed
        self.record(
            SupervisionOrdered, at=at, case=matter.case, card_no=card_no, unit=unit, reason_code=reason,
            document=document, due_on=due_on,
        )  # fmt: skip

    def reply(self, unit: str, document: UUID, *, at: datetime) -> None:
        """Answer the card."""
        if self.closed:
            raise SupervisionIsClosed
        if unit != self.unit:
            raise NotTheSupervisedUnit
        self.record(SupervisionReplied, at=at, case=self.of, document=document)

    def close(self, by: str, directory: Directory, *, satisfied: bool, at: datetime) -> None:
        """Judge the reply, as who might write a card, and close it; where it does not satisfy, a new one is written."""
        _must_supervise(by, self.unit, directory)
        if self.closed:
            raise SupervisionIsClosed
        if not self.replied:
            raise NotReplied
        self.record(SupervisionClosed, at=at, case=self.of, satisfied=satisfied, unit=self.unit)

    @when
    def _(self, event: SupervisionOrdered) -> None:
        self.of, self.card_no, self.unit = event.case, event.card_no, event.unit
        self.reason, self.due_on = event.reason_code, event.due_on

    @when
    def _(self, _: SupervisionReplied) -> None:
        self.replied = True

    @when
    def _(self, _: SupervisionClosed) -> None:
        self.closed = True


def _must_supervise(by: str, unit: str, directory: Directory) -> None:
    if unit == by or by in directory.below(unit):
        raise SupervisesUpwards
    if directory.is_no_bureau(by):
        raise NotABureau
    if not directory.within_reach(by, unit):
        raise OutOfReach(unit)


class Sparing(CaseEntry):
    """Why a bureau does not put under supervision what calls for it."""

    def explain(self, case: UUID, by: str, owed_by: Collection[str | None], document: UUID, *, at: datetime) -> None:
        """Say why, as the bureau that owes the card (第四十条第一款)."""
        if by not in owed_by:
            raise NoSupervisionOwed
        self.record(SupervisionSpared, at=at, case=case, document=document)

    @when
    def _(self, event: SupervisionSpared) -> None:
        self.of = event.case
