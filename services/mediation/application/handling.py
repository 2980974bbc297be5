"""The commands by which a unit accepts a case and keeps to its time."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from contracts.vocabulary import Role, ServiceMethod, SimplifiedGround
from services.chassis.context import By, document_no
from services.chassis.writer import Done
from services.mediation.application.acting import DECIDERS, UNIT_STAFF, Commands
from services.mediation.domain import acceptance, timing
from services.mediation.domain.delivery import Delivery


class Accepting(Commands):
    """Acceptance, the simplified track, extension."""

    async def notify_acceptance(
        self, case: UUID, method: ServiceMethod, served_at: datetime | None, receipt: str, case_officer: str, *, by: By
    ) -> Done:
        """Tell the petitioner of acceptance in writing (第二十三条)."""
        by.must_be(*UNIT_STAFF)
        number = document_no("受", by)
        return await self._act(
            case,
            by,
            lambda h: acceptance.notify_acceptance(
                h, by.unit, number, method, served_at or by.at, receipt, case_officer, at=by.at
            ),
            notice_no=number,
        )

    async def accept(self, case: UUID, case_officer: str, *, by: By) -> Done:
        """Accept a case of which nobody can be told (第二十三条第二款)."""
        by.must_be(*UNIT_STAFF)
        return await self._act(case, by, lambda h: acceptance.accept(h, by.unit, case_officer, at=by.at))

    async def choose_simplified(self, case: UUID, ground: SimplifiedGround, *, by: By) -> Done:
        """Handle a simple case simply (信访事项简易办理办法 第四条)."""
        by.must_be(*DECIDERS)
        return await self._act(case, by, lambda h: timing.choose_simplified(h, by.unit, ground, at=by.at))

    async def convert_simplified(self, case: UUID, document: UUID, *, by: By) -> Done:
        """Go back to the ordinary way (信访事项简易办理办法 第五条)."""
        by.must_be(*DECIDERS)
        return await self._act(case, by, lambda h: timing.convert_simplified(h, by.unit, document, at=by.at))

    async def extend(self, case: UUID, days: int, reasons: UUID, delivery: Delivery, *, by: By) -> Done:
        """Take longer, once, by the approval of the head who acts (第三十四条)."""
        by.must_be(Role.unit_head)
        number = document_no("延", by)
        return await self._act(
            case,
            by,
            lambda h: timing.extend(h, by.unit, days, by.actor, reasons, number, delivery, at=by.at),
            notice_no=number,
        )
