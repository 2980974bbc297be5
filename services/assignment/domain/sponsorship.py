"""The rules of leader sponsorship (包案): one leader a case, by a numbered order, until the case is at its end."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from contracts.assignment import SponsorAppointed, SponsorDutyDone, SponsorKeptOut, SponsorReleased, SponsorReplaced
from contracts.vocabulary import HandoverReason, ReleaseGround, Result, SponsorDuty
from services.assignment.domain.campaign import Campaign
from services.chassis.directory import Directory
from services.chassis.errors import Forbidden, Invalid, Refused

LEADERS_ARTICLE: Final = "信访工作条例 第十八条第二款"


class AlreadySponsored(Refused):
    """One leader answers for a case; where two do, nobody does."""

    code = "already_sponsored"
    title = "该事项已有包案领导"
    article = LEADERS_ARTICLE


class NotSponsored(Refused):
    """No leader answers for the case, so nobody can be replaced, released, or lead."""

    code = "not_sponsored"
    title = "该事项没有包案领导"
    article = LEADERS_ARTICLE


class NotTheSponsor(Forbidden):
    """A sponsor's duties are done by the sponsor and not by proxy."""

    code = "not_the_sponsor"
    title = "该事项不由该领导包案"
    article = LEADERS_ARTICLE


class SameSponsor(Invalid):
    """A case is handed over to somebody else."""

    code = "same_sponsor"
    title = "移交对象即为现包案领导"
    article = LEADERS_ARTICLE


class DutyNotOpen(Refused):
    """The order does not name the duty, or it is done."""

    code = "duty_not_open"
    title = "该项职责不在包案范围内，或已完成"
    article = LEADERS_ARTICLE


class NotAtItsEnd(Refused):
    """A sponsor stays until the case is at its end, and what was granted is done (一包到底)."""

    code = "not_at_its_end"
    title = "事项未到终点，支持的请求未落实，不得解除包案"
    article = "信访工作条例 第十八条第二款、第三十二条第二款"


def appoint(
    c: Campaign, case: UUID, order_no: UUID, sponsor: str, duties: Iterable[SponsorDuty], *, at: datetime,
    organiser: str | None = None,
) -> None:  # fmt: skip
    """Let one leader answer for the case."""
    if c.sponsor is not None:
        raise AlreadySponsored(f"现由 {c.sponsor} 包案")
    wanted = tuple(dict.fromkeys(duties))
    c.record(SponsorAppointed, at=at, case=case, order_no=order_no, sponsor=sponsor, duties=wanted, organiser=organiser)


def replace(
    c: Campaign, order_no: UUID, sponsor: str, reason: HandoverReason, document: UUID, *, at: datetime,
    organiser: str | None = None,
) -> None:  # fmt: skip
    """Let another leader take the case over; the document says what was handed over."""
    former = led_by(c)
    if sponsor == former:
        raise SameSponsor
    c.record(
        SponsorReplaced, at=at, order_no=order_no, sponsor=sponsor, former=former, reason_code=reason,
        document=document, organiser=organiser,
    )  # fmt: skip


def learn_accused(
    c: Campaign, units: Collection[str], persons: Collection[str], directory: Directory, *, at: datetime
) -> None:
    """Let whom the case complains of by now, or whose unit may not touch it, lead it no longer (第二十八条第三款)."""
    if c.sponsor is not None and directory.is_kept_from((), [c.sponsor], units, persons):
        keep_out(c, c.sponsor, at=at)


def keep_out(c: Campaign, officer: str, *, at: datetime) -> None:
    """Let a sponsor who keeps out of the case lead it no longer, so that another one is to be named."""
    if officer == c.sponsor:
        c.record(SponsorKeptOut, at=at, sponsor=officer, organiser=c.organiser)


def do_duty(c: Campaign, officer: str, duty: SponsorDuty, document: UUID, *, at: datetime) -> None:
    """Tick a duty off."""
    if officer != led_by(c):
        raise NotTheSponsor
    if duty not in c.duties or duty in c.duties_done:
        raise DutyNotOpen(duty.title)
    c.record(SponsorDutyDone, at=at, sponsor=officer, duty=duty, document=document)


def release(
    c: Campaign, ground: ReleaseGround, document: UUID, reached: Container[ReleaseGround], *, at: datetime
) -> None:
    """Let the sponsor go at the end of the case; `reached` is what it has come to."""
    sponsor = led_by(c)
    if ground not in reached:
        raise NotAtItsEnd(ground.title)
    c.record(SponsorReleased, at=at, sponsor=sponsor, ground=ground, document=document)


def ends(handling: Mapping[str, Any] | None, *, left: bool) -> frozenset[ReleaseGround]:
    """Return the ends to which a case has come, as the unit's handling shows it and assignment has let it leave."""
    told = handling or {}
    ended = told.get("closed_at") or told.get("terminated_at")
    reached = {
        ReleaseGround.executed: told.get("executed"),
        ReleaseGround.closed: ended and (told.get("executed") or told.get("result") != Result.support),
        ReleaseGround.left: left,
    }
    return frozenset(ground for ground, so in reached.items() if so)


def led_by(c: Campaign) -> str:
    """Return who answers for the case. Raises ``NotSponsored``."""
    if c.sponsor is None:
        raise NotSponsored
    return c.sponsor
