"""Cards, recommendations and projects."""

from __future__ import annotations

from services.accountability.views import ProjectRow, RecommendationRow, SupervisionRow
from services.chassis.questions import Listing, One


class ShowSupervision(One[SupervisionRow], path="/supervisions/{supervision_id}", called="督办件"):
    """Show a card."""


class ListSupervisions(
    Listing[SupervisionRow], path="/supervisions", called="督办清单",
    where=("state", "unit", "case_id"), sort=("id", "due_on", "unit", "card_no"),
):  # fmt: skip
    """List cards."""


class ListRecommendations(
    Listing[RecommendationRow], path="/recommendations", called="建议清单",
    where=("state", "addressee"), sort=("id", "served_at", "addressee", "recommendation_no"),
):  # fmt: skip
    """List recommendations."""


class ListProjects(
    Listing[ProjectRow], path="/projects", called="评估项目", where=("state", "unit"), sort=("id", "unit", "project_no")
):
    """List projects."""
