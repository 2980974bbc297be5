"""The commands by which two of different units let an officer read a case in an emergency, and a third looks at why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

from msgspec.structs import replace
from pydantic import Field

from contracts.periods.calendar import day
from contracts.vocabulary import EmergencyGround, Role
from services.chassis.context import By
from services.chassis.errors import NotFound
from services.chassis.references import KnownOfficer
from services.chassis.relating import has_to_do
from services.chassis.running import Running
from services.chassis.writer import Done
from services.intake.application.looking import under_seal
from services.intake.application.telling import let_know
from services.intake.commands.cases import AboutCase, OnCaseEntry
from services.intake.domain.emergency import MINUTES_MAX, EmergencyAccess, NotPending

LEADERS: Final = (Role.unit_head, Role.sponsor_leader, Role.supervisor)
"""Who has charge, and so answers for it that somebody reads what is not theirs."""


class AskEmergencyAccess(
    AboutCase[EmergencyAccess], path="/cases/{case_id}/emergency-accesses", by=LEADERS, called="申请应急查阅"
):
    """Ask that an officer who has nothing to do with a case may read it for a while.

    Of a report about an official nobody learns so (第三十条第三款).
    """

    officer: KnownOfficer
    ground: EmergencyGround
    minutes: Annotated[int, Field(ge=1, le=MINUTES_MAX)] = MINUTES_MAX

    async def look_up(self, running: Running, by: By) -> None:
        await super().look_up(running, by)
        if await under_seal(running, self.case_id):
            raise NotFound(str(self.case_id))

    def act(self, e: EmergencyAccess, by: By) -> None:
        e.ask(self.case_id, self.officer, self.ground, self.minutes, by=by)


class OnEmergencyAccess(OnCaseEntry[EmergencyAccess]):
    """A command on an access that was asked for; all others know of it before it is answered."""

    async def run(self, running: Running, by: By) -> Done:
        done = await super().run(running, by)
        await let_know(running, self.referred["of_case"].id)
        return done


class GrantEmergencyAccess(
    OnEmergencyAccess, path="/emergency-accesses/{emergency_access_id}/approval", by=LEADERS, called="同意应急查阅"
):
    """Agree, for another unit than the one that asks: from now on the officer reads the case, and all hear of it."""

    async def look_up(self, running: Running, by: By) -> None:
        """Make sure that who asks for it still has charge in the case. Raises ``NotPending``."""
        await super().look_up(running, by)
        case = self.referred["of_case"].id
        if await under_seal(running, case):
            raise NotFound(str(self.stream(by)))
        entry = await running.store.known(EmergencyAccess, self.stream(by))
        first = replace(by, actor=entry.asked_by, unit=entry.unit, role=entry.asked_as)
        posts = self.directory.posts_of(first.actor, day(by.at))
        if (first.unit, first.role) not in posts or not await has_to_do(running, case, first):
            raise NotPending

    def act(self, e: EmergencyAccess, by: By) -> None:
        e.grant(self.referred["of_case"], self.directory, by=by)


class EndEmergencyAccess(
    OnEmergencyAccess, path="/emergency-accesses/{emergency_access_id}/end", by=LEADERS, called="收回应急查阅"
):
    """Take it back before its time, or what was asked for: for that one is enough."""

    def act(self, e: EmergencyAccess, by: By) -> None:
        e.end(at=by.at)


class ReviewEmergencyAccess(
    OnEmergencyAccess, path="/emergency-accesses/{emergency_access_id}/review", by=(Role.auditor, Role.unit_head),
    called="复核应急查阅",
):  # fmt: skip
    """Say, as who had no part in it, whether there was reason for it and it was used for that (第五十四条)."""

    justified: bool

    def owners(self, e: EmergencyAccess) -> Sequence[str | None]:
        return [e.reviewer]

    def act(self, e: EmergencyAccess, by: By) -> None:
        e.review(self.referred["of_case"], self.directory, justified=self.justified, by=by)
