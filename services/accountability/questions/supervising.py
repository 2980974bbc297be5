"""Cards, recommendations and projects."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from contracts.vocabulary import ProjectState, RecommendationState, SupervisionState
from services.accountability.views import ProjectRow, RecommendationRow, SupervisionRow
from services.chassis.fields import Code
from services.chassis.questions import Listing, One


class ShowSupervision(One[SupervisionRow], path="/supervisions/{supervision_id}", called="督办件"):
    """Show a card."""

    supervision_id: UUID


class ListSupervisions(Listing[SupervisionRow], path="/supervisions", called="督办清单"):
    """List cards."""

    state: SupervisionState | None = None
    unit: Code | None = None
    case_id: UUID | None = None
    sort: Literal["id", "due_on", "unit", "card_no"] = "id"


class ListRecommendations(Listing[RecommendationRow], path="/recommendations", called="建议清单"):
    """List recommendations."""

    state: RecommendationState | None = None
    addressee: Code | None = None
    sort: Literal["id", "served_at", "addressee", "recommendation_no"] = "id"


class ListProjects(Listing[ProjectRow], path="/projects", called="评估项目"):
    """List projects."""

    state: ProjectState | None = None
    unit: Code | None = None
    sort: Literal["id", "unit", "project_no"] = "id"
