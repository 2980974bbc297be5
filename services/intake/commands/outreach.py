"""The commands by which offices go to people: contact points, help plans, talks that are offered."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from contracts.periods.calendar import day
from contracts.vocabulary import ContactOutcome, DialogueGroup
from services.chassis import fields
from services.chassis.charge import must_belong
from services.chassis.commands import Entry, OnEntry, Owned
from services.chassis.context import By
from services.chassis.references import GivenOfficer, KnownPlace, Refers
from services.chassis.texts import CaseText, Proof
from services.intake.commands.cases import AboutCase, OnCaseEntry
from services.intake.commands.field import FIELD, Count
from services.intake.domain.outreach import Contact, ContactPoint, Dialogue, HelpPlan


class SetContactPoint(Entry[ContactPoint], path="/contact-points", by=FIELD, called="设立联系点"):
    """Let somebody be there for a place (第十八条第二款)."""

    officer: GivenOfficer
    place: KnownPlace

    def act(self, p: ContactPoint, by: By) -> None:
        must_belong(self.officer, by.unit, self.directory)
        p.set_up(by.unit, self.officer, self.place, at=by.at)


class EndContactPoint(
    Owned, OnEntry[ContactPoint], path="/contact-points/{contact_point_id}/end", by=FIELD, called="撤销联系点"
):
    """Let nobody be there for a place any more (第十八条第二款)."""

    def act(self, p: ContactPoint, by: By) -> None:
        p.end(at=by.at)


class FileHelpPlan(AboutCase[HelpPlan], path="/cases/{case_id}/help-plans", by=FIELD, called="制定帮扶计划"):
    """Say who helps a petitioner in hardship, how, and until when (第三十七条第二款、第三款)."""

    officer: GivenOfficer
    due_on: fields.Day
    document: CaseText
    contact_point: Annotated[UUID | None, Refers(ContactPoint)] = None

    def act(self, p: HelpPlan, by: By) -> None:
        must_belong(self.officer, by.unit, self.directory)
        point = self.referred["contact_point"]
        p.file(self.case_id, by.unit, self.officer, self.due_on, self.document, point, at=by.at)


class CompleteHelpPlan(
    Owned, OnCaseEntry[HelpPlan], path="/help-plans/{help_plan_id}/completion", by=FIELD, called="落实帮扶计划"
):
    """Show that the help was given (第三十七条第二款、第三款)."""

    proof: Proof

    def act(self, p: HelpPlan, by: By) -> None:
        p.complete(self.proof, at=by.at)


class HoldDialogue(Entry[Dialogue], path="/dialogues", by=FIELD, called="走访对话"):
    """Put on record a talk that was offered to a group; who would rather not talk loses nothing (第十八条第二款)."""

    place: KnownPlace
    people: DialogueGroup
    held_on: fields.Day | None = None
    invited_count: Count
    attended_count: Count
    declined_count: Count = 0

    def act(self, d: Dialogue, by: By) -> None:
        d.hold(
            unit=by.unit, place=self.place, people=self.people, held_on=self.held_on or day(by.at),
            invited_count=self.invited_count, attended_count=self.attended_count, declined_count=self.declined_count,
            at=by.at,
        )  # fmt: skip


class ContactPetitioner(AboutCase[Contact], path="/cases/{case_id}/contacts", by=FIELD, called="联系信访人"):
    """Put on record that the petitioner was offered a talk; whatever came of it changes nothing (第二十八条第一款)."""

    outcome: ContactOutcome

    def act(self, c: Contact, by: By) -> None:
        c.offer(self.case_id, by.unit, by.actor, self.outcome, at=by.at)
