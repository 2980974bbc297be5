"""The commands of assignment: one method each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from contracts.vocabulary import Forwarding, JudicialManner, ObjectionGround, Role
from services.assignment.application.directory import directory, found, is_above_county, upwards
from services.assignment.domain.assigning import Assignment, Dispute
from services.assignment.domain.routing import Matter, Proposal, propose
from services.chassis.context import By
from services.chassis.store import Store
from services.chassis.writer import Done


class _LineWanted(Exception):  # no error: a question
    """Somebody is complained of, so it must be known who stands above the unit."""


class Assigning:
    """What the bureau and the units can do about who has a case."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def hand(self, case: UUID, mode: Forwarding, unit: str, due_on: date | None, *, by: By) -> Done:
        """Forward or assign a case (第二十二条)."""
        by.must_be(Role.bureau_officer)
        competent = await found(self.store, unit)
        from_above = mode is Forwarding.assign and await is_above_county(self.store, by.unit)

        def act(assignment: Assignment, line: Iterable[str]) -> None:
            assignment.hand(mode, competent, due_on, at=by.at, line=line, from_above=from_above)

        return await self._to_unit(case, unit, act, by)

    async def take(self, case: UUID, *, by: By) -> Done:
        """Keep what was brought to the own unit (第二十三条第一款)."""
        by.must_be(Role.unit_receiver, Role.unit_head)
        unit = await found(self.store, by.unit)
        return await self._to_unit(case, by.unit, lambda a, line: a.take(unit, at=by.at, line=line), by)

    async def route_out(self, case: UUID, organ: str, manner: JudicialManner, *, by: By) -> Done:
        """Leave a case about litigation to the organs of the law (第二十二条第二款)."""
        by.must_be(Role.bureau_officer, Role.unit_receiver)
        unit = await found(self.store, organ)
        return await self._change(case, by, lambda a: a.route_out(unit, manner, at=by.at))

    async def refer(self, case: UUID, dispute: Dispute, *, by: By) -> Done:
        """Ask whoever stands above the units whose the case is (第二十四条)."""
        by.must_be(Role.bureau_officer, Role.conference_secretary)
        units = [*dispute.units, dispute.arbiter]
        common = (await directory(self.store)).common_superiors(dispute.units)
        for code in units:
            await found(self.store, code)
        return await self._change(case, by, lambda a: a.refer(dispute, common, at=by.at))

    async def designate(self, case: UUID, unit: str, co_units: Sequence[str], *, by: By) -> Done:
        """Settle who leads and who helps (第二十四条)."""
        by.must_be(Role.bureau_officer, Role.conference_secretary)
        lead = await found(self.store, unit)
        for code in co_units:
            await found(self.store, code)

        def act(assignment: Assignment, line: Iterable[str]) -> None:
            assignment.designate(lead, co_units, by.unit, at=by.at, line=line)

        return await self._to_unit(case, unit, act, by)

    async def proposals(self, case: UUID) -> list[Proposal]:
        """Return the units that a case may go to, with the reasons. Raises ``NotFound``."""
        assignment = await self.store.known(Assignment, case)
        assert assignment.kind is not None
        assert assignment.route is not None
        assert assignment.category is not None
        matter = Matter(assignment.kind, assignment.route, assignment.category, assignment.place, assignment.accused)
        return propose(await directory(self.store), matter)

    async def _to_unit(self, case: UUID, unit: str, act: Callable[[Assignment, Iterable[str]], None], by: By) -> Done:
        """Let a case go to a unit; who stands above it is asked for only where somebody is complained of."""
        line: set[str] = set()

        def with_line(assignment: Assignment) -> None:
            if assignment.accused and not line:
                raise _LineWanted
            act(assignment, line)

        try:
            return await self._change(case, by, with_line)
        except _LineWanted:
            line = await upwards(self.store, unit)
            return await self._change(case, by, with_line)

    async def _change(self, case: UUID, by: By, act: Callable[[Assignment], None]) -> Done:
        def decide(assignment: Assignment) -> dict[str, Any]:
            act(assignment)
            return {"case_id": case}

        return await self.store.change(Assignment, case, decide, by=by)

    async def object(
        self, case: UUID, ground: ObjectionGround, reasons: UUID, proposed_unit: str | None, *, by: By
    ) -> Done:
        """Object to jurisdiction within five working days (第二十三条第三款)."""
        by.must_be(Role.unit_receiver, Role.unit_head)
        if proposed_unit is not None:
            await found(self.store, proposed_unit)
        return await self._change(case, by, lambda a: a.object(by.unit, ground, reasons, proposed_unit, at=by.at))

    async def decide(self, case: UUID, *, upheld: bool, by: By) -> Done:
        """Decide on an objection (第二十三条第三款)."""
        by.must_be(Role.bureau_officer)
        return await self._change(case, by, lambda a: a.decide(upheld=upheld, at=by.at))
