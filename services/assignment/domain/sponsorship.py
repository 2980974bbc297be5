"""The rules of leader sponsorship (包案): one leader a case, by a numbered order, until the case is at its end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from contracts.assignment import SponsorAppointed, SponsorDutyDone, SponsorReleased, SponsorReplaced
from contracts.vocabulary import HandoverReason, ReleaseGround, SponsorDuty
from services.chassis.aggregate import Aggregate, when
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


class Sponsorship(Aggregate):
    """Which leader answers for a case, and what of the duties is done."""

    def start(self) -> None:
        """Nobody answers for the case yet."""
        super().start()
        self.of: UUID | None = None
        self.order_no = ""
        self.sponsor: str | None = None
        self.duties: list[SponsorDuty] = []
        self.duties_done: list[SponsorDuty] = []
        self.released = False

    @property
    def case(self) -> UUID | None:
        """The case that is sponsored."""
        return self.of

    def appoint(self, case: UUID, order_no: str, sponsor: str, duties: Iterable[SponsorDuty], *, at: datetime) -> None:
        """Let one leader answer for the case."""
        if self.sponsor is not None:
            raise AlreadySponsored(f"现由 {self.sponsor} 包案")
        wanted = tuple(dict.fromkeys(duties))
        self.record(SponsorAppointed, at=at, case=case, order_no=order_no, sponsor=sponsor, duties=wanted)

    def replace(self, order_no: str, sponsor: str, reason: HandoverReason, document: UUID, *, at: datetime) -> None:
        """Let another leader take the case over; the document says what was handed over."""
        former = self.led_by()
        if sponsor == former:
            raise SameSponsor
        self.record(
            SponsorReplaced, at=at, order_no=order_no, sponsor=sponsor, former=former, reason_code=reason,
            document=document,
        )  # fmt: skip

    def do_duty(self, officer: str, duty: SponsorDuty, document: UUID, *, at: datetime) -> None:
        """Tick a duty off."""
        if officer != self.led_by():
            raise NotTheSponsor
        if duty not in self.duties or duty in self.duties_done:
            raise DutyNotOpen(duty.title)
        self.record(SponsorDutyDone, at=at, sponsor=officer, duty=duty, document=document)

    def release(self, ground: ReleaseGround, document: UUID, *, at: datetime) -> None:
        """Let the sponsor go at the end of the case.

        The document is the proof of execution or closing that mediation holds; it is named here and not looked into.
        """
        self.record(SponsorReleased, at=at, sponsor=self.led_by(), ground=ground, document=document)

    def led_by(self) -> str:
        """Return who answers for the case. Raises ``NotSponsored``."""
        if self.sponsor is None:
            raise NotSponsored
        return self.sponsor

    @when
    def _(self, event: SponsorAppointed) -> None:
        self.of, self.order_no, self.sponsor = event.case, event.order_no, event.sponsor
        self.duties, self.duties_done, self.released = list(event.duties), [], False

    @when
    def _(self, event: SponsorReplaced) -> None:
        self.order_no, self.sponsor = event.order_no, event.sponsor

    @when
    def _(self, event: SponsorDutyDone) -> None:
        self.duties_done.append(event.duty)

    @when
    def _(self, _: SponsorReleased) -> None:
        self.sponsor, self.released = None, True
