"""How long a unit may take: ten working days where it is simple, sixty days, and once a little more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from contracts.mediation import HandlingExtended, SimplifiedTrackChosen, SimplifiedTrackConverted
from contracts.periods import period
from contracts.periods.calendar import day
from contracts.vocabulary import Kind, Route, SimplifiedGround
from services.chassis.directory import Directory
from services.chassis.errors import Invalid, Refused
from services.mediation.domain.acceptance import NoticeImpossible
from services.mediation.domain.delivery import Delivery
from services.mediation.domain.guards import must_be_between, must_be_handling
from services.mediation.domain.handling import Handling
from services.mediation.domain.people import must_head


class OtherRoute(Refused):
    """A case that belongs into another procedure is not handled simply, and no time is added to it here."""

    code = "other_route"
    title = "依法应当通过其他途径处理的事项不适用"
    article = "信访工作条例 第三十一条、第三十四条；信访事项简易办理办法 第五条第一项"


class SuggestionNotExtended(Refused):
    """The thirty days more are for what ends in an opinion; nothing of a suggestion would be due later for them."""

    code = "suggestion_not_extended"
    title = "延长办理期限仅适用于申诉求决类事项"
    article = "信访工作条例 第三十一条第六项、第三十四条"


class AssignedFromAbove(Refused):
    """A case of which the sender wants a report by a day is not handled simply, whoever has sent it."""

    code = "assigned_from_above"
    title = "交办的事项不适用简易办理"
    article = "信访事项简易办理办法 第五条第二项"


class SeveralUnits(Refused):
    """A case of several units is not handled simply."""

    code = "several_units"
    title = "涉及多个责任主体的事项不适用简易办理"
    article = "信访事项简易办理办法 第五条第四项"


class SeveralPetitioners(Refused):
    """A case in which several have petitioned, and so one into which another has gone, is not handled simply."""

    code = "several_petitioners"
    title = "多人反映的事项不适用简易办理"
    article = "信访事项简易办理办法 第四条、第五条第四项"


class RepeatPetition(Refused):
    """The simple way is for who comes for the first time."""

    code = "repeat_petition"
    title = "仅初次信访事项适用简易办理"
    article = "信访事项简易办理办法 第四条"


class InstructedByLeader(Refused):
    """What a leader has written on a letter is handed down with a day, and is no simple case."""

    code = "instructed_by_leader"
    title = "领导批示交办的事项不适用简易办理"
    article = "信访事项简易办理办法 第五条第二项"


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
    """The time is made longer once, and what was joined or divided has had that with what it has come from."""

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


def decide_until(h: Handling, before: Sequence[Handling] = ()) -> date | None:
    """The last day of the sixty, and of those added to them (第三十四条).

    Nobody waits longer because cases were joined or divided: of those before it the one that began first counts.
    """
    if h.accepted_at is None:
        return None
    since = [one.begun_at for one in (h, *(() if h.begun_anew else before)) if one.begun_at]
    return period("C5").last_day(min(since), extra_days=h.extended_by)


def choose_simplified(
    h: Handling, unit: str, ground: SimplifiedGround, *, repeated: bool, instructed: bool, at: datetime
) -> None:
    """Handle a simple case simply, unless something excludes it (信访事项简易办理办法 第四条, 第五条)."""
    must_be_handling(h, unit)
    if h.simplified:
        raise AlreadySimplified
    exclusions = (
        (OtherRoute, h.route is not Route.petition_procedure),
        (AssignedFromAbove, h.from_above or h.due_on is not None),
        (SeveralUnits, h.co_units),
        (SeveralPetitioners, h.others),
        (RepeatPetition, repeated),
        (InstructedByLeader, instructed),
    )
    for refusal, applies in exclusions:
        if applies:
            raise refusal
    h.record(SimplifiedTrackChosen, at=at, ground=ground)


def convert_simplified(h: Handling, unit: str, document: UUID, *, at: datetime) -> None:
    """Go back to the ordinary way, because the case is not simple after all; the sixty days have always run."""
    must_be_handling(h, unit)
    if not h.simplified:
        raise NotSimplified
    h.record(SimplifiedTrackConverted, at=at, document=document)


def extend(
    h: Handling,
    unit: str,
    days: int,
    approved_by: str,
    reasons: UUID,
    notice_no: str,
    delivery: Delivery,
    directory: Directory,
    *,
    before: Sequence[Handling] = (),
    at: datetime,
) -> None:
    """Take longer, once, and have told the petitioner why before the time was over (第三十四条).

    The cases `before` it have gone into it, or it has come from them: it is one matter with each.
    """
    must_be_handling(h, unit)
    if h.route is not Route.petition_procedure:
        raise OtherRoute
    if h.kind is Kind.suggestion:
        raise SuggestionNotExtended
    must_head(directory, unit, approved_by, at=at)
    if h.anonymous:
        raise NoticeImpossible
    if any(one.extended_by for one in (h, *before)):
        raise AlreadyExtended
    most = period("C5").extension_days_max
    if not 1 <= days <= most:
        raise ExtensionTooLong(f"须为 1 至 {most} 日")
    must_be_between(h.undecided_since, delivery.served_at, at)
    last = decide_until(h, before)
    if last is None or day(delivery.served_at) > last:
        raise ExtensionTooLate(f"办理期限至 {last}")
    h.record(
        HandlingExtended, at=at, days=days, approved_by=approved_by, reasons=reasons, notice_no=notice_no,
        **delivery._asdict(),
    )  # fmt: skip
