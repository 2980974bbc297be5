"""What no opinion answers: replies to suggestions, and cases of other procedures."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from contracts.event import Event, Words, words_before
from contracts.vocabulary import Route, ServiceMethod, SuggestionResult


class RouteDetermined(Event):
    """The competent unit has told the ways of 第三十一条 apart itself; the case goes this one from now on."""

    title = "区分处理途径"
    basis = "信访工作条例 第三十一条"

    unit: str
    route: Route
    reasons: UUID


class ProcedureImported(Event):
    """The unit has brought the case into the procedure that the law has for it, and has told the petitioner."""

    title = "导入法定程序"
    basis = "信访工作条例 第三十一条第二项至第五项"
    version = 2

    route: Route
    competent_body: str | None
    notice_no: str
    method: ServiceMethod
    served_at: datetime
    receipt: Words
    body_words: Words | None = None
    """What a body is called that is in no directory."""


class ProcedureDocketed(Event):
    """The other procedure has the case on its list; from here it is that procedure's."""

    title = "法定程序立案"
    basis = "信访工作条例 第三十一条第二项至第五项"
    version = 2

    docket_no: Words
    docketed_on: date


class ProcedureRefused(Event):
    """The other procedure does not take the case, as its refusal in the vault shows; handling goes on in the unit."""

    title = "法定程序不予立案"
    basis = "信访工作条例 第三十一条、第三十四条"

    refused_on: date
    document: UUID
    waits_since: datetime | None = None
    """From when the sixty days run, with what they were extended by: bringing it there has answered nobody."""


class SuggestionReplied(Event):
    """A suggestion was studied and answered."""

    title = "建议采纳回复"
    basis = "信访工作条例 第二十九条"
    version = 2

    reply_no: str
    result: SuggestionResult
    document: UUID
    method: ServiceMethod
    served_at: datetime
    receipt: Words


# The first versions had in clear what people typed.
words_before(ProcedureDocketed, SuggestionReplied)
words_before(ProcedureImported, bodies={"competent_body": "body_words"})
