"""A register: entries of one kind, each with a stream of its own, a row in a view, and a list that can be asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast
from uuid import UUID

from fastapi import FastAPI, Response

from contracts.ids import derived
from services.chassis.aggregate import Aggregate
from services.chassis.context import By
from services.chassis.errors import NotFound
from services.chassis.fields import StateFilter
from services.chassis.http.answers import QUESTION_PROBLEMS
from services.chassis.pages import FIRST, page
from services.chassis.questions import rows
from services.chassis.store import New, Store
from services.chassis.views import View
from services.chassis.writer import Done

A = TypeVar("A", bound=Aggregate)


class Register(Generic[A]):
    """The entries of one view; `word` names one of them in replies: ``desk`` is answered with ``desk_id``."""

    def __init__(self, store: Store, view: View, word: str) -> None:
        self.store = store
        self.view = view
        self.word = word
        self.kind = cast("type[A]", view.of)

    async def enter(self, act: Callable[[A], None], *, by: By, **reply: Any) -> Done:  # noqa: ANN401
        """Make an entry, whose id follows from the command's."""

        def opening() -> New:
            entry = self.kind.blank(derived(by.command_id, self.word))
            act(entry)
            return New(entry, self._reply(entry, reply))

        return await self.store.create(opening, by=by)

    async def enter_once(self, key: UUID, act: Callable[[A], None], *, by: By, **reply: Any) -> Done:  # noqa: ANN401
        """Make the entry of this key, or let the entry that is there say what it thinks of another one."""
        return await self._change(key, act, reply, by, may_open=True)

    async def change(self, key: UUID, act: Callable[[A], None], *, by: By, **reply: Any) -> Done:  # noqa: ANN401
        """Change an entry. Raises ``NotFound`` where the register has none of this key."""
        await self.must_have(key)
        return await self._change(key, act, reply, by, may_open=False)

    async def found(self, key: UUID) -> A:
        """Return an entry. Raises ``NotFound`` where the register has none of this key."""
        await self.must_have(key)
        return await self.store.load(self.kind, key)

    async def must_have(self, key: UUID) -> None:
        """Raise ``NotFound`` where the register has no entry of this key; it may be that of quite another stream."""
        if not await rows(self.store, f"SELECT 1 FROM {self.view.table} WHERE id = $1", key):  # noqa: S608  # a name of ours
            raise NotFound(str(key))

    async def _change(
        self, key: UUID, act: Callable[[A], None], reply: dict[str, Any], by: By, *, may_open: bool
    ) -> Done:
        def decide(entry: A) -> dict[str, Any]:
            act(entry)
            return self._reply(entry, reply)

        return await self.store.change(self.kind, key, decide, by=by, may_open=may_open)

    def _reply(self, entry: A, reply: dict[str, Any]) -> dict[str, Any]:
        return {f"{self.word}_id": entry.id, **reply}


def add_list(app: FastAPI, store: Store, path: str, view: View) -> None:
    """Add the question for the entries of a register."""

    @app.get(path, responses=QUESTION_PROBLEMS, name=view.table)
    async def entries(after: UUID = FIRST, limit: int = 50, state: StateFilter = None) -> Response:
        """List the entries of the register by id."""
        return await page(store, view, after=after, limit=limit, state=state)
