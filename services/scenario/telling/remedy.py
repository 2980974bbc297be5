"""Review and recheck: others look again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Self

from contracts.vocabulary import DocumentKind, Result, ReviewResult, Role, ServiceMethod
from services.intake.commands.petitioner import AskRecheck, AskReview
from services.mediation.commands.remedy import (
    CloseRecheckHearing,
    OpenRecheckHearing,
    RequestReview,
    ServeRecheck,
    ServeReview,
    ServeReviewAgain,
    ServeReviewOnAnother,
)
from services.scenario.step import From, Who
from services.scenario.telling.handling import Handling


class Remedy(Handling):
    """What the units above do when they are asked."""

    def ask_review(self, reviewer: Who | None = None) -> Self:
        """The petitioner asks the unit above to look again (第三十五条); a `reviewer` is who does so in its place."""
        self.reviewer = reviewer or self.somebody(self.holder.parent or "", Role.reviewer)
        return self._by_code("ask_review", AskReview, words=self._says("ask_review"))

    def ask_review_by_post(self) -> Self:
        """The petitioner has posted a letter in the thirty days, which comes when the case is closed (第三十五条)."""
        self.reviewer = self.somebody(self.holder.parent or "", Role.reviewer)
        document = self._paper("ask_review", self.reviewer, DocumentKind.review_application)
        body = {"posted_at": self.served_at + timedelta(3), "document": document}
        return self._do("ask_review", RequestReview, body, self.reviewer)

    def neighbour_asks_too(self) -> Self:
        """Whoever else has petitioned asks for the same, which is one review (第三十五条)."""
        return self._by_neighbours_code("ask_review", AskReview, words=self._says("ask_review"))

    def review_for_neighbour(self) -> Self:
        """Whoever else has petitioned gets the review opinion too, with thirty days of their own (第三十六条)."""
        body = self.delivery() | {"petition_id": From("neighbours_id")}
        self.served_at = self.now
        return self._do("review_for_neighbour", ServeReviewOnAnother, body, self.reviewer)

    def review(
        self, result: ReviewResult, changed_to: Result | None = None, *, method: ServiceMethod | None = None
    ) -> Self:
        """The unit above answers, and says who stands above it."""
        above = self.county.units[self.reviewer.unit].parent
        body = self._looked_again(result, changed_to, "review", DocumentKind.review_opinion, method)
        self.remedy = "C10"
        return self._do(
            "review", ServeReview, body | {"recheck_body": above}, self.reviewer, {"event_version": "version"}
        )

    def serve_review_again(self) -> Self:
        """What the unit above has said goes to the petitioner once more, whose thirty days begin now (第三十六条)."""
        self.served_at = self.now
        return self._do("serve_review_again", ServeReviewAgain, self.delivery(), self.reviewer)

    def ask_recheck(self) -> Self:
        """The petitioner asks for the last time (第三十六条)."""
        self.reviewer = self.somebody(self.county.units[self.reviewer.unit].parent or "", Role.recheck_officer)
        return self._by_code("ask_recheck", AskRecheck, words=self._says("ask_recheck"))

    def hear_again(self) -> Self:
        """The rechecking unit holds a hearing, whose time is not counted (第三十六条第二款)."""
        body: dict[str, Any] = {"presider": self.anybody(Role.hearing_presider).actor, "public": True}
        self._do("open_recheck_hearing", OpenRecheckHearing, body, self.reviewer)
        self.after(0, 2)
        body = {"document": self._paper("hearing", self.reviewer, DocumentKind.hearing_report)}
        return self._do("close_recheck_hearing", CloseRecheckHearing, body, self.reviewer)

    def recheck(self, result: ReviewResult, changed_to: Result | None = None) -> Self:
        """The last word of the petition procedure is said."""
        body = self._looked_again(result, changed_to, "recheck", DocumentKind.recheck_opinion)
        return self._do("recheck", ServeRecheck, body, self.reviewer)

    def _looked_again(
        self,
        result: ReviewResult,
        changed_to: Result | None,
        paper: str,
        kind: DocumentKind,
        method: ServiceMethod | None = None,
    ) -> dict[str, Any]:
        document = self._paper(paper, self.reviewer, kind)
        body: dict[str, Any] = self.delivery(method) | {"result": result, "document": document}
        self.served_at = self.now
        if changed_to:
            body["changed_to"] = self.result = changed_to
        return body
