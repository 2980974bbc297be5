"""Read models: one row an aggregate, written in the transaction of the events, and rebuilt from them at any time.

A row is declared once, as a class: its fields are the columns of the table, the shape of the answer and, where they
have the same names, what is taken from the aggregate. It is computed from the folded aggregate alone, so the live row
and the rebuilt one are the same by construction, and a rebuild may run beside live commands: a row never replaces one
of a later version.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from operator import attrgetter
from types import MappingProxyType
from typing import Any, ClassVar, Final
from uuid import UUID

from pydantic import BaseModel

from services.chassis.aggregate import Aggregate

Statement = tuple[str, Mapping[str, Any]]
"""SQL in which ``{rows}`` is a JSON array of rows, and one row for it: rows of the same text are written at once."""


@dataclass(frozen=True)
class Sight:
    """Who may see which rows: a condition over a table, which every question puts."""

    condition: str
    for_asker: str = ""
    """What has to hold beside it of who asks: `{unit}`, `{named}` and `{named_to_receiver}` in it say who that is."""
    for_organ: str = ""
    """Which rows discipline officers see beside those: `{organs}` in it are the units for which they act."""

    @property
    def asks_who(self) -> bool:
        """Return whether it differs by who asks."""
        return bool(self.for_asker)


EVERYONE: Final = Sight("true")
"""There is nothing in these rows that anybody must not see."""
_KEPT: Final = "kept_from({unit}, {named}, {named_to_receiver})"


def unless_kept(case: str) -> str:
    """Return the condition that hides what is about a case from whom that complains of, and from who was recused.

    A service says in `kept_from` which cases these are (第二十八条第三款、第三十条第三款).
    """
    return f"({case} IN (SELECT {_KEPT})) IS NOT TRUE"


def unless_one_kept(cases: str) -> str:
    """Return the same condition for what is about several cases."""
    return f"NOT {cases} && ARRAY(SELECT {_KEPT})"


@dataclass(frozen=True)
class Told:
    """How a column is read from the aggregate, where it is no field of the same name: ``Annotated[int, Told(…)]``."""

    of: Callable[[Any], Any]


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

    def statement(self, aggregate: Aggregate) -> Statement:
        """Return what puts the aggregate's row."""
        values = (aggregate.id, aggregate.version, *self.row(aggregate))
        return self.upsert, dict(zip(self.names, values, strict=True))


class Row(BaseModel):
    """The row of an aggregate.

    Class arguments: its `table`, the kind of aggregate it is `of`, its `sight`, and the columns for that which are
    `unseen` themselves, each with how it is read.
    """

    view: ClassVar[View]

    id: UUID
    version: int

    def __init_subclass__(
        cls, *, table: str | None = None, of: type[Aggregate] | None = None, sight: Sight | None = None,
        unseen: Mapping[str, Callable[[Any], Any]] = MappingProxyType({}),
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
        cls.view = View(said["table"], said["of"], (*fields, *unseen), row, said["sight"], len(unseen))


def _read(readers: Sequence[Callable[[Any], Any]], aggregate: Aggregate) -> list[Any]:
    return [read(aggregate) for read in readers]


def _reader(name: str, metadata: list[Any]) -> Callable[[Any], Any]:
    return next((told.of for told in metadata if isinstance(told, Told)), attrgetter(name))


def insertion(table: str, *columns: str, alias: str = "new") -> str:
    """Return the text that inserts rows of a table; PostgreSQL reads each value from JSON as its column's type."""
    names = ", ".join(columns)
    source = f"json_populate_recordset(NULL::{table}, {{rows}})"
    return f"INSERT INTO {table} AS {alias} ({names}) SELECT {names} FROM {source}"  # noqa: S608  # names of ours
