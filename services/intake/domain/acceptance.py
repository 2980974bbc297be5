"""When a petition that is on file is not accepted: a closed list of grounds, always in writing, always with the way."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.intake import NoLongerAccepted, NotAcceptedNotified, RemediesExhausted, RepeatAnswered
from contracts.vocabulary import Channel, NotAcceptedGround, RegistrationState
from services.chassis.errors import Invalid, Refused
from services.intake.domain.guards import must_have_happened
from services.intake.domain.registration import Registration


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


class CaseGoesOn(Refused):
    """What belongs to a case that goes on is answered in it."""

    code = "case_goes_on"
    title = "事项尚在办理，并入的信访件随该事项答复"
    article = "信访工作条例 第二十二条"


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


def not_accept(
    r: Registration, ground: NotAcceptedGround, *, pending: Registration | None, served_at: datetime, at: datetime,
    **notice: Any,  # noqa: ANN401
) -> None:  # fmt: skip
    """Tell the petitioner why the case is not accepted and who is competent."""
    if r.state is not RegistrationState.registered:
        raise TooLateNotToAccept
    if ground is NotAcceptedGround.pending_below and (
        pending is None or not (pending.exists and pending.open) or pending.id == r.id
    ):
        raise NothingPending
    if ground is NotAcceptedGround.visit_above_level and r.channel is not Channel.visit:
        raise NotAVisit
    must_have_happened(served_at, at)
    r.record(NotAcceptedNotified, at=at, ground=ground, served_at=served_at, **notice)


def exhaust(r: Registration, served_at: datetime, *, at: datetime) -> None:
    """Learn that a recheck has settled the matter."""
    if r.exhausted_at is None:
        r.record(RemediesExhausted, at=at, served_at=served_at)


def answer_repeat(
    r: Registration, petition: UUID, *, new_case: UUID | None, served_at: datetime, at: datetime, **notice: Any  # noqa: ANN401
) -> None:  # fmt: skip
    """Tell who comes again after the end how the matter ended, or where what is new in it is handled (第二十二条)."""
    if r.open:
        raise CaseGoesOn
    if petition not in r.repeats:
        raise NotARepeat
    if petition in (*r.repeats_answered, *r.no_longer_accepted):
        raise ToldBefore
    must_have_happened(served_at, at)
    r.record(RepeatAnswered, at=at, petition=petition, new_case=new_case, served_at=served_at, **notice)


def no_longer_accept(
    r: Registration, petition: UUID, *, new_facts: bool, served_at: datetime, at: datetime, **notice: Any  # noqa: ANN401
) -> None:  # fmt: skip
    """Tell who repeats what a recheck has settled that it is not accepted any more."""
    if new_facts:
        raise NewFactsStated
    if r.exhausted_at is None:
        raise NotExhausted
    if petition not in r.repeats or r.repeats[petition] < r.exhausted_at:
        raise NotARepeat
    if petition in r.no_longer_accepted:
        raise ToldBefore
    must_have_happened(served_at, at)
    r.record(NoLongerAccepted, at=at, petition=petition, served_at=served_at, **notice)
