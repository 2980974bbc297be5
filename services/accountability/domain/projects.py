"""稳评: whoever plans something that may do harm finds out first (应评尽评、未评不决)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from uuid import UUID

from contracts.accountability import (
    ConsultationRecorded,
    PetitionLinkedToProject,
    ProjectStarted,
    RiskAssessmentFiled,
    RiskAssessmentRequired,
    UnassessedProjectFlagged,
)
from contracts.ids import derived
from contracts.periods.calendar import day
from contracts.vocabulary import ProjectState
from services.chassis.aggregate import when
from services.chassis.entry import Entry
from services.chassis.errors import Forbidden, Invalid, Refused

PROJECTS: Final = UUID("4d3c3c0e-26f5-5f0b-9b1c-6b1c0f6c9a77")
"""Namespace of projects: the same number is the same project."""


class RequiredAlready(Refused):
    """A project is put on the list once."""

    code = "assessment_required_already"
    title = "该项目已列入风险评估"
    article = "重大行政决策程序暂行条例 第二十二条"


class NotTheProjectUnit(Forbidden):
    """The unit that plans the project answers for it."""

    code = "not_the_project_unit"
    title = "该项目不由本单位承办"
    article = "重大行政决策程序暂行条例 第二十二条"


class ReportIncomplete(Refused):
    """A report says what may go wrong, what is done against it, and what is done if it happens."""

    code = "report_incomplete"
    title = "风险评估报告须有风险点、防范措施和处置预案"
    article = "重大行政决策程序暂行条例 第二十三条"


class NotAssessed(Refused):
    """Nothing is begun that was not assessed."""

    code = "not_assessed"
    title = "未经风险评估，不得作出决策"
    article = "重大行政决策程序暂行条例 第二十二条、第二十四条"


class NobodyHeard(Refused):
    """Nothing is begun before those whom it concerns have said what they think of it."""

    code = "nobody_heard"
    title = "未听取意见，不得作出决策"
    article = "重大行政决策程序暂行条例 第十四条、第二十三条"


class ProjectHasBegun(Refused):
    """What has begun cannot begin again, and an assessment afterwards is none."""

    code = "project_has_begun"
    title = "项目已经启动"
    article = "重大行政决策程序暂行条例 第二十二条"


class LinkedAlready(Refused):
    """A case counts once against a project."""

    code = "linked_already"
    title = "该信访事项已关联本项目"
    article = "信访工作条例 第十四条"


class NotYetHappened(Invalid):
    """What is put on record has happened."""

    code = "not_yet_happened"
    title = "日期不得晚于今日"
    article = "重大行政决策程序暂行条例 第二十三条"


class Project(Entry):
    """A project, its assessment, and the petitions that it caused."""

    def start(self) -> None:
        """Nobody has heard of the project yet."""
        self.project_no = self.unit = ""
        self.assessed = False
        self.consultations = 0
        self.heard = False
        """Whether anybody came to one of them."""
        self.started_on: date | None = None
        self.unassessed = False
        self.linked_cases: list[UUID] = []

    @staticmethod
    def stream(project_no: str) -> UUID:
        """Return the stream of the project with a number."""
        return derived(PROJECTS, project_no)

    @property
    def state(self) -> ProjectState:
        """What a list shows."""
        if self.unassessed:
            return ProjectState.unassessed
        if self.started_on:
            return ProjectState.started
        return ProjectState.assessed if self.assessed else ProjectState.required

    def require(self, project_no: str, unit: str, *, at: datetime) -> None:
        """Put the project on the list of those to be assessed."""
        if self.exists:
            raise RequiredAlready
        self.record(RiskAssessmentRequired, at=at, project_no=project_no, unit=unit)

    def file(
        self, unit: str, risk_points: UUID | None, precautions: UUID | None, response_plan: UUID | None, *,
        at: datetime,
    ) -> None:  # fmt: skip
        """File the report; it may be filed anew until the project begins."""
        self._must_be_of(unit)
        self._must_not_have_begun()
        if risk_points is None or precautions is None or response_plan is None:
            raise ReportIncomplete
        self.record(
            RiskAssessmentFiled, at=at, risk_points=risk_points, precautions=precautions, response_plan=response_plan
        )

    def consult(self, unit: str, held_on: date, participants: int, document: UUID, *, at: datetime) -> None:
        """Put on record that those concerned were heard."""
        self._must_be_of(unit)
        if held_on > day(at):
            raise NotYetHappened
        self.record(ConsultationRecorded, at=at, held_on=held_on, participant_count=participants, document=document)

    def begin(self, unit: str, *, at: datetime) -> None:
        """Begin; the gate is here."""
        self._must_be_of(unit)
        self._must_not_have_begun()
        if not self.assessed:
            raise NotAssessed
        if not self.heard:
            raise NobodyHeard
        self.record(ProjectStarted, at=at, started_on=day(at))

    def flag(self, project_no: str, unit: str, found_on: date, *, at: datetime) -> None:
        """Put on record that the project was begun without an assessment, listed or not."""
        self._must_not_have_begun()
        if found_on > day(at):
            raise NotYetHappened
        self.record(UnassessedProjectFlagged, at=at, project_no=project_no, unit=unit, found_on=found_on)

    def link(self, case: UUID, *, at: datetime) -> None:
        """Let a case count against the project."""
        if case in self.linked_cases:
            raise LinkedAlready
        self.record(PetitionLinkedToProject, at=at, linked_case=case)

    def _must_be_of(self, unit: str) -> None:
        if unit != self.unit:
            raise NotTheProjectUnit

    def _must_not_have_begun(self) -> None:
        if self.started_on or self.unassessed:
            raise ProjectHasBegun

    @when
    def _(self, event: RiskAssessmentRequired) -> None:
        self.project_no, self.unit = event.project_no, event.unit

    @when
    def _(self, _: RiskAssessmentFiled) -> None:
        self.assessed = True

    @when
    def _(self, event: ConsultationRecorded) -> None:
        self.consultations += 1
        self.heard = self.heard or event.participant_count > 0

    @when
    def _(self, event: ProjectStarted) -> None:
        self.started_on = event.started_on

    @when
    def _(self, event: UnassessedProjectFlagged) -> None:
        self.project_no, self.unit, self.unassessed = event.project_no, event.unit, True

    @when
    def _(self, event: PetitionLinkedToProject) -> None:
        self.linked_cases.append(event.linked_case)
