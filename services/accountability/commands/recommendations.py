"""The commands of the three recommendations."""

from __future__ import annotations

from uuid import UUID

from contracts.vocabulary import RecommendationKind, Role
from services.accountability.commands.knowing import AboutCase, OnAboutCase
from services.accountability.domain.recommendations import Recommendation
from services.chassis.commands import Reply
from services.chassis.context import By, document_no
from services.chassis.fields import Code, Moment, PublicLine
from services.chassis.texts import CaseText


class RecommendationServed(Reply):
    """The recommendation and its number."""

    recommendation_id: UUID
    recommendation_no: str


class ServeRecommendation(
    AboutCase[Recommendation], path="/cases/{case_id}/recommendations", by=(Role.supervisor,), called="提出建议",
    reply=RecommendationServed,
):  # fmt: skip
    """Serve a recommendation (第十四条第六项, 第四十条)."""

    kind: RecommendationKind
    addressee: Code
    document: CaseText
    receipt: PublicLine
    served_at: Moment | None = None

    def act(self, r: Recommendation, by: By) -> None:
        number, served_at = document_no("建", by), self.served_at or by.at
        r.serve(
            self.case_id, number, self.kind, by.unit, self.addressee, self.document, served_at, self.receipt, at=by.at
        )


class AnswerRecommendation(
    OnAboutCase[Recommendation], path="/recommendations/{recommendation_id}/reply",
    by=(Role.unit_receiver, Role.unit_head, Role.discipline_officer, Role.personnel_officer), called="反馈采纳情况",
):  # fmt: skip
    """Answer in writing whether a recommendation is adopted; a refusal has its reasons, too (第四十条第四款)."""

    adopted: bool
    document: CaseText

    def act(self, r: Recommendation, by: By) -> None:
        r.reply(by.unit, self.document, adopted=self.adopted, at=by.at)


class RecordDecision(
    OnAboutCase[Recommendation], path="/recommendations/{recommendation_id}/decision",
    by=(Role.discipline_officer, Role.personnel_officer, Role.supervisor), called="记录追责结果",
):  # fmt: skip
    """Put on record what the competent body has decided about responsibility (第四十条第三款)."""

    decision_no: PublicLine
    document: CaseText

    def act(self, r: Recommendation, by: By) -> None:
        r.decide(self.decision_no, self.document, at=by.at)
