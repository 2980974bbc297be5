"""The commands by which a unit answers what no opinion answers."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.periods.calendar import day
from contracts.vocabulary import DocumentKind, Route, SuggestionResult
from services.chassis.commands import Said
from services.chassis.context import By
from services.chassis.fields import Day
from services.chassis.texts import CaseText, TextOf
from services.chassis.words import NamedBody, Words
from services.mediation.commands.handling import DECIDERS, UNIT_STAFF, Deliver, Handle, Handled, Noticed
from services.mediation.domain import answers
from services.mediation.domain.handling import Handling


class Replied(Handled):
    """Under which number the reply is on file."""

    reply_no: str


class ReplyToSuggestion(
    Deliver, path="/cases/{case_id}/suggestion-reply", by=DECIDERS, called="建议采纳回复", reply=Replied
):
    """Answer a suggestion; why stands in the document (第二十九条)."""

    result: SuggestionResult
    document: Annotated[UUID, TextOf(DocumentKind.suggestion_reply)]

    def act(self, h: Handling, by: By) -> Said:
        number = self.number("信采", by)
        answers.reply_to_suggestion(h, by.unit, number, self.result, self.document, self.delivery(by), at=by.at)
        return {"reply_no": number}


class DetermineRoute(Handle, path="/cases/{case_id}/route", by=UNIT_STAFF, called="区分处理途径"):
    """Tell apart, as the competent unit, which way the case goes, whatever was said at the door (第三十一条)."""

    route: Route
    reasons: CaseText

    def act(self, h: Handling, by: By) -> None:
        answers.determine_route(h, by.unit, self.route, self.reasons, at=by.at)


class ImportProcedure(Deliver, path="/cases/{case_id}/procedure", by=DECIDERS, called="导入法定程序", reply=Noticed):
    """Bring the case into the procedure that the law has for it (第三十一条第二项至第五项)."""

    competent_body: NamedBody

    def act(self, h: Handling, by: By) -> Said:
        number = self.number("信导", by)
        answers.import_procedure(h, by.unit, self.competent_body, number, self.delivery(by), self.directory, at=by.at)
        return {"notice_no": number}


class RecordRefusal(Handle, path="/cases/{case_id}/procedure/refusal", by=DECIDERS, called="法定程序不予立案"):
    """Put on file that the other procedure does not take the case; handling goes on (第三十一条、第三十四条)."""

    document: Annotated[CaseText, Field(description="The refusal, as the other body has written it")]
    refused_on: Day | None = None

    def act(self, h: Handling, by: By) -> None:
        answers.record_refusal(h, by.unit, self.document, self.refused_on or day(by.at), at=by.at)


class ConfirmDocketing(Handle, path="/cases/{case_id}/procedure/docket", by=DECIDERS, called="法定程序立案"):
    """Put on file that the other procedure has the case (第三十一条第二项至第五项)."""

    docket_no: Words
    docketed_on: Day | None = None

    def act(self, h: Handling, by: By) -> None:
        answers.confirm_docketing(h, by.unit, self.docket_no, self.docketed_on or day(by.at), at=by.at)
