"""The commands of the joint conference, and of the units that it gives something to do."""

from __future__ import annotations

from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import Field

from contracts.vocabulary import ConferenceState, Role
from services.assignment.commands.acting import ORGANISERS, UNIT_DOOR, InCase, KnownCase, Organising
from services.assignment.domain.assigning import Assignment
from services.assignment.domain.conferences import AGENDA_MAX, Conference
from services.chassis.charge import must_have_charge_of
from services.chassis.commands import Entry, OnEntry, Reply
from services.chassis.context import By
from services.chassis.fields import Day
from services.chassis.references import KnownUnit, given_units
from services.chassis.running import Running
from services.chassis.texts import CaseText
from services.chassis.views import Told

SECRETARY: Final = (Role.conference_secretary,)

Item = Annotated[int, Field(ge=1, le=AGENDA_MAX)]


class Convened(Reply):
    """The conference and its number."""

    conference_id: UUID
    conference_no: str


class Conferred(Reply):
    """How far the conference is, and how long its agenda."""

    conference_id: UUID
    state: ConferenceState
    items: Annotated[int, Told(lambda c: len(c.agenda))]


class ConveneConference(
    Entry[Conference], path="/conferences", by=SECRETARY, called="召集联席会议", reply=Convened,
    location="/conferences/{conference_id}",
):  # fmt: skip
    """Call the joint conference (第十三条)."""

    held_on: Day

    def act(self, c: Conference, by: By) -> None:
        c.convene(self.number("联", by), self.held_on, by.unit, at=by.at)


class OnConference(OnEntry[Conference], reply=Conferred):
    """A command about a conference."""


class Convening(OnConference):
    """A command by who has called the conference, or organises in the territory for which it was called."""

    def decide(self, c: Conference, by: By) -> dict[str, Any]:
        """Let nobody else act. Raises ``NotInTheirCharge``."""
        must_have_charge_of(by, [] if c.convened_by is None else [c.convened_by], self.directory)
        return super().decide(c, by)


class AddAgendaItem(
    Organising, Convening, path="/conferences/{conference_id}/agenda", by=SECRETARY, called="列入议题"
):  # fmt: skip
    """Put something on the agenda, described in the vault; `matter` is the case, if there is one (第十三条第一款)."""

    case_in = "matter"
    document: CaseText
    matter: KnownCase | None = None

    async def of_case(self, running: Running, by: By) -> UUID | None:  # noqa: ARG002  # it was sent
        return self.matter

    async def cases_of(self, running: Running, by: By) -> list[Assignment]:  # noqa: ARG002  # it was looked up
        found = self.referred["matter"]
        return [] if found is None else [found]

    def act(self, c: Conference, by: By) -> None:
        c.add_item(self.matter, self.document, at=by.at)


class AtConference(InCase, OnConference):
    """A command by which a unit is there, unless all that is on the agenda complains of it (第二十八条第三款)."""

    async def cases_of(self, running: Running, by: By) -> list[Assignment]:
        agenda = (await running.store.known(Conference, self.stream(by))).agenda
        matters = [await running.store.known(Assignment, matter) for matter in agenda if matter is not None]
        units, directory = given_units(self) or [by.unit], running.store.directories.current
        harmless = [case for case in matters if case.barred(directory).isdisjoint(units)]
        return [] if harmless or len(matters) < len(agenda) else matters


class SummonUnit(
    AtConference, Convening, path="/conferences/{conference_id}/summons", by=ORGANISERS, called="通知列席"
):
    """Have a unit of the territory come (第十三条第一款 本地区, 第十四条第二项)."""

    unit: KnownUnit

    def act(self, c: Conference, by: By) -> None:
        must_have_charge_of(by, [self.unit], self.directory)
        c.summon(self.unit, at=by.at)


class ConsultUnit(
    AtConference, path="/conferences/{conference_id}/consultations", by=UNIT_DOOR, called="列席会商"
):  # fmt: skip
    """Say for one's unit what it thinks, before anything is decided that it has to do (第十三条第一款)."""

    document: UUID

    def act(self, c: Conference, by: By) -> None:
        c.consult(by.unit, by.actor, self.document, at=by.at)


class OnItem(InCase, OnConference):
    """A command about something on the agenda, whose texts are those of its case, if it is about one."""

    item: Item

    async def of_case(self, running: Running, by: By) -> UUID | None:
        return (await running.store.known(Conference, self.stream(by))).matter_of(self.item)


class DecideConferenceItem(
    OnItem, Convening, path="/conferences/{conference_id}/decisions", by=SECRETARY, called="议定事项"
):  # fmt: skip
    """Record who does what until when, as soon as who does it was heard (第十三条第一款)."""

    owner: KnownUnit
    due_on: Day
    document: CaseText

    def act(self, c: Conference, by: By) -> None:
        c.decide(self.item, self.owner, self.due_on, self.document, at=by.at)


class CarryOutConferenceItem(OnItem, path="/conferences/{conference_id}/reports", by=UNIT_DOOR, called="报告落实"):
    """Report that what was decided is done, with proof (第十二条第二款)."""

    proof: CaseText

    def act(self, c: Conference, by: By) -> None:
        c.carry_out(self.acting_as(by, c.owners.get(self.item)), self.item, self.proof, at=by.at)
