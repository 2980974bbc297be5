"""The papers of a case: what somebody writes in words, when the case has the rest."""

from __future__ import annotations

from typing import Any, Final, Self

from contracts.vocabulary import DocumentKind, RecommendationKind, Role, ServiceMethod
from services.intake.commands.papers import CorrectPaperReceipt, IssuePaper, RefusePaper, ReportCorrection, ServePaper
from services.intake.domain.saying import OF_REGISTRATION, SAYING
from services.intake.papers.kinds import KINDS, LABELS, To
from services.scenario.step import From, Who
from services.scenario.telling.base import GOVERNMENT
from services.scenario.telling.mediating import Mediating
from services.scenario.telling.remedy import Remedy
from services.scenario.telling.watching import Watching

_WORDS: Final = {
    "summary": "信访人反映的事项，详见登记内容。",
    "officer": "李明，联系电话见信封。",
    "query_code": "见受理回执。",
    "portal": "县信访局接访大厅、网上信访平台。",
    "duty_phone": "县信访局值守电话。",
    "own_words": "本人自愿申请撤回。",
    "petitioner_view": "已当面听取信访人意见。",
}
"""What is written where more is to be said than that it is in the file."""
OF_NO_EVENT: Final = tuple(kind for kind in KINDS if kind not in SAYING or kind in OF_REGISTRATION)
"""The papers of which nothing that has happened since the registration says anything."""
MEASURES: Final = (
    DocumentKind.interview_notice, DocumentKind.interview_minutes, DocumentKind.circular,
)  # fmt: skip
"""What the joint conference does about a unit (第三十九条第三款)."""
RECTIFYING: Final = (DocumentKind.listed_supervision_notice, DocumentKind.rectification_notice)
"""By which of that it sets the unit a day."""
HELD_AGAINST: Final = (DocumentKind.facts_notice, DocumentKind.defence_record)
SANCTIONS: Final = (
    DocumentKind.sanction_decision, DocumentKind.sanction_appeal, DocumentKind.sanction_appeal_decision
)  # fmt: skip
ABOUT_A_UNIT: Final = {*MEASURES, *RECTIFYING, *HELD_AGAINST, *SANCTIONS}
PROPOSALS: Final = {
    RecommendationKind.improve_work: DocumentKind.improvement_proposal,
    RecommendationKind.improve_policy: DocumentKind.policy_proposal,
    RecommendationKind.pursue_responsibility: DocumentKind.accountability_proposal,
}


class Writing(Mediating, Remedy, Watching):
    """What is written in a case."""

    def write(
        self, *kinds: DocumentKind, by: Who | None = None, of: str = "", petition: str = "", under: str = ""
    ) -> Self:
        """Whoever did what they say issues papers; `of` names the entry that they are of, if that is not the case.

        One that something happens to is captured `under` a name.
        """
        for kind in kinds:
            row, who = KINDS[kind], self._with_a_head_beside(by or self._writer(KINDS[kind].issuers))
            body: dict[str, Any] = {"kind": kind, "fields": self._words(kind), "approved_by": self._approver(who)}
            if row.to is To.organ:
                body["addressee"] = self.holder.code if kind in ABOUT_A_UNIT else GOVERNMENT
            named = {"entry_id": of, "petition_id": petition}
            body |= {name: From(captured) for name, captured in named.items() if captured}
            self._do("write", IssuePaper, body, who, {under: "document_id"} if under else {})
            self.after(0)
        return self

    def refuse_paper(self, paper: str) -> Self:
        """The petitioner does not take it."""
        body = {"document_id": From(paper), "receipt": self._receipt(ServiceMethod.in_person)}
        return self._do("refuse_paper", RefusePaper, body, self.handler)

    def leave_paper(self, paper: str) -> Self:
        """It is left where the petitioner lives, before witnesses."""
        method = ServiceMethod.left_at_address
        body = {"document_id": From(paper), "method": method, "receipt": self._receipt(method)}
        return self._do("leave_paper", ServePaper, body, self.handler, {"event_version": "version"})

    def correct_paper_receipt(self, paper: str) -> Self:
        """Whoever left it has typed the number of the proof wrong, and puts it right (第二十八条第一款)."""
        body = {"document_id": From(paper)} | self._right_receipt(self.handler, ServiceMethod.left_at_address)
        return self._do("correct_paper_receipt", CorrectPaperReceipt, body, self.handler)

    def write_correction(self) -> Self:
        """The government above a unit orders it to put something right (第四十三条至第四十六条)."""
        kind, above = DocumentKind.correction_order, self.holder.parent or ""
        who = next(self.somebody(above, role) for role in KINDS[kind].issuers if self.county.staff(above, role))
        body = {"kind": kind, "fields": self._words(kind), "approved_by": self._approver(who)}
        body["addressee"] = self.holder.code
        return self._do("write", IssuePaper, body, who, {"document_id": "document_id"})

    def report_correction(self, paper: str = "document_id") -> Self:
        """The unit says what it has put right."""
        body = {"document_id": From(paper), "document": self._paper("closure_report", self.head)}
        return self._do("report_correction", ReportCorrection, body, self.head)

    def _with_a_head_beside(self, who: Who) -> Who:
        """Return somebody else of the unit where who writes is its only head: nobody approves their own paper."""
        if self.county.staff(who.unit, Role.unit_head) != [who.actor]:
            return who
        others = (one for one in self.county.staff(who.unit, who.role) if one != who.actor)
        return who._replace(actor=next(others, who.actor))

    def _approver(self, who: Who) -> str:
        """Return a head of the unit who has not written it; what is for the file alone anybody of it may look at."""
        others = (one.officer for one in self.county.officers if one.unit == who.unit)
        return next(one for one in (*self.county.staff(who.unit, Role.unit_head), *others) if one != who.actor)

    def _words(self, kind: DocumentKind) -> dict[str, str]:
        """Return what is written in words, and a day for whoever has to do something."""
        words = {name: _WORDS.get(name, f"{LABELS[name]}详见案卷。") for name in KINDS[kind].written}
        return words | ({"due_on": self.in_days(30).isoformat()} if "due_on" in words else {})

    def _writer(self, roles: tuple[Role, ...]) -> Who:
        """Return the first of those who act in the case who may issue such a paper."""
        acting = (getattr(self, name, None) for name in ("handler", "receiver", "officer", "supervisor", "head"))
        found = next((who for who in acting if who is not None and who.role in roles), None)
        return found or next(self.anybody(role) for role in roles if self.county.all_staff(role))
