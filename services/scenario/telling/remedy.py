"""Review and recheck: others look again."""

from __future__ import annotations

from typing import Any, Self

from contracts.vocabulary import DocumentKind, Result, ReviewResult, Role
from services.intake.commands.petitioner import AskRecheck, AskReview
from services.mediation.commands.remedy import (
    CloseRecheckHearing,
    OpenRecheckHearing,
    ServeRecheck,
    ServeReview,
)
from services.scenario.telling.handling import Handling


class Remedy(Handling):
    """What the units above do when they are asked."""

    def ask_review(self) -> Self:
        """The petitioner asks the unit above to look again (第三十五条)."""
        self.reviewer = self.somebody(self.holder.parent or "", Role.reviewer)
        return self._by_code("ask_review", AskReview, words=self._says("ask_review"))

    def review(self, result: ReviewResult, changed_to: Result | None = None) -> Self:
        """The unit above answers, and says who stands above it."""
        above = self.county.units[self.reviewer.unit].parent
        body = self._looked_again(result, changed_to, "review", DocumentKind.review_opinion) | {"recheck_body": above}
        self.remedy = "C10"
        return self._do("review", ServeReview, body, self.reviewer)

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
        self, result: ReviewResult, changed_to: Result | None, paper: str, kind: DocumentKind
    ) -> dict[str, Any]:
        document = self._paper(paper, self.reviewer, kind)
        body: dict[str, Any] = self._delivery() | {"result": result, "document": document}
        self.served_at = self.now
        if changed_to:
            body["changed_to"] = self.result = changed_to
        return body
