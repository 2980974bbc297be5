"""The rules of 六一三包: six papers and three duties, without which a case under the scheme does not close."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from contracts.assignment import SixOneCompleted, SixOneDutyDone, SixOneOpened, SixOnePaperFiled
from contracts.vocabulary import SixOneDuty, SixOnePaper
from services.assignment.domain.planning import Planning
from services.assignment.domain.sponsorship import LEADERS_ARTICLE
from services.chassis.aggregate import when
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


class SixOne(Planning):
    """What there is of the six papers and the three duties.

    The supervision card and the written reply are facts of other services. They are taken by their numbers, and only
    that there is a number is checked: the ledger holds both sides, and whoever audits compares them.
    """

    def start(self) -> None:
        """The case is not under the scheme."""
        super().start()
        self.six_one: str | None = None
        self.six_one_order = ""
        self.papers: dict[SixOnePaper, str] = {}
        self.six_one_duties: list[SixOneDuty] = []

    def open_six_one(self, case: UUID, order_no: str, *, at: datetime) -> None:
        """Put the case under the scheme."""
        if self.six_one is not None:
            raise SixOneAlreadyOpened
        self.record(SixOneOpened, at=at, case=case, order_no=order_no)

    def file_paper(self, paper: SixOnePaper, reference: str, *, at: datetime) -> None:
        """Name by its number a paper that others hold; a later number takes the place of the one before."""
        self._must_be_open()
        if paper not in FILED:
            raise SettledOtherwise(paper.title)
        self.record(SixOnePaperFiled, at=at, paper=paper, reference=reference)

    def do_six_one_duty(self, duty: SixOneDuty, document: UUID, *, at: datetime) -> None:
        """Tick one of the three duties off."""
        self._must_be_open()
        if duty in self.six_one_duties:
            raise SixOneDutyIsDone(duty.title)
        self.record(SixOneDutyDone, at=at, duty=duty, document=document)

    def complete_six_one(self, *, at: datetime) -> None:
        """Find that nothing is missing, so that the case may close."""
        self._must_be_open()
        there = self.settled | dict.fromkeys(self.papers, True)
        if missing := [paper.title for paper in SixOnePaper if not there.get(paper)]:
            raise SixPapersIncomplete(f"缺：{'、'.join(missing)}")
        if left := [duty.title for duty in SixOneDuty if duty not in self.six_one_duties]:
            raise SixOneDutiesOpen(f"未完成：{'、'.join(left)}")
        self.record(SixOneCompleted, at=at, order_no=self.six_one_order)

    def _must_be_open(self) -> None:
        if self.six_one != "open":
            raise SixOneNotOpen

    @when
    def _(self, event: SixOneOpened) -> None:
        self.of, self.six_one, self.six_one_order = event.case, "open", event.order_no

    @when
    def _(self, event: SixOnePaperFiled) -> None:
        self.papers[event.paper] = event.reference

    @when
    def _(self, event: SixOneDutyDone) -> None:
        self.six_one_duties.append(event.duty)

    @when
    def _(self, _: SixOneCompleted) -> None:
        self.six_one = "completed"
