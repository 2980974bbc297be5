"""The commands of the three recommendations."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from pydantic import Field

from contracts.vocabulary import RecommendationKind, Role
from services.accountability.commands.knowing import OnAboutCase, Writing
from services.accountability.domain.recommendations import Blame, Recommendation
from services.chassis.commands import Reply
from services.chassis.context import By
from services.chassis.fields import Moment
from services.chassis.outside import must_judge_from_outside
from services.chassis.references import BlamedOfficer, BlamedUnit, KnownUnit
from services.chassis.texts import CaseText
from services.chassis.words import Receipt, Words

PERSONS_MAX: Final = 20


class RecommendationServed(Reply):
    """The recommendation and its number."""

    recommendation_id: UUID
    recommendation_no: str


class ServeRecommendation(
    Writing[Recommendation], path="/cases/{case_id}/recommendations", by=(Role.supervisor,), called="提出建议",
    reply=RecommendationServed,
):  # fmt: skip
    """Serve a recommendation on who can carry it out; about responsibility it says whose, and for what (第四十条)."""

    kind: RecommendationKind
    addressee: KnownUnit
    document: CaseText
    receipt: Receipt
    served_at: Moment | None = None
    about_unit: BlamedUnit | None = None
    persons: list[BlamedOfficer] = Field(default_factory=list, max_length=PERSONS_MAX)
    consequence: CaseText | None = None

    def act(self, r: Recommendation, by: By) -> None:
        number, served_at = self.number("建", by), self.served_at or by.at
        blame = Blame(self.about_unit, tuple(self.persons), self.consequence) if self.about_unit else None
        r.serve(
            self.matter, number, self.kind, by.unit, self.addressee, self.document, served_at, self.receipt,
            self.directory, blame=blame, at=by.at,
        )  # fmt: skip


class AnswerRecommendation(
    OnAboutCase[Recommendation], path="/recommendations/{recommendation_id}/reply",
    by=(
        Role.unit_receiver, Role.unit_head, Role.sponsor_leader, Role.discipline_officer, Role.personnel_officer,
    ),
    called="反馈采纳情况",
):  # fmt: skip
    """Answer in writing whether a recommendation is adopted; a refusal has its reasons, too (第四十条第四款)."""

    adopted: bool
    document: CaseText

    def owners(self, r: Recommendation) -> list[str]:
        """Return to whom it was addressed."""
        return [r.addressee]

    def act(self, r: Recommendation, by: By) -> None:
        r.reply(self.acting_as(by, r.addressee), self.document, adopted=self.adopted, at=by.at)


class RecordDecision(
    OnAboutCase[Recommendation], path="/recommendations/{recommendation_id}/decision",
    by=(Role.discipline_officer, Role.personnel_officer, Role.supervisor), called="记录追责结果",
):  # fmt: skip
    """Put on record what the competent body has decided about responsibility (第四十条第三款)."""

    decision_no: Words
    document: CaseText

    def act(self, r: Recommendation, by: By) -> None:
        must_judge_from_outside(by.unit, r.about_unit, self.directory)
        unit = self.acting_as(by, r.addressee)
        r.decide(unit, self.decision_no, self.document, self.directory, at=by.at)
