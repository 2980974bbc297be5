"""The commands on how a mediation is held: who takes part, who listens, and what is reported at once."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from contracts.vocabulary import Danger, Guest, Side
from services.chassis.context import By
from services.chassis.fields import Moment
from services.chassis.references import GivenUnit
from services.chassis.texts import CaseText
from services.mediation.commands.handling import MEDIATORS, Handle
from services.mediation.commands.mediating import Mediate
from services.mediation.domain import sessions
from services.mediation.domain.handling import Handling


class Invite(Mediate, path="/cases/{case_id}/mediation/guests", by=MEDIATORS, called="邀请参与调解"):
    """Invite somebody who may help, as both sides agree (人民调解法 第二十条)."""

    guest: Guest
    sides: Annotated[list[Side], Field(max_length=2, description="Which sides agree; it takes both")]
    document: Annotated[CaseText, Field(description="Who it is, and that the sides agree")]

    def act(self, h: Handling, by: By) -> None:
        unit = self.directory.acting_as(by.unit, h.unit, h.mediator_unit)
        sessions.invite(h, unit, self.guest, self.sides, self.document, gone=self.says_itself(h, by), at=by.at)


class HoldSession(Mediate, path="/cases/{case_id}/mediation/sessions", by=MEDIATORS, called="调解记录"):
    """Put on file that the sides were talked with, in public only if both want that (人民调解法 第二十三条)."""

    held_at: Moment | None = None
    public: bool = False
    document: CaseText

    def act(self, h: Handling, by: By) -> None:
        unit = self.directory.acting_as(by.unit, h.unit, h.mediator_unit)
        sessions.hold_session(
            h, unit, self.held_at or by.at, self.document, public=self.public, gone=self.says_itself(h, by), at=by.at
        )


class FearEscalation(Handle, path="/cases/{case_id}/mediation/danger", by=MEDIATORS, called="发现纠纷可能激化"):
    """Put on file that the dispute may grow into something for the police; a report is owed at once (第二十五条)."""

    danger: Danger
    document: Annotated[CaseText, Field(description="What was found about the dispute, and about nobody's person")]

    def act(self, h: Handling, by: By) -> None:
        unit = self.directory.acting_as(by.unit, h.unit, h.mediator_unit)
        sessions.fear_escalation(h, unit, self.danger, self.document, at=by.at)


class ReportEscalation(
    Handle, path="/cases/{case_id}/mediation/danger/report", by=MEDIATORS, called="报告纠纷可能激化"
):  # fmt: skip
    """Let the police, or who else is competent, know of a dispute that may grow (人民调解法 第二十五条)."""

    organ: GivenUnit
    document: Annotated[CaseText, Field(description="The report: what the dispute is about, and what was done")]

    def act(self, h: Handling, by: By) -> None:
        unit = self.acting_as(h, by, h.unit, h.feared_by)
        sessions.report_escalation(h, unit, self.organ, self.document, self.directory, at=by.at)
