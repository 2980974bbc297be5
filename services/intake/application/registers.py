"""The commands of intake's registers: the hall, work outside it, boxes, and what the public is told."""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

from contracts.vocabulary import ContentCategory, Level, NoticeKind, NoticeMedium, Role
from services.chassis.context import By, document_no
from services.chassis.errors import NotFound
from services.chassis.register import Register
from services.chassis.store import Store
from services.chassis.writer import Done
from services.intake import views
from services.intake.domain.boxes import Box
from services.intake.domain.field import DiaryEntry, FieldDay, FieldVisit
from services.intake.domain.hall import Desk, Session
from services.intake.domain.information import ContactCard, Notice, StepForm
from services.intake.domain.registration import Registration

HALL: Final = (Role.bureau_officer, Role.intake_clerk)
FIELD: Final = (Role.case_officer, Role.unit_receiver, Role.unit_head, Role.bureau_officer)
BOX: Final = (Role.bureau_officer, Role.unit_receiver, Role.unit_head)
WATCH: Final = (Role.system, Role.bureau_officer, Role.supervisor)


class Registers:
    """What can be entered into intake's registers."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.cases: Register[Registration] = Register(store, views.CASES, "case")
        self.desks: Register[Desk] = Register(store, views.DESKS, "desk")
        self.sessions: Register[Session] = Register(store, views.SESSIONS, "session")
        self.visits: Register[FieldVisit] = Register(store, views.FIELD_VISITS, "field_visit")
        self.diary: Register[DiaryEntry] = Register(store, views.DIARY, "diary_entry")
        self.days: Register[FieldDay] = Register(store, views.FIELD_DAYS, "field_day")
        self.boxes: Register[Box] = Register(store, views.BOXES, "box")
        self.forms: Register[StepForm] = Register(store, views.STEP_FORMS, "step_form")
        self.cards: Register[ContactCard] = Register(store, views.CONTACT_CARDS, "contact_card")
        self.notices: Register[Notice] = Register(store, views.NOTICES, "notice")

    # --------------------------------------------------------------------------- the hall

    async def open_desk(
        self, unit: str, desk_no: str, weekdays: tuple[int, ...], opens: str, closes: str, *, by: By
    ) -> Done:
        """Give a department a desk in the hall (第十八条第三款)."""
        by.must_be(Role.bureau_officer)
        return await self.desks.enter(lambda d: d.open(unit, desk_no, weekdays, opens, closes, at=by.at), by=by)

    async def close_desk(self, desk: UUID, *, by: By) -> Done:
        """Take a desk away."""
        by.must_be(Role.bureau_officer)
        return await self.desks.change(desk, lambda d: d.close(at=by.at), by=by)

    async def open_session(self, case: UUID, petition: UUID, *, by: By) -> Done:
        """Receive a visit in one place for all departments (第十八条第三款)."""
        by.must_be(*HALL)
        registration = await self.cases.found(case)
        if petition not in registration.petitions:
            raise NotFound(str(petition))
        key = Session.stream(petition)
        return await self.sessions.enter_once(key, lambda s: s.open(case, petition, by.unit, at=by.at), by=by)

    async def queue(self, session: UUID, desk: UUID, *, by: By) -> Done:
        """Let a visitor wait for a desk."""
        by.must_be(*HALL)
        number, found = document_no("号", by), await self.desks.found(desk)
        return await self.sessions.change(session, lambda s: s.queue(found, number, at=by.at), by=by, queue_no=number)

    async def serve(self, session: UUID, desk: UUID, *, by: By) -> Done:
        """Record that a desk has received the visitor."""
        by.must_be(*HALL, Role.unit_receiver, Role.case_officer)
        return await self.sessions.change(session, lambda s: s.serve(desk, at=by.at), by=by)

    # --------------------------------------------------------------------------- outside

    async def log_visit(
        self, place: str, category: ContentCategory, visited_on: date, follow_up_on: date | None,
        document: UUID | None, *, by: By,
    ) -> Done:  # fmt: skip
        """Put a field visit on record (第十八条第二款)."""
        by.must_be(*FIELD)
        return await self.visits.enter(
            lambda v: v.log(by.unit, by.actor, place, category, visited_on, follow_up_on, document, at=by.at), by=by
        )

    async def follow_up(self, visit: UUID, document: UUID, *, by: By) -> Done:
        """Show that what a field visit promised is done."""
        by.must_be(*FIELD)
        return await self.visits.change(visit, lambda v: v.follow_up(document, at=by.at), by=by)

    async def write_diary(self, on: date, document: UUID, linked_case: UUID | None, *, by: By) -> Done:
        """Write into one's own diary (第十八条第二款)."""
        by.must_be(*FIELD)
        if linked_case is not None:
            await self.cases.must_have(linked_case)
        return await self.diary.enter(lambda e: e.add(by.unit, by.actor, on, document, linked_case, at=by.at), by=by)

    async def hold_field_day(self, place: str, held_on: date, found: int, solved: int, *, by: By) -> Done:
        """Put a day in the villages on record (第十八条第二款)."""
        by.must_be(*FIELD)
        return await self.days.enter(lambda d: d.hold(by.unit, place, held_on, found, solved, at=by.at), by=by)

    # --------------------------------------------------------------------------- boxes

    async def register_box(self, box_no: str, place: str, *, by: By) -> Done:
        """Put up a box in a village (第十七条)."""
        by.must_be(*BOX)
        return await self.boxes.enter_once(
            Box.stream(box_no), lambda b: b.register(box_no, place, by.unit, at=by.at), by=by
        )

    async def open_box(self, box: UUID, second_opener: str, item_count: int, *, by: By) -> Done:
        """Open a box together with somebody else."""
        by.must_be(*BOX)
        return await self.boxes.change(box, lambda b: b.open((by.actor, second_opener), item_count, at=by.at), by=by)

    async def register_item(self, box: UUID, case: UUID, *, by: By) -> Done:
        """Say which case an item of the box has become (第二十二条)."""
        by.must_be(*BOX)
        await self.cases.must_have(case)
        return await self.boxes.change(box, lambda b: b.register_item(case, at=by.at), by=by)

    async def look_for_missed_days(self, box: UUID, *, by: By) -> Done:
        """Put the working days on which nobody opened a box on record, each once."""
        by.must_be(*WATCH)
        return await self.boxes.change(box, lambda b: b.look_for_missed_days(at=by.at), by=by)

    # --------------------------------------------------------------------------- information

    async def issue_form(self, case: UUID, level: Level, holder: str, until: date, *, by: By) -> Done:
        """Tell the petitioner who has the case at a level and until when; a condition of nothing (第二十条)."""
        by.must_be(*HALL, Role.unit_receiver)
        await self.cases.must_have(case)
        return await self.forms.enter(lambda f: f.issue(case, level, holder, until, at=by.at), by=by)

    async def issue_card(self, case: UUID, unit: str, duty_officer: str, post: str, *, by: By) -> Done:
        """Tell the petitioner whom to turn to (第十八条第一款)."""
        by.must_be(*HALL, Role.unit_receiver, Role.case_officer)
        await self.cases.must_have(case)
        return await self.cards.enter(lambda c: c.issue(case, unit, duty_officer, post, at=by.at), by=by)

    async def publish(self, kind: NoticeKind, medium: NoticeMedium, copies: int, *, by: By) -> Done:
        """Tell the public how to petition (第十八条第一款)."""
        by.must_be(*FIELD)
        return await self.notices.enter(
            lambda n: n.publish(at=by.at, unit=by.unit, kind=kind, medium=medium, copies=copies), by=by
        )
