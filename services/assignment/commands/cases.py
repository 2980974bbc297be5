"""The commands by which a case finds its unit."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from pydantic import Field

from contracts.vocabulary import DisputeLevel, Forwarding, JudicialManner, ObjectionGround, Role, ServiceMethod
from services.assignment.application.assigning import hand, how_far, is_accepted, pass_down, sender_of
from services.assignment.commands.acting import ORGANISERS, UNIT_DOOR
from services.assignment.domain.assigning import Assignment, Dispute, Told
from services.chassis.commands import Command, Reply
from services.chassis.context import By
from services.chassis.fields import Day, Moment
from services.chassis.references import GivenUnit, KnownUnit
from services.chassis.running import Running
from services.chassis.texts import CaseText
from services.chassis.words import Receipt
from services.chassis.writer import Done

UNITS_MAX: Final = 20
ARBITERS: Final = (Role.unit_head, Role.sponsor_leader, Role.conference_secretary)
"""Who says for a common superior, or for the joint conference, whose a case is."""


class Assigned(Reply):
    """Which case it was."""

    case_id: UUID


class OnCase(Command[Assignment], reply=Assigned):
    """A command about who has a case, by nobody who keeps out of it (第二十八条第三款)."""

    case_id: UUID

    def decide(self, a: Assignment, by: By) -> dict[str, Any]:
        a.must_not_keep_out(by, self.directory)
        return super().decide(a, by)


class AssignCase(OnCase, path="/cases/{case_id}/assignment", by=(Role.bureau_officer, *UNIT_DOOR), called="转送、交办"):
    """Forward (转送) or assign (交办) a case to a competent unit, by a day where it is assigned (第二十二条).

    A unit other than the bureau does so with what was brought to it, or handed to it in the last five working days,
    for a unit under it, and says how the petitioner was told where it went.
    """

    mode: Forwarding
    unit: GivenUnit
    due_on: Day | None = None
    method: ServiceMethod | None = None
    served_at: Moment | None = None
    receipt: Receipt | None = None

    async def run(self, running: Running, by: By) -> Done:
        if by.role is Role.bureau_officer:
            return await hand(running.store, self.case_id, self.mode, self.unit, self.due_on, by=by)
        told = Told(self.method, self.served_at or by.at, self.receipt) if self.method and self.receipt else None
        return await pass_down(running, self.case_id, self.mode, self.unit, self.due_on, told, by=by)


class ObjectToJurisdiction(OnCase, path="/cases/{case_id}/objection", by=UNIT_DOOR, called="提出异议"):
    """Object to jurisdiction within five working days, with reasons in the vault (第二十三条第三款)."""

    ground: ObjectionGround
    reasons: CaseText
    proposed_unit: KnownUnit | None = None
    _sender: str | None
    _accepted: bool

    async def look_up(self, running: Running, by: By) -> None:
        await super().look_up(running, by)
        self._sender = await sender_of(running.store, self.case_id)
        self._accepted = await is_accepted(running, self.case_id)

    def act(self, a: Assignment, by: By) -> None:
        a.object(
            by.unit, self.ground, self.reasons, self.proposed_unit, self._sender, self.directory, at=by.at,
            accepted=self._accepted,
        )  # fmt: skip


class DecideObjection(
    OnCase, path="/cases/{case_id}/objection/decision", by=(Role.bureau_officer, *UNIT_DOOR), called="核实异议"
):
    """Decide on an objection after verifying it, as who has forwarded or assigned the case (第二十三条第三款)."""

    upheld: bool

    def act(self, a: Assignment, by: By) -> None:
        a.decide(by.unit, self.directory, upheld=self.upheld, at=by.at)


class TakeCase(OnCase, path="/cases/{case_id}/taking", by=UNIT_DOOR, called="本单位办理"):
    """Keep what was brought to the own unit (第二十三条第一款)."""

    async def look_up(self, running: Running, by: By) -> None:
        await super().look_up(running, by)
        await running.store.directories.knowing(by.unit)

    def act(self, a: Assignment, by: By) -> None:
        a.take(by.unit, self.directory, at=by.at)


class RouteOut(
    OnCase, path="/cases/{case_id}/judicial-route", by=(Role.bureau_officer, Role.unit_receiver), called="转政法机关"
):
    """Leave a case about litigation to the organs of the law (第二十二条第二款、第三十一条第一项)."""

    organ: KnownUnit
    manner: JudicialManner

    def act(self, a: Assignment, by: By) -> None:
        a.must_have_to_do_with(by, self.directory)
        a.route_out(self.referred["organ"], self.manner, by.unit, self.directory, at=by.at)


class Share(OnCase):
    """A command about whose a case is between units; what they promised the petitioner stays with who did so."""

    _accepted: bool
    _decided: bool

    async def look_up(self, running: Running, by: By) -> None:
        await super().look_up(running, by)
        self._accepted, self._decided = await how_far(running, self.case_id)


class ProposeSharing(Share, path="/cases/{case_id}/sharing", by=UNIT_DOOR, called="提议协商受理"):
    """Propose, as the unit that has the case, who leads and who helps, itself among them (第二十四条第一款)."""

    lead: KnownUnit
    co_units: list[KnownUnit] = Field(min_length=1, max_length=UNITS_MAX)

    def act(self, a: Assignment, by: By) -> None:
        a.share(
            by.unit, self.lead, self.co_units, self.directory, accepted=self._accepted, decided=self._decided, at=by.at
        )


class AnswerSharing(Share, path="/cases/{case_id}/sharing/answer", by=UNIT_DOOR, called="答复协商受理"):
    """Say for the own unit whether it agrees; when all do that settles it, and one that does not disputes it."""

    agreed: bool

    def act(self, a: Assignment, by: By) -> None:
        a.answer_sharing(
            by.unit, self.directory, agreed=self.agreed, accepted=self._accepted, decided=self._decided, at=by.at
        )


class ReferDispute(Share, path="/cases/{case_id}/dispute", by=ORGANISERS, called="提请指定管辖"):
    """Ask whoever stands above the units, or the joint conference, whose the case is (第二十四条)."""

    level: DisputeLevel
    units: list[KnownUnit] = Field(min_length=1, max_length=UNITS_MAX)
    arbiter: KnownUnit

    def act(self, a: Assignment, by: By) -> None:
        a.must_have_to_do_with(by, self.directory, self.units)
        dispute = Dispute(self.level, self.arbiter, tuple(self.units))
        a.refer(dispute, self.directory, decided=self._decided, at=by.at)


class DesignateLead(OnCase, path="/cases/{case_id}/lead-unit", by=ARBITERS, called="指定牵头单位"):
    """Settle who leads and who helps of the units concerned, for whoever was asked to (第二十四条)."""

    unit: KnownUnit
    co_units: list[KnownUnit] = Field(default_factory=list, max_length=UNITS_MAX)

    def act(self, a: Assignment, by: By) -> None:
        a.designate(self.unit, self.co_units, by.unit, self.directory, at=by.at)
