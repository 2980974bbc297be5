"""What many chapters ask first: whether the case goes on here, and whether something can have happened by now."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from contracts.periods.calendar import LEGAL_TIME, day
from services.chassis.directory import Directory
from services.chassis.errors import Invalid, Refused
from services.chassis.recusal import OthersKeepOut
from services.intake.domain.registration import Registration


class NotOpen(Refused):
    """The case has ended here; whoever has something new to say is registered anew."""

    code = "case_not_open"
    title = "该事项在受理环节已结束"
    article = "信访工作条例 第二十二条"


class NotHappenedYet(Invalid):
    """Nobody was told, and nothing was known, at a time that has not come."""

    code = "not_happened_yet"
    title = "所记时间不得晚于当前时间"


class TooEarly(Invalid):
    """Nobody was told of what had not come in, or was not known."""

    code = "too_early"
    title = "所记日期不得早于该事实可能发生之日"
    article = "信访工作条例 第二十一条第二款"


def must_be_kept_from(
    r: Registration, directory: Directory, units: Collection[str], persons: Collection[str] = ()
) -> None:
    """Let nothing of a case come to whom it complains of, nor to who keeps out of it."""
    if directory.is_kept_from(units, persons, r.accused_units, r.accused_persons):
        raise OthersKeepOut
    if recused := r.recused & {*persons}:
        raise OthersKeepOut("、".join(sorted(recused)))


def must_be_open(r: Registration) -> None:
    """Let nothing more happen in a case that has ended."""
    if not r.open:
        raise NotOpen


def must_have_happened(
    moment: datetime, at: datetime, *, since: datetime | None = None, to_the_hour: bool = False
) -> None:
    """Let nobody have been told, or have known, at a time that has not come, nor before the day on which they could.

    Days are compared: a paper shows a day and rarely the minute (0023). What is due within hours is told by the clock.
    """
    if moment > at:
        raise NotHappenedYet
    if since is not None and day(moment) < day(since):
        raise TooEarly(f"{day(moment)}，不早于 {day(since)}")
    if since is not None and to_the_hour and moment < since:
        raise TooEarly(f"{_clock(moment)}，不早于 {_clock(since)}")


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(LEGAL_TIME):%Y-%m-%d %H:%M}"
