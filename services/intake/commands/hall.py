"""The commands of the reception hall: desks, visits, and what petitioners and the public are told."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.vocabulary import Level, NoticeKind, NoticeMedium, Role
from services.chassis.charge import must_belong
from services.chassis.commands import Entry, OnEntry, Owned, Reply, Said
from services.chassis.context import By
from services.chassis.errors import NotFound
from services.chassis.fields import Day, OfNoPerson, ShelfNo, Text
from services.chassis.references import BlamedUnit, GivenOfficer, KnownUnit, Refers
from services.chassis.running import Running
from services.chassis.views import Statement, insertion
from services.intake.commands.cases import AboutCase, AboutCaseHere, OnCaseEntry
from services.intake.commands.field import FIELD
from services.intake.domain import guards
from services.intake.domain.hall import Desk, Session
from services.intake.domain.information import ContactCard, Notice, StepForm

HALL: Final = (Role.bureau_officer, Role.intake_clerk)
DESKS: Final = (*HALL, Role.unit_receiver, Role.case_officer)
COPIES_MAX: Final = 1_000_000
DAYS_OF_A_WEEK: Final = 7
_TEXT: Final = insertion("notice_text", "sha256", "text") + " ON CONFLICT (sha256) DO NOTHING"

TimeOfDay = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Weekday = Annotated[int, Field(ge=1, le=DAYS_OF_A_WEEK)]


class OpenDesk(Entry[Desk], path="/desks", by=(Role.bureau_officer,), called="设立窗口"):
    """Give a department a desk in the hall, on some days of the week and at some hours (第十八条第三款)."""

    unit: BlamedUnit
    desk_no: ShelfNo
    weekdays: Annotated[list[Weekday], Field(max_length=DAYS_OF_A_WEEK)]
    opens: TimeOfDay
    closes: TimeOfDay

    def act(self, d: Desk, by: By) -> None:
        d.open(self.unit, self.desk_no, tuple(self.weekdays), self.opens, self.closes, at=by.at)


class CloseDesk(OnEntry[Desk], path="/desks/{desk_id}/end", by=(Role.bureau_officer,), called="撤销窗口"):
    """Take a desk away (第十八条第三款)."""

    def act(self, d: Desk, by: By) -> None:
        d.close(at=by.at)


class Queued(Reply):
    """The number with which the visitor waits."""

    session_id: UUID
    queue_no: str


class OnSession(OnCaseEntry[Session]):
    """A command on a visit."""

    desk: UUID


class OpenSession(AboutCase[Session], path="/cases/{case_id}/sessions", by=HALL, called="接待来访"):
    """Receive a visit in one place for all departments; one visit, one record (第十八条第三款)."""

    may_open = True
    petition: Annotated[UUID, Field(description="The petition with which the visit came in")]

    def stream(self, _: By) -> UUID:
        return Session.stream(self.petition)

    def act(self, s: Session, by: By) -> None:
        s.open(self.case_id, self.petition, by.unit, at=by.at)

    async def look_up(self, running: Running, by: By) -> None:
        await super().look_up(running, by)
        if self.petition not in self.referred["case_id"].petitions:
            raise NotFound(str(self.petition))


class QueueVisit(Owned, OnSession, path="/sessions/{session_id}/queue", by=HALL, called="排号", reply=Queued):
    """Let the visitor wait for a desk (第十八条第三款)."""

    desk: Annotated[UUID, Refers(Desk)]

    async def look_up(self, running: Running, by: By) -> None:
        await super().look_up(running, by)
        guards.must_be_kept_from(self.referred["of_case"], self.directory, [self.referred["desk"].unit])

    def act(self, s: Session, by: By) -> Said:
        number = self.number("号", by)
        s.queue(self.referred["desk"], number, at=by.at)
        return {"queue_no": number}


class ServeVisit(Owned, OnSession, path="/sessions/{session_id}/reception", by=DESKS, called="窗口接待"):
    """Record that the desk has received the visitor, as who sits there or keeps the hall (第十八条第三款)."""

    desk: Annotated[UUID, Refers(Desk)]

    def owners(self, one: Session) -> list[str | None]:
        desk = self.referred.get("desk")
        return [one.unit, desk and desk.unit]

    def act(self, s: Session, by: By) -> None:
        s.serve(self.desk, at=by.at)


class IssueStepForm(
    AboutCaseHere[StepForm], path="/cases/{case_id}/step-forms", by=(*HALL, Role.unit_receiver), called="发放诉求单"
):
    """Tell the petitioner who has the case at a level and until when; a condition of nothing (第二十条)."""

    level: Level
    holder: KnownUnit
    until: Day

    def act(self, f: StepForm, by: By) -> None:
        f.issue(self.case_id, self.level, self.holder, self.until, at=by.at)


class IssueContactCard(
    AboutCaseHere[ContactCard], path="/cases/{case_id}/contact-cards", by=DESKS, called="发放联系卡"
):
    """Tell the petitioner whom to turn to; the telephone is the public one of the unit (第十八条第一款)."""

    unit: KnownUnit
    duty_officer: GivenOfficer

    def act(self, c: ContactCard, by: By) -> None:
        must_belong(self.duty_officer, self.unit, self.directory)
        c.issue(self.case_id, self.unit, self.duty_officer, at=by.at)


class PublishNotice(Entry[Notice], path="/notices", by=FIELD, called="公开信息"):
    """Tell the public how to petition; what it was told is kept (第十八条第一款)."""

    kind: NoticeKind
    medium: NoticeMedium
    copies: Annotated[int, Field(ge=1, le=COPIES_MAX)] = 1
    text: Annotated[Text, OfNoPerson]

    @property
    def sha256(self) -> str:
        """The digest under which the text is kept."""
        return sha256(self.text.encode()).hexdigest()

    def act(self, n: Notice, by: By) -> None:
        n.publish(
            at=by.at, unit=by.unit, kind=self.kind, medium=self.medium, copies=self.copies, text_sha256=self.sha256
        )

    def statements(self) -> Sequence[Statement]:
        return [(_TEXT, {"sha256": self.sha256, "text": self.text})]
