"""The commands of supervision: cards, replies, verdicts."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from contracts.vocabulary import Role, SupervisionReason, SupervisionState
from services.accountability.commands.knowing import AboutCase, OnAboutCase, Writing
from services.accountability.domain.supervision import Sparing, Supervision
from services.chassis.commands import Reply
from services.chassis.context import By
from services.chassis.fields import Day
from services.chassis.references import KnownUnit
from services.chassis.texts import CaseText

SUPERVISING: Final = "D49"
"""The period within which a bureau puts under supervision what calls for it."""


class SupervisionOrdered(Reply):
    """The card and its number."""

    supervision_id: UUID
    card_no: str
    case_id: UUID


class SupervisionChanged(Reply):
    """How far the card is."""

    supervision_id: UUID
    state: SupervisionState


class OrderSupervision(
    Writing[Supervision], path="/cases/{case_id}/supervisions", by=(Role.supervisor,), called="督办",
    reply=SupervisionOrdered, location="/supervisions/{supervision_id}",
):  # fmt: skip
    """Put the handling of a case under supervision, with a day for the answer (第四十条第一款)."""

    unit: KnownUnit
    reason_code: SupervisionReason
    due_on: Day
    document: CaseText | None = None

    def act(self, s: Supervision, by: By) -> None:
        number = self.number("督", by)
        s.order(
            self.matter,
            number,
            self.unit,
            self.reason_code,
            self.document,
            self.due_on,
            by.unit,
            self.directory,
            at=by.at,
        )


class ExplainSparing(
    AboutCase[Sparing], path="/cases/{case_id}/supervisions/sparing", by=(Role.supervisor,), called="说明不予督办"
):
    """Say why what was missed or refused in a case needs no card (第四十条第一款)."""

    document: CaseText

    def act(self, s: Sparing, by: By) -> None:
        owing = {duty.holder for duty in self._standing.clocks.values() if duty.code == SUPERVISING}
        unit = self.directory.acting_as(by.unit, *owing)
        s.explain(self.case_id, unit, owing, self.document, at=by.at)


class OnSupervision(OnAboutCase[Supervision], reply=SupervisionChanged):
    """A command on a card."""


class ReplyToSupervision(
    OnSupervision, path="/supervisions/{supervision_id}/reply",
    by=(Role.unit_receiver, Role.case_officer, Role.unit_head), called="反馈督办",
):  # fmt: skip
    """Answer a card; the words lie in the vault (第四十条)."""

    document: CaseText

    def act(self, s: Supervision, by: By) -> None:
        s.reply(self.acting_as(by, s.unit), self.document, at=by.at)


class CloseSupervision(
    OnSupervision, path="/supervisions/{supervision_id}/closing", by=(Role.supervisor,), called="督办办结"
):
    """Judge whether the wrong is righted, and close the card (第四十条)."""

    satisfied: bool

    def act(self, s: Supervision, by: By) -> None:
        s.close(by.unit, self.directory, satisfied=self.satisfied, at=by.at)
