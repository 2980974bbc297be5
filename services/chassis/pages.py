"""Answering from views, where a question is not declared yet."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from fastapi import Response

from services.chassis.errors import Invalid, NotFound
from services.chassis.http.answers import shown
from services.chassis.questions import PAGE_MAX, rows
from services.chassis.store import Store
from services.chassis.views import View

FIRST: Final = UUID(int=0)


async def one(store: Store, view: View, key: UUID) -> Response:
    """Show the row of one aggregate with its version as ETag. Raises ``NotFound``."""
    found = await rows(store, f"SELECT * FROM {view.table} WHERE id = $1", key)  # noqa: S608  # a name of ours
    if not found:
        raise NotFound(str(key))
    return shown(found[0], found[0]["version"])


async def page(
    store: Store, view: View, *, after: UUID, limit: int, state: str | None = None, only: str = "true"
) -> Response:
    """Show rows by id; `next` is what to ask after, and null at the end. `only` is a condition of ours in SQL."""
    if not 1 <= limit <= PAGE_MAX:
        raise Invalid(f"limit 须为 1–{PAGE_MAX}")
    where = "id > $1" if state is None else "state = $3 AND id > $1"
    values: tuple[Any, ...] = (after, limit) if state is None else (after, limit, state)
    found = await rows(store, f"SELECT * FROM {view.table} WHERE {where} AND {only} ORDER BY id LIMIT $2", *values)  # noqa: S608
    return shown({"items": found, "next": found[-1]["id"] if len(found) == limit else None})
