"""What every chapter asks first: whose the case is, whether it goes on, and whether a day is possible."""

from __future__ import annotations

from datetime import date, datetime

from contracts.mediation import CaseReopened
from contracts.periods.calendar import day
from contracts.vocabulary import TerminationGround
from services.chassis.errors import Forbidden, Invalid, NotFound, Refused
from services.mediation.domain.handling import Handling


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


class NoSuchPetitioner(NotFound):
    """Nobody else has petitioned in this case under that number."""

    code = "no_such_petitioner"
    title = "该信访件不属于本事项的其他信访人"
    article = "信访工作条例 第二十三条"


class ImpossibleDate(Invalid):
    """Something is said to have happened before it could, or after now."""

    code = "impossible_date"
    title = "日期不合事理"


def must_be_of(h: Handling, unit: str) -> None:
    """Let only the unit that has the case act in it, and only while it goes on."""
    must_have(h, unit)
    must_go_on(h)


def must_have(h: Handling, unit: str) -> None:
    """Let only the unit that has the case act in it, be it over or not."""
    if h.unit is None:
        raise NotWithUnit
    if h.unit != unit:
        raise NotTheHandlingUnit


def may_serve(h: Handling, unit: str) -> None:
    """Let who has the case serve its opinion, and whose opinion it is: that one has sent it, and may owe it again."""
    if h.issuer is None or unit != h.issuer:
        must_have(h, unit)


def must_take_part(h: Handling, unit: str) -> None:
    """Let the unit that has the case act in it, and whoever helps it (第二十四条), only while it goes on."""
    must_be_of(h, h.unit if h.unit is not None and unit in h.co_units else unit)


def must_go_on(h: Handling) -> None:
    """Let nothing more happen in a case that is over."""
    if h.terminated_at is not None:
        raise AlreadyTerminated
    if h.closed_at is not None:
        raise AlreadyClosed
    if h.stopped is not None:
        raise HasStopped


def must_be_open_to_ask(h: Handling) -> None:
    """Who has asked in time is heard, also where the case was closed before that was entered."""
    if h.stopped is not None:
        raise HasStopped
    if h.terminated_for not in {None, TerminationGround.remedy_lapsed}:
        raise AlreadyTerminated


def go_on(h: Handling, *, at: datetime) -> None:
    """Let a case that was over go on."""
    if h.closed_at is not None or h.terminated_at is not None:
        h.record(CaseReopened, at=at)


def must_be_handling(h: Handling, unit: str) -> None:
    """Let only the unit that has accepted the case act in it, and only before it has answered."""
    must_be_of(h, unit)
    if h.accepted_at is None:
        raise NotNotified
    if h.result is not None:
        raise AlreadyDecided


def must_be_between(first: date | None, moment: datetime, last: datetime) -> None:
    """Compare days, because a paper shows a day and rarely the minute."""
    must_be_on(first, day(moment), last)


def must_be_on(first: date | None, on: date, last: datetime) -> None:
    """Let something have happened no sooner than it could and no later than now.

    What it could not come before is a day, too: never the moment at which somebody typed that (0023).
    """
    first = day(first) if isinstance(first, datetime) else first
    if first is None or not first <= on <= day(last):
        raise ImpossibleDate(f"{on} 不在办理期间内")
