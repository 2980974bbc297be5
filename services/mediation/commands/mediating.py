"""The commands of mediation in the narrow sense: from the offer to what has become of the agreement."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from pydantic import Field

from contracts.periods.calendar import day
from contracts.vocabulary import DocumentKind, Role, Side
from services.chassis.commands import Said
from services.chassis.context import By
from services.chassis.directory import Directory
from services.chassis.errors import Forbidden
from services.chassis.fields import Day
from services.chassis.references import BlamedUnit, GivenOfficer, GivenUnit, KnownUnit
from services.chassis.running import Running
from services.chassis.texts import CaseText, Proof, TextOf
from services.chassis.words import Words
from services.mediation.commands.committees import on_register
from services.mediation.commands.handling import DECIDERS, MEDIATORS, Handle, Handled
from services.mediation.domain import mediating
from services.mediation.domain.handling import Handling

ITEMS_MAX: Final = 100
OfWhom = Annotated[
    UUID | None,
    Field(description="Which of several petitioners it is, by a further one's petition; the first where none is named"),
]
SPEAKERS: Final = (Role.petitioner, *MEDIATORS)
"""A petitioner speaks for themselves; who mediates writes down what a side has said."""


class OfferMediation(Handle, path="/cases/{case_id}/mediation", by=DECIDERS, called="提议调解"):
    """Ask both sides whether they want it (第三十三条)."""

    mediator: GivenOfficer
    mediator_unit: GivenUnit
    other_party: Annotated[BlamedUnit | None, Field(description="The unit on the other side, where it is one")] = None

    request: Annotated[
        CaseText | None, Field(description="What a side that has refused before asks for it with (人民调解法 第十七条)")
    ] = None

    _registered: bool
    _removed: bool

    async def look_up(self, running: Running, by: By) -> None:
        await super().look_up(running, by)
        self._registered, self._removed = await on_register(running, self.mediator, self.mediator_unit)

    def act(self, h: Handling, by: By) -> None:
        mediating.offer_mediation(
            h, by.unit, self.mediator, self.mediator_unit, self.other_party, self.directory,
            registered=self._registered, removed=self._removed, request=self.request, at=by.at,
        )  # fmt: skip


class DetermineDiscretion(
    Handle, path="/cases/{case_id}/mediation/discretion", by=(Role.unit_head,), called="认定裁量权范围"
):
    """Say, as a head of the unit, whether the matter is the unit's to settle or fixed by law (第三十三条)."""

    within: bool
    document: Annotated[CaseText, Field(description="Why: which rule leaves it to the unit, or fixes it")]

    def act(self, h: Handling, by: By) -> None:
        mediating.determine_discretion(h, by.unit, self.document, within=self.within, at=by.at)


class Mediate(Handle):
    """A command on a mediation that goes on."""

    _gone: bool

    async def look_up(self, running: Running, by: By) -> None:
        """Find out whether who mediates is still in office (人民调解法 第十五条)."""
        await super().look_up(running, by)
        h = await running.store.known(Handling, self.case_id)
        named = h.mediator is not None and h.mediator_unit is not None
        self._gone = named and (await on_register(running, h.mediator or "", h.mediator_unit or ""))[1]

    def says_itself(self, h: Handling, by: By) -> bool:
        """Return whether who acts is the mediator that is in office no more."""
        return self._gone and by.actor == h.mediator


class NameMediator(Mediate, path="/cases/{case_id}/mediation/mediator", by=MEDIATORS, called="另行指定人民调解员"):
    """Name somebody else of the committee for who was removed (人民调解法 第十五条、第十九条)."""

    mediator: GivenOfficer

    _registered: bool
    _removed: bool

    async def look_up(self, running: Running, by: By) -> None:
        await super().look_up(running, by)
        h = await running.store.known(Handling, self.case_id)
        self._registered, self._removed = await on_register(running, self.mediator, h.mediator_unit or "")

    def act(self, h: Handling, by: By) -> None:
        unit = self.directory.acting_as(by.unit, h.unit, h.mediator_unit)
        mediating.name_mediator(
            h, unit, self.mediator, self.directory, gone=self._gone, registered=self._registered,
            removed=self._removed or self.says_itself(h, by), at=by.at,
        )  # fmt: skip


class ConsentToMediation(Mediate, path="/cases/{case_id}/mediation/consent", by=SPEAKERS, called="同意调解"):
    """Put on file that a side is willing, and of several petitioners each (第三十三条)."""

    side: Side
    public: Annotated[
        bool, Field(description="Whether the side wants listeners; there are none unless both do (第二十三条第三项)")
    ] = False
    petition_id: OfWhom = None

    def act(self, h: Handling, by: By) -> None:
        unit = _unit(h, self.side, by, self.directory)
        mediating.consent_to_mediation(
            h, unit, self.side, petition=self.petition_id, public=self.public, gone=self._gone, at=by.at
        )


class RefuseMediation(Mediate, path="/cases/{case_id}/mediation/refusal", by=SPEAKERS, called="拒绝或者要求终止调解"):
    """Put on file that a side does not want it, or not any more (人民调解法 第十七条, 第二十三条)."""

    side: Side
    petition_id: OfWhom = None

    def act(self, h: Handling, by: By) -> None:
        unit = _unit(h, self.side, by, self.directory)
        mediating.refuse_mediation(
            h, unit, self.side, petition=self.petition_id, gone=self.says_itself(h, by), at=by.at
        )


def _unit(h: Handling, side: Side, by: By, directory: Directory) -> str:
    """Return for which unit somebody acts; a petitioner for the one that has the case, and for their own side alone."""
    if by.role is not Role.petitioner:
        return directory.acting_as(by.unit, h.unit, h.mediator_unit)
    if side is not Side.petitioner:
        raise Forbidden
    return h.unit or ""


class FailMediation(Mediate, path="/cases/{case_id}/mediation/failure", by=MEDIATORS, called="调解终止"):
    """End a mediation without agreement (人民调解法 第二十六条)."""

    document: Annotated[
        CaseText | None, Field(description="With what the sides were told of the other ways, where they were at once")
    ] = None

    def act(self, h: Handling, by: By) -> None:
        unit = self.directory.acting_as(by.unit, h.unit, h.mediator_unit)
        mediating.fail_mediation(h, unit, self.document, gone=self.says_itself(h, by), at=by.at)


class TellOtherWays(Handle, path="/cases/{case_id}/mediation/other-ways", by=MEDIATORS, called="告知其他救济途径"):
    """Put on file that the sides were told of the other ways after a mediation in vain (人民调解法 第二十六条)."""

    document: CaseText

    def act(self, h: Handling, by: By) -> None:
        unit = self.acting_as(h, by, h.unit, h.ways_untold_by)
        mediating.tell_other_ways(h, unit, self.document, at=by.at)


class Agreed(Handled):
    """Under which number the agreement is on file."""

    agreement_no: str


class SignAgreement(
    Mediate, path="/cases/{case_id}/agreement", by=MEDIATORS, called="签订和解、调解协议", reply=Agreed
):  # fmt: skip
    """Put on file what both sides have signed, with the mediator, or as their own settlement (第三十三条)."""

    effective_on: Day | None = None
    document: Annotated[UUID, TextOf(DocumentKind.mediation_agreement, DocumentKind.settlement_agreement)]
    performance_due: list[Day] = Field(
        default=[], max_length=ITEMS_MAX, description="When each item of what was agreed must be done"
    )

    def act(self, h: Handling, by: By) -> Said:
        settlement = self.referred.get("document") == DocumentKind.settlement_agreement
        number, due = self.number("和解" if settlement else "调协", by), tuple(self.performance_due)
        mediating.sign_agreement(
            h, by.unit, number, self.effective_on or day(by.at), self.document, due, settlement=settlement,
            gone=self._gone, at=by.at,
        )  # fmt: skip
        return {"agreement_no": number}


class PerformItem(Handle, path="/cases/{case_id}/agreement/items", by=DECIDERS, called="协议事项履行"):
    """Show that one item of the agreement is done (人民调解法 第三十一条)."""

    item: Annotated[int, Field(ge=1, le=ITEMS_MAX)]
    done_on: Day | None = None
    document: Proof

    def act(self, h: Handling, by: By) -> None:
        mediating.perform_item(h, by.unit, self.item, self.done_on or day(by.at), self.document, at=by.at)


class PerformAgreement(Handle, path="/cases/{case_id}/agreement/performance", by=DECIDERS, called="调解协议履行"):
    """Show that everything that was agreed is done (人民调解法 第三十一条)."""

    document: Proof

    def act(self, h: Handling, by: By) -> None:
        mediating.perform_agreement(h, by.unit, self.document, at=by.at)


class ReportBreach(Handle, path="/cases/{case_id}/agreement/breach", by=DECIDERS, called="调解协议未履行"):
    """Go on handling, because what was agreed was not done (人民调解法 第三十一条)."""

    document: CaseText

    def act(self, h: Handling, by: By) -> None:
        mediating.report_breach(h, by.unit, self.document, at=by.at)


class FileConfirmation(Handle, path="/cases/{case_id}/agreement/confirmation", by=DECIDERS, called="申请司法确认"):
    """Ask the court, both sides together, to confirm the agreement (人民调解法 第三十三条)."""

    court: KnownUnit
    filed_on: Day | None = None
    sides: Annotated[list[Side], Field(max_length=2)]

    def act(self, h: Handling, by: By) -> None:
        mediating.file_confirmation(h, by.unit, self.court, self.filed_on or day(by.at), self.sides, at=by.at)


class RecordRuling(Handle, path="/cases/{case_id}/agreement/ruling", by=DECIDERS, called="司法确认裁定"):
    """Put on file what the court has said (民事诉讼法 第二百零六条)."""

    confirmed: bool
    ruling_no: Words
    decided_on: Day | None = None

    def act(self, h: Handling, by: By) -> None:
        decided_on = self.decided_on or day(by.at)
        mediating.record_ruling(h, by.unit, self.ruling_no, decided_on, confirmed=self.confirmed, at=by.at)
