"""The lists of what is entered in the hall and outside it."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from contracts.vocabulary import (
    BoxState,
    ContactCardState,
    DeskState,
    DiaryState,
    FieldDayState,
    FieldVisitState,
    NoticeKind,
    NoticeState,
    SessionState,
    StepFormState,
)
from services.chassis.fields import Code
from services.chassis.questions import Listing
from services.intake.views import (
    BoxRow,
    ContactCardRow,
    DeskRow,
    DiaryRow,
    FieldDayRow,
    FieldVisitRow,
    NoticeRow,
    SessionRow,
    StepFormRow,
)


class Desks(Listing[DeskRow], path="/desks", called="窗口"):
    """List the desks in the hall (第十八条第三款)."""

    state: DeskState | None = None
    unit: Code | None = None
    sort: Literal["id", "unit"] = "id"


class Sessions(Listing[SessionRow], path="/sessions", called="来访接待"):
    """List visits in the hall (第十八条第三款)."""

    state: SessionState | None = None
    unit: Code | None = None
    case_id: UUID | None = None
    sort: Literal["id", "opened_at"] = "id"


class FieldVisits(Listing[FieldVisitRow], path="/field-visits", called="下访"):
    """List field visits (第十八条第二款)."""

    state: FieldVisitState | None = None
    unit: Code | None = None
    officer: Code | None = None
    sort: Literal["id", "unit", "follow_up_on"] = "id"


class Diary(Listing[DiaryRow], path="/diary", called="日记"):
    """List the pages of diaries, without their words (第十八条第二款)."""

    state: DiaryState | None = None
    unit: Code | None = None
    officer: Code | None = None
    sort: Literal["id", "officer", "day"] = "id"


class FieldDays(Listing[FieldDayRow], path="/field-days", called="下访日"):
    """List days in the villages (第十八条第二款)."""

    state: FieldDayState | None = None
    unit: Code | None = None
    place: Code | None = None
    sort: Literal["id", "unit", "held_on"] = "id"


class Boxes(Listing[BoxRow], path="/boxes", called="清风箱"):
    """List the boxes of villages, and how often nobody opened one (第二十二条)."""

    state: BoxState | None = None
    unit: Code | None = None
    sort: Literal["id", "box_no"] = "id"


class StepForms(Listing[StepFormRow], path="/step-forms", called="诉求单"):
    """List who has which case at a level, and until when (第二十条)."""

    state: StepFormState | None = None
    holder: Code | None = None
    case_id: UUID | None = None
    sort: Literal["id", "holder", "until"] = "id"


class ContactCards(Listing[ContactCardRow], path="/contact-cards", called="联系卡"):
    """List whom petitioners turn to (第十八条第一款)."""

    state: ContactCardState | None = None
    unit: Code | None = None
    case_id: UUID | None = None
    sort: Literal["id", "unit"] = "id"


class Notices(Listing[NoticeRow], path="/notices", called="公开事项"):
    """List what the public was told (第十八条第一款)."""

    state: NoticeState | None = None
    unit: Code | None = None
    kind: NoticeKind | None = None
    sort: Literal["id", "published_at"] = "id"
