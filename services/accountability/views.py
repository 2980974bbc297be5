"""What accountability can be asked about beside the ledger itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Final
from uuid import UUID

from contracts.vocabulary import (
    ClockKind,
    ClockNature,
    ClockOutcome,
    ClockState,
    ProjectState,
    RecommendationKind,
    RecommendationState,
    SupervisionReason,
    SupervisionState,
)
from services.accountability.clocks.clock import Clock
from services.accountability.domain.changes import Change
from services.accountability.domain.orphans import Orphan
from services.accountability.domain.projects import Project
from services.accountability.domain.recommendations import Recommendation
from services.accountability.domain.supervision import Supervision
from services.chassis.two_persons import IF_PENDING, Pending
from services.chassis.views import EVERYONE, Naming, Row, Sight, Told, has_to_do_if_about_one, has_to_do_with

OF_CASE: Final = Sight(
    "true",
    "NOT EXISTS (SELECT FROM case_view kept WHERE kept.id = case_id "
    "AND (kept.kept_for IS NOT NULL OR kept.accused IS NOT NULL) "
    "AND (NOT {unit} = ANY (kept.kept_for) OR kept.accused && "
    "CASE kept.received_by WHEN {unit} THEN {named_to_receiver}::text[] ELSE {named}::text[] END))",
    has_to_do_with("case_id"),
)
"""What is about a case shows to who has to do with it.

A report about an official is there for the organ that has it and for who has received it (第三十条第三款); nothing is
there for whom a case complains of, nor for who was recused (第二十八条第三款).
"""
OF_CASE_OR_NONE: Final = replace(OF_CASE, permit=has_to_do_if_about_one("case_id"))
"""And what is about none shows to everybody."""

CaseOf = Annotated[UUID, Told(lambda one: one.of)]
"""The case that a stream beside the case's own is about."""


class SupervisionRow(Row, table="supervision_view", of=Supervision, sight=OF_CASE):
    """A supervision card."""

    case_id: CaseOf
    card_no: str
    unit: str
    reason: SupervisionReason
    due_on: date
    state: SupervisionState


class ClockRow(Row, table="clock_view", of=Clock, sight=OF_CASE_OR_NONE):
    """A period of law, within a case or about something that belongs to none."""

    case_id: Annotated[UUID | None, Told(lambda one: one.of)]
    code: str
    nature: ClockNature
    kind: ClockKind
    holder: str | None
    officer: str | None
    subject: UUID | None
    item: str | None
    started_by: UUID
    state: ClockState
    started_at: datetime
    due_on: date
    due_at: datetime
    breached: bool
    corrected: bool
    outcome: ClockOutcome | None
    stopped_at: datetime | None
    provisional: bool


class OrphanRow(Row, table="orphan_view", of=Orphan, sight=OF_CASE):
    """Since when nobody had to act in a case that had not ended."""

    case_id: CaseOf
    since: datetime


class ProjectRow(Row, table="project_view", of=Project, sight=EVERYONE):
    """A project, its assessment, and the petitions that it caused."""

    project_no: str
    unit: str
    assessed: bool
    consultations: int
    started_on: date | None
    unassessed: bool
    linked_cases: Annotated[list[UUID], Naming(OF_CASE)]
    state: ProjectState


class RecommendationRow(Row, table="recommendation_view", of=Recommendation, sight=OF_CASE):
    """A recommendation to one body about one case."""

    case_id: CaseOf
    recommendation_no: str
    kind: RecommendationKind
    addressee: str
    served_at: datetime
    adopted: bool | None
    decision_no: UUID | None
    state: RecommendationState


class ChangeRow(Pending, table="change_view", of=Change, sight=IF_PENDING, unseen={"state": lambda c: c.state}):
    """A change of the calendar that waits for another person to agree."""


VIEWS = tuple(row.view for row in (SupervisionRow, ClockRow, OrphanRow, ProjectRow, RecommendationRow, ChangeRow))
