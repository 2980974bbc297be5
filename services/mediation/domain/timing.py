"""How long a unit may take: ten working days where it is simple, sixty days, and once a little more."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from contracts.mediation import HandlingExtended, SimplifiedTrackChosen, SimplifiedTrackConverted
from contracts.periods import period
from contracts.periods.calendar import day
from contracts.vocabulary import Route, SimplifiedGround
from services.chassis.aggregate import when
from services.chassis.errors import Invalid, Refused
from services.mediation.domain.file import CaseFile, Delivery, NoticeImpossible


class OtherRoute(Refused):
    """A case that belongs into another procedure is not handled simply, and no time is added to it here."""

    code = "other_route"
    title = "依法应当通过其他途径处理的事项不适用"
    article = "信访工作条例 第三十一条、第三十四条；信访事项简易办理办法 第五条第一项"


class AssignedFromAbove(Refused):
    """A case that a higher level has assigned is not handled simply."""

    code = "assigned_from_above"
    title = "上级交办的事项不适用简易办理"
    article = "信访事项简易办理办法 第五条第二项"


class SeveralUnits(Refused):
    """A case of several units is not handled simply."""

    code = "several_units"
    title = "涉及多个责任主体的事项不适用简易办理"
    article = "信访事项简易办理办法 第五条第四项"


class AlreadySimplified(Refused):
    """The case is on the simple way already."""

    code = "already_simplified"
    title = "已适用简易办理"
    article = "信访事项简易办理办法 第四条"


class NotSimplified(Refused):
    """The case is not on the simple way."""

    code = "not_simplified"
    title = "未适用简易办理"
    article = "信访事项简易办理办法 第五条"


class AlreadyExtended(Refused):
    """The time is made longer once."""

    code = "already_extended"
    title = "办理期限已延长一次"
    article = "信访工作条例 第三十四条"


class ExtensionTooLong(Invalid):
    """The time is made longer by a day at least, and by no more than the law allows."""

    code = "extension_too_long"
    title = "延长期限超出规定"
    article = "信访工作条例 第三十四条"


class ExtensionTooLate(Refused):
    """Who is told after the sixty days was made to wait without a reason."""

    code = "extension_too_late"
    title = "延期告知须在办理期限届满前送达"
    article = "信访工作条例 第三十四条"


class Timing(CaseFile):
    """The simplified track and the extension."""

    def _begin(self) -> None:
        super()._begin()
        self.simplified = False
        self.extended_by = 0

    @property
    def decide_until(self) -> date | None:
        """The last day of the sixty, and of those added to them (第三十四条)."""
        return period("C5").last_day(self.accepted_at, extra_days=self.extended_by) if self.accepted_at else None

    def choose_simplified(self, unit: str, ground: SimplifiedGround, *, at: datetime) -> None:
        """Handle a simple case simply, unless something excludes it (信访事项简易办理办法 第四条, 第五条)."""
        self._must_be_handling(unit)
        if self.simplified:
            raise AlreadySimplified
        exclusions = (
            (OtherRoute, self.route is not Route.petition_procedure),
            (AssignedFromAbove, self.from_above),
            (SeveralUnits, self.co_units),
        )
        for refusal, applies in exclusions:
            if applies:
                raise refusal
        self.record(SimplifiedTrackChosen, at=at, ground=ground)

    def convert_simplified(self, unit: str, document: UUID, *, at: datetime) -> None:
        """Go back to the ordinary way, because the case is not simple after all; the sixty days have always run."""
        self._must_be_handling(unit)
        if not self.simplified:
            raise NotSimplified
        self.record(SimplifiedTrackConverted, at=at, document=document)

    def extend(
        self, unit: str, days: int, approved_by: str, reasons: UUID, notice_no: str, delivery: Delivery, *, at: datetime
    ) -> None:
        """Take longer, once, and have told the petitioner why before the time was over (第三十四条)."""
        self._must_be_handling(unit)
        if self.route is not Route.petition_procedure:
            raise OtherRoute
        if self.anonymous:
            raise NoticeImpossible
        if self.extended_by:
            raise AlreadyExtended
        most = period("C5").extension_days_max
        if not 1 <= days <= most:
            raise ExtensionTooLong(f"须为 1 至 {most} 日")
        self._must_be_between(self.accepted_at, delivery.served_at, at)
        if self.decide_until is None or day(delivery.served_at) > self.decide_until:
            raise ExtensionTooLate(f"办理期限至 {self.decide_until}")
        self.record(
            HandlingExtended, at=at, days=days, approved_by=approved_by, reasons=reasons, notice_no=notice_no,
            **delivery._asdict(),
        )  # fmt: skip

    # ------------------------------------------------------------------------------- the fold

    @when
    def _(self, _: SimplifiedTrackChosen) -> None:
        self.simplified = True

    @when
    def _(self, _: SimplifiedTrackConverted) -> None:
        self.simplified = False

    @when
    def _(self, event: HandlingExtended) -> None:
        self.extended_by = event.days
