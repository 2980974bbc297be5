"""The commands by which papers are issued, and reach whom they are for."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from contracts.intake import ReceiptCorrected
from contracts.vocabulary import ServiceMethod
from services.chassis.commands import Command, Owned, Reply
from services.chassis.context import By
from services.chassis.errors import NotFound
from services.chassis.fields import Moment
from services.chassis.running import Running
from services.chassis.slips import CorrectReceipt
from services.chassis.texts import CaseText
from services.chassis.words import Receipt
from services.chassis.writer import Done
from services.intake.application.office import OFFICERS
from services.intake.application.papers import Draft, issue
from services.intake.commands.cases import OnCaseEntry
from services.intake.domain.paper import Paper


class Issued(Reply):
    """The number, and the digest by which the PDF is known."""

    case_id: UUID
    document_id: UUID
    document_no: str
    pdf_sha256: str


class IssuePaper(
    Command[Paper], Draft, path="/cases/{case_id}/papers", by=OFFICERS, called="制发文书", status=201, reply=Issued,
    location="/cases/{case_id}/papers/{document_id}.pdf",
):  # fmt: skip
    """Issue a paper under the next number of the unit; each kind has its issuers (第二十三条、第三十二条)."""

    takes: ClassVar[int] = 20
    case_id: UUID

    async def run(self, running: Running, by: By) -> Done:
        return await issue(running, self.case_id, self, by)


class OnPaper(OnCaseEntry[Paper]):
    """A command on a paper of the case."""

    entry = "document"
    case_id: UUID

    async def of_case(self, running: Running, by: By) -> UUID:  # noqa: ARG002  # it stands in the path
        return self.case_id

    def words_go_with(self, by: By) -> UUID | None:
        """Return the paper, which is erased with what else was written for the same person."""
        return self.stream(by)

    def decide(self, paper: Paper, by: By) -> dict[str, Any]:
        """Find the paper in its own case only."""
        if paper.of != self.case_id:
            raise NotFound(str(paper.id))
        return super().decide(paper, by)


class ServePaper(Owned, OnPaper, path="/cases/{case_id}/papers/{document_id}/service", by=OFFICERS, called="送达文书"):
    """Record how and when the paper reached whom it is for (参照民事诉讼法第八十七条)."""

    method: ServiceMethod
    served_at: Moment | None = None
    receipt: Receipt
    consent: bool = False
    """Whether the recipient agreed to the electronic way."""

    def act(self, p: Paper, by: By) -> None:
        p.serve(self.method, self.served_at or by.at, self.receipt, consent=self.consent, at=by.at)


class CorrectPaperReceipt(
    CorrectReceipt, OnPaper, path="/cases/{case_id}/papers/{document_id}/receipts/{event_version}/correction",
    by=OFFICERS, called="更正文书送达凭证编号",
):  # fmt: skip
    """Put right the number of a receipt, as who has entered it or as a head of their unit (第二十八条第一款)."""

    corrects = ReceiptCorrected


class RefusePaper(Owned, OnPaper, path="/cases/{case_id}/papers/{document_id}/refusal", by=OFFICERS, called="拒收文书"):
    """Record that the paper was not taken, with the note of it on the proof of service (参照民事诉讼法第八十九条)."""

    refused_at: Moment | None = None
    receipt: Receipt

    def act(self, p: Paper, by: By) -> None:
        p.refuse(self.refused_at or by.at, self.receipt, at=by.at)


class ReportCorrection(
    OnPaper, path="/cases/{case_id}/papers/{document_id}/correction", by=OFFICERS,
    called="报告改正情况",
):  # fmt: skip
    """Say, as the unit that was ordered to, what has been put right (第三十九条第三款、第四十三条至第四十六条)."""

    document: CaseText

    def act(self, p: Paper, by: By) -> None:
        unit = self.directory.acting_as(by.unit, p.corrects, barred=self.barred)
        p.report_correction(unit, self.document, at=by.at)
