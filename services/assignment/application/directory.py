"""The commands of the directory: one method each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from contracts.vocabulary import Role
from services.assignment.domain.directory import Unit
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


class Directing:
    """What can be done about the directory."""

    def __init__(self, store: Store) -> None:
        self.store = store

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


async def found(store: Store, code: str) -> Unit:
    """Return a unit of the directory. Raises ``NotFound`` for one that is not in it."""
    try:
        unit = await store.load(Unit, Unit.stream(code))
    except AWAY as error:
        raise Unavailable from error
    if not unit.exists:
        raise NotFound(f"单位 {code}")
    return unit
