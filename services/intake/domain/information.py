"""What petitioners and the public are told. Nothing here is a condition of anything (第二十条, 第二十二条)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from contracts.intake import ContactCardIssued, NoticePublished, StepFormIssued
from contracts.periods.calendar import day
from contracts.vocabulary import ContactCardState, Level, NoticeKind, NoticeMedium, NoticeState, StepFormState
from services.chassis.aggregate import when
from services.chassis.entry import CaseEntry, Entry
from services.chassis.errors import Invalid


class FormOfThePast(Invalid):
    """The form says until when a level has the case; a day that is over tells nothing."""

    code = "form_of_the_past"
    title = "诉求单期限须不早于今日"
    article = "信访工作条例 第二十一条"


class StepForm(CaseEntry):
    """Who has the case at a level, and until when. No other code may look at it: it opens and bars nothing."""

    def start(self) -> None:
        """No form is written yet."""
        super().start()
        self.level: Level | None = None
        self.holder = ""
        self.until: date | None = None

    @property
    def state(self) -> StepFormState:
        """What a list shows."""
        return StepFormState.issued

    def issue(self, case: UUID, level: Level, holder: str, until: date, *, at: datetime) -> None:
        """Hand the form out."""
        if until < day(at):
            raise FormOfThePast
        self.record(StepFormIssued, at=at, case=case, level=level, holder=holder, until=until)

    @when
    def _(self, event: StepFormIssued) -> None:
        self.of, self.level, self.holder, self.until = event.case, event.level, event.holder, event.until


class ContactCard(CaseEntry):
    """Whom the petitioner turns to."""

    def start(self) -> None:
        """No card is written yet."""
        super().start()
        self.unit = self.duty_officer = ""

    @property
    def state(self) -> ContactCardState:
        """What a list shows."""
        return ContactCardState.issued

    def issue(self, case: UUID, unit: str, duty_officer: str, *, at: datetime) -> None:
        """Hand the card out."""
        self.record(ContactCardIssued, at=at, case=case, unit=unit, duty_officer=duty_officer)

    @when
    def _(self, event: ContactCardIssued) -> None:
        self.of, self.unit, self.duty_officer = event.case, event.unit, event.duty_officer


class Notice(Entry):
    """A notice to the public."""

    def start(self) -> None:
        """Nothing is published yet."""
        self.unit = ""
        self.kind: NoticeKind | None = None
        self.medium: NoticeMedium | None = None
        self.copies = 0
        self.text_sha256: str | None = None
        self.published_at: datetime | None = None

    @property
    def state(self) -> NoticeState:
        """What a list shows."""
        return NoticeState.published

    def publish(self, *, at: datetime, **facts: Any) -> None:  # noqa: ANN401  # the fields of the event
        """Tell the public."""
        self.record(NoticePublished, at=at, **facts)

    @when
    def _(self, event: NoticePublished) -> None:
        self.unit, self.kind, self.medium, self.copies = event.unit, event.kind, event.medium, event.copies
        self.text_sha256 = event.text_sha256
        self.published_at = event.timestamp
