"""The commands of the ledgers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from contracts.ids import derived
from contracts.vocabulary import LedgerKind, Role
from services.assignment.domain.assigning import Assignment
from services.assignment.domain.ledger_items import LedgerItem
from services.chassis.context import By, document_no
from services.chassis.store import New, Store
from services.chassis.writer import Done


class LedgerKeeping:
    """What can be done about problems that stand in a ledger."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def open(
        self, case: UUID | None, kind: LedgerKind, unit: str | None, officer: str | None, due_on: date | None,
        document: UUID, *, by: By,
    ) -> Done:  # fmt: skip
        """Put a problem into a ledger (第十条, 第二十八条第一款)."""
        by.must_be(Role.bureau_officer, Role.conference_secretary, Role.unit_head)
        if case is not None:
            await self.store.known(Assignment, case)
        item, item_no = LedgerItem.blank(derived(by.command_id, "ledger-item")), document_no("台", by)
        item.open(case, item_no, kind, unit, officer, due_on, document, at=by.at)
        return await self.store.create(lambda: New(item, {"item_id": item.id, "item_no": item_no}), by=by)

    async def update(self, item: UUID, document: UUID, *, by: By) -> Done:
        """Put on file what was done so far."""
        by.must_be(Role.case_officer, Role.unit_receiver, Role.unit_head)
        return await self._change(item, by, lambda i: i.update(document, at=by.at))

    async def close(self, item: UUID, proof: UUID | None, confirmation: UUID | None, *, by: By) -> Done:
        """Strike a row off (销号)."""
        by.must_be(Role.bureau_officer, Role.conference_secretary)
        return await self._change(item, by, lambda i: i.close(proof, confirmation, at=by.at))

    async def _change(self, item: UUID, by: By, act: Callable[[LedgerItem], None]) -> Done:
        def decide(aggregate: LedgerItem) -> dict[str, Any]:
            act(aggregate)
            return {"item_id": item, "state": aggregate.state}

        return await self.store.change(LedgerItem, item, decide, by=by)
