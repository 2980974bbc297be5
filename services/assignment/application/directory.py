"""Looking things up in the directory."""

from __future__ import annotations

from typing import Any, Final

from contracts.vocabulary import ContentCategory, Level, UnitKind
from services.assignment.domain.directory import Unit
from services.assignment.domain.routing import Directory, Entry
from services.chassis.database import AWAY
from services.chassis.errors import NotFound, Unavailable
from services.chassis.questions import rows
from services.chassis.store import Store
from services.chassis.views import insertion

NAMEPLATE: Final = (
    insertion("nameplate", "unit", "officer", "name")
    + " ON CONFLICT (unit, officer) DO UPDATE SET name = EXCLUDED.name"
)
NO_NAMEPLATE: Final = (
    "DELETE FROM nameplate n USING json_populate_recordset(NULL::nameplate, {rows}) gone "
    "WHERE n.unit = gone.unit AND n.officer = gone.officer"
)


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
