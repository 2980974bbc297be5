"""Deploys and restarts lose nothing: every service is stopped and started in turn while cases go through all of them.

Promise 19 (short form). Clients send again under the same key where nobody answers or a reply says so; a service leaves
within its thirty seconds; what it was doing when its time was up is done again, once.
"""

from __future__ import annotations

import asyncio
import signal
import time
from typing import Any
from uuid import uuid4

import pytest

from contracts.envelope import SERVICES
from contracts.vocabulary import Role
from services.accountability.ledger import Ledger
from services.chassis import consumer, inbox
from services.chassis.errors import SourceAway, Unavailable
from services.chassis.inbox import Inbox
from services.chassis.source import be_patient
from services.chassis.store import CATCH_UP_SECONDS_MAX
from services.chassis.writer import Writer
from tests.flow.checks import PLAYED, SOURCES, Client, check_everything, play
from tests.harness import System, petition, until
from tests.rules import refused
from tests.sizes import size

ROLLING_SECONDS = size("ROLLING_SECONDS", 20.0, 300.0)
EXIT_SECONDS_MAX = 30.0
START_SECONDS_MAX = 60.0
ERRORS_MAX = 0.001
"""Replies of 500 and above among all, not counting those for which a restart that took too long is to blame."""


async def leave(huiyin: System, name: str) -> float:
    """Send SIGTERM and wait for the end of the process; return how long it took."""
    proc, started = huiyin.procs.pop(name), time.monotonic()
    proc.send_signal(signal.SIGTERM)

    async def gone() -> bool:
        return proc.poll() is not None

    await until(gone, f"{name} has left", EXIT_SECONDS_MAX)
    assert proc.returncode in {0, -signal.SIGTERM}, f"{name} left with {proc.returncode}"  # uvicorn raises it again
    return time.monotonic() - started


def unexcused(failures: list[tuple[float, float]], outages: list[tuple[float, float]]) -> int:
    """Count the failures of which no part fell into an outage about as long as a command waits for another service.

    How fast a process starts is the machine's affair; who waits for it says 503 after `CATCH_UP_SECONDS_MAX`, as it must,
    and needs some of them to take in what it was waiting for.
    """
    long = [(left, back) for left, back in outages if back - left > CATCH_UP_SECONDS_MAX / 2]
    return sum(not any(sent <= back and told >= left for left, back in long) for sent, told in failures)


def test_failures_are_excused_by_long_outages_alone():
    failures, outages = [(1.0, 9.5), (30.0, 38.4), (50.0, 50.1)], [(0.5, 9.0), (31.0, 32.5)]
    assert unexcused(failures, outages) == 2
    assert unexcused(failures, []) == 3


@pytest.mark.timeout(300 + ROLLING_SECONDS * 2)
async def test_rolling_restarts_lose_nothing(huiyin: System):
    """Each service is stopped by SIGTERM and started again, round after round, under load."""
    client, stop = Client(huiyin, patience_seconds=EXIT_SECONDS_MAX + START_SECONDS_MAX), asyncio.Event()
    exits: list[float] = []
    outages: list[tuple[float, float]] = []

    async def work() -> int:
        cases = 0
        while not stop.is_set():
            await client.carry(await client.register())
            cases += 1
        return cases

    async with huiyin.processes():
        await huiyin.establish()
        async with huiyin.sql() as db:
            entered = await db.fetchval("SELECT count(*) FROM assignment.event")
        workers = [asyncio.create_task(work()) for _ in range(10)]
        end, restarts = time.monotonic() + ROLLING_SECONDS, 0
        while time.monotonic() < end or restarts < len(SERVICES):
            name, left = SERVICES[restarts % len(SERVICES)], time.monotonic()
            exits.append(await leave(huiyin, name))
            huiyin.spawn(name)
            await huiyin.healthy(name, seconds=START_SECONDS_MAX)
            outages.append((left, time.monotonic()))
            restarts += 1
        stop.set()
        cases = sum(await asyncio.gather(*workers))
        await huiyin.caught_up()
        await check_everything(huiyin)
        done = [e for e in await huiyin.ledger() if not e["type"].startswith("accountability.Clock")]
    assert len(done) == cases * PLAYED + entered
    replies = client.replies.copy()
    unanswered = replies.pop(0, 0)
    errors, longest = unexcused(client.failures, outages), max(back - left for left, back in outages)
    print(
        f"{restarts} restarts, {cases} cases, {len(done)} entries, replies {dict(replies)}, {unanswered} unanswered, "
        f"exits {min(exits):.1f}–{max(exits):.1f} s, away {longest:.1f} s at most, {errors} errors not excused by that"
    )
    assert errors <= ERRORS_MAX * replies.total(), f"{errors} of {replies.total()}: {client.refusals}"


# ----------------------------------------------------------------- work that is not done in time


async def cut_off(huiyin: System, monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Stop accountability while it takes in a batch that would take for ever; start it again, and let it catch up."""
    monkeypatch.setattr(consumer, "GRACEFUL_SECONDS_MAX", 1.0)
    apply, busy = Ledger.apply, asyncio.Event()

    async def endless(self: Ledger, connection: Any, records: Any) -> None:
        await apply(self, connection, records)
        busy.set()
        await asyncio.Event().wait()

    async with huiyin.within(*SOURCES):
        await huiyin.establish()
        with monkeypatch.context() as patch:
            patch.setattr(Ledger, "apply", endless)
            started = 0.0
            async with huiyin.within("accountability"):
                await play(huiyin, 5)
                await asyncio.wait_for(busy.wait(), 30)
                started = time.monotonic()
            assert time.monotonic() - started <= EXIT_SECONDS_MAX, "it did not leave in time"
        async with huiyin.within("accountability"):
            await huiyin.caught_up(seconds)
            await check_everything(huiyin)


async def test_what_was_cut_off_is_done_again(huiyin: System, monkeypatch: pytest.MonkeyPatch):
    """A handler that outlives the graceful stop is cancelled; its batch is taken in by the next process, once."""
    await cut_off(huiyin, monkeypatch, 60)


async def test_whose_command_was_cut_off_is_told_so(huiyin: System, monkeypatch: pytest.MonkeyPatch):
    """A command that outlives the graceful stop is answered as one that nobody knows; its key then brings the outcome."""
    busy, key = asyncio.Event(), uuid4()

    async def endless(self: Writer, connection: Any, works: Any) -> None:
        busy.set()
        await asyncio.Event().wait()

    with monkeypatch.context() as patch:
        patch.setattr(Writer, "write", endless)
        async with huiyin.within("intake"):
            sent = asyncio.create_task(huiyin.send("intake", "/petitions", petition(), role=Role.intake_clerk, key=key))
            await asyncio.wait_for(busy.wait(), 30)
    refused(await sent, 503, Unavailable)
    async with huiyin.within("intake"):
        done = await huiyin.send("intake", "/petitions", petition(), role=Role.intake_clerk, key=key)
    assert done.status_code == 201


async def test_moving_on_before_the_work_is_found_out(huiyin: System, monkeypatch: pytest.MonkeyPatch):
    """Mutant: cursors (and offsets) move first, then the work is done."""
    original = Inbox._apply

    async def early(self: Inbox, records: Any, parking: Any = None, attempts: int = 0) -> None:
        if not isinstance(self.effect, Ledger):
            await original(self, records, parking, attempts)
            return
        async with self.store.database.transaction() as connection:
            await inbox._move(connection, inbox._by_lane(records))
        async with self.store.database.transaction() as connection:
            await self.effect.apply(connection, records)

    monkeypatch.setattr(Inbox, "_apply", early)
    with pytest.raises(AssertionError, match="the ledger has every event"):
        await cut_off(huiyin, monkeypatch, 6)


async def test_command_waits_for_a_service_that_starts_anew(huiyin: System, monkeypatch: pytest.MonkeyPatch):
    """What a command asks of a service that is away is asked again until it is back; a question says so at once."""
    monkeypatch.setattr("services.chassis.source.PATIENCE_SECONDS", 60.0)
    async with huiyin.within("mediation"):
        sources = huiyin.running["mediation"].sources
        with pytest.raises(SourceAway):
            await sources.ask("assignment", "/lives", list[Any])
        be_patient()
        asking = asyncio.create_task(sources.ask("assignment", "/lives", list[Any]))
        async with huiyin.within("assignment"):
            assert len(await asking) == 1
