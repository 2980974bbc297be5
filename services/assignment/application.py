"""The commands of assignment: one method each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from contracts.vocabulary import Forwarding, ObjectionGround, Role
from services.assignment.domain import Assignment, Unit
from services.chassis.context import By
from services.chassis.database import AWAY
from services.chassis.errors import NotFound, Unavailable
from services.chassis.store import Done, Store
from services.chassis.views import insertion

NAMEPLATE: Final = (
    insertion("nameplate", "unit", "officer", "name")
    + " ON CONFLICT (unit, officer) DO UPDATE SET name = EXCLUDED.name"
)
NO_NAMEPLATE: Final = (
    "DELETE FROM nameplate n USING json_populate_recordset(NULL::nameplate, {rows}) gone "
    "WHERE n.unit = gone.unit AND n.officer = gone.officer"
)


class Assigning:
    """What the bureau and the units can do about who has a case."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def hand(self, case: UUID, mode: Forwarding, unit: str, due_on: date | None, *, by: By) -> Done:
        """Forward or assign a case (第二十二条)."""
        by.must_be(Role.bureau_officer)
        competent = await self._unit(unit)

        def act(assignment: Assignment) -> dict[str, Any]:
            assignment.hand(mode, competent, due_on, at=by.at)
            return {"case_id": case}

        return await self.store.change(Assignment, case, act, by=by)

    async def object(
        self, case: UUID, ground: ObjectionGround, reasons: UUID, proposed_unit: str | None, *, by: By
    ) -> Done:
        """Object to jurisdiction within five working days (第二十三条第三款)."""
        by.must_be(Role.unit_receiver, Role.unit_head)

        def act(assignment: Assignment) -> dict[str, Any]:
            assignment.object(by.unit, ground, reasons, proposed_unit, at=by.at)
            return {"case_id": case}

        return await self.store.change(Assignment, case, act, by=by)

    async def decide(self, case: UUID, *, upheld: bool, by: By) -> Done:
        """Decide on an objection (第二十三条第三款)."""
        by.must_be(Role.bureau_officer)

        def act(assignment: Assignment) -> dict[str, Any]:
            assignment.decide(upheld=upheld, at=by.at)
            return {"case_id": case}

        return await self.store.change(Assignment, case, act, by=by)

    async def establish(self, code: str, facts: dict[str, Any], *, by: By) -> Done:
        """Enter a unit into the directory, or change its entry."""
        by.must_be(Role.platform_admin)

        def act(unit: Unit) -> dict[str, Any]:
            unit.establish(code, facts, at=by.at)
            return {"code": code}

        return await self.store.change(Unit, Unit.stream(code), act, by=by, may_open=True)

    async def appoint(self, code: str, officer: str, post: str, roles: Sequence[Role], name: str, *, by: By) -> Done:
        """Let an officer act for a unit; the name goes on the nameplate and into no event."""
        by.must_be(Role.platform_admin)

        def act(unit: Unit) -> dict[str, Any]:
            unit.appoint(officer, post, roles, at=by.at)
            return {"code": code, "officer": officer}

        statements = [(NAMEPLATE, {"unit": code, "officer": officer, "name": name})]
        return await self.store.change(Unit, Unit.stream(code), act, by=by, statements=statements)

    async def relieve(self, code: str, officer: str, *, by: By) -> Done:
        """Let an officer act for a unit no longer."""
        by.must_be(Role.platform_admin)

        def act(unit: Unit) -> dict[str, Any]:
            unit.relieve(officer, at=by.at)
            return {"code": code, "officer": officer}

        statements = [(NO_NAMEPLATE, {"unit": code, "officer": officer})]
        return await self.store.change(Unit, Unit.stream(code), act, by=by, statements=statements)

    async def _unit(self, code: str) -> Unit:
        try:
            unit = await self.store.load(Unit, Unit.stream(code))
        except AWAY as error:
            raise Unavailable from error
        if not unit.exists:
            raise NotFound(f"单位 {code}")
        return unit
