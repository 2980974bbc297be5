"""Questions: what is asked, and the rows of views that answer it, one or a page of them.

Every question goes through the sight of what it asks about. A list pages by cursor: a page ends with what to ask after,
and goes on behind that row, whatever has come or changed before it meanwhile.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from functools import cache
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    Final,
    Generic,
    Literal,
    NamedTuple,
    TypeVar,
    get_args,
)
from uuid import UUID

import asyncpg
import msgspec
from fastapi import Response
from pydantic import BaseModel, Field, create_model

from contracts.vocabulary import Role
from services.chassis.context import By
from services.chassis.database import AWAY
from services.chassis.errors import Invalid, NotFound, Unavailable
from services.chassis.fields import Code
from services.chassis.operations import Declared, parameters
from services.chassis.relating import has_to_do
from services.chassis.rights.asker import Asker
from services.chassis.rights.table import OFFICIALS, READERS
from services.chassis.store import Store
from services.chassis.views import HAS_TO_DO, Row, Sight

if TYPE_CHECKING:
    from services.chassis.running import Running

R = TypeVar("R", bound=Row)
PAGE_MAX: Final = 200
CURSOR_CHARS_MAX: Final = 400
_PLACES: Final = re.compile(r"\{(\w+)\}")
_FORGED: Final = "after 不是本列表的游标"


class Answer(NamedTuple):
    """What is shown, and the version that it is of, where it has one."""

    value: Any
    version: int | None = None


_NAMES: Final = frozenset({"named", "named_to_receiver"})


@cache
def page(of: type[Row]) -> type[BaseModel]:
    """Return the shape of a page of rows, under a name that is one in every language."""
    said = "A page of rows; `next` is what to ask after, and null at the end."
    return create_model(f"PageOf{of.__name__}", __doc__=said, items=(list[of], ...), next=(str | None, ...))  # type: ignore[valid-type]  # made here


class Question(Declared):
    """A question. Its fields stand in the path, the others in the query (in the body, where it is sent by POST).

    Class arguments: `path`, `called` (Chinese), `sight`, `reply` (a model, or the media type of a file), `by` where
    not every role may ask that reads any case (any official, where it is about none), `open` where whoever asks needs
    no account, and where they differ `method` and `status`.
    """

    sight: ClassVar[Sight]

    def __init_subclass__(
        cls,
        *,
        path: str | None = None,
        called: str = "",
        sight: Sight | None = None,
        reply: type[BaseModel] | str | None = None,
        by: Sequence[Role] = (),
        open: bool = False,  # noqa: A002  # as an operation says it
        method: str = "GET",
        status: int = 200,
    ) -> None:
        """Take what the class says of itself; it is read when its fields are known."""
        super().__init_subclass__()

    @classmethod
    def __pydantic_init_subclass__(cls, **said: Any) -> None:  # noqa: ANN401  # pydantic's own name
        """Say what the class is, as soon as its fields are known. Raises ``TypeError`` where something is missing."""
        if (sight := said.pop("sight", None)) is not None:
            cls.sight = sight
        if "path" not in said:
            return
        reply = said.pop("reply", None)
        if reply is None:
            reply = cls.replies()
        if reply is None or not hasattr(cls, "sight"):
            raise TypeError(f"{cls.__name__} does not say what it answers, or who may see that")
        may: dict[str, Any] = {} if said.get("open") else {"by": READERS if cls.sight.permit else OFFICIALS}
        cls.declare(**{"method": "GET"} | may | said, reply=reply)

    @classmethod
    def replies(cls) -> type[BaseModel] | None:
        """Return the shape of the answer, where it follows from the row."""
        return None

    async def ask(self, running: Running, by: By | None) -> Answer | Response:
        """Answer; `by` is who asks, where that is recorded or tells. Raises ``NotFound`` and ``Unavailable``."""
        raise NotImplementedError

    async def seen(
        self, running: Running, by: By | None, after: int, sight: Sight | None = None
    ) -> tuple[str, Sequence[Any]]:
        """Return the condition under which whoever asks sees a row, and its values, numbered after so many others.

        That is a row that the question is about, or one of another `sight`, which may be about another case. A service
        answers by the table of rights itself, and so is shown what it needs for that.
        """
        own, sight = sight is None, sight or self.sight
        if by is None or by.role is Role.system or not sight.asks_who:
            return sight.condition, ()
        asker = Asker.of(by, await running.store.directories.at_hand())
        condition = sight.condition
        if sight.for_organ and by.role is Role.discipline_officer:
            condition = f"({condition} OR {sight.for_organ})"
        permit = await self._permit(running, by) if own else sight.permit
        conditions = [condition, sight.for_asker, permit]
        to_do = asker.has_to_do
        if own and getattr(self, "unit", None) in asker.own:  # they see nearly all of it, so it is found by the unit
            to_do = f"CASE WHEN {to_do} THEN true ELSE false END"
        text = " AND ".join(filter(None, conditions)).replace(HAS_TO_DO, to_do)
        places, used = {}, []
        for name in _PLACES.findall(text):
            if name not in places:
                value = asker.values[name]
                used.append(running.store.as_rows_have(value) if name in _NAMES else value)
                places[name] = f"${after + len(used)}"
        return text.format(**places), used

    async def _permit(self, running: Running, by: By) -> str:
        """Return the condition under which whoever asks has to do with a row; of a case asked about, with that."""
        if not self.sight.permit or "case_id" not in self.operation.in_path:
            return self.sight.permit
        case: UUID = self.case_id  # type: ignore[attr-defined]
        return "true" if await has_to_do(running, case, by, reading=True) else "false"


class OfRow(Question, Generic[R]):
    """A question that rows of one view answer, seen by whoever may see the row."""

    of_row: ClassVar[type[Row]]

    @classmethod
    def __pydantic_init_subclass__(cls, **said: Any) -> None:  # noqa: ANN401  # pydantic's own name
        """Take the row that the class is about."""
        for argument in cls.__pydantic_generic_metadata__["args"]:
            if isinstance(argument, type) and issubclass(argument, Row):
                cls.of_row, cls.sight = argument, argument.view.sight
        super().__pydantic_init_subclass__(**said)

    async def shown(self, running: Running, by: By | None, after: int) -> tuple[str, Sequence[Any]]:
        """Return what is shown of a row, and the values of that: of the cases that it names those that one sees."""
        texts, used = [], list[Any]()
        for name in self.of_row.view.shown:
            if (sight := self.of_row.view.naming.get(name)) is None:
                texts.append(name)
                continue
            seen, values = await self.seen(running, by, after + len(used), sight)
            used += values
            named = f"unnest({name}) WITH ORDINALITY AS named (case_id, n)"
            texts.append(f"ARRAY(SELECT case_id FROM {named} WHERE {seen} ORDER BY n) AS {name}")  # noqa: S608  # ours
        return ", ".join(texts), used


class One(OfRow[R], Generic[R]):
    """One row, by the id that stands in the path."""

    def __init_subclass__(cls, *, path: str | None = None, **said: Any) -> None:  # noqa: ANN401  # a question's
        """Have a field for the id."""
        super().__init_subclass__(path=path, **said)
        for name in parameters(path or ""):
            cls.field(name, UUID)

    @classmethod
    def replies(cls) -> type[BaseModel] | None:
        """Return the row."""
        return cls.of_row

    def row_id(self) -> UUID:
        """Return the id of the row."""
        key: UUID = getattr(self, self.operation.in_path[0])
        return key

    async def ask(self, running: Running, by: By | None) -> Answer | Response:
        """Show the row with its version. Raises ``NotFound``."""
        view = self.of_row.view
        seen, values = await self.seen(running, by, 1)
        shown, more = await self.shown(running, by, 1 + len(values))
        sql = f"SELECT {shown} FROM {view.table} WHERE id = $1 AND {seen}"  # noqa: S608  # ours
        if not (found := await rows(running.store, sql, self.row_id(), *values, *more)):
            raise NotFound(str(getattr(self, self.operation.in_path[0])))
        return Answer(found[0], found[0]["version"])


class Listing(OfRow[R], Generic[R]):
    """A page of rows, narrowed by the fields that a list adds, in the order of one column, then of the id.

    Class arguments beside those of a question: `where`, the columns by which it may be narrowed, and `sort`, those by
    which it may be sorted, the first of them where nobody asks. What may be asked of a column follows from the row;
    a field of the same name says what else may.
    """

    takes: ClassVar[int] = 2
    after: Annotated[str | None, Field(max_length=CURSOR_CHARS_MAX, pattern="^[A-Za-z0-9_=-]*$")] = None
    limit: Annotated[int, Field(ge=1, le=PAGE_MAX)] = 50

    def __init_subclass__(
        cls,
        *,
        path: str | None = None,
        where: Sequence[str] = (),
        sort: Sequence[str] = (),
        **said: Any,  # noqa: ANN401  # a question's
    ) -> None:
        """Have a field for each of these columns, and for those that stand in the path."""
        super().__init_subclass__(path=path, **said)
        for name in parameters(path or ""):
            cls.field(name, cls._asked(name))
        for name in where:
            cls.field(name, cls._asked(name) | None, None)
        if sort:
            cls.field("sort", Literal[tuple(sort)], sort[0])  # type: ignore[valid-type]  # made here

    @classmethod
    def __pydantic_init_subclass__(cls, **said: Any) -> None:  # noqa: ANN401  # pydantic's own name
        """Say what the class is: what is asked of columns are fields by now."""
        super().__pydantic_init_subclass__(
            **{name: what for name, what in said.items() if name not in {"where", "sort"}}
        )

    @classmethod
    def _asked(cls, column: str) -> Any:  # noqa: ANN401  # a type
        """Return what may be asked of a column: what stands in it, and words only as codes."""
        kind = _bare(cls.of_row.model_fields[column].annotation)
        return Code if kind is str else kind

    @classmethod
    def replies(cls) -> type[BaseModel] | None:
        """Return a page of the rows."""
        return page(cls.of_row)

    async def ask(self, running: Running, by: By | None) -> Answer | Response:
        """Show the page. Raises ``Invalid`` for a cursor of another list."""
        sort: str = getattr(self, "sort", "id")
        conditions, narrowed = self._narrowed()
        seen, told = await self.seen(running, by, len(narrowed))
        shown, named = await self.shown(running, by, len(narrowed) + len(told))
        values = [*narrowed, *told, *named]
        found: list[dict[str, Any]] = []
        for part, more in self._parts(sort, len(values)):
            sql = (
                f"SELECT {shown} FROM {self.of_row.view.table} "  # noqa: S608  # names of ours
                f"WHERE {' AND '.join([seen, *conditions, part])} "
                f"ORDER BY {sort}{', id' if sort != 'id' else ''} LIMIT {self.limit - len(found)}"
            )
            try:
                found += await rows(running.store, sql, *values, *more)
            except asyncpg.DataError as error:
                raise Invalid(_FORGED) from error  # what no column can hold stands in no cursor of ours
            if len(found) == self.limit:
                break
        full = len(found) == self.limit
        return Answer({"items": found, "next": _cursor(self.of_row, sort, found[-1]) if full else None})

    def _narrowed(self) -> tuple[list[str], list[Any]]:
        """Return what the fields of the list ask of its columns."""
        names = type(self).model_fields.keys() - {"after", "limit", "sort"}
        told = [(name, value) for name in sorted(names) if (value := getattr(self, name)) is not None]
        return [f"{name} = ${n}" for n, (name, _) in enumerate(told, 1)], [value for _, value in told]

    def _parts(self, sort: str, n: int) -> list[tuple[str, tuple[Any, ...]]]:
        """Return the stretches of the order that follow on the cursor, each with its values: nulls stand last."""
        if self.after is None:
            return [("true", ())]
        value, key = _read_cursor(self.after, sort, self.of_row)
        if sort == "id":
            return [(f"id > ${n + 1}", (key,))]
        nulls = f"{sort} IS NULL"
        if value is None:
            return [(f"{nulls} AND id > ${n + 1}", (key,))]
        return [(f"({sort}, id) > (${n + 1}, ${n + 2})", (value, key)), (nulls, ())]


async def rows(store: Store, sql: str, *values: Any) -> list[dict[str, Any]]:  # noqa: ANN401  # the statement's values
    """Return rows of a question to this service's own tables. Raises ``Unavailable``."""
    try:
        async with store.database.planning() as connection:
            return [dict(row) for row in await connection.fetch(sql, *values)]
    except AWAY as error:
        raise Unavailable from error


def _cursor(of: type[Row], sort: str, row: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode([of.view.table, sort, row[sort], row["id"]])).decode()


def _read_cursor(cursor: str, sort: str, row: type[Row]) -> tuple[Any, UUID]:
    """Return the value and the id behind which a page begins. Raises ``Invalid``."""
    try:
        *of, value, key = msgspec.json.decode(base64.urlsafe_b64decode(cursor), type=tuple[str, str, Any, UUID])
        if of != [row.view.table, sort]:
            raise ValueError(of)
        kind = _bare(row.model_fields[sort].annotation)
        return None if value is None else msgspec.convert(value, kind, strict=False), key
    except (ValueError, msgspec.MsgspecError) as error:
        raise Invalid(_FORGED) from error


def _bare(annotation: Any) -> Any:  # noqa: ANN401  # a type, perhaps with null
    """Return the type of a column without the null that it may be."""
    return next((kind for kind in get_args(annotation) if kind is not type(None)), annotation)
