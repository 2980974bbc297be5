"""The commands of the days on which leaders receive whoever comes."""

from __future__ import annotations

from asyncio import gather
from contextlib import suppress
from typing import Final
from uuid import UUID

from pydantic import Field

from contracts.vocabulary import ReceptionMissReason, ReceptionState, Role
from services.assignment.commands.acting import LED, ORGANISERS, InCase
from services.assignment.domain.assigning import Assignment
from services.assignment.domain.receptions import Reception
from services.chassis.commands import Entry, OnEntry, Reply
from services.chassis.context import By
from services.chassis.errors import NotFound
from services.chassis.fields import Day
from services.chassis.references import BlamedOfficer, KnownPlace, NamedCase
from services.chassis.running import Running

RECEIVED_MAX: Final = 200


class Received(Reply):
    """What has become of the day."""

    reception_id: UUID
    state: ReceptionState


class RosterReception(
    Entry[Reception], path="/receptions", by=ORGANISERS, called="公布接访", reply=Received,
    location="/receptions/{reception_id}",
):  # fmt: skip
    """Publish who receives, where and when (第十八条第一款)."""

    may_open = True

    leader: BlamedOfficer
    place: KnownPlace
    received_on: Day

    def stream(self, by: By) -> UUID:  # noqa: ARG002  # the day has one stream, whoever publishes it
        return Reception.stream(self.leader, self.place, self.received_on)

    def act(self, r: Reception, by: By) -> None:
        r.roster(self.leader, self.place, self.received_on, at=by.at)


class OnReception(OnEntry[Reception], reply=Received):
    """A command about a day that was published."""


class HoldReception(
    InCase,
    OnReception,
    path="/receptions/{reception_id}/record",
    by=(Role.intake_clerk, *ORGANISERS),
    called="接访记录",
):
    """Note which cases were received, and until when the leader comes back to them (第十八条第二款)."""

    cases: list[NamedCase] = Field(max_length=RECEIVED_MAX)
    follow_up_due: Day

    _leader: str

    async def cases_of(self, running: Running, by: By) -> list[Assignment]:
        self._leader = (await running.store.known(Reception, self.stream(by))).leader
        found = await gather(*(self._known(running, case) for case in dict.fromkeys(self.cases)))
        return [case for case in found if case]

    @staticmethod
    async def _known(running: Running, case: UUID) -> Assignment | None:
        with suppress(NotFound):  # it is not told apart yet, or is nothing for this service
            return await running.store.known(Assignment, case)
        return None

    def named(self) -> list[str]:
        return [self._leader]

    def act(self, r: Reception, by: By) -> None:
        r.hold(self.cases, self.follow_up_due, at=by.at)


class MissReception(
    OnReception, path="/receptions/{reception_id}/absence", by=(Role.intake_clerk, *ORGANISERS), called="未接访"
):
    """Note that nobody was received, and why (第十八条第二款)."""

    reason_code: ReceptionMissReason

    def act(self, r: Reception, by: By) -> None:
        r.miss(self.reason_code, at=by.at)


class FollowUpReception(OnReception, path="/receptions/{reception_id}/follow-up", by=LED, called="回访落实"):
    """Show that what was promised is done (第十八条第二款)."""

    document: UUID

    def act(self, r: Reception, by: By) -> None:
        r.follow_up(self.document, at=by.at)
