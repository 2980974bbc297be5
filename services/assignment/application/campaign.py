"""The commands by which a leader, a team and a plan are put around a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from contracts.vocabulary import HandoverReason, Milestone, ReleaseGround, Role, SixOneDuty, SixOnePaper, SponsorDuty
from services.assignment.application.directory import found
from services.assignment.domain.assigning import Assignment
from services.assignment.domain.campaign import Campaign
from services.chassis.context import By
from services.chassis.store import Store
from services.chassis.writer import Done

ORGANISERS: Final = (Role.conference_secretary, Role.bureau_officer)
LED: Final = (Role.sponsor_leader, *ORGANISERS)


class Campaigning:
    """What can be done about who leads the work on a case, and by which plan."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def appoint(self, case: UUID, order_no: str, sponsor: str, duties: Sequence[SponsorDuty], *, by: By) -> Done:
        """Let one leader answer for a case (第十八条第二款)."""
        by.must_be(*ORGANISERS)
        return await self._change(case, by, lambda c: c.appoint(case, order_no, sponsor, duties, at=by.at))

    async def replace(
        self, case: UUID, order_no: str, sponsor: str, reason: HandoverReason, document: UUID, *, by: By
    ) -> Done:
        """Hand a case over to another leader (第十八条第二款)."""
        by.must_be(*ORGANISERS)
        return await self._change(case, by, lambda c: c.replace(order_no, sponsor, reason, document, at=by.at))

    async def do_duty(self, case: UUID, duty: SponsorDuty, document: UUID, *, by: By) -> Done:
        """Tick a duty of the sponsor off (第十八条第二款)."""
        by.must_be(Role.sponsor_leader)
        return await self._change(case, by, lambda c: c.do_duty(by.actor, duty, document, at=by.at))

    async def release(self, case: UUID, ground: ReleaseGround, document: UUID, *, by: By) -> Done:
        """Let the sponsor go at the end of a case (第十八条第二款)."""
        by.must_be(*ORGANISERS)
        return await self._change(case, by, lambda c: c.release(ground, document, at=by.at))

    async def name_team(
        self, case: UUID, lead_unit: str, units: Sequence[str], officers: Sequence[str], *, by: By
    ) -> Done:
        """Settle who works on a case (第十八条第二款)."""
        by.must_be(*LED)
        for unit in (lead_unit, *units):
            await found(self.store, unit)
        return await self._change(case, by, lambda c: c.name_team(lead_unit, units, officers, at=by.at))

    async def file_plan(
        self, case: UUID, document: UUID, due_on: date, steps: Mapping[Milestone, int], *, by: By
    ) -> Done:
        """File the plan of a case, its steps counted back from the last day (第二十八条第一款)."""
        by.must_be(*LED)
        return await self._change(case, by, lambda c: c.file_plan(document, due_on, steps, at=by.at))

    async def begin(self, case: UUID, *, by: By) -> Done:
        """Begin the work by leader, team and plan (第十八条第二款)."""
        by.must_be(*LED)
        return await self._change(case, by, lambda c: c.begin(at=by.at))

    async def reach(self, case: UUID, milestone: Milestone, document: UUID, *, by: By) -> Done:
        """Note that a step of the plan is done (第二十八条第一款)."""
        by.must_be(Role.case_officer, *LED)
        return await self._change(case, by, lambda c: c.reach(milestone, document, at=by.at))

    async def miss(self, case: UUID, *, by: By) -> Done:
        """Put the steps on record whose day has passed (第二十八条第一款)."""
        by.must_be(Role.system, Role.conference_secretary)
        return await self._change(case, by, lambda c: c.miss(at=by.at))

    async def open_six_one(self, case: UUID, order_no: str, *, by: By) -> Done:
        """Put a case under the six-and-three scheme (第十八条第二款)."""
        by.must_be(*ORGANISERS)
        return await self._change(case, by, lambda c: c.open_six_one(case, order_no, at=by.at))

    async def file_paper(self, case: UUID, paper: SixOnePaper, reference: str, *, by: By) -> Done:
        """Name a paper of the scheme by its number (第十八条第二款)."""
        by.must_be(*LED)
        return await self._change(case, by, lambda c: c.file_paper(paper, reference, at=by.at))

    async def do_six_one_duty(self, case: UUID, duty: SixOneDuty, document: UUID, *, by: By) -> Done:
        """Tick a duty of the scheme off (第十八条第二款)."""
        by.must_be(*LED)
        return await self._change(case, by, lambda c: c.do_six_one_duty(duty, document, at=by.at))

    async def complete_six_one(self, case: UUID, *, by: By) -> Done:
        """Find that nothing of the scheme is missing (第十八条第二款)."""
        by.must_be(*ORGANISERS)
        return await self._change(case, by, lambda c: c.complete_six_one(at=by.at))

    async def _change(self, case: UUID, by: By, act: Callable[[Campaign], None]) -> Done:
        await self.store.known(Assignment, case)

        def decide(campaign: Campaign) -> dict[str, Any]:
            act(campaign)
            return {"case_id": case, "state": campaign.state}

        return await self.store.change(Campaign, Campaign.stream(case), decide, by=by, may_open=True)
