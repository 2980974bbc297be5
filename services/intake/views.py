"""The rows by which intake answers without asking the vault, and who may see which of them."""

from __future__ import annotations

from datetime import date, datetime
from operator import attrgetter
from typing import Annotated, Final
from uuid import UUID

from contracts.vocabulary import (
    BoxState,
    BulkLookState,
    Channel,
    ConductAct,
    ContactCardState,
    ContactOutcome,
    ContactPointState,
    ContentCategory,
    DeskState,
    DialogueGroup,
    DiaryState,
    DocumentKind,
    EmergencyAccessState,
    EmergencyGround,
    ErasureGround,
    ErasureState,
    ExternalSystem,
    FieldDayState,
    FieldVisitState,
    FileFault,
    FileMedia,
    FileState,
    FileVerdict,
    HelpPlanState,
    HoldGround,
    IncidentState,
    Kind,
    Level,
    LoadOccasion,
    LookPurpose,
    NoticeKind,
    NoticeMedium,
    NoticeState,
    PaperState,
    RegistrationState,
    Role,
    Route,
    SessionState,
    SkipCause,
    StepFormState,
)
from services.chassis.recusal import kept_from
from services.chassis.rights.table import Relation, parties
from services.chassis.views import (
    EVERYONE,
    HAS_TO_DO,
    VEILED,
    Row,
    Sight,
    Told,
    has_to_do_with,
    is_named,
    or_named,
    unless_kept,
)
from services.intake.domain.boxes import Box
from services.intake.domain.bulk import BulkLook
from services.intake.domain.conduct import ConductIncident
from services.intake.domain.emergency import EmergencyAccess
from services.intake.domain.erasure import Erasure
from services.intake.domain.external import ExternalReference
from services.intake.domain.field import DiaryEntry, FieldDay, FieldVisit
from services.intake.domain.files import File
from services.intake.domain.gate import DoorCount
from services.intake.domain.hall import Desk, Session
from services.intake.domain.information import ContactCard, Notice, StepForm
from services.intake.domain.outreach import Contact, ContactPoint, Dialogue, HelpPlan
from services.intake.domain.paper import Paper
from services.intake.domain.registration import Registration
from services.intake.domain.texts import Disclosure
from services.intake.domain.visits import LoadPlan, SkipLevelVisit

NO_REPORT: Final = Sight("NOT confidential")
"""Whoever asks sees cases, and of a report about an official only that it exists (第三十条第三款)."""
NOT_UNDER_SEAL: Final = Sight("NOT under_seal(case_id)")
"""What lies with a case is as secret as the case is, and as those are that it has gone into or was split into."""
CASES: Final = Sight(
    f"{NO_REPORT.condition} AND (merged_into IS NULL OR NOT under_seal(id))", unless_kept("id"), HAS_TO_DO,
    for_organ="organ = ANY ({organs})",
)  # fmt: skip
"""Nor is a case there for whom it complains of, nor for who was recused (第二十八条第三款).

What has gone into a report leads nobody to it. The organ that has a report finds it in its list, and nobody else does.
"""
OF_CASE: Final = Sight(NOT_UNDER_SEAL.condition, unless_kept("case_id"), has_to_do_with("case_id"))
"""And nothing that lies with it."""
_LIES_WITH: Final = "coalesce((SELECT k.case_id FROM vault_key k WHERE k.id = file_view.id), case_id)"
_OF_CASE_NOW: Final = Sight(f"NOT under_seal({_LIES_WITH})", unless_kept(_LIES_WITH), has_to_do_with(_LIES_WITH))
"""And no file that lies with it by now."""
_OF_UNIT: Final = or_named(OF_CASE, "unit", Relation.owes)
"""What one unit does for a petitioner shows to that, too."""
NOT_EXPIRED: Final = Sight(f"{OF_CASE.condition} AND expires_on >= current_date", OF_CASE.for_asker, OF_CASE.permit)
"""What somebody once did is shown in its case alone, and not for ever (第四十七条)."""

OF: Final = Told(attrgetter("of"))


class CaseRow(
    Row, table="case_view", of=Registration, sight=CASES,
    unseen={
        "parties": lambda r: parties({Relation.receives: r.receivers, Relation.examines: [r.organ]}),
        "accused": lambda r: kept_from(r.accused_units, r.accused_persons, r.recused),
        "received_by": lambda r: r.receiving_unit if r.accused_units or r.accused_persons else None,
        "organ": lambda r: r.organ,
    },
    apart={
        "accused": VEILED, "arrivals": VEILED, "channel": "", "category": "", "place": "", "kind": None, "route": None,
    },
):  # fmt: skip
    """A case as intake sees it; of what lies apart it says only how far it is, and for whom."""

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
    rate_until: date | None
    arrivals: list[str]


class PaperRow(Row, table="paper_view", of=Paper, sight=OF_CASE):
    """A numbered paper, and how far it is."""

    case_id: Annotated[UUID, OF]
    kind: DocumentKind
    document_no: str
    unit: str
    state: PaperState
    issued_at: datetime
    served_at: datetime | None
    supersedes: UUID | None
    pdf_sha256: str


class LookRow(Row, table="look_view", of=Disclosure, sight=OF_CASE):
    """A look into the vault."""

    case_id: Annotated[UUID, OF]
    content: UUID
    purpose: str
    unit: str | None
    role: Role | None
    looked_at: datetime


class FileRow(Row, table="file_view", of=File, sight=_OF_CASE_NOW, unseen={"petition": attrgetter("petition")}):
    """A file of a case, and how far it is; what it is called and says lies in the vault and the store of files."""

    case_id: Annotated[UUID, OF]
    media: FileMedia
    size_bytes: int
    state: FileState
    verdict: FileVerdict | None
    fault: FileFault | None
    original: UUID | None
    announced_at: datetime
    received_at: datetime | None
    content_sha256: str | None


class DeskRow(Row, table="desk_view", of=Desk, sight=EVERYONE):
    """A department's desk in the hall."""

    unit: str
    desk_no: str
    weekdays: list[int]
    opens: str
    closes: str
    state: DeskState


class SessionRow(Row, table="session_view", of=Session, sight=OF_CASE):
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


class DiaryRow(
    Row,
    table="diary_view",
    of=DiaryEntry,
    sight=Sight("under_seal(linked_case) IS NOT TRUE", unless_kept("linked_case"), is_named("unit", Relation.handles)),
):
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


class StepFormRow(Row, table="step_form_view", of=StepForm, sight=or_named(OF_CASE, "holder", Relation.owes)):
    """Who has a case at a level, and until when."""

    case_id: Annotated[UUID, OF]
    level: Level
    holder: str
    until: date
    state: StepFormState


class ContactCardRow(Row, table="contact_card_view", of=ContactCard, sight=_OF_UNIT):
    """Whom a petitioner turns to."""

    case_id: Annotated[UUID, OF]
    unit: str
    duty_officer: str
    state: ContactCardState


class NoticeRow(Row, table="notice_view", of=Notice, sight=EVERYONE):
    """A notice to the public."""

    unit: str
    kind: NoticeKind
    medium: NoticeMedium
    copies: int
    text_sha256: str | None
    published_at: datetime
    state: NoticeState


class ExternalReferenceRow(Row, table="external_reference_view", of=ExternalReference, sight=OF_CASE):
    """The number of a case in another system."""

    case_id: Annotated[UUID, OF]
    system: ExternalSystem
    external_no: UUID | None


class ContactPointRow(Row, table="contact_point_view", of=ContactPoint, sight=EVERYONE):
    """Who is there for a place."""

    unit: str
    officer: str
    place: str
    state: ContactPointState


class HelpPlanRow(Row, table="help_plan_view", of=HelpPlan, sight=_OF_UNIT):
    """Who helps a petitioner in hardship, and until when; how, the vault says."""

    case_id: Annotated[UUID, OF]
    unit: str
    officer: str
    due_on: date
    contact_point: UUID | None
    state: HelpPlanState


class BulkLookRow(Row, table="bulk_look_view", of=BulkLook, sight=EVERYONE):
    """Who reads more texts than one person reads alone, and who has agreed."""

    officer: str
    unit: str
    purpose: LookPurpose
    count: int
    asked_at: datetime
    granted_by: str
    until: datetime | None
    state: BulkLookState


class ErasureRow(Row, table="erasure_view", of=Erasure, sight=OF_CASE):
    """What becomes of what one petitioner wrote in a case."""

    case_id: Annotated[UUID, OF]
    petition_id: Annotated[UUID, Told(attrgetter("petition"))]
    ground: ErasureGround
    held: list[HoldGround]
    asked_by: str
    asked_at: datetime
    shredded_at: datetime | None
    state: ErasureState


class EmergencyAccessRow(
    Row, table="emergency_access_view", of=EmergencyAccess, sight=or_named(OF_CASE, "reviewer", Relation.owes)
):
    """Who may or might read a case for once, as those know who have to do with it, and who looks at why."""

    case_id: Annotated[UUID, OF]
    officer: str
    ground: EmergencyGround
    unit: str
    asked_by: str
    asked_at: datetime
    until: datetime | None
    reviewer: str
    justified: bool | None
    state: EmergencyAccessState


class DialogueRow(Row, table="dialogue_view", of=Dialogue, sight=EVERYONE):
    """A talk that was offered to a group."""

    unit: str
    place: str
    people: DialogueGroup
    held_on: date
    invited_count: int
    attended_count: int
    declined_count: int


class ContactRow(Row, table="contact_view", of=Contact, sight=_OF_UNIT):
    """A talk that was offered to a petitioner."""

    case_id: Annotated[UUID, OF]
    unit: str
    officer: str
    outcome: ContactOutcome
    contacted_at: datetime


class SkipLevelVisitRow(Row, table="skip_level_visit_view", of=SkipLevelVisit, sight=OF_CASE):
    """A visit past the levels below, and why."""

    case_id: Annotated[UUID, OF]
    level: Level
    cause: Annotated[SkipCause, Told(attrgetter("skip_cause"))]
    person_count: int
    visited_on: date


class DoorCountRow(
    Row, table="door_count_view", of=DoorCount, sight=Sight("true", permit=is_named("unit", Relation.owes))
):
    """How many came to a unit on a day, and through which channels some of them are or were not on file.

    How many are on file is told to nobody: what somebody must not know of is among them (第三十条第三款).
    """

    unit: str
    day: date
    counted: Annotated[int, Told(lambda c: sum(c.counted.values()))]
    missing: Annotated[list[Channel], Told(lambda c: list(c.gaps))]
    ever_missing: Annotated[list[Channel], Told(lambda c: list(c.found))]


class ConductIncidentRow(Row, table="conduct_incident_view", of=ConductIncident, sight=NOT_EXPIRED):
    """One act on one day, as long as its record lasts."""

    case_id: Annotated[UUID, OF]
    unit: str
    conduct: ConductAct
    happened_on: date
    expires_on: date
    evidence: UUID
    reply: UUID | None
    organ: str | None
    state: IncidentState


class LoadPlanRow(Row, table="load_plan_view", of=LoadPlan, sight=EVERYONE):
    """For which days more desks are wanted."""

    unit: str
    occasion: LoadOccasion
    first_on: date
    last_on: date
    expected_visits: int
    desks: int


ROWS: Final = (
    CaseRow, PaperRow, FileRow, DeskRow, SessionRow, FieldVisitRow, DiaryRow, FieldDayRow, BoxRow, StepFormRow,
    ContactCardRow, NoticeRow, ExternalReferenceRow, ContactPointRow, HelpPlanRow, DialogueRow, ContactRow,
    SkipLevelVisitRow, DoorCountRow, ConductIncidentRow, LoadPlanRow, LookRow, EmergencyAccessRow,
    ErasureRow, BulkLookRow,
)  # fmt: skip
VIEWS: Final = tuple(row.view for row in ROWS)
