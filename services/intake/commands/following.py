"""The commands that may follow a registration: the sealed track, no acceptance, an alarm, a withdrawal, a rating."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import Field

from contracts.periods.calendar import day
from contracts.vocabulary import (
    InformantNotice,
    NotAcceptedGround,
    RegistrationState,
    Role,
    ServiceMethod,
    UnsealingPurpose,
    UrgentStage,
)
from services.chassis import views
from services.chassis.context import By, receipt_no
from services.chassis.errors import NotFound
from services.chassis.fields import Body, Code, Day, Moment
from services.chassis.references import GivenOfficer, KnownUnit, NamedCase
from services.chassis.running import Running
from services.chassis.texts import CaseText
from services.chassis.words import NamedBody, Receipt, Words
from services.chassis.writer import Done
from services.intake.application.bearing_out import borne_out
from services.intake.application.disclosing import handed_on, has_it
from services.intake.application.looking import has_withdrawn, same_person
from services.intake.application.office import CLERKS
from services.intake.commands.cases import AtTheDoor, KnownCase, OfCase, OnCase, having
from services.intake.domain import acceptance, personnel, recusal, track, urgency, withdrawal
from services.intake.domain.registration import Registration

SCRIBES: Final = (Role.intake_clerk, Role.bureau_officer)
"""Who may bring the petitioner's own words about a withdrawal; a petitioner does it by query code."""
ALARMED: Final = (Role.intake_clerk, Role.bureau_officer, Role.unit_receiver, Role.unit_head)
RECIPIENTS_MAX: Final = 20
PERSONS_MAX: Final = 20


class Followed(OfCase):
    """How far the case is now."""

    state: RegistrationState


class Noticed(Followed):
    """Under which number the notice is on file."""

    notice_no: str


class HandedOver(Followed):
    """The receipt by which alone a report about an official is known from now on."""

    receipt_no: str


class UrgencyReported(Followed):
    """Whether all that have to know were told by now, and who is still to be told."""

    reported: Annotated[bool, views.Told(lambda r: r.urgent_reported)]
    still_to_be_told: Annotated[list[list[str]], Field(description="Of each of these lists one unit has to be told")]


class PersonnelTold(Followed):
    """Whether all that the personnel department has to be told was told by now."""

    complete: Annotated[bool, views.Told(personnel.all_told)]


class Follow(OnCase, reply=Followed):
    """A command on a case that is on file."""


class FollowHere(AtTheDoor, Follow):
    """The same, by who has something to do with it."""


class Told(Body):
    """How and when somebody was told, and what proves it."""

    method: ServiceMethod
    served_at: Moment | None = None
    receipt: Receipt

    def service(self, by: By) -> dict[str, Any]:
        """Return it as events say it."""
        return {"method": self.method, "served_at": self.served_at or by.at, "receipt": self.receipt}


class OpenConfidentialTrack(
    Follow, path="/cases/{case_id}/confidential-track", by=(Role.bureau_officer, Role.unit_receiver),
    called="转密件办理", reply=HandedOver,
):  # fmt: skip
    """Hand a report about an official to the discipline organ, sealed (第二十二条第二款、第三十条).

    Whoever received it does so; the organ's own desk hands it to the organ, where that is the competent one.
    """

    organ: Annotated[KnownUnit, Field(description="Which discipline organ is competent by cadre-management authority")]

    def act(self, r: Registration, by: By) -> dict[str, Any]:
        if by.role is Role.bureau_officer:
            track.must_be_at_the_door(r, by.unit, self.directory)
        number = receipt_no(by)
        track.open_track(r, self.organ, number, self.directory, at=by.at)
        return {"receipt_no": number}


class NotifyInformant(
    Follow, Told, path="/cases/{case_id}/informant-notices", by=(Role.discipline_officer,), called="告知检举控告人"
):
    """Tell whoever reported under their own name (第二十三条第四款)."""

    notice: InformantNotice

    def act(self, r: Registration, by: By) -> None:
        track.notify_informant(r, self.notice, **self.service(by), unit=by.unit, directory=self.directory, at=by.at)


class RequestUnsealing(Follow, path="/cases/{case_id}/unsealings", by=(Role.discipline_officer,), called="申请启封"):
    """Ask to read what lies under seal, and say what for; somebody else of the organ has to agree (第三十条第三款)."""

    purpose: UnsealingPurpose

    def act(self, r: Registration, by: By) -> None:
        track.ask_unsealing(r, by.unit, by.actor, self.purpose, self.directory, at=by.at)


class ApproveUnsealing(
    Follow, path="/cases/{case_id}/unsealings/approval", by=(Role.discipline_officer, Role.unit_head),
    called="同意启封",
):  # fmt: skip
    """Agree that somebody of the own organ reads what lies under seal, for a day (第三十条第三款)."""

    officer: GivenOfficer

    def act(self, r: Registration, by: By) -> None:
        track.approve_unsealing(r, by.unit, self.officer, self.directory, approved_by=by.actor, at=by.at)


class ConcludeReport(
    Follow, path="/cases/{case_id}/report-conclusion", by=(Role.discipline_officer,), called="检举控告办结"
):
    """Say that the organ's own case about a report has ended; the informant is to be told (第二十三条第四款)."""

    concluded_on: Day | None = None

    def act(self, r: Registration, by: By) -> None:
        track.conclude_report(r, self.directory.acting_as(by.unit, r.organ), self.concluded_on or day(by.at), at=by.at)


class TellPersonnel(
    Follow, path="/cases/{case_id}/personnel-notices",
    by=(Role.bureau_officer, Role.unit_head, Role.discipline_officer), called="通报组织（人事）部门",
    reply=PersonnelTold,
):  # fmt: skip
    """Put on record that the personnel department was told of whom a case complains, by letter (第三十条第二款).

    The letter says nothing of who petitions. A report is told of by the organ that has it, another case by the petition
    bureau that passes it on; what was noted as grave is told to the leaders of the party committee as well.
    """

    organ: Annotated[NamedBody, Field(description="The code of the department, or its name where it has none")]
    letter_no: Words
    told_at: Moment | None = None
    persons: Annotated[
        list[Code],
        Field(default_factory=list, max_length=PERSONS_MAX, description="All that are left, if none are named"),
    ]
    committee: Annotated[
        NamedBody | None, Field(description="The party committee of which the leaders were told as well")
    ] = None

    def act(self, r: Registration, by: By) -> None:
        personnel.tell(
            r, self.organ, self.letter_no, self.told_at or by.at, by.unit, self.directory, at=by.at,
            persons=self.persons, committee=self.committee,
        )  # fmt: skip

    def decide(self, r: Registration, by: By, /) -> dict[str, Any]:
        if not track.knows_of(r, by, self.directory):
            raise NotFound(str(r.id))
        return super().decide(r, by)


class NotAccept(Follow, Told, path="/cases/{case_id}/non-acceptance", by=CLERKS, called="不予受理告知", reply=Noticed):
    """Tell the petitioner why the case is not accepted, and who is competent (第十九条第三款、第二十条、第二十三条)."""

    ground: NotAcceptedGround
    competent_body: NamedBody
    pending_case: Annotated[
        NamedCase | None, Field(description="The case in which the same matter is being dealt with below")
    ] = None

    async def run(self, running: Running, by: By) -> Done:
        await self.look_up(running, by)
        same, withdrawn = await self._same_person(running)
        handling = await self._handling(running)
        handed_on = await self._handed_on(running)

        def act(them: Sequence[Registration]) -> dict[str, Any]:
            number = self.number("信不受", by)
            track.must_take_part(them[0], by, self.directory)
            track.must_be_at_the_door(them[0], by.unit, self.directory)
            recusal.must_not_be_challenged(them[0], by.actor)
            acceptance.not_accept(
                them[0], self.ground, by.unit, self.directory, pending=them[1] if len(them) > 1 else None,
                handling=handling, same_person=same, withdrawn=withdrawn, handed_on=handed_on, at=by.at,
                competent_body=self.competent_body, notice_no=number, **self.service(by),
            )  # fmt: skip
            return {**self.shows(them[0]), "notice_no": number}

        case, pending = self.case_id, self.pending_case
        streams = (case,) if pending in (None, case) else (case, pending)
        return await running.store.change_all(Registration, streams, act, by=by)

    async def _handed_on(self, running: Running) -> bool:
        """Return whether anybody was handed what is told apart already: that is known elsewhere."""
        case = await running.store.load(Registration, self.case_id)
        return case.kind is not None and await handed_on(running, self.case_id)

    async def _handling(self, running: Running) -> acceptance.InHandling | None:
        """Return which unit has accepted the same matter, by what that has recorded."""
        if self.pending_case is None:
            return None
        pending = await running.store.load(Registration, self.pending_case)
        told = await running.sources.history("mediation", self.pending_case)
        known = await borne_out(running, pending, told)
        return acceptance.in_handling((fact.event for fact in told), pending.direct_since, borne_out=known)

    async def _same_person(self, running: Running) -> tuple[bool, bool]:
        """Return whether both petitions are the same person's, by anything told of them, and whether theirs is over."""
        if self.pending_case is None:
            return False, False
        own, there = [await running.store.load(Registration, case) for case in (self.case_id, self.pending_case)]
        who = await same_person(running, *own.every_petition)
        same = not {*who}.isdisjoint(await same_person(running, *there.every_petition))
        return same, await has_withdrawn(running, there, who)


class ToWhoComesAgain(Follow, Told):
    """A command that tells whoever comes again after the end."""

    petition_id: UUID
    _handler: str | None

    async def look_up(self, running: Running, by: By) -> None:
        """Find out who has handled the case, where a unit answers and no bureau."""
        await super().look_up(running, by)
        self._handler = by.unit
        if by.role is not Role.bureau_officer:
            self._handler = (await running.sources.case("mediation", self.case_id) or {}).get("unit")
            return
        case = await running.store.known(Registration, self.case_id)
        track.must_be_at_the_door(case, by.unit, self.directory, await having(running, case, by))


class NoLongerAccept(
    ToWhoComesAgain, path="/cases/{case_id}/no-longer-accepted", by=(Role.bureau_officer, Role.unit_receiver),
    called="不再受理告知", reply=Noticed,
):  # fmt: skip
    """Tell who repeats what a recheck has settled that it is not accepted any more (第三十六条第三款).

    A petition that states anything new is registered as a new case, and somebody else's is answered.
    """

    new_facts: bool
    _same_person: bool

    async def look_up(self, running: Running, by: By) -> None:
        """Find out whether the petition is that of somebody for whom the recheck has settled the matter."""
        await super().look_up(running, by)
        case = await running.store.load(Registration, self.case_id)
        whose = await same_person(running, self.petition_id)
        self._same_person = not {*whose}.isdisjoint(await same_person(running, *case.parties, *case.spoken_for))

    def act(self, r: Registration, by: By) -> dict[str, Any]:
        acceptance.must_be_addressed(r, self.petition_id, by.unit, self._handler)
        number = self.number("信不再", by)
        acceptance.no_longer_accept(
            r, self.petition_id, same_person=self._same_person, new_facts=self.new_facts, at=by.at, notice_no=number,
            **self.service(by),
        )  # fmt: skip
        return {"notice_no": number}


class AnswerRepeat(
    ToWhoComesAgain, path="/cases/{case_id}/repeat-answer", by=(Role.bureau_officer, Role.unit_receiver),
    called="重复信访答复", reply=Noticed,
):  # fmt: skip
    """Tell who comes again after the end how the matter ended, or where what is new is handled (第二十二条)."""

    new_case: KnownCase | None = None

    def act(self, r: Registration, by: By) -> dict[str, Any]:
        acceptance.must_be_addressed(r, self.petition_id, by.unit, self._handler)
        number = self.number("信答", by)
        acceptance.answer_repeat(
            r, self.petition_id, new_case=self.new_case, at=by.at, notice_no=number, **self.service(by)
        )
        return {"notice_no": number}


class NoteUrgency(FollowHere, path="/cases/{case_id}/urgency", by=ALARMED, called="重大紧急情况"):
    """Put on record since when a matter is known that may affect the public (第二十五条)."""

    known_at: Moment | None = None

    def act(self, r: Registration, by: By) -> None:
        urgency.note_urgency(r, self.known_at or by.at, at=by.at)


class ReportUrgency(
    Follow, path="/cases/{case_id}/urgent-reports", by=ALARMED, called="重大紧急情况报告", reply=UrgencyReported
):
    """Put on record who knows; the first report counts as soon as all were told who have to be (第二十五条)."""

    stage: UrgentStage
    reported_at: Moment | None = None
    recipients: Annotated[list[KnownUnit], Field(min_length=1, max_length=RECIPIENTS_MAX)]
    document: CaseText

    def act(self, r: Registration, by: By) -> dict[str, Any]:
        missing = urgency.report_urgency(
            r, self.stage, self.reported_at or by.at, self.recipients, self.document, by.unit, self.directory, at=by.at
        )
        return {"still_to_be_told": missing}


class RequestWithdrawal(FollowHere, path="/cases/{case_id}/withdrawal", by=SCRIBES, called="申请撤回"):
    """Ask for withdrawal in the petitioner's own words; fifteen days to think again (第十七条).

    Where several petition, who has joined the case withdraws their own petition, and it goes on for the others.
    """

    document: CaseText
    petition_id: UUID | None = None

    def act(self, r: Registration, by: By) -> None:
        withdrawal.request_withdrawal(r, self.document, self.directory, at=by.at, petition=self.petition_id)


class RevokeWithdrawal(FollowHere, path="/cases/{case_id}/withdrawal/revocation", by=SCRIBES, called="撤销撤回申请"):
    """Let the case go on as it was, because the petitioner has thought again (第十七条)."""

    document: CaseText | None = None
    petition_id: UUID | None = None

    def act(self, r: Registration, by: By) -> None:
        withdrawal.revoke_withdrawal(r, self.document, at=by.at, petition=self.petition_id)


class ConfirmWithdrawal(
    Follow, path="/cases/{case_id}/withdrawal/confirmation", by=(Role.intake_clerk, Role.bureau_officer),
    called="确认撤回",
):  # fmt: skip
    """Withdraw the case, or one petition, after the cooling-off, out of the handling unit's reach (第十七条)."""

    known_at_once = True
    document: CaseText
    petition_id: UUID | None = None

    _handler: str | None

    async def look_up(self, running: Running, by: By) -> None:
        """Ask who has the case: that is known elsewhere."""
        await super().look_up(running, by)
        self._handler = await has_it(running, self.case_id)

    def act(self, r: Registration, by: By) -> None:
        track.must_be_at_the_door(r, by.unit, self.directory, [one for one in (self._handler,) if one])
        withdrawal.confirm_withdrawal(
            r, by.unit, self.document, self.directory, handler=self._handler, at=by.at, petition=self.petition_id
        )
