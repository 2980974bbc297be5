"""replay: what the repository costs above decoding and applying."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID

from contracts.event import REGISTRY
from contracts.packing import unpack
from services.chassis.aggregate import Aggregate
from services.chassis.running import Running
from services.chassis.streams import folded
from services.mediation.main import SERVICE
from tests.bench import samples
from tests.bench.cpu import Cpu
from tests.bench.report import Entry, Rate, compare, rate
from tests.harness import Servers, system

STREAMS = 1_000
BATCH = 100
ROUNDS = 7

Streams = dict[UUID, tuple[type[Aggregate], list[Any]]]


async def run(servers: Servers) -> AsyncIterator[Entry]:
    async with system(servers, ()) as made, Running(SERVICE, made.settings("mediation")).opened() as running:
        kinds = await _store(running)
        wanted = list(kinds)
        groups = [wanted[n : n + BATCH] for n in range(0, len(wanted), BATCH)]
        streams: Streams = {}
        in_memory: list[tuple[Rate, Rate]] = []
        loaded: list[tuple[Rate, Rate]] = []
        cpu = Cpu(servers, here=True)

        async def load_bare() -> int:
            count = 0
            async with running.database.connection() as connection:
                for group in groups:
                    fetched = await _select(running, connection, group, kinds)
                    streams.update(fetched)
                    count += fold_bare(fetched)
            return count

        async def load_ours() -> int:
            async with running.database.connection() as connection:
                for group in groups:
                    await running.store.load_many(connection, {stream: kinds[stream] for stream in group})
            return sum(len(rows) for _, rows in streams.values())

        for n in range(ROUNDS + 1):  # the first one warms up
            pair = await rate(cpu, load_bare), await rate(cpu, load_ours)
            if n:
                loaded.append(pair)
                in_memory.append((_rate(fold_bare, streams), _rate(fold_ours, streams)))
    yield compare("replay", "events/s", in_memory)
    yield compare("replay_loaded", "events/s", loaded)


async def _store(running: Running) -> dict[UUID, type[Aggregate]]:
    """Store finished cases, as mediation and as intake see them; some with many repeat petitions."""
    kinds: dict[UUID, type[Aggregate]] = {}
    rows = []
    for n in range(STREAMS // 2):
        for aggregate in (samples.handling(records=2 + n % 4), samples.registration(repeats=n % 7)):
            kinds[aggregate.id] = type(aggregate)
            rows += samples.rows(aggregate, samples.by())
    for n in range(0, len(rows), 1_000):
        async with running.database.transaction() as connection:
            await running.store.recorder.insert(connection, rows[n : n + 1_000])
    return kinds


async def _select(running: Running, connection: Any, group: list[UUID], kinds: dict[UUID, type[Aggregate]]) -> Streams:
    rows = await running.store.recorder.streams(connection, group)
    return {stream: (kinds[stream], rows[stream]) for stream in group}


def _rate(fold: Callable[[Streams], int], streams: Streams) -> Rate:
    """Return events a second of processor time: one thread computes and nothing is waited for."""
    started = time.thread_time()
    count = fold(streams)
    seconds = time.thread_time() - started
    return Rate(count / seconds, 1_000 * seconds / count)


def fold_ours(streams: Streams) -> int:
    for stream, (kind, rows) in streams.items():
        folded(kind, stream, rows)
    return sum(len(rows) for _, rows in streams.values())


def fold_bare(streams: Streams) -> int:
    """Unpack and decode each body as its contract says and apply it; no version, no upcast, no owner is looked at."""
    count = 0
    for stream, (kind, rows) in streams.items():
        aggregate = kind.blank(stream)
        for _, version, name, packed, at in rows:
            _, body = unpack(packed)
            REGISTRY[name].decoded(stream, version, at, body).apply(aggregate)
        count += len(rows)
    return count
