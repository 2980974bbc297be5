"""Questions that arrive together share a query, as commands that arrive together share a transaction (``writer``).

What waits while a query is under way goes with the next one, so nothing waits for company, and whoever asks sees all
that was committed before the question.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextvars import Context
from typing import Final, Generic, TypeVar

QUERIES_MAX: Final = 2
"""Queries in flight: while one is on its way back the other is filled."""
KEYS_MAX: Final = 64
"""What one query is asked about."""

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Together(Generic[K, V]):
    """Asks about one key after the other, many at a time; `ask` answers for each of those that it is given."""

    def __init__(self, ask: Callable[[Sequence[K]], Awaitable[Mapping[K, V]]]) -> None:
        self._ask = ask
        self._wanted: dict[K, list[asyncio.Future[V]]] = {}
        self._asking = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def of(self, key: K) -> V:
        """Return what is answered about a key. Raises whatever asking raises."""
        found: asyncio.Future[V] = asyncio.get_running_loop().create_future()
        # Several may wait for one key, each for itself: one that gives up is nobody else's business.
        self._wanted.setdefault(key, []).append(found)
        if self._asking < QUERIES_MAX:
            self._asking += 1
            task = asyncio.create_task(self._ask_all(), context=Context())  # it is for nobody who asks in particular
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await found

    async def _ask_all(self) -> None:
        try:
            while self._wanted:
                await self._ask_some()
        finally:
            self._asking -= 1  # now, and not when the loop comes to know of the end: until then somebody may ask

    async def _ask_some(self) -> None:
        some = {key: self._wanted.pop(key) for key in list(self._wanted)[:KEYS_MAX]}
        try:
            answers = await self._ask(list(some))
        except Exception as error:  # noqa: BLE001  # handed to those that wait for it
            for found in _waiting(some.values()):
                found.set_exception(error)
        else:
            for key, asked in some.items():
                for found in _waiting([asked]):
                    found.set_result(answers[key])


def _waiting(asked: Iterable[list[asyncio.Future[V]]]) -> Iterator[asyncio.Future[V]]:
    """Return those that have not given up meanwhile."""
    return (found for some in asked for found in some if not found.done())
