"""The commands of accountability, and the questions that auditors ask of the ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from contracts.envelope import Cause
from contracts.ids import derived
from contracts.vocabulary import Role, SupervisionReason
from services.accountability.case import Case
from services.accountability.cases import fold
from services.accountability.domain.supervision import Supervision
from services.audit.entry import COLUMNS, Entry
from services.chassis.context import By, document_no
from services.chassis.database import AWAY
from services.chassis.errors import NotFound, Unavailable
from services.chassis.inbox import Inbox
from services.chassis.questions import rows
from services.chassis.store import CATCH_UP_SECONDS_MAX, New, Store
from services.chassis.writer import Done

ENTRIES_MAX: Final = 1_000
_ENTRIES: Final = f"SELECT {COLUMNS} FROM ledger_entry WHERE {{}} ORDER BY seq LIMIT $1"  # noqa: S608
_NEWEST: Final = (
    "SELECT service, lane, lane_seq, id FROM ledger_entry WHERE case_id = $1 AND service <> 'accountability' "
    "ORDER BY seq DESC LIMIT 1"
)


class Accounting:
    """What supervisors can order, and what anybody entitled can replay."""

    def __init__(self, store: Store, inbox: Inbox) -> None:
        self.store = store
        self.inbox = inbox

    async def order(
        self, case: UUID, unit: str, reason: SupervisionReason, document: UUID | None, due_on: date, *, by: By
    ) -> Done:
        """Put the handling of a case under supervision (第四十条第一款)."""
        by.must_be(Role.supervisor)
        cause = await self._newest(case)
        supervision = Supervision.blank(derived(by.command_id, "supervision"))
        supervision.cause = cause
        card_no = document_no("督", by)
        supervision.order(case, card_no, unit, reason, document, due_on, at=by.at)
        reply = {"supervision_id": supervision.id, "card_no": card_no, "case_id": case}
        return await self.store.create(lambda: New(supervision, reply), by=by)

    async def reply(self, supervision: UUID, document: UUID, *, by: By) -> Done:
        """Answer a card."""
        by.must_be(Role.unit_receiver, Role.case_officer, Role.unit_head)
        return await self._change(supervision, by, lambda s: s.reply(by.unit, document, at=by.at))

    async def close(self, supervision: UUID, *, satisfied: bool, by: By) -> Done:
        """Judge the reply to a card and close it."""
        by.must_be(Role.supervisor)
        return await self._change(supervision, by, lambda s: s.close(satisfied=satisfied, at=by.at))

    async def _change(self, supervision: UUID, by: By, act: Callable[[Supervision], None]) -> Done:
        found = await rows(self.store, "SELECT case_id FROM supervision_view WHERE id = $1", supervision)
        cause = await self._newest(found[0]["case_id"]) if found else None

        def decide(aggregate: Supervision) -> dict[str, Any]:
            aggregate.cause = cause
            act(aggregate)
            return {"supervision_id": supervision, "state": aggregate.state}

        return await self.store.change(Supervision, supervision, decide, by=by)

    async def _newest(self, case: UUID) -> Cause:
        """Return what is known last of a case: whoever supervises acts on that.

        Raises ``NotFound`` for a case that intake does not know either.
        """
        if not (known := await rows(self.store, _NEWEST, case)):
            await self._catch_up(case)
            known = await rows(self.store, _NEWEST, case)
        if not known:
            raise NotFound(str(case))
        return Cause(**known[0])

    async def _catch_up(self, case: UUID) -> None:
        """Bring what intake knows of a case here. Raises ``Unavailable`` where that takes too long."""
        try:
            async with asyncio.timeout(CATCH_UP_SECONDS_MAX):
                await self.inbox.pull_case("intake", case)
        except TimeoutError:
            raise Unavailable("intake 的最新事件暂时无法取得") from None

    # --------------------------------------------------------------------------- questions

    async def entries(self, where: str, *values: Any, limit: int = ENTRIES_MAX) -> list[Entry]:  # noqa: ANN401
        """Return ledger entries in order; `where` is SQL of ours over $2, $3 and so on."""
        try:
            async with self.store.database.connection() as connection:
                return [Entry.of(row) for row in await connection.fetch(_ENTRIES.format(where), limit, *values)]
        except AWAY as error:
            raise Unavailable from error

    async def case(
        self, case: UUID, *, version: int | None = None, at: datetime | None = None, known_at: datetime | None = None
    ) -> Case:
        """Return a case as it is, at a version, as it stood at a moment, or as it was known at a moment.

        Raises ``NotFound`` where there was no such case then.
        """
        found = await self.entries(
            "case_id = $2 AND ($3::timestamptz IS NULL OR at <= $3) AND ($4::timestamptz IS NULL OR ledgered_at <= $4)",
            case,
            at,
            known_at,
            limit=ENTRIES_MAX * 10 if version is None else version,
        )
        if not found:
            raise NotFound(str(case))
        return fold(found, case)
