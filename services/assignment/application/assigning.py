"""Letting a case go to a unit: what has to be looked up in the directory first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from contracts.vocabulary import Forwarding
from services.assignment.application.directory import directory, found, is_above_county, upwards
from services.assignment.domain.assigning import Assignment
from services.assignment.domain.routing import Matter, Proposal, propose
from services.chassis.context import By
from services.chassis.store import Store
from services.chassis.writer import Done


class _LineWanted(Exception):  # no error: a question
    """Somebody is complained of, so it must be known who stands above the unit."""


async def hand(store: Store, case: UUID, mode: Forwarding, unit: str, due_on: date | None, *, by: By) -> Done:
    """Forward or assign a case (第二十二条)."""
    competent = await found(store, unit)
    from_above = mode is Forwarding.assign and await is_above_county(store, by.unit)

    def act(assignment: Assignment, line: Iterable[str]) -> None:
        assignment.hand(mode, competent, due_on, at=by.at, line=line, from_above=from_above)

    return await to_unit(store, case, unit, act, by=by)


async def to_unit(
    store: Store, case: UUID, unit: str, act: Callable[[Assignment, Iterable[str]], None], *, by: By
) -> Done:
    """Let a case go to a unit; who stands above it is asked for only where somebody is complained of."""
    line: set[str] = set()

    def with_line(assignment: Assignment) -> dict[str, Any]:
        if assignment.accused and not line:
            raise _LineWanted
        act(assignment, line)
        return {"case_id": case}

    try:
        return await store.change(Assignment, case, with_line, by=by)
    except _LineWanted:
        line = await upwards(store, unit)
        return await store.change(Assignment, case, with_line, by=by)


async def proposals(store: Store, case: UUID) -> list[Proposal]:
    """Return the units that a case may go to, with the reasons. Raises ``NotFound``."""
    assignment = await store.known(Assignment, case)
    assert assignment.kind is not None
    assert assignment.route is not None
    assert assignment.category is not None
    matter = Matter(assignment.kind, assignment.route, assignment.category, assignment.place, assignment.accused)
    return propose(await directory(store), matter)
