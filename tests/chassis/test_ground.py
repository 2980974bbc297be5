"""The ground gives way: a full disk, a database that takes no writes, one that never answers, a service that is silent.

Promise: none of it is the fault of a command or an event. A command is told 503 and when to come again, within five
seconds whatever is away; an event waits, is taken in when the ground is firm again, and is never parked.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from contracts.vocabulary import Role
from services.chassis import inbox
from services.chassis.http import gate
from tests.harness import System, petition, until
from tests.proxy import Proxy
from tests.steps import ok

ANSWER_SECONDS_MAX = 5.0
ALONE = frozenset({"api"})

_FULL = """
CREATE FUNCTION {0}.full() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;
CREATE TRIGGER full_disk BEFORE INSERT ON {0}.event FOR EACH STATEMENT EXECUTE FUNCTION {0}.full();
"""
_ROOM = "DROP TRIGGER full_disk ON {0}.event; DROP FUNCTION {0}.full()"
_RECONNECT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@asynccontextmanager
async def full_disk(huiyin: System, service: str) -> AsyncIterator[None]:
    """No more events of a service fit on the disk until the block ends."""
    async with huiyin.sql() as db:
        await db.execute(_FULL.format(service))
    try:
        yield
    finally:
        async with huiyin.sql() as db:
            await db.execute(_ROOM.format(service))


@asynccontextmanager
async def read_only(huiyin: System, _: str) -> AsyncIterator[None]:
    """The database takes no writes until the block ends."""
    async with huiyin.sql() as db:
        name = await db.fetchval("SELECT current_database()")
        await db.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        await db.fetch(_RECONNECT)
    try:
        yield
    finally:
        async with huiyin.sql() as db:
            await db.execute("SET default_transaction_read_only = off")
            await db.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
            await db.fetch(_RECONNECT)


Trouble = Callable[[System, str], AbstractAsyncContextManager[None]]
troubles = pytest.mark.parametrize("trouble", [full_disk, read_only])


@troubles
async def test_a_command_is_told_when_to_come_again(huiyin: System, trouble: Trouble):
    """503 with Retry-After while it lasts; then the same key does what it was sent for."""
    key = uuid4()
    async with huiyin.within("intake", parts=ALONE):
        async with trouble(huiyin, "intake"):
            refused = await huiyin.send("intake", "/petitions", petition(), role=Role.intake_clerk, key=key)
            assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
            assert int(refused.headers["Retry-After"]) > 0
        ok(await huiyin.send("intake", "/petitions", petition(), role=Role.intake_clerk, key=key), 201)


async def parked_by(huiyin: System, trouble: Trouble) -> int:
    """Let an event reach a service that cannot write for a while; return how many it parked when all is in."""
    async with huiyin.within("intake", "assignment"):
        waits = asyncio.Event()
        taking = huiyin.running["assignment"].inbox
        wait = taking._wait

        async def waited(failures: int, error: Exception) -> None:
            waits.set()
            await wait(0, error)

        taking._wait = waited  # type: ignore[method-assign]

        async def parked() -> int:
            async with huiyin.sql() as db:
                return int(await db.fetchval("SELECT count(*) FROM assignment.parked"))

        async def noticed() -> bool:
            return waits.is_set() or bool(await parked())

        async def taken_in() -> bool:
            async with huiyin.sql() as db:
                return bool(await db.fetchval("SELECT count(*) FROM assignment.event WHERE case_id IS NOT NULL"))

        case = (await huiyin.register())["case_id"]
        async with full_disk(huiyin, "assignment"):
            ok(await huiyin.classify(case))
            await until(noticed, "the reaction waits or is parked")
        if not await parked():
            await until(taken_in, "the event is taken in")
        return await parked()


async def test_an_event_waits_for_room_on_the_disk(huiyin: System):
    assert await parked_by(huiyin, full_disk) == 0


async def test_an_event_that_is_blamed_for_a_full_disk_is_found_out(huiyin: System, monkeypatch: pytest.MonkeyPatch):
    """Mutant: whatever the server says is said of the statement."""

    def away(kind: type[BaseException]) -> bool:
        return not issubclass(kind, asyncpg.InsufficientResourcesError)

    monkeypatch.setattr(inbox, "AWAY", tuple(filter(away, inbox.AWAY)))
    monkeypatch.setattr(inbox, "LOOK_AGAIN", tuple(filter(away, inbox.LOOK_AGAIN)))
    monkeypatch.setattr(inbox, "FIRST_PAUSE_SECONDS", 0.01)
    assert await parked_by(huiyin, full_disk) == 1


# --------------------------------------------------------------------------- how long it takes


@asynccontextmanager
async def silent_database(huiyin: System) -> AsyncIterator[Callable[[], Any]]:
    """Intake's database takes every word and says none from the moment on that is returned as a function."""
    async with (
        Proxy(huiyin.database_url) as proxy,
        replace(huiyin, database_url=proxy.url).within("intake", parts=ALONE) as served,
    ):
        case = (await served.register())["case_id"]
        proxy.silent = True
        yield lambda: served.classify(case)
        proxy.silent = False
        await proxy.cut()


@asynccontextmanager
async def silent_peer(huiyin: System) -> AsyncIterator[Callable[[], Any]]:
    """Whoever is told where intake is finds somebody who listens and says nothing."""

    async def nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            await reader.read()
        writer.close()

    server = await asyncio.start_server(nothing, "127.0.0.1", huiyin.ports["intake"])
    async with server, huiyin.within("assignment", parts=ALONE):
        await huiyin.establish()
        yield lambda: huiyin.forward(str(uuid4()))


@asynccontextmanager
async def nobody_at_home(huiyin: System) -> AsyncIterator[Callable[[], Any]]:
    """Intake does not run."""
    async with huiyin.within("assignment", parts=ALONE):
        await huiyin.establish()
        yield lambda: huiyin.forward(str(uuid4()))


Silence = Callable[[System], AbstractAsyncContextManager[Callable[[], Any]]]
silences = pytest.mark.parametrize("silence", [silent_database, silent_peer, nobody_at_home])


async def seconds_to_503(huiyin: System, silence: Silence) -> float:
    async with silence(huiyin) as act:
        started = time.monotonic()
        refused = await act()
        assert refused.status_code == 503, refused.text
        return time.monotonic() - started


@silences
async def test_a_command_is_answered_in_time(huiyin: System, silence: Silence):
    assert await seconds_to_503(huiyin, silence) <= ANSWER_SECONDS_MAX


async def test_a_gate_that_waits_for_whatever_comes_is_found_out(huiyin: System, monkeypatch: pytest.MonkeyPatch):
    """Mutant: whatever is waited for has a limit of its own, and nothing else has one."""
    monkeypatch.setattr(gate, "COMMAND_SECONDS_MAX", 60.0)
    assert await seconds_to_503(huiyin, silent_database) > ANSWER_SECONDS_MAX
