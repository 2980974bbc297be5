"""What intake can be asked about without asking the vault."""

from services.chassis.views import View
from services.intake.domain.boxes import Box
from services.intake.domain.field import DiaryEntry, FieldDay, FieldVisit
from services.intake.domain.hall import Desk, Session
from services.intake.domain.information import ContactCard, Notice, StepForm
from services.intake.domain.paper import Paper
from services.intake.domain.registration import Registration

CASES = View(
    table="case_view",
    of=Registration,
    columns=(
        "registration_no", "state", "channel", "category", "place", "kind", "route", "petitions", "received_at",
        "closed_at", "confidential", "merged_into", "split_from", "no_longer_accepted", "withdrawal_on",
    ),
    row=lambda r: (
        r.registration_no, r.state, r.channel, r.category, r.place, r.kind, r.route, len(r.every_petition),
        r.received_at, r.closed_at, r.confidential, r.merged_into, r.split_from, r.no_longer_accepted,
        r.withdrawal_on,
    ),
)  # fmt: skip

DESKS = View(
    table="desk_view",
    of=Desk,
    columns=("unit", "desk_no", "weekdays", "opens", "closes", "state"),
    row=lambda d: (d.unit, d.desk_no, d.weekdays, d.opens, d.closes, d.state),
)

SESSIONS = View(
    table="session_view",
    of=Session,
    columns=("case_id", "petition", "unit", "opened_at", "waiting", "served", "state"),
    row=lambda s: (s.of, s.petition, s.unit, s.opened_at, list(s.waiting), s.served, s.state),
)

FIELD_VISITS = View(
    table="field_visit_view",
    of=FieldVisit,
    columns=("unit", "officer", "place", "category", "visited_on", "follow_up_on", "state"),
    row=lambda v: (v.unit, v.officer, v.place, v.category, v.visited_on, v.follow_up_on, v.state),
)

DIARY = View(
    table="diary_view",
    of=DiaryEntry,
    columns=("unit", "officer", "day", "document", "linked_case", "state"),
    row=lambda e: (e.unit, e.officer, e.day, e.document, e.linked_case, e.state),
)

FIELD_DAYS = View(
    table="field_day_view",
    of=FieldDay,
    columns=("unit", "place", "held_on", "found_count", "solved_count", "state"),
    row=lambda d: (d.unit, d.place, d.held_on, d.found_count, d.solved_count, d.state),
)

BOXES = View(
    table="box_view",
    of=Box,
    columns=("box_no", "place", "unit", "items", "registered", "missed", "state"),
    row=lambda b: (b.box_no, b.place, b.unit, b.items, len(b.cases), b.missed, b.state),
)

STEP_FORMS = View(
    table="step_form_view",
    of=StepForm,
    columns=("case_id", "level", "holder", "until", "state"),
    row=lambda f: (f.of, f.level, f.holder, f.until, f.state),
)

CONTACT_CARDS = View(
    table="contact_card_view",
    of=ContactCard,
    columns=("case_id", "unit", "duty_officer", "post", "state"),
    row=lambda c: (c.of, c.unit, c.duty_officer, c.post, c.state),
)

NOTICES = View(
    table="notice_view",
    of=Notice,
    columns=("unit", "kind", "medium", "copies", "published_at", "state"),
    row=lambda n: (n.unit, n.kind, n.medium, n.copies, n.published_at, n.state),
)

PAPERS = View(
    table="paper_view",
    of=Paper,
    columns=(
        "case_id", "kind", "document_no", "book", "sequence", "unit", "state", "issued_at", "served_at", "supersedes",
        "pdf_sha256",
    ),
    row=lambda p: (
        p.of, p.kind, p.document_no, p.book, p.sequence, p.unit, p.state, p.issued_at, p.served_at, p.supersedes,
        p.pdf_sha256,
    ),
)  # fmt: skip

REGISTERS = (DESKS, SESSIONS, FIELD_VISITS, DIARY, FIELD_DAYS, BOXES, STEP_FORMS, CONTACT_CARDS, NOTICES)

VIEWS = (CASES, PAPERS, *REGISTERS)
