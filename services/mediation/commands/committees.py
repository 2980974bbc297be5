"""The commands about people's mediation committees and their mediators."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import Field

from contracts.vocabulary import CommitteeSetting, MediatorState, RemovalGround
from services.chassis.charge import must_be_of_one_territory, must_have_charge_of
from services.chassis.commands import Entry, OnEntry
from services.chassis.context import By
from services.chassis.directory import Directory, Post
from services.chassis.fields import Body, Code, Day, RegisterNo
from services.chassis.questions import rows
from services.chassis.references import BlamedUnit, Refers, known_officer
from services.chassis.running import Running
from services.chassis.store import Store
from services.mediation.commands.handling import REGISTRARS
from services.mediation.domain.committees import Committee, Mediator
from services.mediation.domain.handling import Handling

COUNT_MAX: Final = 10_000
_NUMBER: Final = re.compile(r"[A-Z]{0,4}-?[0-9]{1,10}")
_REGISTERED: Final = """
SELECT m.state FROM mediator_view m JOIN committee_view c ON c.id = m.committee WHERE m.mediator = $1 AND c.unit = $2
"""
_MEDIATING: Final = "SELECT id FROM case_view WHERE state = 'mediation'"


async def on_register(running: Running, mediator: str, unit: str) -> tuple[bool, bool]:
    """Return whether somebody is on the register of a unit's committee, and whether they were removed from it."""
    found = await rows(running.store, _REGISTERED, mediator, unit)
    registered = any(row["state"] != MediatorState.removed for row in found)
    return registered, bool(found) and not registered


def must_keep(c: Committee, by: By, directory: Directory) -> None:
    """Let only the committee's own unit, who has put it on the register or who has charge of that one keep it there.

    (人民调解法 第十五条 推选或者聘任单位)
    """
    if directory.acting_as(by.unit, c.unit) != c.unit:
        must_have_charge_of(by, [c.kept_by], directory)


async def _of_village(store: Store, code: str) -> dict[str, Post]:
    """Return what somebody is by the directory; of whom that does not have, only a number is known here."""
    return {} if _NUMBER.fullmatch(code) else await known_officer(store, code)


OfVillage = Annotated[Code, Refers(Post, _of_village)]
"""The code of an officer, or a number of the register: who is elected in a village need hold no post."""


class Elected(Body):
    """Who was elected, when; the minutes lie in the vault."""

    member_count: Annotated[int, Field(ge=0, le=COUNT_MAX)]
    chair: OfVillage
    has_woman: bool
    elected_on: Day
    document: UUID


class RegisterCommittee(
    Entry[Committee], Elected, path="/committees", by=REGISTRARS, called="人民调解委员会备案",
    location="/committees/{committee_id}",
):  # fmt: skip
    """Put an elected committee on the register (人民调解法 第八条、第九条)."""

    unit: BlamedUnit
    setting: CommitteeSetting

    def act(self, c: Committee, by: By) -> None:
        must_be_of_one_territory(by, self.unit, self.directory)
        c.register(
            self.unit, self.setting, self.member_count, self.chair, self.elected_on, self.document,
            has_woman=self.has_woman, at=by.at, registered_by=by.unit,
        )  # fmt: skip


class Reelect(
    OnEntry[Committee], Elected, path="/committees/{committee_id}/elections", by=REGISTRARS, called="人民调解委员会换届"
):
    """Put the next election of a committee on the register (人民调解法 第九条)."""

    def act(self, c: Committee, by: By) -> None:
        must_keep(c, by, self.directory)
        c.reelect(
            self.member_count, self.chair, self.elected_on, self.document, has_woman=self.has_woman, at=by.at
        )  # fmt: skip


class RegisterMediator(
    Entry[Mediator], path="/committees/{committee_id}/mediators", by=REGISTRARS, called="人民调解员备案",
    location="/mediators/{mediator_id}",
):  # fmt: skip
    """Let somebody mediate for a committee (人民调解法 第十三条)."""

    committee_id: Annotated[UUID, Refers(Committee)]
    mediator: OfVillage
    certificate_no: RegisterNo

    def act(self, m: Mediator, by: By) -> None:
        must_keep(self.referred["committee_id"], by, self.directory)
        m.register(self.referred["committee_id"], self.mediator, self.certificate_no, at=by.at)


class OnMediator(OnEntry[Mediator]):
    """A command on a mediator of the register, by who keeps that."""

    document: UUID

    _committee: Committee

    async def look_up(self, running: Running, by: By) -> None:
        """Find the committee."""
        await super().look_up(running, by)
        mediator = await running.store.known(Mediator, self.stream(by))
        assert mediator.committee is not None
        self._committee = await running.store.known(Committee, mediator.committee)

    def decide(self, m: Mediator, by: By) -> dict[str, Any]:
        """Let nobody else act. Raises ``NotInTheirCharge``."""
        must_keep(self._committee, by, self.directory)
        return super().decide(m, by)


class TrainMediator(OnMediator, path="/mediators/{mediator_id}/trainings", by=REGISTRARS, called="人民调解员培训"):
    """Put a training on record (人民调解法 第十四条第二款)."""

    trained_on: Day
    hours: Annotated[int, Field(ge=1, le=COUNT_MAX)]

    def act(self, m: Mediator, by: By) -> None:
        m.train(self.trained_on, self.hours, self.document, at=by.at)


class RemoveMediator(OnMediator, path="/mediators/{mediator_id}/removal", by=REGISTRARS, called="人民调解员罢免、解聘"):
    """Take a mediator's office away (人民调解法 第十五条); the committee names somebody else for what goes on."""

    ground: RemovalGround

    _cases: list[UUID]

    async def look_up(self, running: Running, by: By) -> None:
        await super().look_up(running, by)
        known = running.store.known
        mediator = await known(Mediator, self.stream(by))
        going_on = [await known(Handling, row["id"]) for row in await rows(running.store, _MEDIATING)]
        who = (mediator.mediator, self._committee.unit)
        self._cases = [h.id for h in going_on if (h.mediator, h.mediator_unit) == who]

    def act(self, m: Mediator, by: By) -> None:
        m.remove(self.ground, self.document, unit=self._committee.unit, cases=self._cases, at=by.at)
