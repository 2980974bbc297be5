"""relay: what sealing, reading and remembering cost above sending."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator

from aiokafka import AIOKafkaProducer

from contracts.envelope import LANES, Record, message_of
from services.chassis.kafka import producer
from services.chassis.running import Running
from services.intake.main import SERVICE
from tests.bench import samples
from tests.bench.cpu import Cpu
from tests.bench.report import Entry, compare, rate
from tests.harness import Servers, system

EVENTS = 20_000
WARM_UP = 3_000
ROUNDS = 5


async def run(servers: Servers) -> AsyncIterator[Entry]:
    async with system(servers, ("intake", "assignment")) as made:
        settings, cpu = made.settings("intake"), Cpu(servers, here=True)
        async with Running(SERVICE, settings).opened() as running:
            sender = await producer(made.settings())
            bare_topic = settings.topic("assignment")
            try:
                rounds = []
                for count in (WARM_UP, *[EVENTS] * ROUNDS):
                    after = await store(running, count)
                    ours = await rate(cpu, lambda after=after, count=count: relay(running, after, count))
                    records = await _records(running, after, count)
                    bare = await rate(cpu, lambda records=records: send_bare(sender, bare_topic, records))
                    if count == EVENTS:
                        rounds.append((bare, ours))
            finally:
                await sender.stop()
    yield compare("relay", "events/s", rounds)


async def store(running: Running, count: int) -> int:
    """Append so many events as registering makes them, nothing published; return how many there were before."""
    async with running.database.connection() as connection:
        before = int(await connection.fetchval("SELECT count(*) FROM event"))
    for start in range(0, count, 500):
        rows = [row for _ in range(start, start + 500) for row in samples.rows(samples.registered(), samples.by())]
        async with running.database.transaction() as connection:
            await running.store.recorder.insert(connection, rows)
    return before


async def relay(running: Running, after: int, count: int) -> int:
    """Let the relay run until its cursor has moved by so many events; return how many."""
    task = asyncio.create_task(running.relay.run())
    try:
        async with running.database.connection() as connection:
            while await connection.fetchval("SELECT seq FROM published") < after + count:
                assert not task.done()
                await asyncio.sleep(0.02)
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    return count


async def _records(running: Running, after: int, count: int) -> dict[int, list[Record]]:
    """What the relay has sent, by lane."""
    lanes: dict[int, list[Record]] = defaultdict(list)
    for row in await running.store.recorder.log(after, count):
        record = running.store.recorder.record(row)
        lanes[record.lane].append(record)
    assert len(lanes) == LANES
    return lanes


async def send_bare(sender: AIOKafkaProducer, topic: str, lanes: dict[int, list[Record]]) -> int:
    """Send events that are in memory already, with their CloudEvents headers; seal, read and remember nothing."""

    async def send(lane: int, records: list[Record]) -> None:
        batch, acks = sender.create_batch(), []
        for record in records:
            message = message_of(record)
            if batch.append(**message) is None:
                acks.append(await sender.send_batch(batch, topic, partition=lane))
                batch = sender.create_batch()
                batch.append(**message)
        acks.append(await sender.send_batch(batch, topic, partition=lane))
        await asyncio.gather(*acks)

    await asyncio.gather(*(send(lane, records) for lane, records in lanes.items()))
    return sum(map(len, lanes.values()))
