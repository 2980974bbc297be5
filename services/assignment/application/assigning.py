"""Letting a case go to a unit: what has to be looked up in the directory first."""

from __future__ import annotations

from datetime import date
from typing import Any, Final
from uuid import UUID

from contracts.assignment import CaseAssigned, CaseForwarded
from contracts.vocabulary import Forwarding, Level
from services.assignment.domain.assigning import Assignment, Told
from services.assignment.domain.routing import Matter, Proposal, propose
from services.chassis.context import By
from services.chassis.history import facts, history
from services.chassis.running import Running
from services.chassis.store import Store
from services.chassis.writer import Done

_ABOVE_COUNTY: Final = {Level.national, Level.province, Level.city}


async def hand(store: Store, case: UUID, mode: Forwarding, unit: str, due_on: date | None, *, by: By) -> Done:
    """Forward or assign a case (第二十二条)."""
    await store.directories.knowing(unit)

    def act(assignment: Assignment) -> dict[str, Any]:
        directory = store.directories.current
        assignment.must_not_keep_out(by, directory)
        assignment.must_have_to_do_with(by, directory, assignment.candidates)
        sender = directory.units.get(by.unit)
        from_above = mode is Forwarding.assign and sender is not None and sender.level in _ABOVE_COUNTY
        assignment.hand(mode, unit, due_on, by.unit, directory, at=by.at, from_above=from_above)
        return {"case_id": case}

    return await store.change(Assignment, case, act, by=by)


async def pass_down(
    running: Running, case: UUID, mode: Forwarding, unit: str, due_on: date | None, told: Told | None, *, by: By
) -> Done:
    """Let a unit pass on to one under it what was brought or handed to it (第二十三条第一款)."""
    store = running.store
    await store.directories.knowing(unit)
    accepted = await is_accepted(running, case)

    def act(assignment: Assignment) -> dict[str, Any]:
        directory = store.directories.current
        assignment.must_not_keep_out(by, directory)
        assignment.pass_down(mode, unit, due_on, by.unit, told, directory, accepted=accepted, at=by.at)
        return {"case_id": case}

    return await store.change(Assignment, case, act, by=by)


async def is_accepted(running: Running, case: UUID) -> bool:
    """Return whether the unit that has a case has accepted it, as mediation has it at this moment."""
    return (await how_far(running, case))[0]


async def how_far(running: Running, case: UUID) -> tuple[bool, bool]:
    """Return whether the unit that has a case has accepted it, and has answered it, as mediation has it now."""
    held = (await running.store.known(Assignment, case)).unit is not None
    handling = await running.sources.case("mediation", case) if held else None
    return bool(handling and handling["accepted_at"]), bool(handling and handling["result"])


async def sender_of(store: Store, case: UUID) -> str | None:
    """Return who has forwarded or assigned a case last; few ask for it, so it is read from where it is on file."""
    happened = facts(case, await history(store.recorder, case))
    handed = [fact for fact in happened if isinstance(fact.event, (CaseForwarded, CaseAssigned))]
    return handed[-1].about.unit if handed else None


async def proposals(store: Store, case: UUID) -> list[Proposal]:
    """Return the units that a case may go to, with the reasons. Raises ``NotFound``."""
    assignment = await store.known(Assignment, case)
    assert assignment.kind is not None
    assert assignment.route is not None
    assert assignment.category is not None
    directory = await store.directories.at_hand()
    barred = assignment.barred(directory)
    matter = Matter(assignment.kind, assignment.route, assignment.category, assignment.place, barred)
    return propose(directory, matter)
