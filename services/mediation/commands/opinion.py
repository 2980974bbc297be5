"""The commands by which a unit answers with an opinion, and has done what it granted and promised."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from pydantic import Field

from contracts.mediation import ReceiptCorrected
from contracts.periods.calendar import day
from contracts.vocabulary import DocumentKind, Result, Role
from services.chassis.commands import Said
from services.chassis.context import By
from services.chassis.deliveries import Again, Returned
from services.chassis.fields import CLAIMS_MAX, Day, Line
from services.chassis.references import BlamedUnit, GivenOfficer, GivenUnit, KnownUnit
from services.chassis.slips import CorrectReceipt
from services.chassis.texts import CaseText, Proof, TextOf
from services.chassis.words import Sealed
from services.mediation.commands.handling import DECIDERS, UNIT_STAFF, Decided, Deliver, Handle
from services.mediation.domain import opinion, returning
from services.mediation.domain.handling import Handling

SERVERS: Final = (*UNIT_STAFF, Role.reviewer, Role.recheck_officer)
BASES_MAX: Final = 20
COMMITMENTS_MAX: Final = 1_000

ToTheOthers = Annotated[
    list[Result],
    Field(max_length=CLAIMS_MAX - 1, description="What is said to each further claim, in their order (第三十二条)"),
]
LegalBasis = Annotated[
    UUID,
    Sealed(
        DocumentKind.words,
        Annotated[
            list[Annotated[Line, Field(min_length=2, max_length=120)]], Field(min_length=1, max_length=BASES_MAX)
        ],
    ),
]
"""On which laws an opinion rests, a line each."""


class IssueOpinion(
    Handle, path="/cases/{case_id}/opinion", by=(Role.unit_head,), called="出具处理意见书", reply=Decided
):
    """Issue, as a head of the unit, what an officer of it has drafted; the text is the document (第三十二条)."""

    result: Result
    further_results: ToTheOthers = Field(default_factory=list)
    legal_basis: LegalBasis
    document: Annotated[UUID, TextOf(DocumentKind.opinion)]
    drafted_by: Annotated[
        GivenOfficer, Field(description="The officer of the unit who has drafted it; never who issues it")
    ]
    review_body: Annotated[GivenUnit, Field(description="The unit above, of which a review may be asked")]

    def act(self, h: Handling, by: By) -> Said:
        number = self.number("信意", by)
        results = (self.result, *self.further_results)
        draft = opinion.Draft(results, self.legal_basis, self.document, self.drafted_by, self.review_body)
        opinion.issue_opinion(h, by.unit, number, draft, by.actor, self.directory, at=by.at)
        return {"opinion_no": number}


class TakeBackOpinion(
    Handle, path="/cases/{case_id}/opinion/taking-back", by=(Role.unit_head,), called="撤回未送达的处理意见书"
):
    """Take back, as a head of the unit, what nobody has had yet; why stands in the document (第二十八条第一款)."""

    document: CaseText

    def act(self, h: Handling, by: By) -> None:
        opinion.take_back(h, by.unit, self.document, at=by.at)


class ServeOpinion(Deliver, path="/cases/{case_id}/opinion/service", by=UNIT_STAFF, called="处理意见书送达"):
    """Serve the opinion on the petitioner; thirty days for review begin (第三十五条)."""

    def act(self, h: Handling, by: By) -> None:
        opinion.serve_opinion(h, self.acting_as(h, by, h.unit, h.issuer), *self.delivery(by), at=by.at)


class RecordDeliveryReturn(
    Returned, Handle, path="/cases/{case_id}/receipts/{event_version}/return", by=SERVERS, called="登记送达退回"
):
    """Record, as who has sent it, that what was served came back; it is served again (第三十五条)."""

    sent = staticmethod(returning.sent)

    def act(self, h: Handling, by: By) -> None:
        returning.record_return(h, self.came_back(h, by), at=by.at)


class ServeNoticeAgain(
    Again, Handle, path="/cases/{case_id}/receipts/{event_version}/service", by=SERVERS, called="退回后再次送达"
):
    """Deliver what came back and is no opinion: those have a service of their own (第二十三条、第二十九条)."""

    def act(self, h: Handling, by: By) -> None:
        returning.serve_notice_again(h, self.had(h, by), at=by.at)


class CorrectReceiptNumber(
    CorrectReceipt, Handle, path="/cases/{case_id}/receipts/{event_version}/correction",
    by=SERVERS, called="更正送达凭证编号",
):  # fmt: skip
    """Put right the number of a receipt, as who has entered it or as a head of their unit (第二十八条第一款)."""

    corrects = ReceiptCorrected


class ServePetitioner(
    Deliver, path="/cases/{case_id}/petitioners/{petition_id}/opinion", by=UNIT_STAFF, called="向其他信访人送达"
):
    """Serve the opinion on a further petitioner; their own thirty days for review begin (第三十五条)."""

    petition_id: UUID

    def act(self, h: Handling, by: By) -> None:
        unit = self.acting_as(h, by, h.unit, h.issuer)
        opinion.serve_another(h, unit, self.petition_id, self.delivery(by), at=by.at)


class GivePart(Handle, path="/cases/{case_id}/parts", by=DECIDERS, called="协办单位意见"):
    """Give a helping unit's part of the answer (第二十四条)."""

    document: CaseText

    def act(self, h: Handling, by: By) -> None:
        opinion.give_part(h, self.directory.acting_as(by.unit, *h.co_units), self.document, at=by.at)


class ProveExecution(Handle, path="/cases/{case_id}/execution", by=DECIDERS, called="意见执行"):
    """Show that what was granted has been done (第三十二条第二款)."""

    executed_on: Day | None = None
    document: Proof

    def act(self, h: Handling, by: By) -> None:
        opinion.prove_execution(h, by.unit, self.executed_on or day(by.at), self.document, at=by.at)


class OrderExecution(Handle, path="/cases/{case_id}/execution/order", by=DECIDERS, called="督促执行"):
    """Urge whoever has to do what was granted (第三十二条第二款)."""

    unit: KnownUnit
    due_on: Day
    document: CaseText

    def act(self, h: Handling, by: By) -> None:
        opinion.order_execution(h, by.unit, self.unit, self.due_on, self.document, at=by.at)


class ReportExecution(Handle, path="/cases/{case_id}/execution/report", by=DECIDERS, called="反馈执行情况"):
    """Show, as who was urged, that its part of what was granted has been done (第三十二条第二款)."""

    executed_on: Day | None = None
    document: Proof

    def act(self, h: Handling, by: By) -> None:
        executed_on = self.executed_on or day(by.at)
        opinion.report_execution(h, by.unit, executed_on, self.document, self.directory, at=by.at)


class ReportRefusal(Handle, path="/cases/{case_id}/execution/refusal", by=DECIDERS, called="报告拒不执行"):
    """Put on file that what was granted is refused (第四十二条第四项)."""

    unit: BlamedUnit
    document: CaseText

    def act(self, h: Handling, by: By) -> None:
        opinion.report_refusal(h, by.unit, self.unit, self.document, at=by.at)


class MakeCommitment(Handle, path="/cases/{case_id}/commitments", by=DECIDERS, called="承诺事项"):
    """Make a dated task of what a reply promises; what it is stands in the document (第二十七条)."""

    due_on: Day
    document: CaseText

    def act(self, h: Handling, by: By) -> None:
        opinion.make_commitment(h, by.unit, self.due_on, self.document, at=by.at)


class KeepCommitment(
    Handle, path="/cases/{case_id}/commitments/{commitment}/fulfilment", by=DECIDERS, called="承诺兑现"
):
    """Show that what was promised is done (第二十七条)."""

    commitment: Annotated[int, Field(ge=1, le=COMMITMENTS_MAX)]
    kept_on: Day | None = None
    document: Proof

    def act(self, h: Handling, by: By) -> None:
        opinion.keep_commitment(h, by.unit, self.commitment, self.kept_on or day(by.at), self.document, at=by.at)
