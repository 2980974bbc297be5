"""How a case ends: executed, promised and kept, answered otherwise, reported, closed."""

from __future__ import annotations

from datetime import timedelta
from typing import Self

from contracts.vocabulary import (
    AidKind,
    CareKind,
    DocumentKind,
    OutcomeAxis,
    Result,
    Role,
    SuggestionResult,
    TerminationGround,
)
from services.mediation.commands.answers import ConfirmDocketing, ImportProcedure, RecordRefusal, ReplyToSuggestion
from services.mediation.commands.ending import (
    AssessOutcome,
    CloseCase,
    RecordCare,
    ReferAid,
    ReturnReport,
    TerminateCase,
)
from services.mediation.commands.opinion import (
    KeepCommitment,
    MakeCommitment,
    OrderExecution,
    ProveExecution,
    ReportExecution,
    ReportRefusal,
)
from services.scenario.county import Unit
from services.scenario.telling.handling import Handling

CIVIL_AFFAIRS = "980726000305"
"""The bureau of civil affairs (民政局), which helps those in hardship."""
_AXES = {
    Result.support: OutcomeAxis.claim_resolved,
    Result.explain: OutcomeAxis.hardship_helped,
    Result.not_support: OutcomeAxis.claim_explained,
}


class Ending(Handling):
    """What follows on a decision."""

    def execute(self) -> Self:
        """What the opinion granted is done."""
        document = self._deposit(DocumentKind.execution_proof, self.handler, "execution")
        body = {"executed_on": self.now.date(), "document": document}
        return self._do("execute", ProveExecution, body, self.handler)

    def order_execution(self, unit: Unit | None = None) -> Self:
        """The unit tells whoever has to do what was granted, until when."""
        document = self._paper("execution_order", self.handler)
        body = {"unit": (unit or self.holder).code, "due_on": self.now.date() + timedelta(15), "document": document}
        return self._do("order_execution", OrderExecution, body, self.handler)

    def report_execution(self, unit: Unit) -> Self:
        """Whoever was urged has done its part, and says so itself (第三十二条第二款)."""
        who = self.somebody(unit.code, Role.case_officer)
        body = {"document": self._paper("kept_part", who, DocumentKind.execution_proof)}
        return self._do("report_execution", ReportExecution, body, who)

    def refuse_execution(self) -> Self:
        """Whoever has to do it does not."""
        body = {"unit": self.holder.code, "document": self._paper("execution_refusal", self.handler)}
        return self._do("refuse_execution", ReportRefusal, body, self.handler)

    def promise(self, days: int) -> Self:
        """The reply promises something until a day."""
        document = self._paper("commitment", self.handler)
        body = {"due_on": self.now.date() + timedelta(days), "document": document}
        return self._do("promise", MakeCommitment, body, self.handler)

    def keep_promise(self) -> Self:
        """What was promised is done."""
        body = {"commitment": 1, "document": self._paper("kept", self.handler, DocumentKind.execution_proof)}
        return self._do("keep_promise", KeepCommitment, body, self.handler)

    def reply(self) -> Self:
        """The unit answers a suggestion (第二十九条)."""
        document = self._paper("suggestion", self.handler, DocumentKind.suggestion_reply)
        body = self.delivery() | {"result": self.rng.choice(list(SuggestionResult)), "document": document}
        self.served_at = self.now
        return self._do("reply_suggestion", ReplyToSuggestion, body, self.handler)

    def import_(self) -> Self:
        """The unit brings the case into the procedure that the law has for it (第三十一条)."""
        body = self.delivery() | {"competent_body": self.holder.code}
        return self._do("import", ImportProcedure, body, self.handler)

    def not_docketed(self) -> Self:
        """The other procedure does not take it yet."""
        body = {"document": self._paper("not_docketed", self.handler)}
        return self._do("not_docketed", RecordRefusal, body, self.handler)

    def docket(self) -> Self:
        """The other procedure has the case."""
        number = self.rng.randint(10, 999)
        body = {"docket_no": f"LA-{self.now.year}-{number:04}"}
        return self._do("docket", ConfirmDocketing, body, self.handler)

    def refer_aid(self) -> Self:
        """Somebody in hardship is told of help."""
        body = {"kind": AidKind.social_assistance, "agency": CIVIL_AFFAIRS}
        return self._do("refer_aid", ReferAid, body, self.handler)

    def return_report(self) -> Self:
        """The bureau gives the report back."""
        self.owes_report = True
        body = {"due_on": self.now.date() + timedelta(10)}
        return self._do("return_report", ReturnReport, body, self.officer)

    def assess(self) -> Self:
        """The unit says whether its work has reached what it should."""
        axis = _AXES.get(self.result or Result.explain, OutcomeAxis.claim_resolved)
        body = {"axis": axis, "achieved": True, "document": self._paper("outcome", self.handler)}
        return self._do("assess", AssessOutcome, body, self.handler)

    def find_hardship(self) -> Self:
        """The unit says that the petitioner needs help and has none (第二十七条)."""
        axis, document = OutcomeAxis.hardship_helped, self._paper("outcome", self.handler)
        body = {"axis": axis, "achieved": False, "document": document}
        return self._do("find_hardship", AssessOutcome, body, self.handler)

    def close(self, *, code: str | None = None) -> Self:
        """The unit closes the case, or tries to."""
        if code is None:
            self.report_where_owed()
        return self._do(
            "close", CloseCase, {}, self.handler, code=code, reason="close",
            needs_days=code is None,
        )  # fmt: skip

    def terminate(self, ground: TerminationGround) -> Self:
        """The bureau finds that the petition procedure is over."""
        body = {"ground": ground}
        return self._do("terminate", TerminateCase, body, self.officer, needs_days=True)

    def care(self) -> Self:
        """Somebody goes on caring after the end (第三十七条第三款)."""
        who = self.somebody(self.holder.code, Role.unit_receiver)
        body = {"kind": CareKind.help, "document": self._paper("care", who)}
        return self._do("care", RecordCare, body, who, needs_days=True)
