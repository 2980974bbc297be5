"""The commands about recommendations and projects. Like cards they answer what is known last of a case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Final
from uuid import UUID

from contracts.vocabulary import RecommendationKind, Role
from services.accountability import views
from services.accountability.application.accounting import Accounting
from services.accountability.domain.projects import Project
from services.accountability.domain.recommendations import Recommendation
from services.chassis.context import By, document_no
from services.chassis.inbox import Inbox
from services.chassis.register import Register
from services.chassis.store import Store
from services.chassis.writer import Done

WATCH: Final = (Role.supervisor, Role.bureau_officer)
PLANNERS: Final = (Role.case_officer, Role.unit_head)
ADDRESSEES: Final = (Role.unit_receiver, Role.unit_head, Role.discipline_officer, Role.personnel_officer)
DECIDERS: Final = (Role.discipline_officer, Role.personnel_officer, Role.supervisor)


class Recommending(Accounting):
    """What is recommended, what is assessed, and what becomes of both."""

    def __init__(self, store: Store, inbox: Inbox) -> None:
        super().__init__(store, inbox)
        self.recommendations: Register[Recommendation] = Register(store, views.RECOMMENDATIONS, "recommendation")
        self.projects: Register[Project] = Register(store, views.PROJECTS, "project")

    # --------------------------------------------------------------------------- recommendations

    async def serve(
        self, case: UUID, kind: RecommendationKind, addressee: str, document: UUID, served_at: datetime | None,
        receipt: str, *, by: By,
    ) -> Done:  # fmt: skip
        """Serve a recommendation (第四十条)."""
        by.must_be(Role.supervisor)
        cause, number = await self._newest(case), document_no("建", by)

        def act(recommendation: Recommendation) -> None:
            recommendation.cause = cause
            recommendation.serve(
                case, number, kind, by.unit, addressee, document, served_at or by.at, receipt, at=by.at
            )

        return await self.recommendations.enter(act, by=by, recommendation_no=number)

    async def answer(self, recommendation: UUID, document: UUID, *, adopted: bool, by: By) -> Done:
        """Answer in writing whether a recommendation is adopted (第四十条第四款)."""
        by.must_be(*ADDRESSEES)
        return await self._about(recommendation, by, lambda r: r.reply(by.unit, document, adopted=adopted, at=by.at))

    async def decide(self, recommendation: UUID, decision_no: str, document: UUID, *, by: By) -> Done:
        """Put on record what the competent body has decided about responsibility."""
        by.must_be(*DECIDERS)
        return await self._about(recommendation, by, lambda r: r.decide(decision_no, document, at=by.at))

    async def _about(self, key: UUID, by: By, act: Callable[[Recommendation], None]) -> Done:
        found = await self.recommendations.found(key)
        assert found.of is not None
        cause = await self._newest(found.of)

        def decide(recommendation: Recommendation) -> None:
            recommendation.cause = cause
            act(recommendation)

        return await self.recommendations.change(key, decide, by=by)

    # --------------------------------------------------------------------------- projects

    async def require(self, project_no: str, unit: str, *, by: By) -> Done:
        """Put a project on the list of those to be assessed (重大行政决策程序暂行条例 第二十二条)."""
        by.must_be(*WATCH)
        key = Project.stream(project_no)
        return await self.projects.enter_once(key, lambda p: p.require(project_no, unit, at=by.at), by=by)

    async def file(
        self, project: UUID, risk_points: UUID | None, precautions: UUID | None, response_plan: UUID | None, *, by: By
    ) -> Done:
        """File the report on a project's risks (重大行政决策程序暂行条例 第二十三条)."""
        by.must_be(*PLANNERS)
        return await self.projects.change(
            project, lambda p: p.file(by.unit, risk_points, precautions, response_plan, at=by.at), by=by
        )

    async def consult(self, project: UUID, held_on: date, participants: int, document: UUID, *, by: By) -> Done:
        """Put on record that those concerned were heard."""
        by.must_be(*PLANNERS)
        return await self.projects.change(
            project, lambda p: p.consult(by.unit, held_on, participants, document, at=by.at), by=by
        )

    async def begin(self, project: UUID, *, by: By) -> Done:
        """Begin an assessed project (重大行政决策程序暂行条例 第二十四条)."""
        by.must_be(*PLANNERS)
        return await self.projects.change(project, lambda p: p.begin(by.unit, at=by.at), by=by)

    async def flag(self, project_no: str, unit: str, found_on: date, *, by: By) -> Done:
        """Put on record that a project was begun without an assessment."""
        by.must_be(*WATCH)
        key = Project.stream(project_no)
        return await self.projects.enter_once(key, lambda p: p.flag(project_no, unit, found_on, at=by.at), by=by)

    async def link(self, project: UUID, case: UUID, *, by: By) -> Done:
        """Let a case count against a project."""
        by.must_be(*WATCH)
        cause = await self._newest(case)

        def act(entry: Project) -> None:
            entry.cause = cause
            entry.link(case, at=by.at)

        return await self.projects.change(project, act, by=by)
