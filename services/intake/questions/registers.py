"""The lists of what is entered in the hall and outside it."""

from __future__ import annotations

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


class Desks(Listing[DeskRow], path="/desks", called="窗口", where=("state", "unit"), sort=("id", "unit")):
    """List the desks in the hall (第十八条第三款)."""


class Sessions(
    Listing[SessionRow], path="/sessions", called="来访接待",
    where=("state", "unit", "case_id"), sort=("id", "opened_at"),
):  # fmt: skip
    """List visits in the hall (第十八条第三款)."""


class FieldVisits(
    Listing[FieldVisitRow], path="/field-visits", called="下访",
    where=("state", "unit", "officer"), sort=("id", "unit", "follow_up_on"),
):  # fmt: skip
    """List field visits (第十八条第二款)."""


class Diary(
    Listing[DiaryRow], path="/diary", called="日记", where=("state", "unit", "officer"), sort=("id", "officer", "day")
):
    """List the pages of diaries, without their words (第十八条第二款)."""


class FieldDays(
    Listing[FieldDayRow], path="/field-days", called="下访日",
    where=("state", "unit", "place"), sort=("id", "unit", "held_on"),
):  # fmt: skip
    """List days in the villages (第十八条第二款)."""


class Boxes(Listing[BoxRow], path="/boxes", called="清风箱", where=("state", "unit"), sort=("id", "box_no")):
    """List the boxes of villages, and how often nobody opened one (第二十二条)."""


class StepForms(
    Listing[StepFormRow], path="/step-forms", called="诉求单",
    where=("state", "holder", "case_id"), sort=("id", "holder", "until"),
):  # fmt: skip
    """List who has which case at a level, and until when (第二十条)."""


class ContactCards(
    Listing[ContactCardRow], path="/contact-cards", called="联系卡",
    where=("state", "unit", "case_id"), sort=("id", "unit"),
):  # fmt: skip
    """List whom petitioners turn to (第十八条第一款)."""


class Notices(
    Listing[NoticeRow], path="/notices", called="公开事项", where=("state", "unit", "kind"), sort=("id", "published_at")
):
    """List what the public was told (第十八条第一款)."""
