"""A paper that was issued in a case, and how it reached whom it is for.

Its stream follows from its number, so nothing is said twice under one number.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID

from contracts.ids import derived
from contracts.intake import (
    CorrectionOrdered,
    CorrectionReported,
    DocumentIssued,
    DocumentServed,
    ReceiptCorrected,
    ServiceRefused,
)
from contracts.periods.calendar import day
from contracts.vocabulary import DocumentKind, PaperState, ServiceMethod
from services.chassis.aggregate import when
from services.chassis.entry import CaseEntry
from services.chassis.errors import Forbidden, Invalid, Refused
from services.intake.domain.guards import must_have_happened
from services.intake.domain.registration import Registration

_ARTICLE: Final = "参照民事诉讼法 第八十七条"

AFTER_REFUSAL: Final = frozenset({ServiceMethod.left_at_address, ServiceMethod.by_notice})
"""How a paper may be served only after it could not be handed over."""
OPINIONS: Final = frozenset({DocumentKind.opinion, DocumentKind.simple_reply})
"""What is issued first and served afterwards, as the handling unit enters it; whatever else says how it was told."""


class ServedAlready(Refused):
    """A paper is served once; from then on its terms run."""

    code = "paper_served_already"
    title = "该文书已送达"
    article = _ARTICLE


class ServedAsAnOpinion(Refused):
    """That somebody has an opinion is entered where the case is handled: what they have had is not taken back."""

    code = "served_as_an_opinion"
    title = "处理意见书由办理单位登记送达，文书随之送达"
    article = "信访工作条例 第三十二条、第三十五条"


class BeforeIssue(Invalid):
    """A paper reaches nobody before it is issued."""

    code = "before_issue"
    title = "送达或者拒收时间不得早于文书制发时间"
    article = _ARTICLE


class ElectronicNeedsConsent(Refused):
    """Nobody has to look for a paper on a screen who has not agreed to it."""

    code = "electronic_needs_consent"
    title = "电子送达须经受送达人同意"
    article = "参照民事诉讼法 第九十条"


class NotRefusedYet(Refused):
    """A paper is left behind, or made known by notice, only after it could not be handed over."""

    code = "not_refused_yet"
    title = "未记录拒收或者无法送达，不得留置或者公告送达"
    article = "参照民事诉讼法 第八十九条、第九十五条"


class SupersedesNothing(Invalid):
    """A paper takes the place of one of the same kind in the same case."""

    code = "supersedes_nothing"
    title = "被替代的文书不是本事项的同类文书"
    article = "信访工作条例 第三十二条"


class ApprovedByItself(Refused):
    """Somebody else looks at a paper before it goes out."""

    code = "paper_approved_by_signer"
    title = "签发人与审批人不得为同一人"
    article = "信访工作条例 第三十二条"


class ApproverNotHead(Refused):
    """What goes out in the name of a unit has its head's consent."""

    code = "paper_approver_not_head"
    title = "审批人须为本单位负责人或者其代理人"
    article = "信访工作条例 第十四条、第三十二条"


class NobodyToAddress(Refused):
    """Nobody can write to who has left no name on a case that others have named themselves in."""

    code = "nobody_to_address"
    title = "该信访件没有可以送达的信访人"
    article = "信访工作条例 第二十三条"


class NotAnIssuer(Forbidden):
    """Each kind of paper has its issuers."""

    code = "not_an_issuer"
    title = "该类文书不由此岗位制发"
    article = "信访工作条例 第二十三条、第三十二条"


class MissingField(Invalid):
    """A paper says everything that its kind has to say, and nothing else."""

    code = "paper_field_missing"
    title = "文书要素不全"
    article = "信访工作条例 第二十三条、第三十二条"


class UnknownField(Invalid):
    """There is no place on the page for it."""

    code = "paper_field_unknown"
    title = "该类文书没有此要素"


class ImpossibleDueDay(Invalid):
    """Whoever has to do something is told a day, and one that comes."""

    code = "paper_impossible_due_day"
    title = "期限须为制发之日起一年以内的日期"


class IssuedAlready(Refused):
    """What is said under a number is said once; another paper takes the place of the first."""

    code = "paper_issued_already"
    title = "该文号的文书已制发，重新制发须注明替代"
    article = "信访工作条例 第三十二条"


class TemplateChanged(Refused):
    """What would be printed now is not what was issued; the paper that was served counts."""

    code = "template_changed"
    title = "模板或者字体已变更，无法逐字节重现原文书"
    article = "信访工作条例 第三十二条"


class NoCorrectionOwed(Refused):
    """There is nothing that this paper orders a unit to put right, or the unit has said what it did."""

    code = "no_correction_owed"
    title = "该文书没有待落实的责令改正事项"
    article = "信访工作条例 第三十九条第三款、第四十三条至第四十六条"


class NotOrderedToCorrect(Forbidden):
    """Who was ordered to put something right says what it did."""

    code = "not_ordered_to_correct"
    title = "改正情况由被责令改正的机关、单位报告"
    article = "信访工作条例 第三十九条第三款、第四十三条至第四十六条"


class Paper(CaseEntry):
    """One numbered paper."""

    def start(self) -> None:
        """Nothing is issued yet."""
        super().start()
        self.kind: DocumentKind | None = None
        self.document_no = self.unit = self.template = self.pdf_sha256 = ""
        self.issued_at: datetime | None = None
        self.of_record = False
        """Whether its number is that of what it says: it can have been handed over before it was printed here."""
        self.supersedes: UUID | None = None
        self.refused = False
        self.served_at: datetime | None = None
        self.receipts: dict[int, UUID] = {}
        """What the number of a receipt is that was typed wrong, by the version of the event that has it."""
        self.corrects: str | None = None
        """Which unit has to put something right, until it has said what it did."""

    @staticmethod
    def stream(series: str, sequence: int) -> UUID:
        """Return the stream of a number."""
        return derived(derived(NAMESPACE_URL, series), str(sequence))

    @property
    def state(self) -> PaperState:
        """What a list shows."""
        if self.served_at:
            return PaperState.served
        return PaperState.refused if self.refused else PaperState.issued

    def issue(self, registration: Registration, before: Paper | None, *, at: datetime, **facts: Any) -> None:  # noqa: ANN401  # the fields of the event
        """Issue the paper; another person than the signer has approved it."""
        if facts["signer"] == facts["approver"]:
            raise ApprovedByItself
        if before is not None and (before.of, before.kind) != (registration.id, facts["kind"]):
            raise SupersedesNothing
        self.record(
            DocumentIssued, at=at, case=registration.id, supersedes=before.id if before is not None else None, **facts
        )

    def was_served(self, method: ServiceMethod, served_at: datetime, receipt: UUID, *, at: datetime) -> None:
        """Record how what the paper says had reached whom it is for, as the case has it."""
        self.record(DocumentServed, at=at, case=self.of, method=method, served_at=served_at, receipt=receipt)

    def order_correction(self, unit: str, due_on: date, *, at: datetime) -> None:
        """Let a unit put something right until a day (第三十九条第三款、第四十三条至第四十六条)."""
        assert self.kind is not None
        self.record(
            CorrectionOrdered, at=at, case=self.of, document_no=self.document_no, unit=unit, due_on=due_on,
            kind=self.kind,
        )  # fmt: skip

    def report_correction(self, unit: str, document: UUID, *, at: datetime) -> None:
        """Put on record what the unit has put right."""
        if self.corrects is None:
            raise NoCorrectionOwed
        if unit != self.corrects:
            raise NotOrderedToCorrect
        self.record(CorrectionReported, at=at, case=self.of, document=document)

    def serve(self, method: ServiceMethod, served_at: datetime, receipt: UUID, *, consent: bool, at: datetime) -> None:
        """Record that the paper reached whom it is for, unless it is an opinion, which is served as such."""
        if self.kind in OPINIONS:
            raise ServedAsAnOpinion
        self._may_happen(served_at, at)
        if method is ServiceMethod.electronic and not consent:
            raise ElectronicNeedsConsent
        if method in AFTER_REFUSAL and not self.refused:
            raise NotRefusedYet
        self.record(DocumentServed, at=at, case=self.of, method=method, served_at=served_at, receipt=receipt)

    def refuse(self, refused_at: datetime, receipt: UUID, *, at: datetime) -> None:
        """Record that the paper was not taken."""
        self._may_happen(refused_at, at)
        self.record(ServiceRefused, at=at, case=self.of, refused_at=refused_at, receipt=receipt)

    def _may_happen(self, moment: datetime, at: datetime) -> None:
        if self.served_at is not None:
            raise ServedAlready
        if not self.of_record and self.issued_at is not None and day(moment) < day(self.issued_at):
            raise BeforeIssue
        must_have_happened(moment, at)

    @when
    def _(self, event: DocumentIssued) -> None:
        self.of, self.kind, self.document_no, self.unit = event.case, event.kind, event.document_no, event.unit
        self.template, self.pdf_sha256 = event.template, event.pdf_sha256
        self.supersedes, self.issued_at = event.supersedes, event.timestamp
        self.of_record = event.sequence == 0

    @when
    def _(self, event: DocumentServed) -> None:
        self.served_at = event.served_at

    @when
    def _(self, event: ReceiptCorrected) -> None:
        self.receipts[event.entry] = event.after

    @when
    def _(self, event: CorrectionOrdered) -> None:
        self.corrects = event.unit

    @when
    def _(self, _: CorrectionReported) -> None:
        self.corrects = None

    @when
    def _(self, _: ServiceRefused) -> None:
        self.refused = True
