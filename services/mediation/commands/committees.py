"""The commands about people's mediation committees and their mediators."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from pydantic import Field

from contracts.vocabulary import CommitteeSetting, RemovalGround
from services.chassis.commands import Entry, OnEntry
from services.chassis.context import By
from services.chassis.fields import Body, Code, Day, PublicLine
from services.chassis.questions import rows
from services.chassis.references import Refers
from services.chassis.running import Running
from services.mediation.commands.handling import REGISTRARS
from services.mediation.domain.committees import Committee, Mediator
from services.mediation.domain.handling import Handling

COUNT_MAX: Final = 10_000
_MEDIATING: Final = "SELECT id FROM case_view WHERE state = 'mediation'"


class Elected(Body):
    """Who was elected, when; the minutes lie in the vault."""

    member_count: Annotated[int, Field(ge=0, le=COUNT_MAX)]
    chair: Code
    has_woman: bool
    elected_on: Day
    document: UUID


class RegisterCommittee(
    Entry[Committee], Elected, path="/committees", by=REGISTRARS, called="人民调解委员会备案",
    location="/committees/{committee_id}",
):  # fmt: skip
    """Put an elected committee on the register (人民调解法 第八条、第九条)."""

    unit: Code
    setting: CommitteeSetting

    def act(self, c: Committee, by: By) -> None:
        c.register(
            self.unit, self.setting, self.member_count, self.chair, self.elected_on, self.document,
            has_woman=self.has_woman, at=by.at,
        )  # fmt: skip


class Reelect(
    OnEntry[Committee], Elected, path="/committees/{committee_id}/elections", by=REGISTRARS, called="人民调解委员会换届"
):
    """Put the next election of a committee on the register (人民调解法 第九条)."""

    def act(self, c: Committee, by: By) -> None:
        c.reelect(
            self.member_count, self.chair, self.elected_on, self.document, has_woman=self.has_woman, at=by.at
        )  # fmt: skip


class RegisterMediator(
    Entry[Mediator], path="/committees/{committee_id}/mediators", by=REGISTRARS, called="人民调解员备案",
    location="/mediators/{mediator_id}",
):  # fmt: skip
    """Let somebody mediate for a committee (人民调解法 第十三条)."""

    committee_id: Annotated[UUID, Refers(Committee)]
    mediator: Code
    certificate_no: PublicLine

    def act(self, m: Mediator, by: By) -> None:
        m.register(self.referred["committee_id"], self.mediator, self.certificate_no, at=by.at)


class OnMediator(OnEntry[Mediator]):
    """A command on a mediator of the register."""

    document: UUID


class TrainMediator(OnMediator, path="/mediators/{mediator_id}/trainings", by=REGISTRARS, called="人民调解员培训"):
    """Put a training on record (人民调解法 第十四条第二款)."""

    trained_on: Day
    hours: Annotated[int, Field(ge=1, le=COUNT_MAX)]

    def act(self, m: Mediator, by: By) -> None:
        m.train(self.trained_on, self.hours, self.document, at=by.at)


class RemoveMediator(OnMediator, path="/mediators/{mediator_id}/removal", by=REGISTRARS, called="人民调解员罢免、解聘"):
    """Take a mediator's office away (人民调解法 第十五条); the committee names somebody else for what goes on."""

    ground: RemovalGround

    _unit: str
    _cases: list[UUID]

    async def look_up(self, running: Running, by: By) -> None:
        await super().look_up(running, by)
        known = running.store.known
        mediator = await known(Mediator, self.stream(by))
        assert mediator.committee is not None
        self._unit = (await known(Committee, mediator.committee)).unit
        going_on = [await known(Handling, row["id"]) for row in await rows(running.store, _MEDIATING)]
        who = (mediator.mediator, self._unit)
        self._cases = [h.id for h in going_on if (h.mediator, h.mediator_unit) == who]

    def act(self, m: Mediator, by: By) -> None:
        m.remove(self.ground, self.document, unit=self._unit, cases=self._cases, at=by.at)
