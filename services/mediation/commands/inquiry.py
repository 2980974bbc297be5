"""The commands by which a unit finds out, and keeps out who has an interest."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from contracts.vocabulary import DocumentKind, RecordKind, Role
from services.chassis.context import By
from services.chassis.fields import Code, Moment
from services.chassis.references import BlamedOfficer, GivenOfficer
from services.chassis.running import Running
from services.chassis.telling import tell
from services.chassis.texts import CaseText, TextOf
from services.chassis.writer import Done
from services.mediation.commands.handling import DECIDERS, HEARERS, UNIT_STAFF, Handle
from services.mediation.domain import inquiry
from services.mediation.domain.handling import Handling


class PutOnRecord(Handle, path="/cases/{case_id}/records", by=DECIDERS, called="记录"):
    """Put on file what was heard or verified; the record is a document in the vault (第三十一条第六项)."""

    kind: RecordKind
    held_at: Moment | None = None
    document: CaseText

    def act(self, h: Handling, by: By) -> None:
        held_at = self.held_at or by.at
        inquiry.put_on_record(h, by.unit, self.kind, held_at, self.document, at=by.at, recorded_by=by.actor)


class RequestRecusal(
    Handle, path="/cases/{case_id}/recusal/requests", by=(Role.petitioner, *UNIT_STAFF), called="申请回避"
):
    """Put on file that the petitioner asks somebody to keep out (第二十八条第三款)."""

    officer: BlamedOfficer
    document: CaseText

    def act(self, h: Handling, by: By) -> None:
        inquiry.request_recusal(h, self.officer, self.document, self.directory, at=by.at)


class _KeepOut(Handle):
    """A command about who keeps out, which every service heeds from then on."""

    async def run(self, running: Running, by: By) -> Done:
        done = await super().run(running, by)
        await tell(running, self.case_id, ("intake", "assignment"), ("accountability",))
        return done


class DeclareRecusal(_KeepOut, path="/cases/{case_id}/recusal/declarations", by=UNIT_STAFF, called="自行回避"):
    """Step aside from a case in which one has an interest (第二十八条第三款)."""

    def act(self, h: Handling, by: By) -> None:
        inquiry.declare_recusal(h, by.unit, by.actor, self.directory, at=by.at)


class DecideRecusal(_KeepOut, path="/cases/{case_id}/recusal/decisions", by=(Role.unit_head,), called="决定回避"):
    """Decide whether somebody keeps out, and who handles the case instead (第二十八条第三款)."""

    officer: Code
    granted: bool
    successor: GivenOfficer | None = None

    def act(self, h: Handling, by: By) -> None:
        inquiry.decide_recusal(
            h, by.unit, self.officer, self.directory, granted=self.granted, decided_by=by.actor,
            successor=self.successor, at=by.at,
        )  # fmt: skip


class OpenHearing(Handle, path="/cases/{case_id}/hearing", by=HEARERS, called="举行听证"):
    """Begin a hearing (第三十一条第六项)."""

    presider: GivenOfficer
    public: bool = True

    def act(self, h: Handling, by: By) -> None:
        inquiry.open_hearing(h, by.unit, self.presider, self.directory, public=self.public, at=by.at)


class CloseHearing(Handle, path="/cases/{case_id}/hearing/report", by=HEARERS, called="听证报告"):
    """End a hearing with its report (第三十一条第六项)."""

    document: Annotated[UUID, TextOf(DocumentKind.hearing_report)]

    def act(self, h: Handling, by: By) -> None:
        unit = inquiry.reporting_for(h, h.unit, by.unit, by.actor)
        inquiry.close_hearing(h, unit, self.document, at=by.at)
