"""When a petition that is on file is not accepted: a closed list of grounds, always in writing, always with the way."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.intake import NoLongerAccepted, NotAcceptedNotified, RemediesExhausted
from contracts.vocabulary import Channel, NotAcceptedGround, RegistrationState
from services.chassis.aggregate import when
from services.chassis.errors import Invalid, Refused
from services.intake.domain.filing import Filing


class TooLateNotToAccept(Refused):
    """Once a case is told apart it goes its way; a unit that is not competent objects instead."""

    code = "too_late_not_to_accept"
    title = "该事项已分类或已结束，不得再作不予受理告知"
    article = "信访工作条例 第二十三条"


class NothingPending(Refused):
    """Nobody is turned away for a matter that is pending nowhere."""

    code = "nothing_pending"
    title = "未指明正在受理、办理的同一事项"
    article = "信访工作条例 第十九条第三款"


class NotAVisit(Refused):
    """The levels are a rule for visits alone; letters, calls and forms may go anywhere."""

    code = "not_a_visit"
    title = "仅走访适用逐级规定"
    article = "信访工作条例 第二十条第一款"


class NotExhausted(Refused):
    """Until a recheck has settled a matter, every repeat of it belongs to the case and is answered in it."""

    code = "not_exhausted"
    title = "复核意见尚未送达"
    article = "信访工作条例 第三十六条第三款"
    decided_by = "mediation"


class NotARepeat(Refused):
    """Only a petition that came after the recheck opinion can be a repeat of what it settled."""

    code = "not_a_repeat"
    title = "该信访件不是复核后的重复信访"
    article = "信访工作条例 第三十六条第三款"


class NewFactsStated(Invalid):
    """New facts or reasons make a new case, which is registered and accepted like any other."""

    code = "new_facts_stated"
    title = "提出新的事实、理由的，应当另行登记"
    article = "信访工作条例 第三十六条第三款"


class ToldBefore(Refused):
    """The petitioner was told so already."""

    code = "told_before"
    title = "已告知不再受理"
    article = "信访工作条例 第三十六条第三款"


class Acceptance(Filing):
    """Petitions that are on file and not accepted."""

    def start(self) -> None:
        """Everything may be accepted."""
        super().start()
        self.exhausted_at: datetime | None = None
        self.no_longer_accepted: tuple[UUID, ...] = ()

    def not_accept(
        self, ground: NotAcceptedGround, *, pending: Filing | None, served_at: datetime, at: datetime, **notice: Any  # noqa: ANN401
    ) -> None:  # fmt: skip
        """Tell the petitioner why the case is not accepted and who is competent."""
        if self.state is not RegistrationState.registered:
            raise TooLateNotToAccept
        if ground is NotAcceptedGround.pending_below and (
            pending is None or not (pending.exists and pending.open) or pending.id == self.id
        ):
            raise NothingPending
        if ground is NotAcceptedGround.visit_above_level and self.channel is not Channel.visit:
            raise NotAVisit
        self.must_have_happened(served_at, at)
        self.record(NotAcceptedNotified, at=at, ground=ground, served_at=served_at, **notice)

    def exhaust(self, served_at: datetime, *, at: datetime) -> None:
        """Learn that a recheck has settled the matter."""
        if self.exhausted_at is None:
            self.record(RemediesExhausted, at=at, served_at=served_at)

    def no_longer_accept(
        self,
        petition: UUID,
        *,
        new_facts: bool,
        served_at: datetime,
        at: datetime,
        **notice: Any,  # noqa: ANN401
    ) -> None:
        """Tell who repeats what a recheck has settled that it is not accepted any more."""
        if new_facts:
            raise NewFactsStated
        if self.exhausted_at is None:
            raise NotExhausted
        if petition not in self.repeats or self.repeats[petition] < self.exhausted_at:
            raise NotARepeat
        if petition in self.no_longer_accepted:
            raise ToldBefore
        self.must_have_happened(served_at, at)
        self.record(NoLongerAccepted, at=at, petition=petition, served_at=served_at, **notice)

    @when
    def _(self, _: NotAcceptedNotified) -> None:
        self.ended = RegistrationState.not_accepted

    @when
    def _(self, event: RemediesExhausted) -> None:
        self.exhausted_at = event.served_at

    @when
    def _(self, event: NoLongerAccepted) -> None:
        self.no_longer_accepted += (event.petition,)
