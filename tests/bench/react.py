"""react: what taking in costs above receiving."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from aiokafka import AIOKafkaConsumer

from contracts.envelope import Record
from contracts.intake import CaseRegistered
from contracts.vocabulary import ContentCategory, Kind, Route
from services.accountability import main as accountability
from services.assignment import main as assignment
from services.assignment.domain.assigning import Assignment
from services.chassis.consumer import COMMIT_SECONDS, FETCH_WAIT_MS, PARTITION_BYTES_MAX, POLL_MS, Consumer
from services.chassis.inbox import Effect
from services.chassis.kafka import connection
from services.chassis.reactions import Commands, Reactions
from services.chassis.running import Running
from services.chassis.settings import Settings
from services.intake import main as intake
from tests.bench import relay
from tests.bench.cpu import Cpu, Seconds
from tests.bench.report import Entry, Rate, compare
from tests.harness import Servers, System, system

EVENTS = 60_000
"""Many times what the client fetches ahead, or the clock would start with most of them at hand."""
ROUNDS = 5
WARM = 0.1
"""The part of the events that is over before the clock starts: joining the group, the first fetches."""
SECONDS_MAX = 120
TABLE = "CREATE TABLE IF NOT EXISTS assignment.light (id uuid PRIMARY KEY, case_id uuid, type text, at timestamptz)"
TABLES = "assignment.cursor, assignment.light, assignment.case_view, accountability.cursor, accountability.case_view"


async def run(servers: Servers) -> AsyncIterator[Entry]:
    async with system(servers, ("intake",)) as made:
        await _publish(made)
        await _tell(made)
        cpu = Cpu(servers, here=True)
        for name, service, effect, rounds in (
            ("react", assignment.SERVICE, Light, ROUNDS),
            ("react_commands", assignment.SERVICE, _commands, 1),
            ("react_ledger", accountability.SERVICE, None, 3),
        ):
            pairs = []
            for _ in range(rounds):
                bare = await receive_bare(_settings(made), cpu)
                await _forget(made)
                settings = _settings(made)
                async with Running(service, settings).opened() as running:
                    if effect:
                        running.inbox.effect = effect(running)
                    pairs.append((bare, await react(running, settings, cpu)))
            yield compare(name, "events/s", pairs)


async def _tell(made: System) -> None:
    """Let readers know of the source's life, as it would tell them if it ran."""
    async with made.sql() as db:
        for reader in ("assignment", "accountability"):
            await db.execute(
                f"INSERT INTO {reader}.source_life SELECT 'intake', number, store, firsts FROM intake.epoch"
            )


class _Settings(Settings):
    """The same system, and a consumer group that nobody has used."""

    number: int

    def group(self, service: str) -> str:
        return f"{super().group(service)}.{self.number}"


def _settings(made: System) -> _Settings:
    said = made.settings().model_dump() | {"heads_dir": None}  # whose cursors are put back is no restored store
    return _Settings(**said, number=time.monotonic_ns())


async def _publish(made: System) -> None:
    settings = made.settings("intake")
    async with Running(intake.SERVICE, settings).opened() as running:
        await relay.store(running, EVENTS)
        await relay.relay(running, 0, EVENTS)
    async with made.sql() as db:
        await db.execute(TABLE)
        await db.execute("GRANT INSERT ON assignment.light TO assignment")


async def _forget(made: System) -> None:
    """Put the readers back to where they have seen nothing."""
    async with made.sql() as db:
        await db.execute("SET session_replication_role = replica")  # history is append-only; here it is made anew
        await db.execute(f"TRUNCATE {TABLES}, assignment.event, accountability.ledger_entry")
        await db.execute("UPDATE accountability.ledger_head SET seq = 0")


class Light:
    """Writes one light row an event."""

    def __init__(self, running: Running) -> None:
        pass

    async def lacks(self, records: Sequence[Record]) -> bool:
        return False

    async def prepare(self, records: Sequence[Record]) -> None:
        pass

    async def apply(self, connection: Any, records: Sequence[Record]) -> None:
        rows = [{"id": r.id, "case_id": r.case, "type": r.type, "at": r.at} for r in records]
        await connection.execute(
            "INSERT INTO light SELECT * FROM json_populate_recordset(NULL::light, $1::json)",
            msgspec.json.encode(rows).decode(),
        )


def _commands(running: Running) -> Effect:
    """As assignment receives a case, but on registration, of which the topic has plenty."""
    reactions = Reactions()

    @reactions.on(CaseRegistered, Assignment)
    def receive(case: Assignment, event: CaseRegistered, at: datetime) -> None:
        case.receive(
            at=at,
            registration_no=event.registration_no,
            kind=Kind.appeal_for_resolution,
            route=Route.petition_procedure,
            category=ContentCategory.unpaid_wages,
            place=event.place,
        )

    return Commands(running.store, reactions, datetime.now)


async def react(running: Running, settings: Settings, cpu: Cpu) -> Rate:
    """Take in the whole topic; return how many events a second."""
    inbox, clock = running.inbox, Clock(cpu)
    take = inbox.take

    async def counted(records: Iterable[Record]) -> None:
        records = list(records)
        await take(records)
        clock.tick(len(records))

    inbox.take = counted  # type: ignore[method-assign]
    task = asyncio.create_task(Consumer(inbox, settings, ["intake"]).run())
    try:
        async with asyncio.timeout(SECONDS_MAX):
            await clock.over.wait()
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    return clock.rate


class Clock:
    """Counts events, and runs once the first part of them is over."""

    def __init__(self, cpu: Cpu) -> None:
        self.over = asyncio.Event()
        self.rate = Rate(0, 0)
        self._cpu = cpu
        self._count = self._warm = 0
        self._started = 0.0
        self._used: Seconds = {}

    def tick(self, events: int) -> None:
        self._count += events
        if not self._warm:
            if self._count >= WARM * EVENTS:
                self._warm, self._started, self._used = self._count, time.perf_counter(), self._cpu.read()
        elif self._count >= EVENTS and not self.over.is_set():
            count, seconds = self._count - self._warm, time.perf_counter() - self._started
            self.rate = Rate(count / seconds, 1_000 * sum(self._cpu.since(self._used).values()) / count)
            self.over.set()


async def receive_bare(settings: Settings, cpu: Cpu) -> Rate:
    """Receive the whole topic and look at nothing; same fetching, same offsets as in `Consumer`."""
    options = connection(settings)
    consumer = AIOKafkaConsumer(
        settings.topic("intake"),
        **options,
        group_id=settings.group("bare"),
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=FETCH_WAIT_MS,
        max_partition_fetch_bytes=PARTITION_BYTES_MAX,
    )
    clock = Clock(cpu)
    await consumer.start()
    committed_at = time.monotonic()
    try:
        while not clock.over.is_set():
            batch = await consumer.getmany(timeout_ms=POLL_MS)
            clock.tick(sum(map(len, batch.values())))
            if time.monotonic() - committed_at > COMMIT_SECONDS:
                await consumer.commit()
                committed_at = time.monotonic()
    finally:
        await consumer.stop()
    return clock.rate
