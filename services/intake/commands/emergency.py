"""The commands by which two of different units let an officer read a case in an emergency, and a third looks at why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

import structlog
from pydantic import Field

from contracts.vocabulary import EmergencyGround, Role
from services.chassis.commands import Owned
from services.chassis.context import By
from services.chassis.errors import NotFound
from services.chassis.metrics import EMERGENCIES
from services.chassis.references import KnownOfficer
from services.chassis.running import Running
from services.chassis.writer import Done
from services.intake.application.looking import under_seal
from services.intake.commands.cases import AboutCase, OnCaseEntry
from services.intake.domain.emergency import MINUTES_MAX, EmergencyAccess

LEADERS: Final = (Role.unit_head, Role.sponsor_leader, Role.supervisor)
"""Who has charge, and so answers for it that somebody reads what is not theirs."""
log = structlog.get_logger()


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


class GrantEmergencyAccess(
    OnCaseEntry[EmergencyAccess], path="/emergency-accesses/{emergency_access_id}/approval", by=LEADERS,
    called="同意应急查阅",
):  # fmt: skip
    """Agree, for another unit than the one that asks: from now on the officer reads the case, and all hear of it."""

    async def look_up(self, running: Running, by: By) -> None:
        await super().look_up(running, by)
        if await under_seal(running, self.referred["of_case"].id):
            raise NotFound(str(self.stream(by)))

    async def run(self, running: Running, by: By) -> Done:
        done = await super().run(running, by)
        if not done.again:
            EMERGENCIES.labels(running.service.name).inc()
            log.warning("emergency access", entry=str(self.stream(by)), unit=by.unit, granted_by=by.actor)
        return done

    def act(self, e: EmergencyAccess, by: By) -> None:
        e.grant(self.referred["of_case"], self.directory, by=by)


class EndEmergencyAccess(
    OnCaseEntry[EmergencyAccess], path="/emergency-accesses/{emergency_access_id}/end", by=LEADERS,
    called="收回应急查阅",
):  # fmt: skip
    """Take it back before its time, or what was asked for: for that one is enough."""

    def act(self, e: EmergencyAccess, by: By) -> None:
        e.end(at=by.at)


class ReviewEmergencyAccess(
    Owned, OnCaseEntry[EmergencyAccess], path="/emergency-accesses/{emergency_access_id}/review",
    by=(Role.auditor, Role.unit_head), called="复核应急查阅",
):  # fmt: skip
    """Say, as who had no part in it, whether there was reason for it and it was used for that (第五十四条)."""

    justified: bool

    def owners(self, e: EmergencyAccess) -> Sequence[str | None]:
        return [e.reviewer or None]

    def act(self, e: EmergencyAccess, by: By) -> None:
        e.review(justified=self.justified, at=by.at)
