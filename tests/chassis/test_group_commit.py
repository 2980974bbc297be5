"""Commands that share a transaction share its cost, and nothing else: one that collides fails alone.

No server: a database in memory that knows the two primary keys and forgets what a failed transaction wrote.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from contracts.packing import pack
from services.chassis.errors import Invalid
from services.chassis.recorder import CommandRow
from services.chassis.store import Store
from services.chassis.stored import Row
from services.chassis.writer import GROUP_MAX, Done, Work, Writer


class Memory:
    """Events and commands by key; a transaction is a copy that replaces the original when it succeeds."""

    def __init__(self) -> None:
        self.event: set[tuple[UUID, int]] = set()
        self.command: set[UUID] = set()
        self.transactions = 0
        self.fails: Callable[[], Exception | None] = lambda: None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Memory]:
        self.transactions += 1
        mine = Memory()
        mine.event, mine.command = set(self.event), set(self.command)
        yield mine
        if error := self.fails():
            raise error
        self.event, self.command = mine.event, mine.command

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Memory]:
        """Outside of a transaction every statement is one of its own; ours is a single one."""
        async with self.transaction() as mine:
            yield mine

    async def execute(self, _: str, rows: str, done: str) -> None:
        """Append events and commands as the recorder's one statement does."""
        events = [(UUID(row["stream"]), row["version"]) for row in json.loads(rows)]
        commands = [UUID(row["id"]) for row in json.loads(done)]
        for into, keys, constraint in ((self.event, events, "event_pkey"), (self.command, commands, "command_pkey")):
            for key in keys:
                if key in into:
                    error = asyncpg.UniqueViolationError(str(key))
                    error.constraint_name = constraint
                    raise error
                into.add(key)


def work(stream: UUID, version: int, command: UUID | None = None) -> Work:
    command = command or uuid4()
    row = Row(stream, version, stream, 0, uuid4(), "t", pack(b"{}", b"{}"), datetime.now(UTC))
    return Work([row], [], CommandRow(command, b"", version, b"{}"))


async def commit(memory: Memory, works: list[Work]) -> list[BaseException | None]:
    """Give a store all works at once and return what became of each."""
    store = Store(memory, "intake", ())  # type: ignore[arg-type]
    waiting = [asyncio.ensure_future(store.writer.append(lambda one=one: one)) for one in works]
    await asyncio.sleep(0)  # all are queued before the first flusher looks: they share a transaction
    assert len(store.writer._queue) == len(works) <= GROUP_MAX
    store.start()
    try:
        async with asyncio.timeout(10):
            outcomes = await asyncio.gather(*waiting, return_exceptions=True)
            return [outcome if isinstance(outcome, BaseException) else None for outcome in outcomes]
    finally:
        await store.stop()


async def check_that_one_fails_alone(memory: Memory, works: list[Work], faulty: Work) -> None:
    outcomes = dict(zip(map(id, works), await commit(memory, works), strict=True))
    assert outcomes.pop(id(faulty)) is not None, "the collision was not told"
    suffered = sum(outcome is not None for outcome in outcomes.values())
    assert not suffered, f"{suffered} of {len(outcomes)} failed for another one's fault"
    stored = {(w.rows[0].stream, w.rows[0].version) for w in works if w is not faulty}
    assert stored <= memory.event, "told to be stored, and is not"


async def test_commands_that_meet_share_one_transaction():
    memory = Memory()
    assert await commit(memory, [work(uuid4(), 1) for _ in range(GROUP_MAX)]) == [None] * GROUP_MAX
    assert memory.transactions == 1
    assert len(memory.event) == len(memory.command) == GROUP_MAX


def taken_version(memory: Memory) -> Work:
    stream = uuid4()
    memory.event.add((stream, 1))
    return work(stream, 1)


def replayed_command(memory: Memory) -> Work:
    command = uuid4()
    memory.command.add(command)
    return work(uuid4(), 1, command)


@pytest.mark.parametrize("place", [0, 15, GROUP_MAX - 1])
@pytest.mark.parametrize("collides", [taken_version, replayed_command])
async def test_colliding_command_fails_alone(collides: Callable[[Memory], Work], place: int):
    memory = Memory()
    works = [work(uuid4(), 1) for _ in range(GROUP_MAX - 1)]
    works.insert(place, faulty := collides(memory))
    await check_that_one_fails_alone(memory, works, faulty)
    assert len(memory.event) == GROUP_MAX - 1 + (collides is taken_version)


async def test_two_rivals_in_one_group_have_one_winner():
    stream, memory = uuid4(), Memory()
    outcomes = await commit(memory, [work(stream, 1), work(uuid4(), 1), work(stream, 1)])
    assert [outcome is None for outcome in outcomes] == [True, True, False]


async def test_whoever_is_refused_while_its_work_is_made_is_told_alone():
    def refused() -> Work:
        raise Invalid("too long")

    memory = Memory()
    store = Store(memory, "intake", ())  # type: ignore[arg-type]
    waiting = [asyncio.ensure_future(store.writer.append(make)) for make in (lambda: work(uuid4(), 1), refused)]
    store.start()
    try:
        async with asyncio.timeout(10):
            stored, told = await asyncio.gather(*waiting, return_exceptions=True)
    finally:
        await store.stop()
    assert isinstance(stored, Done)
    assert isinstance(told, Invalid)
    assert len(memory.event) == 1


async def test_everyone_is_told_when_the_database_is_away():
    """Nobody is at fault, so nobody is tried alone: the outcome of all is unknown, and all are told so."""
    memory = Memory()
    memory.fails = lambda: asyncpg.ConnectionDoesNotExistError("cut")
    outcomes = await commit(memory, [work(uuid4(), 1) for _ in range(10)])
    assert all(isinstance(outcome, asyncpg.ConnectionDoesNotExistError) for outcome in outcomes)
    assert memory.transactions == 1


async def test_checker_sees_shared_failure(monkeypatch: pytest.MonkeyPatch):
    """MUTANT: the error of the group's transaction goes to everyone in it."""

    async def flush(self: Writer, group: Any) -> None:
        try:
            async with self.database.transaction() as connection:
                await self.write(connection, [work for work, _ in self._worked_out(group)])
        except Exception as error:
            for _, stored in group:
                stored.set_exception(error)
        else:
            for _, stored in group:
                stored.set_result(None)

    monkeypatch.setattr(Writer, "_flush", flush)
    memory = Memory()
    faulty = taken_version(memory)
    with pytest.raises(AssertionError, match="another one's fault"):
        await check_that_one_fails_alone(memory, [work(uuid4(), 1), faulty, work(uuid4(), 1)], faulty)


async def test_checker_sees_swallowed_collision(monkeypatch: pytest.MonkeyPatch):
    """MUTANT: whoever is in a group that failed is told that all is well."""
    plain = Writer._flush

    async def flush(self: Writer, group: Any) -> None:
        for _, stored in group:
            stored.set_result(None)
        if len(group) == 1:
            await plain(self, [(one, asyncio.get_running_loop().create_future()) for one, _ in group])

    monkeypatch.setattr(Writer, "_flush", flush)
    memory = Memory()
    faulty = taken_version(memory)
    with pytest.raises(AssertionError, match="was not told"):
        await check_that_one_fails_alone(memory, [work(uuid4(), 1), faulty], faulty)
