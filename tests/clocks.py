"""Clocks of law without the story that started them: for tests and measurements of the watch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import uuid4

import msgspec

from contracts.envelope import Record
from contracts.periods import calendar
from contracts.vocabulary import ClockKind, Role
from services.accountability.clocks import rules
from services.accountability.clocks.clock import Clock
from services.accountability.clocks.firing import Firing
from services.accountability.clocks.rules import Act
from services.chassis.context import By
from services.chassis.store import Store
from services.chassis.writer import Work

BATCH = 1_000


def begun(code: str, started_at: datetime, kind: ClockKind = ClockKind.real) -> Clock:
    """Return a clock that has just begun, of a case of its own."""
    clock = Clock.blank(uuid4())
    clock.begin(firing(code, started_at, kind), calendar.current(), at=started_at)
    return clock


def firing(
    code: str, started_at: datetime, kind: ClockKind = ClockKind.real, *, fixed: date | None = None
) -> Firing:  # fmt: skip
    """Return what lets a clock begin."""
    book, case, nothing = rules.in_force(), uuid4(), msgspec.Raw(b"{}")
    record = Record("intake", 0, 1, uuid4(), case, 1, case, "intake.CaseRegistered.v1", started_at, nothing, nothing)
    return Firing(
        record=record, case=case, act=Act.start, rule=book.rule(code), rules=book.version, moment=started_at,
        holder="county-hr", subject=None, fixed=fixed, days=0, kind=kind, spares=None,
    )  # fmt: skip


async def put(store: Store, clocks: Sequence[Clock]) -> None:
    """Store clocks as the ledger would."""
    for start in range(0, len(clocks), BATCH):
        part = clocks[start : start + BATCH]
        rows = [row for clock in part for row in store.rows(clock, _by(clock))]
        statements = [s for clock in part for s in store.view_statements(clock)]
        async with store.database.connection() as connection:
            await store.writer.write(connection, [Work(rows, statements)])


def _by(clock: Clock) -> By:
    assert clock.started_at is not None
    return By(
        actor="system:accountability", unit="accountability", role=Role.system, at=clock.started_at, clock=clock.kind,
        request_id="test", command_id=uuid4(),
    )  # fmt: skip
