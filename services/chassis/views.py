"""Read models: one row an aggregate, written in the transaction of the events, and rebuilt from them at any time.

A row is declared once, as a class: its fields are the columns of the table, the shape of the answer and, where they
have the same names, what is taken from the aggregate. It is computed from the folded aggregate alone, so the live row
and the rebuilt one are the same by construction, and a rebuild may run beside live commands: a row never replaces one
of a later version.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from operator import attrgetter
from types import MappingProxyType
from typing import Any, ClassVar, Final
from uuid import UUID

from pydantic import BaseModel

from services.chassis.aggregate import Aggregate
from services.chassis.rights.table import Relation, tag

Statement = tuple[str, Mapping[str, Any]]
"""SQL in which ``{rows}`` is a JSON array of rows, and one row for it: rows of the same text are written at once."""


@dataclass(frozen=True)
class Sight:
    """Who may see which rows: a condition over a table, which every question puts."""

    condition: str
    for_asker: str = ""
    """What has to hold beside it of who asks: `{unit}`, `{named}` and `{named_to_receiver}` in it say who that is."""
    permit: str = ""
    """What has to hold beside that for whoever asks to have to do with it: `{has_to_do}`, `{tags}`, `{within}` and
    `{without}` in it are what the table of rights says of them (``rights/``); a case is for nobody else."""
    for_organ: str = ""
    """Which rows discipline officers see beside those: `{organs}` in it are the units for which they act."""

    @property
    def asks_who(self) -> bool:
        """Return whether it differs by who asks."""
        return bool(self.for_asker or self.permit)


EVERYONE: Final = Sight("true")
"""There is nothing in these rows that anybody must not see."""
_KEPT: Final = "kept_from({unit}, {named}, {named_to_receiver})"


def unless_kept(case: str) -> str:
    """Return the condition that hides what is about a case from whom that complains of, and from who was recused.

    A service says in `kept_from` which cases these are (第二十八条第三款、第三十条第三款).
    """
    return f"({case} IN (SELECT * FROM {_KEPT})) IS NOT TRUE"  # noqa: S608  # names of ours


def unless_it_is_kept(received_by: str = "") -> str:
    """Return the same condition on the row of a case itself, which says of whom it complains, and who received it."""
    named = "{named}"
    if received_by:
        named = f"CASE {received_by} WHEN {{unit}} THEN {{named_to_receiver}}::text[] ELSE {{named}}::text[] END"
    return f"(accused && {named}) IS NOT TRUE"


def unless_one_kept(cases: str) -> str:
    """Return the same condition for what is about several cases."""
    return f"NOT {cases} && ARRAY(SELECT * FROM {_KEPT})"  # noqa: S608  # names of ours


HAS_TO_DO: Final = "{has_to_do}"
"""Stands for the condition under which whoever asks has to do with a case, on the row that says who has."""


def has_to_do_with(case: str) -> str:
    """Return the condition that shows what is about a case to whoever has to do with that."""
    return f"{case} IN (SELECT id FROM case_view WHERE {HAS_TO_DO})"  # noqa: S608  # names of ours


def has_to_do_if_about_one(case: str) -> str:
    """Return the same condition for what may be about none, and then shows to everybody.

    Each row is looked up by itself: what is sorted otherwise is shown a page at a time.
    """
    found = f"SELECT {HAS_TO_DO} FROM case_view party WHERE party.id = {case}"  # noqa: S608  # names of ours
    return f"coalesce(({found}), {case} IS NULL)"


def is_named(column: str, relation: Relation) -> str:
    """Return the condition that shows a row to the unit that it names, and to whoever has that one in their reach."""
    own = f"'{tag(relation, '')}' || {column} = ANY ({{tags}}::text[])"
    return f"({own} OR {column} = ANY ({{within}}::text[]) OR {column} <> ALL ({{without}}::text[]))"


def or_named(sight: Sight, column: str, relation: Relation) -> Sight:
    """Return the same sight for the unit that a row names, too: that deals with it, whatever else is in the case."""
    return replace(sight, permit=f"({is_named(column, relation)} OR {sight.permit})")


VEILED: Final = object()
"""Stands for words of which nobody who reads the row learns what they are, and which are found all the same."""


@dataclass(frozen=True)
class Told:
    """How a column is read from the aggregate, where it is no field of the same name: ``Annotated[int, Told(…)]``."""

    of: Callable[[Any], Any]


@dataclass(frozen=True)
class Naming:
    """That a column names cases, of which whoever asks is shown those that they see: by a sight over `case_id`."""

    sight: Sight


@dataclass(frozen=True)
class View:
    """A table with one row for each aggregate of a kind; `row` gives the columns after ``id`` and ``version``."""

    table: str
    of: type[Aggregate]
    columns: tuple[str, ...]
    row: Callable[[Any], Sequence[Any]]
    sight: Sight = EVERYONE
    unseen: int = 0
    """How many of the columns, the last ones, say who may see the row and are shown to nobody."""
    parties: Callable[[Any], list[str]] | None = None
    """Who is what to a case, where the rows are the cases of a service."""
    naming: Mapping[str, Sight] = field(default_factory=dict)
    """Which columns name cases, and who sees which of them."""
    kept_from: Callable[[Any], list[str] | None] | None = None
    """Whom a case complains of and who was recused, by the names that its row has for them."""
    received_by: Callable[[Any], str | None] | None = None
    """Which unit has received it, where that makes a difference to who is kept from it."""
    apart: Mapping[str, Any] = field(default_factory=dict)
    """What stands in some columns while the case lies apart; in those that are `VEILED`, nothing that can be read."""

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

    @cached_property
    def shown(self) -> tuple[str, ...]:
        """The columns that are shown."""
        return self.names[: len(self.names) - self.unseen]

    def statement(self, aggregate: Aggregate, veil: Callable[[str], str] | None = None) -> Statement:
        """Return what puts the aggregate's row; `veil` makes of a word one from which nobody finds it."""
        row = self.whole(aggregate)
        if aggregate.apart and veil is not None:
            for name, stands in self.apart.items():
                row[name] = row[name] and [*map(veil, row[name])] if stands is VEILED else stands
        return self.upsert, row

    def whole(self, aggregate: Aggregate) -> dict[str, Any]:
        """Return all columns, of what lies apart as well."""
        return dict(zip(self.names, (aggregate.id, aggregate.version, *self.row(aggregate)), strict=True))


class Row(BaseModel):
    """The row of an aggregate.

    Class arguments: its `table`, the kind of aggregate it is `of`, its `sight`, and the columns for that which are
    `unseen` themselves, each with how it is read; and what stands in some while a case lies `apart`.
    """

    view: ClassVar[View]

    id: UUID
    version: int

    def __init_subclass__(
        cls, *, table: str | None = None, of: type[Aggregate] | None = None, sight: Sight | None = None,
        unseen: Mapping[str, Callable[[Any], Any]] = MappingProxyType({}),
        apart: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:  # fmt: skip
        """Take what the class says of itself; it is read when its fields are known."""
        super().__init_subclass__()

    @classmethod
    def __pydantic_init_subclass__(cls, **said: Any) -> None:  # noqa: ANN401  # pydantic's own name
        """Derive the view, as soon as the fields are known. Raises ``TypeError`` where it is not said who sees it."""
        if "table" not in said:
            return
        if not {"of", "sight"} <= said.keys():
            raise TypeError(f"{cls.__name__} does not say of what it is, or who may see it")
        fields = {name: field for name, field in cls.model_fields.items() if name not in Row.model_fields}
        unseen = said.get("unseen", {})
        readers = [*(_reader(name, field.metadata) for name, field in fields.items()), *unseen.values()]
        row = partial(_read, readers)
        told = {name: field.metadata for name, field in fields.items()}
        naming = {name: one.sight for name, each in told.items() for one in each if isinstance(one, Naming)}
        cls.view = View(
            said["table"], said["of"], (*fields, *unseen), row, said["sight"], len(unseen), unseen.get("parties"),
            naming,
            unseen.get("accused"), unseen.get("received_by"), said.get("apart", {}),
        )  # fmt: skip


def _read(readers: Sequence[Callable[[Any], Any]], aggregate: Aggregate) -> list[Any]:
    return [read(aggregate) for read in readers]


def _reader(name: str, metadata: list[Any]) -> Callable[[Any], Any]:
    return next((told.of for told in metadata if isinstance(told, Told)), attrgetter(name))


def insertion(table: str, *columns: str, alias: str = "new") -> str:
    """Return the text that inserts rows of a table; PostgreSQL reads each value from JSON as its column's type."""
    names = ", ".join(columns)
    source = f"json_populate_recordset(NULL::{table}, {{rows}})"
    return f"INSERT INTO {table} AS {alias} ({names}) SELECT {names} FROM {source}"  # noqa: S608  # names of ours
