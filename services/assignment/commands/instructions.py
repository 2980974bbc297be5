"""The commands of leaders' instructions on letters."""

from __future__ import annotations

from uuid import UUID

from contracts.vocabulary import InstructionState, Role
from services.assignment.commands.acting import LED, UNIT_DOOR, InCase, KnownCase, Organising
from services.assignment.domain.instructions import Instruction
from services.chassis.commands import Entry, OnEntry, Reply
from services.chassis.context import By
from services.chassis.fields import Day
from services.chassis.references import KnownOfficer, KnownUnit
from services.chassis.texts import CaseText


class Instructed(Reply):
    """The instruction, and the case that it is about."""

    instruction_id: UUID
    case_id: UUID


class InstructionAnswered(Reply):
    """Whether the leader has an answer."""

    instruction_id: UUID
    state: InstructionState


class RecordInstruction(
    Organising, Entry[Instruction], path="/cases/{case_id}/instructions", by=LED, called="领导批示", reply=Instructed,
    location="/instructions/{instruction_id}",
):  # fmt: skip
    """Record what a leader wrote on a letter, and which unit does it until when (第十八条第二款)."""

    case_id: KnownCase
    leader: KnownOfficer
    unit: KnownUnit
    document: CaseText
    due_on: Day

    def act(self, i: Instruction, by: By) -> None:
        i.instruct(self.case_id, self.leader, self.unit, self.document, self.due_on, at=by.at)


class RedirectInstruction(
    Organising, OnEntry[Instruction], path="/instructions/{instruction_id}/redirection", by=LED, called="改批",
    reply=InstructionAnswered,
):  # fmt: skip
    """Give what a leader wrote on a letter to another unit, with a day of its own (第十八条第二款)."""

    unit: KnownUnit
    document: CaseText
    due_on: Day

    def act(self, i: Instruction, by: By) -> None:
        i.redirect(self.unit, self.document, self.due_on, at=by.at)


class AnswerInstruction(
    InCase, OnEntry[Instruction], path="/instructions/{instruction_id}/answer", by=(Role.case_officer, *UNIT_DOOR),
    called="反馈批示", reply=InstructionAnswered,
):  # fmt: skip
    """Report to the leader what was done (第十八条第二款)."""

    document: CaseText

    def act(self, i: Instruction, by: By) -> None:
        i.answer(self.acting_as(by, i.unit), self.document, at=by.at)
