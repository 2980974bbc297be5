"""The commands of those who look again: review and recheck."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from contracts.vocabulary import Result, ReviewResult, Role
from services.chassis.context import By, document_no
from services.chassis.writer import Done
from services.mediation.application.acting import Commands
from services.mediation.domain import remedy
from services.mediation.domain.delivery import Delivery


class LookingAgain(Commands):
    """What the reviewing and the rechecking unit can do."""

    async def request_review(self, case: UUID, received_at: datetime | None, document: UUID, *, by: By) -> Done:
        """Take in a request for review (第三十五条)."""
        by.must_be(Role.reviewer)
        return await self._act(
            case, by, lambda h: remedy.request_review(h, by.unit, received_at or by.at, document, at=by.at)
        )

    async def serve_review(
        self, case: UUID, result: ReviewResult, document: UUID, delivery: Delivery, recheck_body: str,
        changed_to: Result | None, *, by: By,
    ) -> Done:  # fmt: skip
        """Answer a request for review in writing (第三十五条)."""
        by.must_be(Role.reviewer)
        number = document_no("查", by)
        return await self._act(
            case,
            by,
            lambda h: remedy.serve_review(
                h, by.unit, number, result, document, delivery, by.actor, recheck_body, changed_to, at=by.at
            ),
            opinion_no=number,
        )

    async def request_recheck(self, case: UUID, received_at: datetime | None, document: UUID, *, by: By) -> Done:
        """Take in a request for recheck (第三十六条)."""
        by.must_be(Role.recheck_officer)
        return await self._act(
            case, by, lambda h: remedy.request_recheck(h, by.unit, received_at or by.at, document, at=by.at)
        )

    async def open_recheck_hearing(self, case: UUID, presider: str, *, public: bool, by: By) -> Done:
        """Begin a hearing in a recheck (第三十六条第二款)."""
        by.must_be(Role.recheck_officer)
        return await self._act(
            case, by, lambda h: remedy.open_recheck_hearing(h, by.unit, presider, public=public, at=by.at)
        )

    async def close_recheck_hearing(self, case: UUID, document: UUID, *, by: By) -> Done:
        """End a hearing in a recheck (第三十六条第二款)."""
        by.must_be(Role.recheck_officer)
        return await self._act(case, by, lambda h: remedy.close_recheck_hearing(h, by.unit, document, at=by.at))

    async def serve_recheck(
        self, case: UUID, result: ReviewResult, document: UUID, delivery: Delivery, changed_to: Result | None, *, by: By
    ) -> Done:
        """Say the last word of the petition procedure (第三十六条)."""
        by.must_be(Role.recheck_officer)
        number = document_no("核", by)
        return await self._act(
            case,
            by,
            lambda h: remedy.serve_recheck(
                h, by.unit, number, result, document, delivery, by.actor, changed_to, at=by.at
            ),
            opinion_no=number,
        )
