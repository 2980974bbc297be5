"""The commands by which a case ends, and by which care goes on."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from contracts.assignment import CaseAssigned
from contracts.vocabulary import AidKind, CareKind, DocumentKind, OutcomeAxis, Role, TerminationGround
from services.chassis.context import By
from services.chassis.fields import Day
from services.chassis.outside import must_be_over, must_judge_from_outside
from services.chassis.references import KnownUnit
from services.chassis.running import Running
from services.chassis.texts import CaseText, TextOf
from services.mediation.commands.handling import DECIDERS, UNIT_STAFF, Handle
from services.mediation.domain import ending
from services.mediation.domain.handling import Handling


class CloseCase(Handle, path="/cases/{case_id}/closure", by=DECIDERS, called="办结"):
    """Close a case that is answered, done, and past all remedies (第三十四条)."""

    def act(self, h: Handling, by: By) -> None:
        ending.close(h, by.unit, at=by.at)


class TerminateCase(Handle, path="/cases/{case_id}/termination", by=(Role.bureau_officer,), called="终结"):
    """End the petition procedure; the proof is sent where the case itself does not hold it (第三十六条第三款)."""

    ground: TerminationGround
    document: CaseText | None = None

    def act(self, h: Handling, by: By) -> None:
        must_judge_from_outside(by.unit, h.unit, self.directory)
        ending.terminate(h, self.ground, self.document, at=by.at)


class SubmitReport(Handle, path="/cases/{case_id}/closure-report", by=DECIDERS, called="提交办结报告"):
    """Report the result to whoever assigned the case (第二十二条第三项)."""

    document: Annotated[UUID, TextOf(DocumentKind.closure_report)]

    def act(self, h: Handling, by: By) -> None:
        ending.submit_report(h, by.unit, self.document, at=by.at)


class ReturnReport(
    Handle, path="/cases/{case_id}/closure-report/return", by=(Role.bureau_officer,), called="退回办结报告"
):
    """Give the report of the result back, as the bureau that has assigned it or one over that (第二十二条第三项)."""

    due_on: Day

    _senders: list[str]

    async def look_up(self, running: Running, by: By) -> None:
        """Find out which bureau has assigned the case, for whom the report is: that is known elsewhere."""
        await super().look_up(running, by)
        happened = await running.sources.history("assignment", self.case_id)
        senders = [fact.about.unit for fact in happened if isinstance(fact.event, CaseAssigned)]
        self._senders = [unit for unit in senders if not self.directory.is_no_bureau(unit)][-1:]

    def act(self, h: Handling, by: By) -> None:
        must_be_over(by.unit, self._senders, self.directory)
        must_judge_from_outside(by.unit, h.unit, self.directory)
        ending.return_report(h, self.due_on, at=by.at)


class AssessOutcome(Handle, path="/cases/{case_id}/outcomes", by=DECIDERS, called="办理到位情况"):
    """Say whether the work on the case has reached what it should (第二十七条)."""

    axis: OutcomeAxis
    achieved: bool
    document: CaseText

    def act(self, h: Handling, by: By) -> None:
        ending.assess_outcome(h, by.unit, self.axis, self.document, achieved=self.achieved, at=by.at)


class ReferAid(Handle, path="/cases/{case_id}/aid", by=UNIT_STAFF, called="救助告知"):
    """Tell somebody in hardship of help; why is nobody's business here (第三十七条第二款)."""

    kind: AidKind
    agency: KnownUnit

    def act(self, h: Handling, by: By) -> None:
        ending.refer_aid(h, by.unit, self.kind, self.agency, self.directory, at=by.at)


class RecordCare(Handle, path="/cases/{case_id}/care", by=UNIT_STAFF, called="终结后疏导帮扶"):
    """Put on file what is done after the end (第三十七条第三款)."""

    kind: CareKind
    document: CaseText

    def act(self, h: Handling, by: By) -> None:
        ending.record_care(h, by.unit, self.kind, self.document, at=by.at)
