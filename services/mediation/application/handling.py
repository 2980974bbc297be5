"""The commands of mediation: one method each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from contracts.vocabulary import RecordKind, Result, Role, ServiceMethod
from services.chassis.calendar import day
from services.chassis.context import By, document_no
from services.chassis.store import Done, Store
from services.mediation.domain.handling import Handling

UNIT_STAFF: Final = (Role.unit_receiver, Role.case_officer, Role.unit_head)
DECIDERS: Final = (Role.case_officer, Role.unit_head)


class Mediating:
    """What the handling unit can do."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def notify_acceptance(
        self, case: UUID, method: ServiceMethod, served_at: datetime | None, receipt: str, case_officer: str, *, by: By
    ) -> Done:
        """Tell the petitioner of acceptance in writing (第二十三条)."""
        by.must_be(*UNIT_STAFF)
        number = document_no("受", by)
        return await self._act(
            case,
            by,
            lambda h: h.notify_acceptance(by.unit, number, method, served_at or by.at, receipt, case_officer, at=by.at),
            notice_no=number,
        )

    async def put_on_record(
        self, case: UUID, kind: RecordKind, held_at: datetime | None, document: UUID, *, by: By
    ) -> Done:
        """Put on file what was heard or verified (第三十一条第六项)."""
        by.must_be(*DECIDERS)
        return await self._act(case, by, lambda h: h.put_on_record(by.unit, kind, held_at or by.at, document, at=by.at))

    async def issue_opinion(
        self, case: UUID, result: Result, legal_basis: Sequence[str], document: UUID, approved_by: str,
        review_body: str, *, by: By,
    ) -> Done:  # fmt: skip
        """Issue the unit's opinion (第三十二条)."""
        by.must_be(*DECIDERS)
        number = document_no("意", by)
        return await self._act(
            case,
            by,
            lambda h: h.issue_opinion(
                by.unit, number, result, legal_basis, document, approved_by, review_body, at=by.at
            ),
            opinion_no=number,
        )

    async def serve_opinion(
        self, case: UUID, method: ServiceMethod, served_at: datetime | None, receipt: str, *, by: By
    ) -> Done:
        """Serve the opinion on the petitioner (第三十五条)."""
        by.must_be(*UNIT_STAFF)
        return await self._act(
            case, by, lambda h: h.serve_opinion(by.unit, method, served_at or by.at, receipt, at=by.at)
        )

    async def prove_execution(self, case: UUID, executed_on: date | None, document: UUID, *, by: By) -> Done:
        """Show that what was granted has been done (第三十二条第二款)."""
        by.must_be(*DECIDERS)
        return await self._act(
            case, by, lambda h: h.prove_execution(by.unit, executed_on or day(by.at), document, at=by.at)
        )

    async def close(self, case: UUID, *, by: By) -> Done:
        """Close the case."""
        by.must_be(*DECIDERS)
        return await self._act(case, by, lambda h: h.close(by.unit, at=by.at))

    async def _act(self, case: UUID, by: By, act: Callable[[Handling], None], **reply: Any) -> Done:  # noqa: ANN401
        def decide(handling: Handling) -> dict[str, Any]:
            act(handling)
            return {"case_id": case, "state": handling.state, **reply}

        return await self.store.change(Handling, case, decide, by=by)
