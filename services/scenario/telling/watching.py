"""Those who watch: supervision cards, recommendations, and money for hardship with its audit."""

from __future__ import annotations

from typing import Any, Self

from contracts.vocabulary import Confirmation, DocumentKind, Hardship, RecommendationKind, Role, SupervisionReason
from services.accountability.commands.facts import ConfirmFact
from services.accountability.commands.recommendations import AnswerRecommendation, RecordDecision, ServeRecommendation
from services.accountability.commands.supervision import (
    CloseSupervision,
    ExplainSparing,
    OrderSupervision,
    ReplyToSupervision,
)
from services.mediation.commands.funds import ApproveFund, AuditFund, PayFund, RequestFund
from services.scenario.step import Who
from services.scenario.telling.following import DISCIPLINE, PARTY_COMMITTEE
from services.scenario.telling.handling import Handling
from services.scenario.texts import texts


class Watching(Handling):
    """What supervisors and auditors do about the handling of a case."""

    def supervise(self, reason: SupervisionReason = SupervisionReason.overdue_without_reason) -> Self:
        """A supervisor writes to the unit that lets the petitioner wait."""
        body = {
            "unit": self.holder.code,
            "reason_code": reason,
            "due_on": self.in_days(15),
            "document": self._deposit(DocumentKind.supervision, self.supervisor, "supervision"),
        }
        captures = {"supervision_id": "supervision_id"}
        return self._do("supervise", OrderSupervision, body, self.supervisor, captures, reason="supervise")

    def answer_supervision(self) -> Self:
        """The unit answers the supervisor, who checks it."""
        why = self.rng.choice(texts()["documents"]["why"]["late"])
        document = self._deposit(DocumentKind.supervision, self.head, "reply", why=why)
        self._do("reply", ReplyToSupervision, {"document": document}, self.head)
        self.after(1, 4)
        return self._do("end_supervision", CloseSupervision, {"satisfied": True}, self.supervisor)

    def spare(self) -> Self:
        """A supervisor has looked into what came late, and says why a card would set nothing right (第四十条第一款)."""
        self.look_for("ClockBreached", "breach_id")
        body = {"document": self._paper("sparing", self.supervisor)}
        return self._do("spare", ExplainSparing, body, self.supervisor, needs_days=True)

    def bear_out(self, event: str, who: Who) -> Self:
        """Somebody outside the unit has seen the receipt of what was entered late (第二十一条第二款)."""
        self.look_for(event, "fact_id")
        body = {"confirmation": Confirmation.carrier, "proof": self._paper("carrier", who)}
        return self._do("confirm_fact", ConfirmFact, body, who, needs_days=True)

    def recommend(self, kind: RecommendationKind) -> Self:
        """A supervisor recommends something to who can carry it out (第四十条)."""
        document = self._paper("recommendation", self.supervisor, DocumentKind.supervision)
        receipt = f"SD{self.now.year}-{self.rng.randint(1, 999):04}"
        self.addressee = {
            RecommendationKind.improve_work: self.head,
            RecommendationKind.improve_policy: self.somebody(PARTY_COMMITTEE, Role.sponsor_leader),
            RecommendationKind.pursue_responsibility: self.somebody(DISCIPLINE, Role.discipline_officer),
        }[kind]
        body = {"kind": kind, "addressee": self.addressee.unit, "document": document, "receipt": receipt}
        if kind is RecommendationKind.pursue_responsibility:
            consequence = self._paper("recommendation", self.supervisor)
            body |= {"about_unit": self.holder.code, "persons": [self.head.actor], "consequence": consequence}
        captures = {"recommendation_id": "recommendation_id"}
        return self._do("recommend", ServeRecommendation, body, self.supervisor, captures)

    def answer_recommendation(self, *, adopted: bool) -> Self:
        """The body says in writing whether it adopts the recommendation."""
        document = self._paper("recommendation_reply", self.addressee, DocumentKind.supervision)
        body = {"adopted": adopted, "document": document}
        return self._do("answer_recommendation", AnswerRecommendation, body, self.addressee)

    def decide_responsibility(self, who: Who) -> Self:
        """The competent body has decided about responsibility."""
        number = f"青纪决〔{self.now.year}〕{self.rng.randint(1, 9_999)}号"  # many seeds are played on one county
        document = self._paper("decision", who, DocumentKind.supervision)
        return self._do("decide_responsibility", RecordDecision, {"decision_no": number, "document": document}, who)

    # ---------------------------------------------------------------------------------- money

    def ask_fund(self) -> Self:
        """The officer asks for money because of hardship, and two others agree (第三十七条第二款)."""
        body: dict[str, Any] = {
            "hardship": Hardship.illness,
            "document": self._paper("fund", self.handler),
            "amount_fen": self.rng.randint(20, 90) * 10_000,
            "tied_to_withdrawal": False,
        }
        self._do("ask_fund", RequestFund, body, self.handler, {"fund_id": "fund_id"})
        for who in (self.head, self.officer):
            self.after(0, 3)
            self._do("approve_fund", ApproveFund, {}, who)
        return self

    def pay_fund(self) -> Self:
        """The money is with the petitioner, and somebody checks that it was in order."""
        body: dict[str, Any] = {"document": self._paper("voucher", self.officer)}
        self._do("pay_fund", PayFund, body, self.officer)
        auditor = self.anybody(Role.auditor)
        self.after(10, 20)
        body = {"in_order": True, "document": self._paper("audit", auditor)}
        return self._do("audit_fund", AuditFund, body, auditor)
