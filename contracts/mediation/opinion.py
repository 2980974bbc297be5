"""The unit's own written answer, what it grants, and what it promises."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from contracts.event import Event, Words, words_before
from contracts.vocabulary import Result, ReturnedPaper, ReturnReason, ServiceMethod


class OpinionIssued(Event):
    """The unit itself has decided: claim, facts, reasons, opinion and basis stand in the document."""

    title = "出具处理意见书"
    basis = "信访工作条例 第三十一条第六项、第三十二条"
    version = 2

    opinion_no: str
    result: Result
    legal_basis: Words
    """Laws, a line each."""
    document: UUID
    approved_by: str
    review_body: str
    decided_by: str | None = None


class ClaimsAnswered(Event):
    """What an opinion, of the unit or of who looks again, says to each of several claims, in their order."""

    title = "分项答复诉求"
    basis = "信访工作条例 第三十二条、第三十五条、第三十六条"

    opinion_no: str
    results: tuple[Result, ...]


class OpinionTakenBack(Event):
    """What was issued and nobody has had yet was wrong, and why is in the vault; the case is to be decided again."""

    title = "撤回未送达的处理意见书"
    basis = "信访工作条例 第二十八条第一款、第三十二条"

    opinion_no: str
    result: Result
    document: UUID
    promises: tuple[int, ...] = ()
    """What was promised with it and is not done; nobody has been given that promise either."""
    waits_since: datetime | None = None
    """From when the sixty days run that sending it had met, with what they were extended by: it has come back."""


class OpinionServed(Event):
    """The petitioner has the written opinion; thirty days to ask for review run from here."""

    title = "处理意见书送达"
    basis = "信访工作条例 第三十二条、第三十五条"
    version = 2

    method: ServiceMethod
    served_at: datetime
    receipt: Words
    again: bool = False
    """Whether it was served before, and had not come to the petitioner."""
    instead_of: int | None = None
    """Whose place it takes of what came back: the version of the event that had served it."""


class PetitionerServed(Event):
    """A further petitioner has the written opinion; their own thirty days to ask for review run from here."""

    title = "向其他信访人送达"
    basis = "信访工作条例 第三十二条、第三十五条"
    version = 2

    petition: UUID
    method: ServiceMethod
    served_at: datetime
    receipt: Words
    instead_of: int | None = None
    """Whose place it takes of what came back: the version of the event that had served it."""


class DeliveryReturned(Event):
    """What was sent came back: it was not had, and nothing that begins with it has begun; it is owed once more."""

    title = "送达退回"
    basis = "信访工作条例 第二十三条、第三十二条、第三十五条、第三十六条"
    version = 2

    entry: int
    """The version of the event that had served it."""
    paper: ReturnedPaper
    returned_on: date
    receipt: Words
    """The carrier's note."""
    reason: ReturnReason
    answered: bool = False
    """Whether who it was for has been answered by then, and need not be told any more what it says."""
    petition: UUID | None = None
    """Whose it was, where it was a further petitioner's."""


class NoticeServedAgain(Event):
    """What came back, and is no opinion, is with whom it is for."""

    title = "退回后再次送达"
    basis = "信访工作条例 第二十三条、第二十九条"
    version = 2

    entry: int
    """The version of the event that came back."""
    paper: ReturnedPaper
    method: ServiceMethod
    served_at: datetime
    receipt: Words
    petition: UUID | None = None


class ReceiptCorrected(Event):
    """Who typed the number of a receipt wrong has put it right; when and how it was served stays as it was."""

    title = "更正送达凭证编号"
    basis = "信访工作条例 第二十一条第二款、第二十八条第一款"
    version = 2

    entry: int
    """The version of the event that had it wrong."""
    before: Words
    after: Words
    document: UUID


class OpinionExecuted(Event):
    """What the opinion granted has been done, and the proof lies in the vault."""

    title = "意见执行"
    basis = "信访工作条例 第三十二条第二款"

    executed_on: date
    document: UUID


class ExecutionRefused(Event):
    """Whoever has to carry out the opinion refuses; that is a ground to call them to account."""

    title = "拒不执行"
    basis = "信访工作条例 第三十二条第二款、第四十条、第四十二条第四项"

    unit: str
    document: UUID


class CoUnitOpinionGiven(Event):
    """A unit that helps has given its part, from which the lead unit makes up the answer."""

    title = "协办单位意见"
    basis = "信访工作条例 第二十四条、第三十二条"

    unit: str
    document: UUID


class ExecutionOrdered(Event):
    """The unit urges whoever has to do what the opinion granted, and says until when."""

    title = "督促执行"
    basis = "信访工作条例 第三十二条第二款"

    unit: str
    due_on: date
    document: UUID


class ExecutionReported(Event):
    """Whoever was urged has done its part of what the opinion granted, and the proof lies in the vault."""

    title = "执行情况反馈"
    basis = "信访工作条例 第三十二条第二款"

    unit: str
    executed_on: date
    document: UUID


class CommitmentMade(Event):
    """Something promised in a reply is a task with a date from here."""

    title = "承诺事项"
    basis = "信访工作条例 第二十七条、第三十二条"

    commitment: int
    due_on: date
    document: UUID


class CommitmentKept(Event):
    """What was promised has been done, and the proof lies in the vault."""

    title = "承诺兑现"
    basis = "信访工作条例 第二十七条、第三十二条"

    commitment: int
    kept_on: date
    document: UUID


# The first versions had in clear what people typed.
words_before(DeliveryReturned, NoticeServedAgain, OpinionIssued, OpinionServed, PetitionerServed, ReceiptCorrected)
