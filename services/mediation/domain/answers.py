"""What no opinion answers: a suggestion has a reply, and a case of another procedure that procedure."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from uuid import UUID

from contracts.mediation import ProcedureDocketed, ProcedureImported, SuggestionReplied
from contracts.vocabulary import Kind, Result, Route, SuggestionResult
from services.chassis.aggregate import when
from services.chassis.errors import Refused
from services.mediation.domain.file import AlreadyDecided, CaseFile, Delivery

IMPORTED: Final = frozenset(
    {
        Route.arbitration,
        Route.party_or_personnel_appeal,
        Route.administrative_procedure,
        Route.statutory_duty,
    }
)
"""The routes that lead into a procedure of their own (第三十一条第二项至第五项)."""


class NotASuggestion(Refused):
    """A claim is answered by an opinion, against which there are remedies."""

    code = "not_a_suggestion"
    title = "仅建议意见类事项以回复答复"
    article = "信访工作条例 第二十九条"


class NoOtherProcedure(Refused):
    """The case has no other procedure than this one."""

    code = "no_other_procedure"
    title = "该途径没有可以导入的法定程序"
    article = "信访工作条例 第三十一条第二项至第五项"


class NotImported(Refused):
    """The case has not been brought into another procedure."""

    code = "not_imported"
    title = "尚未导入法定程序"
    article = "信访工作条例 第三十一条第二项至第五项"


class AlreadyDocketed(Refused):
    """The other procedure has the case already."""

    code = "already_docketed"
    title = "法定程序已立案"
    article = "信访工作条例 第三十一条第二项至第五项"


class OtherAnswers(CaseFile):
    """Replies to suggestions, and the way into other procedures."""

    def _begin(self) -> None:
        super()._begin()
        self.replied_at: datetime | None = None
        self.imported_at: datetime | None = None
        self.docketed_on: date | None = None

    def reply_to_suggestion(
        self, unit: str, reply_no: str, result: SuggestionResult, document: UUID, delivery: Delivery, *, at: datetime
    ) -> None:
        """Answer a suggestion that was studied (第二十九条)."""
        self._must_be_handling(unit)
        if self.kind is not Kind.suggestion:
            raise NotASuggestion
        self._must_be_between(self.accepted_at, delivery.served_at, at)
        self.record(SuggestionReplied, at=at, reply_no=reply_no, result=result, document=document, **delivery._asdict())

    def import_procedure(
        self, unit: str, competent_body: str, notice_no: str, delivery: Delivery, *, at: datetime
    ) -> None:
        """Bring the case into the procedure that the law has for it, and tell the petitioner (第三十一条)."""
        self._must_be_of(unit)
        if self.route not in IMPORTED:
            raise NoOtherProcedure
        if self.result is not None:
            raise AlreadyDecided
        self._must_be_between(self.opened_at, delivery.served_at, at)
        self.record(
            ProcedureImported, at=at, route=self.route, competent_body=competent_body, notice_no=notice_no,
            **delivery._asdict(),
        )  # fmt: skip

    def confirm_docketing(self, unit: str, docket_no: str, docketed_on: date, *, at: datetime) -> None:
        """Put on file that the other procedure has the case; until then it stays in sight here."""
        self._must_be_of(unit)
        if self.imported_at is None:
            raise NotImported
        if self.docketed_on is not None:
            raise AlreadyDocketed
        self._must_be_on(self.opened_at, docketed_on, at)
        self.record(ProcedureDocketed, at=at, docket_no=docket_no, docketed_on=docketed_on)

    # ------------------------------------------------------------------------------- the fold

    @when
    def _(self, event: SuggestionReplied) -> None:
        self.result, self.replied_at = Result.replied, event.served_at

    @when
    def _(self, event: ProcedureImported) -> None:
        self.result, self.imported_at = Result.imported, event.timestamp

    @when
    def _(self, event: ProcedureDocketed) -> None:
        self.docketed_on = event.docketed_on
