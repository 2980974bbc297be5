"""Reading a topic as nobody's reader: what of a service stands on it, proven, without a group and without a cursor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, NamedTuple
from uuid import UUID

from aiokafka import AIOKafkaConsumer

from contracts.chain import Signers
from contracts.envelope import Malformed, Record, headers, parse
from services.chassis.kafka import Reading, connection
from services.chassis.lives import Life
from services.chassis.proof import Brought, Partition, Proofs, proven
from services.chassis.settings import Settings

NEWEST: Final = (20, 500)
"""So many records of each partition, from its end: to see whether one claims a number that is not known, and whether it
is true; for that there must be a whole batch among them."""
POLL_MS: Final = 500

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


async def ahead(settings: Settings, service: str, heads: Mapping[int, int]) -> OnTopic:
    """Return what is newest on a service's topic, if anything there claims a number above what is known of its lane."""
    few, many = NEWEST
    async for one, _ in _records(settings, service, few):
        record = one.record
        if record.lane_seq > heads.get(record.lane, 0) or record.epoch > 1:
            return await published(settings, service, heads, newest=many)
    return OnTopic((), frozenset(), 0)


async def published(
    settings: Settings, service: str, after: Mapping[int, int], *, newest: int | None = None
) -> OnTopic:
    """Return what stands on a service's topic after some numbers."""
    proofs = _OfOne(Signers(settings.keys_of_signers()))
    lanes: dict[int, Partition] = defaultdict(Partition)
    async for one, said in _records(settings, service, newest):
        lanes[one.record.lane].add(one, said)
    records, unproven = list[Record](), 0
    for lane, partition in lanes.items():
        await proofs.of_topic(partition)
        above = [one.record for one in partition.all if one.record.lane_seq > after.get(lane, 0)]
        records += [record for record in above if proven(record)]
        unproven += sum(not proven(record) for record in above)
    return OnTopic(records, frozenset(proofs.lived), unproven)


async def _records(
    settings: Settings, service: str, newest: int | None
) -> AsyncIterator[tuple[Brought, dict[str, bytes]]]:
    """Read a topic to where it ends now, each lane in its order; only the `newest` of each where that is said."""
    topic = settings.topic(service)
    consumer = AIOKafkaConsumer(topic, **connection(settings), enable_auto_commit=False, auto_offset_reset="earliest")
    await consumer.start()
    try:
        tps = sorted(consumer.assignment())
        ends, begins = await consumer.end_offsets(tps), await consumer.beginning_offsets(tps)
        for tp in tps:
            consumer.seek(tp, begins[tp] if newest is None else max(begins[tp], ends[tp] - newest))
        left, reading = {tp for tp in tps if begins[tp] < ends[tp]}, Reading(consumer)
        while left:
            for tp, messages in (await reading.more(*left, timeout_ms=POLL_MS)).items():
                for message in messages:
                    if message.offset < ends[tp] and (one := _read(message, service)):
                        yield one
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
