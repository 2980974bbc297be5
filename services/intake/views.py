"""The rows by which intake answers without asking the vault, and who may see which of them."""

from __future__ import annotations

from datetime import date, datetime
from operator import attrgetter
from typing import Annotated, Final
from uuid import UUID

from contracts.vocabulary import (
    BoxState,
    Channel,
    ContactCardState,
    ContentCategory,
    DeskState,
    DiaryState,
    DocumentKind,
    FieldDayState,
    FieldVisitState,
    Kind,
    Level,
    NoticeKind,
    NoticeMedium,
    NoticeState,
    PaperState,
    RegistrationState,
    Route,
    SessionState,
    StepFormState,
)
from services.chassis.views import EVERYONE, Row, Sight, Told
from services.intake.domain.boxes import Box
from services.intake.domain.field import DiaryEntry, FieldDay, FieldVisit
from services.intake.domain.hall import Desk, Session
from services.intake.domain.information import ContactCard, Notice, StepForm
from services.intake.domain.paper import Paper
from services.intake.domain.registration import Registration

NO_REPORT: Final = Sight("NOT confidential")
"""Whoever asks sees cases, and of a report about an official only that it exists (第三十条第三款)."""
NOT_UNDER_SEAL: Final = Sight("NOT under_seal(case_id)")
"""What lies with a case is as secret as the case is, and as those are that it has gone into or was split into."""

OF: Final = Told(attrgetter("of"))


class CaseRow(Row, table="case_view", of=Registration, sight=NO_REPORT):
    """A case as intake sees it."""

    registration_no: str
    state: RegistrationState
    channel: Channel
    category: ContentCategory
    place: str
    kind: Kind | None
    route: Route | None
    petitions: Annotated[int, Told(lambda r: len(r.every_petition))]
    received_at: datetime
    closed_at: datetime | None
    confidential: bool
    merged_into: UUID | None
    split_from: UUID | None
    no_longer_accepted: list[UUID]
    withdrawal_on: date | None


class PaperRow(Row, table="paper_view", of=Paper, sight=NOT_UNDER_SEAL):
    """A numbered paper, and how far it is."""

    case_id: Annotated[UUID, OF]
    kind: DocumentKind
    document_no: str
    book: str
    sequence: int
    unit: str
    state: PaperState
    issued_at: datetime
    served_at: datetime | None
    supersedes: UUID | None
    pdf_sha256: str


class DeskRow(Row, table="desk_view", of=Desk, sight=EVERYONE):
    """A department's desk in the hall."""

    unit: str
    desk_no: str
    weekdays: list[int]
    opens: str
    closes: str
    state: DeskState


class SessionRow(Row, table="session_view", of=Session, sight=NOT_UNDER_SEAL):
    """A visit in the hall, with the desks for which the visitor waits and those that have received them."""

    case_id: Annotated[UUID, OF]
    petition: UUID
    unit: str
    opened_at: datetime
    waiting: Annotated[list[UUID], Told(lambda s: list(s.waiting))]
    served: list[UUID]
    state: SessionState


class FieldVisitRow(Row, table="field_visit_view", of=FieldVisit, sight=EVERYONE):
    """A visit to the place of a problem."""

    unit: str
    officer: str
    place: str
    category: ContentCategory
    visited_on: date
    follow_up_on: date | None
    state: FieldVisitState


class DiaryRow(Row, table="diary_view", of=DiaryEntry, sight=EVERYONE):
    """A page of an officer's diary, without its words."""

    unit: str
    officer: str
    day: date
    document: UUID
    linked_case: UUID | None
    state: DiaryState


class FieldDayRow(Row, table="field_day_view", of=FieldDay, sight=EVERYONE):
    """A day that a unit was out in the villages."""

    unit: str
    place: str
    held_on: date
    found_count: int
    solved_count: int
    state: FieldDayState


class BoxRow(Row, table="box_view", of=Box, sight=EVERYONE):
    """A village's box, and how many working days nobody opened it."""

    box_no: str
    place: str
    unit: str
    items: int
    registered: Annotated[int, Told(lambda b: len(b.cases))]
    state: BoxState


class StepFormRow(Row, table="step_form_view", of=StepForm, sight=NOT_UNDER_SEAL):
    """Who has a case at a level, and until when."""

    case_id: Annotated[UUID, OF]
    level: Level
    holder: str
    until: date
    state: StepFormState


class ContactCardRow(Row, table="contact_card_view", of=ContactCard, sight=NOT_UNDER_SEAL):
    """Whom a petitioner turns to."""

    case_id: Annotated[UUID, OF]
    unit: str
    duty_officer: str
    post: str
    state: ContactCardState


class NoticeRow(Row, table="notice_view", of=Notice, sight=EVERYONE):
    """A notice to the public."""

    unit: str
    kind: NoticeKind
    medium: NoticeMedium
    copies: int
    published_at: datetime
    state: NoticeState


ROWS: Final = (
    CaseRow, PaperRow, DeskRow, SessionRow, FieldVisitRow, DiaryRow, FieldDayRow, BoxRow, StepFormRow, ContactCardRow,
    NoticeRow,
)  # fmt: skip
VIEWS: Final = tuple(row.view for row in ROWS)
