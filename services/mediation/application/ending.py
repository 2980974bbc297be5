"""The commands by which a case ends, and by which care goes on."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from contracts.vocabulary import AidKind, CareKind, OutcomeAxis, Role, TerminationGround
from services.chassis.context import By
from services.chassis.writer import Done
from services.mediation.application.acting import DECIDERS, UNIT_STAFF, Commands
from services.mediation.domain import ending


class Ending(Commands):
    """Reports, closing, termination, aid and care."""

    async def close(self, case: UUID, *, by: By) -> Done:
        """Close the case."""
        by.must_be(*DECIDERS)
        return await self._act(case, by, lambda h: ending.close(h, by.unit, at=by.at))

    async def terminate(self, case: UUID, ground: TerminationGround, document: UUID | None, *, by: By) -> Done:
        """End the petition procedure, as the bureau that has looked whether it may end (第三十六条第三款)."""
        by.must_be(Role.bureau_officer)
        return await self._act(case, by, lambda h: ending.terminate(h, ground, document, at=by.at))

    async def submit_report(self, case: UUID, document: UUID, *, by: By) -> Done:
        """Report the result to whoever assigned the case (第二十二条第三项)."""
        by.must_be(*DECIDERS)
        return await self._act(case, by, lambda h: ending.submit_report(h, by.unit, document, at=by.at))

    async def return_report(self, case: UUID, due_on: date, *, by: By) -> Done:
        """Give a report of the result back (第二十二条第三项)."""
        by.must_be(Role.bureau_officer)
        return await self._act(case, by, lambda h: ending.return_report(h, due_on, at=by.at))

    async def assess_outcome(self, case: UUID, axis: OutcomeAxis, document: UUID, *, achieved: bool, by: By) -> Done:
        """Say whether the work has reached what it should (第二十七条)."""
        by.must_be(*DECIDERS)
        return await self._act(
            case, by, lambda h: ending.assess_outcome(h, by.unit, axis, document, achieved=achieved, at=by.at)
        )

    async def refer_aid(self, case: UUID, kind: AidKind, agency: str, *, by: By) -> Done:
        """Tell somebody in hardship of help (第三十七条第二款)."""
        by.must_be(*UNIT_STAFF)
        return await self._act(case, by, lambda h: ending.refer_aid(h, by.unit, kind, agency, at=by.at))

    async def record_care(self, case: UUID, kind: CareKind, document: UUID, *, by: By) -> Done:
        """Put on file what is done after the end (第三十七条第三款)."""
        by.must_be(*UNIT_STAFF)
        return await self._act(case, by, lambda h: ending.record_care(h, by.unit, kind, document, at=by.at))
