"""Read models: one row an aggregate, written in the transaction of the events, and rebuilt from them at any time.

A row is computed from the folded aggregate alone, so the live row and the rebuilt one are the same by construction, and
a rebuild may run beside live commands: a row never replaces one of a later version.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from services.chassis.aggregate import Aggregate

Statement = tuple[str, Mapping[str, Any]]
"""SQL in which ``{rows}`` is a JSON array of rows, and one row for it: rows of the same text are written at once."""


@dataclass(frozen=True)
class View:
    """A table with one row for each aggregate of a kind; `row` gives the columns after ``id`` and ``version``."""

    table: str
    of: type[Aggregate]
    columns: tuple[str, ...]
    row: Callable[[Any], Sequence[Any]]

    @cached_property
    def upsert(self) -> str:
        """The statement that puts a row unless a later version stands there."""
        sets = ", ".join(f"{name} = EXCLUDED.{name}" for name in self.names[1:])
        return (
            f"{insertion(self.table, *self.names, alias='t')} "
            f"ON CONFLICT (id) DO UPDATE SET {sets} WHERE t.version <= EXCLUDED.version"
        )

    @cached_property
    def names(self) -> tuple[str, ...]:
        """All columns, in the order of a row."""
        return ("id", "version", *self.columns)

    def statement(self, aggregate: Aggregate) -> Statement:
        """Return what puts the aggregate's row."""
        values = (aggregate.id, aggregate.version, *self.row(aggregate))
        return self.upsert, dict(zip(self.names, values, strict=True))


def insertion(table: str, *columns: str, alias: str = "new") -> str:
    """Return the text that inserts rows of a table; PostgreSQL reads each value from JSON as its column's type."""
    names = ", ".join(columns)
    source = f"json_populate_recordset(NULL::{table}, {{rows}})"
    return f"INSERT INTO {table} AS {alias} ({names}) SELECT {names} FROM {source}"  # noqa: S608  # names of ours
