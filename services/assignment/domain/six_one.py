"""The rules of 六一三包: six papers and three duties, without which a case under the scheme does not close.

The supervision card and the written reply are facts of other services. They are taken by their numbers, and only that
there is a number is checked: the ledger holds both sides, and whoever audits compares them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from contracts.assignment import SixOneCompleted, SixOneDutyDone, SixOneOpened, SixOnePaperFiled
from contracts.vocabulary import SixOneDuty, SixOnePaper
from services.assignment.domain.campaign import Campaign
from services.assignment.domain.sponsorship import LEADERS_ARTICLE
from services.chassis.errors import Invalid, Refused

FILED: Final = (SixOnePaper.issue, SixOnePaper.supervision_card, SixOnePaper.written_reply)
"""The papers that others hold; leader, team and plan are settled here."""


class SixOneAlreadyOpened(Refused):
    """A case is put under the scheme once."""

    code = "six_one_already_opened"
    title = "已列入六一三包"
    article = LEADERS_ARTICLE


class SixOneNotOpen(Refused):
    """The case is not under the scheme, or all of it is done."""

    code = "six_one_not_open"
    title = "未列入六一三包，或六一三包已完成"
    article = LEADERS_ARTICLE


class SettledOtherwise(Invalid):
    """Leader, team and plan have commands of their own, and are there once those are done."""

    code = "paper_settled_otherwise"
    title = "牵头领导、班子、方案须经各自程序确定，不得以文号代替"
    article = LEADERS_ARTICLE


class SixOneDutyIsDone(Refused):
    """A duty is done once."""

    code = "six_one_duty_done"
    title = "该项职责已完成"
    article = LEADERS_ARTICLE


class SixPapersIncomplete(Refused):
    """The scheme is complete with all six papers; the answer says which are missing."""

    code = "six_papers_incomplete"
    title = "六项材料尚未齐备"
    article = LEADERS_ARTICLE


class SixOneDutiesOpen(Refused):
    """Papers alone settle nothing: the three duties must be done; the answer says which are not."""

    code = "six_one_duties_open"
    title = "三包职责尚未完成"
    article = LEADERS_ARTICLE


def open_six_one(c: Campaign, case: UUID, order_no: UUID, *, at: datetime) -> None:
    """Put the case under the scheme."""
    if c.six_one is not None:
        raise SixOneAlreadyOpened
    c.record(SixOneOpened, at=at, case=case, order_no=order_no)


def file_paper(c: Campaign, paper: SixOnePaper, reference: UUID, *, at: datetime) -> None:
    """Name by its number a paper that others hold; a later number takes the place of the one before."""
    _must_be_open(c)
    if paper not in FILED:
        raise SettledOtherwise(paper.title)
    c.record(SixOnePaperFiled, at=at, paper=paper, reference=reference)


def do_six_one_duty(c: Campaign, duty: SixOneDuty, document: UUID, *, at: datetime) -> None:
    """Tick one of the three duties off."""
    _must_be_open(c)
    if duty in c.six_one_duties:
        raise SixOneDutyIsDone(duty.title)
    c.record(SixOneDutyDone, at=at, duty=duty, document=document)


def complete_six_one(c: Campaign, *, at: datetime) -> None:
    """Find that nothing is missing, so that the case may close."""
    _must_be_open(c)
    there = c.settled | dict.fromkeys(c.papers, True)
    if missing := [paper.title for paper in SixOnePaper if not there.get(paper)]:
        raise SixPapersIncomplete(f"缺：{'、'.join(missing)}")
    if left := [duty.title for duty in SixOneDuty if duty not in c.six_one_duties]:
        raise SixOneDutiesOpen(f"未完成：{'、'.join(left)}")
    c.record(SixOneCompleted, at=at, order_no=c.six_one_order)


def _must_be_open(c: Campaign) -> None:
    if c.six_one != "open":
        raise SixOneNotOpen
