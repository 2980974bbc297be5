"""The commands by which a unit finds out, and keeps out who has an interest."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from contracts.vocabulary import RecordKind, Role
from services.chassis.context import By
from services.chassis.writer import Done
from services.mediation.application.acting import DECIDERS, UNIT_STAFF, Commands

HEARERS: Final = (Role.hearing_presider, *DECIDERS)


class Inquiring(Commands):
    """Records, recusal, hearings."""

    async def put_on_record(
        self, case: UUID, kind: RecordKind, held_at: datetime | None, document: UUID, *, by: By
    ) -> Done:
        """Put on file what was heard or verified (第三十一条第六项)."""
        by.must_be(*DECIDERS)
        return await self._act(
            case,
            by,
            lambda h: h.put_on_record(by.unit, kind, held_at or by.at, document, at=by.at, recorded_by=by.actor),
        )

    async def request_recusal(self, case: UUID, officer: str, document: UUID, *, by: By) -> Done:
        """Put on file that the petitioner asks somebody to keep out (第二十八条第三款)."""
        by.must_be(Role.petitioner, *UNIT_STAFF)
        return await self._act(case, by, lambda h: h.request_recusal(officer, document, at=by.at))

    async def declare_recusal(self, case: UUID, *, by: By) -> Done:
        """Step aside, as whoever acts (第二十八条第三款)."""
        by.must_be(*UNIT_STAFF)
        return await self._act(case, by, lambda h: h.declare_recusal(by.unit, by.actor, at=by.at))

    async def decide_recusal(self, case: UUID, officer: str, *, granted: bool, successor: str | None, by: By) -> Done:
        """Decide, as the head of the unit, whether somebody keeps out (第二十八条第三款)."""
        by.must_be(Role.unit_head)
        return await self._act(
            case,
            by,
            lambda h: h.decide_recusal(
                by.unit, officer, granted=granted, decided_by=by.actor, successor=successor, at=by.at
            ),
        )

    async def open_hearing(self, case: UUID, presider: str, *, public: bool, by: By) -> Done:
        """Begin a hearing (第三十一条第六项)."""
        by.must_be(*HEARERS)
        return await self._act(case, by, lambda h: h.open_hearing(by.unit, presider, public=public, at=by.at))

    async def close_hearing(self, case: UUID, document: UUID, *, by: By) -> Done:
        """End a hearing with its report (第三十一条第六项)."""
        by.must_be(*HEARERS)
        return await self._act(case, by, lambda h: h.close_hearing(by.unit, document, at=by.at))
