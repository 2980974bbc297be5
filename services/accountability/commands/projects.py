"""The commands of risk assessment: whoever plans something that may do harm finds out first."""

from __future__ import annotations

from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.periods.calendar import day
from contracts.vocabulary import Role
from services.accountability.commands.knowing import Knowing
from services.accountability.domain.projects import Project
from services.chassis.charge import must_have_charge_of
from services.chassis.commands import Entry, OnEntry
from services.chassis.context import By
from services.chassis.fields import Day
from services.chassis.references import KnownUnit, NamedCase
from services.chassis.running import Running

PARTICIPANTS_MAX: Final = 100_000
WATCH: Final = (Role.supervisor, Role.bureau_officer)
PLANNERS: Final = (Role.case_officer, Role.unit_head)


ProjectNo = Annotated[
    str, StringConstraints(pattern=r"^([A-Z]{1,4}-[0-9]{1,8}|20[0-9]{2}-[0-9]{6}-[0-9]{2}-[0-9]{2}-[0-9]{6})$")
]
"""A number of the county's own list, or that of the national platform (投资项目统一代码)."""


class EnterProject(Entry[Project]):
    """A command that may open a project of the own line or territory: the same number is the same project."""

    may_open = True

    project_no: ProjectNo
    unit: KnownUnit

    def stream(self, by: By) -> UUID:  # noqa: ARG002  # whoever acts
        """Return the stream of the project."""
        return Project.stream(self.project_no)

    def decide(self, p: Project, by: By) -> dict[str, Any]:
        """Let nobody else act. Raises ``NotInTheirCharge``."""
        must_have_charge_of(by, [p.unit or self.unit, self.unit], self.directory)
        return super().decide(p, by)


class RequireAssessment(EnterProject, path="/projects", by=WATCH, called="列入评估"):
    """Put a project on the list of those to be assessed (重大行政决策程序暂行条例 第二十二条)."""

    def act(self, p: Project, by: By) -> None:
        p.require(self.project_no, self.unit, at=by.at)


class FlagProject(EnterProject, path="/unassessed-projects", by=WATCH, called="标记未评先行"):
    """Put on record that a project was begun without an assessment (重大行政决策程序暂行条例 第二十二条)."""

    found_on: Day | None = None

    def act(self, p: Project, by: By) -> None:
        p.flag(self.project_no, self.unit, self.found_on or day(by.at), at=by.at)


class FileAssessment(OnEntry[Project], path="/projects/{project_id}/assessment", by=PLANNERS, called="提交评估报告"):
    """File the report on a project's risks, of three parts (重大行政决策程序暂行条例 第二十三条)."""

    risk_points: UUID | None = None
    precautions: UUID | None = None
    response_plan: UUID | None = None

    def act(self, p: Project, by: By) -> None:
        p.file(
            self.directory.acting_as(by.unit, p.unit), self.risk_points, self.precautions, self.response_plan, at=by.at
        )


class RecordConsultation(OnEntry[Project], path="/projects/{project_id}/consultations", by=PLANNERS, called="听取意见"):
    """Put on record that those concerned were heard (重大行政决策程序暂行条例 第二十三条)."""

    participant_count: int = Field(ge=0, le=PARTICIPANTS_MAX)
    document: UUID
    heard_on: Day | None = None

    def act(self, p: Project, by: By) -> None:
        p.consult(
            self.directory.acting_as(by.unit, p.unit),
            self.heard_on or day(by.at),
            self.participant_count,
            self.document,
            at=by.at,
        )


class StartProject(OnEntry[Project], path="/projects/{project_id}/start", by=PLANNERS, called="启动项目"):
    """Begin an assessed project (重大行政决策程序暂行条例 第二十四条)."""

    def act(self, p: Project, by: By) -> None:
        unit = self.directory.acting_as(by.unit, p.unit)
        p.begin(unit, at=by.at)


class LinkPetition(
    Knowing[Project], OnEntry[Project], path="/projects/{project_id}/cases", by=WATCH, called="关联信访事项"
):
    """Let a case count against a project (第十四条)."""

    case_in = "case"
    case: NamedCase

    async def of_case(self, running: Running, by: By) -> UUID:  # noqa: ARG002  # it was sent
        return self.case

    def act(self, p: Project, by: By) -> None:
        must_have_charge_of(by, [p.unit], self.directory)
        p.link(self.case, at=by.at)
