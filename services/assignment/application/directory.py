"""The commands of the directory: one method each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final

from contracts.vocabulary import ContentCategory, Level, Role, UnitKind
from services.assignment.domain.directory import Unit
from services.assignment.domain.routing import Directory, Entry
from services.chassis.context import By
from services.chassis.database import AWAY
from services.chassis.errors import NotFound, Unavailable
from services.chassis.questions import rows
from services.chassis.store import Store
from services.chassis.views import insertion
from services.chassis.writer import Done

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

    async def succeed(self, code: str, successors: Sequence[str], *, by: By) -> Done:
        """Let other units carry on what a unit did (第二十四条第二款)."""
        by.must_be(Role.platform_admin)
        for successor in successors:
            await found(self.store, successor)
        return await self._change(code, by, lambda unit: unit.succeed(successors, at=by.at))

    async def delegate(self, code: str, power: ContentCategory, *, by: By) -> Done:
        """Let a unit decide what the own one decides otherwise."""
        by.must_be(Role.platform_admin, Role.unit_head)
        return await self._change(code, by, lambda unit: unit.delegate(power, by.unit, at=by.at))

    async def take_back(self, code: str, power: ContentCategory, *, by: By) -> Done:
        """End a delegation."""
        by.must_be(Role.platform_admin, Role.unit_head)
        return await self._change(code, by, lambda unit: unit.take_back(power, at=by.at))

    async def name_deputy(self, code: str, officer: str, deputy: str, first_on: date, last_on: date, *, by: By) -> Done:
        """Let somebody act in an officer's stead."""
        by.must_be(Role.platform_admin, Role.unit_head)
        return await self._change(code, by, lambda unit: unit.name_deputy(officer, deputy, first_on, last_on, at=by.at))

    async def end_deputy(self, code: str, officer: str, *, by: By) -> Done:
        """Let an officer act again."""
        by.must_be(Role.platform_admin, Role.unit_head)
        return await self._change(code, by, lambda unit: unit.end_deputy(officer, at=by.at))

    async def _change(self, code: str, by: By, act: Callable[[Unit], None]) -> Done:
        def decide(unit: Unit) -> dict[str, Any]:
            act(unit)
            return {"code": code}

        return await self.store.change(Unit, Unit.stream(code), decide, by=by)


async def found(store: Store, code: str) -> Unit:
    """Return a unit of the directory. Raises ``NotFound`` for one that is not in it."""
    try:
        unit = await store.load(Unit, Unit.stream(code))
    except AWAY as error:
        raise Unavailable from error
    if not unit.exists:
        raise NotFound(f"单位 {code}")
    return unit


async def directory(store: Store) -> Directory:
    """Return a snapshot of all units."""
    entries = [_entry(row) for row in await rows(store, _ALL)]
    return Directory({entry.code: entry for entry in entries})


async def upwards(store: Store, code: str) -> set[str]:
    """Return a unit and everybody above it, by territory and by sector."""
    return {row["code"] for row in await rows(store, _UPWARDS, code)}


async def is_above_county(store: Store, code: str) -> bool:
    """Return whether a unit belongs to a level above the county's."""
    found_rows = await rows(store, "SELECT level FROM unit_view WHERE code = $1", code)
    return any(row["level"] in _ABOVE_COUNTY for row in found_rows)


def _entry(row: dict[str, Any]) -> Entry:
    return Entry(
        code=row["code"], name=row["name"], level=Level[row["level"]], kind=row["kind"] and UnitKind[row["kind"]],
        parent=row["parent"], sector_superior=row["sector_superior"],
        powers=frozenset(ContentCategory[power] for power in row["powers"]),
        delegated=frozenset(ContentCategory[power] for power in row["delegated"]), competent=row["competent"],
        successors=tuple(row["successors"]),
    )  # fmt: skip


_ABOVE_COUNTY: Final = {Level.national, Level.province, Level.city}
_ALL: Final = (
    "SELECT code, name, level, kind, parent, sector_superior, powers, delegated, competent, successors FROM unit_view"
)
_UPWARDS: Final = """
WITH RECURSIVE up (code) AS (
    SELECT $1::text
    UNION
    SELECT above.code FROM up JOIN unit_view u ON u.code = up.code,
        LATERAL (VALUES (u.parent), (u.sector_superior)) above (code)
    WHERE above.code IS NOT NULL
)
SELECT code FROM up
"""
