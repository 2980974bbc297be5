"""Writing: commands that arrive together share a transaction (group commit), as they share a query when they are read.

The cost of a durable commit is paid once for all of them, and where one of them collides all are tried again alone.
What they change is decided right before it is written, one command after the other: the same code thirty times in a
row takes half the time that it takes once between requests, when nothing of it is in the processor's caches. It is
decided anew each time that it is tried, because a number that it was given may have gone to somebody else (``series``).
"""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

import msgspec

from contracts.packing import unpack
from services.chassis.database import AWAY, COMMAND_SECONDS_MAX, Connection, Database
from services.chassis.recorder import CommandRow, NumberTaken, Recorder
from services.chassis.series import Numbers
from services.chassis.stored import Row
from services.chassis.views import Statement

GROUP_MAX: Final = 32
"""The most commands that share a transaction: half of a full house, so that one half is answered while the other is
written, and enough to pay a flush of the disk."""
FLUSHERS: Final = 2
"""Transactions in flight: while one waits for the disk the other is filled."""
UNKNOWN_SECONDS_MAX: Final = COMMAND_SECONDS_MAX - 0.5
"""How long a command whose outcome is unknown is looked after before the caller is told to send it again."""


class Done(msgspec.Struct, frozen=True):
    """A command's stored outcome: the version that its aggregate then had, and the reply as JSON."""

    version: int
    reply: bytes
    again: bool = False
    """Whether it was done before, and is only told once more."""


class Work(msgspec.Struct):
    """What one command changes."""

    rows: list[Row]
    statements: list[Statement] = []
    command: CommandRow | None = None

    @property
    def done(self) -> Done:
        """What is answered once it is stored."""
        assert self.command is not None
        return Done(self.command.version, self.command.reply)

    def refers_to(self, text: UUID) -> bool:
        """Return whether an event of it says the id of a text."""
        said = str(text).encode()
        return any(said in unpack(row.packed)[1] for row in self.rows)


Making = Callable[[], Work]
"""Works out what a command changes, when its turn has come, and the same again where it comes again."""
Waiting = tuple[Making, asyncio.Future[Done]]


class Writer:
    """Writes the works of one service."""

    def __init__(self, database: Database, recorder: Recorder) -> None:
        self.database = database
        self.recorder = recorder
        self.appended = asyncio.Event()
        """Set after every append of this process; the relay waits on it."""
        self.numbers = Numbers()
        self._queue: deque[Waiting] = deque()
        self._queued = asyncio.Event()
        self._flushers: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to take commands."""
        self._flushers = [asyncio.create_task(self._flush_for_ever()) for _ in range(FLUSHERS)]

    async def stop(self) -> None:
        """Finish what is queued and stop."""
        while self._queue:  # the flushers empty it; what is in flight is awaited by its caller
            await asyncio.sleep(0.01)
        for flusher in self._flushers:
            flusher.cancel()
        await asyncio.gather(*self._flushers, return_exceptions=True)

    async def append(self, make: Making) -> Done:
        """Store one work durably, together with whatever others are waiting; raises ``TimeoutError`` after a limit."""
        loop = asyncio.get_running_loop()
        stored: asyncio.Future[Done] = loop.create_future()
        self._queue.append((make, stored))
        self._queued.set()
        timer = loop.call_later(UNKNOWN_SECONDS_MAX, _give_up, stored)
        try:
            return await stored
        finally:
            timer.cancel()

    async def _flush_for_ever(self) -> None:
        while True:
            while not self._queue:
                self._queued.clear()
                await self._queued.wait()
            group = [self._queue.popleft() for _ in range(min(len(self._queue), GROUP_MAX))]
            try:
                await self._flush(group)
            except asyncio.CancelledError:
                for _, stored in group:
                    stored.cancel()
                raise

    async def _flush(self, group: Sequence[Waiting]) -> None:
        if not (made := self._worked_out(group)):
            return
        error: Exception | None = None
        try:
            async with self.database.connection() as connection:
                try:
                    await self.write(connection, [work for work, _ in made])
                except NumberTaken:
                    made = await self._numbered_again(connection, group, made)
        except Exception as failure:  # noqa: BLE001  # handed to the caller that waits for it
            if len(group) > 1 and not isinstance(failure, AWAY):  # one is at fault: nobody else may suffer for it
                for one in group:
                    await self._flush([one])
                return
            error = failure
        for work, stored in made:
            if stored.done():  # cancelled, or given up
                continue
            if error is None:
                stored.set_result(work.done)
            else:
                stored.set_exception(error)
        if error is None:
            self.appended.set()

    def _worked_out(self, group: Sequence[Waiting]) -> list[tuple[Work, asyncio.Future[Done]]]:
        """Work out what some commands change; whoever is refused is told so and leaves the group."""
        made = []
        for make, stored in group:
            if stored.done():  # cancelled, given up, or refused
                continue
            try:
                work = make()
            except Exception as refusal:  # noqa: BLE001  # handed to the caller that waits for it
                self.numbers.take_back()
                stored.set_exception(refusal)
            else:
                work.statements += self.numbers.given()
                made.append((work, stored))
        return made

    async def _numbered_again(
        self, connection: Connection, group: Sequence[Waiting], made: Sequence[tuple[Work, asyncio.Future[Done]]]
    ) -> list[tuple[Work, asyncio.Future[Done]]]:
        """Write what was refused because others have numbered meanwhile, while nobody else can."""
        async with connection.transaction():
            await self.numbers.hold(connection, [s for work, _ in made for s in work.statements])
            again = self._worked_out(group)
            await self.write(connection, [work for work, _ in again])
        return again

    async def write(self, connection: Connection, works: Sequence[Work]) -> None:
        """Write works, all or nothing: one statement, whatever they change, is a transaction of its own."""
        rows = [row for work in works for row in work.rows if not row.apart]
        commands = [work.command for work in works if work.command is not None]
        beside: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for text, values in sorted((s for work in works for s in work.statements), key=itemgetter(0)):
            beside[text].append(values)
        for row in (row for work in works for row in work.rows if row.apart):
            assert self.recorder.apart is not None
            text, values = self.recorder.apart.put(row)
            beside[text].append(values)
        await self.recorder.insert(connection, rows, commands, beside)


def _give_up(stored: asyncio.Future[Done]) -> None:
    if not stored.done():
        stored.set_exception(TimeoutError())
