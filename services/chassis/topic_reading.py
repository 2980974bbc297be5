"""Reading a topic as nobody's reader: what of a service stands on it, proven, without a group and without a cursor."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import aclosing, suppress
from typing import Any, Final, NamedTuple
from uuid import UUID

from aiokafka import AIOKafkaConsumer

from contracts.chain import SEALED_BY, Signers
from contracts.envelope import Malformed, Record, headers, parse
from services.chassis.kafka import Reading, connection
from services.chassis.lives import Life
from services.chassis.proof import Brought, Partition, Proofs, proven
from services.chassis.settings import Settings

NEWEST: Final = (20, 500)
"""So many records of each partition, from its end: to see whether one claims a number that is not known, and whether it
is true; for that there must be a whole batch among them."""
POLL_MS: Final = 500
STILL_SECONDS_MAX: Final = 3.0
"""For how long nothing may come of a topic that has not been read to its end."""
TOGETHER: Final = (2_000, 20_000)
"""So many records of a lane are proven together, as soon as a batch ends, or in any case."""

Lived = tuple[int, UUID]
"""A life and the store that it was."""


class OnTopic(NamedTuple):
    """What stands on a topic after some numbers."""

    records: Sequence[Record]
    """What the service has written, whatever has become of its store since."""
    lived: frozenset[Lived]
    """As what it has written them."""
    unproven: int
    """How many others claim to be its own."""


class _OfOne(Proofs):
    """Believes whatever one service has signed, and takes note of as what it did."""

    def __init__(self, signers: Signers) -> None:
        self.signers = signers
        self.lived: set[Lived] = set()

    async def _lived(self, records: Sequence[Record], store: UUID) -> bool:
        self.lived.add((records[0].epoch, store))
        return True


def others(lived: Iterable[Lived], own: Sequence[Life]) -> set[UUID]:
    """Return the stores that were this one in a life that it does not know, and that is not over for it."""
    return {store for life, store in lived if life >= own[-1].number} - {life.store for life in own}


async def ahead(settings: Settings, service: str, heads: Mapping[int, int], *, noted: bool) -> OnTopic:
    """Return what is newest on a service's topic, if anything there claims a number above what is known of its lane.

    Where nothing else has `noted` how far the service had got, it is read whole: whoever can write to it could put
    anything behind what tells of numbers that a restored store does not have.
    """
    if not noted:
        return await published(settings, service, heads)
    few, many = NEWEST
    async with aclosing(_records(settings, service, few)) as records:
        async for one, _ in records:
            if one.record.lane_seq > heads.get(one.record.lane, 0) or one.record.epoch > 1:
                return await published(settings, service, heads, newest=many)
    return OnTopic((), frozenset(), 0)


async def published(
    settings: Settings, service: str, after: Mapping[int, int], *, newest: int | None = None
) -> OnTopic:
    """Return what stands on a service's topic after some numbers."""
    proofs = _OfOne(Signers(settings.keys_of_signers()))
    lanes: dict[int, Partition] = defaultdict(Partition)
    records, unproven = list[Record](), 0

    async def prove(lane: int) -> int:
        await proofs.of_topic(partition := lanes.pop(lane))
        above = [one.record for one in partition.all if one.record.lane_seq > after.get(lane, 0)]
        records.extend(record for record in above if proven(record))
        return sum(not proven(record) for record in above)

    async with aclosing(_records(settings, service, newest)) as found:
        async for one, said in found:
            (some := lanes[one.record.lane]).add(one, said)
            if len(some.all) >= TOGETHER[SEALED_BY not in said]:
                unproven += await prove(one.record.lane)
    for lane in list(lanes):
        unproven += await prove(lane)
    return OnTopic(records, frozenset(proofs.lived), unproven)


async def _records(
    settings: Settings, service: str, newest: int | None
) -> AsyncGenerator[tuple[Brought, dict[str, bytes]]]:
    """Read a topic to where it ends now, each lane in its order; only the `newest` of each where that is said.

    Raises ``TimeoutError`` where nothing comes of it any more.
    """
    topic = settings.topic(service)
    consumer = AIOKafkaConsumer(topic, **connection(settings), enable_auto_commit=False, auto_offset_reset="earliest")
    now = asyncio.get_running_loop().time
    try:
        async with asyncio.timeout(STILL_SECONDS_MAX):
            await consumer.start()
            tps = sorted(consumer.assignment())
            ends, begins = await consumer.end_offsets(tps), await consumer.beginning_offsets(tps)
        for tp in tps:
            consumer.seek(tp, begins[tp] if newest is None else max(begins[tp], ends[tp] - newest))
        left, reading = {tp for tp in tps if begins[tp] < ends[tp]}, Reading(consumer)
        until = now() + STILL_SECONDS_MAX
        while left:
            for tp, messages in (await reading.more(*left, timeout_ms=POLL_MS)).items():
                for message in messages:
                    if message.offset < ends[tp] and (one := _read(message, service)):
                        yield one
                until = now() + STILL_SECONDS_MAX
            if now() > until:
                raise TimeoutError
            left = {tp for tp in left if await consumer.position(tp) < ends[tp]}
    finally:
        await consumer.stop()


def _read(message: Any, service: str) -> tuple[Brought, dict[str, bytes]] | None:  # noqa: ANN401  # a ConsumerRecord
    with suppress(Malformed):
        said = headers(message.headers)
        record = parse(said, message.value)
        if (record.service, record.lane) == (service, message.partition):
            return Brought(record, message), said
    return None
