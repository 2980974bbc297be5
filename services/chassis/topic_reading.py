"""Reading a topic as nobody's reader: what of a service stands on it, proven, without a group and without a cursor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final
from uuid import UUID

from aiokafka import AIOKafkaConsumer

from contracts.chain import Signers
from contracts.envelope import Malformed, Record, parse
from services.chassis.kafka import connection
from services.chassis.lives import Life
from services.chassis.proof import Brought, Proofs, proven
from services.chassis.settings import Settings

NEWEST: Final = (20, 500)
"""So many records of each partition, from its end: to see whether one claims a number that is not known, and whether it
is true; for that there must be a whole batch among them."""
POLL_MS: Final = 500


class OfOne(Proofs):
    """Knows in which lives one service was which store, and asks nobody."""

    def __init__(self, signers: Signers, own: Sequence[Life]) -> None:
        self.signers = signers
        self.own = own

    async def _lived(self, records: Sequence[Record], store: UUID) -> bool:
        """Return whether it was such a store in that life, whatever has become of the numbers since."""
        return any(life.number == records[0].epoch and life.store == store for life in self.own)


async def ahead(settings: Settings, service: str, own: Sequence[Life], heads: Mapping[int, int]) -> dict[int, int]:
    """Return the newest number of each lane on a service's topic that is above what is known of that lane."""
    few, many = NEWEST
    async for record, _, _ in _records(settings, service, few):
        if record.lane_seq > heads.get(record.lane, 0):
            break
    else:
        return {}
    found: dict[int, int] = {}
    for record in await published(settings, service, own, heads, newest=many):
        found[record.lane] = max(found.get(record.lane, 0), record.lane_seq)
    return found


async def published(
    settings: Settings,
    service: str,
    own: Sequence[Life],
    after: Mapping[int, int],
    *,
    newest: int | None = None,
) -> list[Record]:
    """Return the records on a service's topic that it has written in one of these lives, after some numbers."""
    proofs = OfOne(Signers(settings.signers), own)
    lanes: dict[int, list[Brought]] = defaultdict(list)
    async for record, said, place in _records(settings, service, newest):
        lanes[record.lane].append(Brought(record, said, place))
    found = []
    for brought in lanes.values():
        await proofs.of_topic(brought)
        found += [
            one.record for one in brought
            if proven(one.record) and one.record.lane_seq > after.get(one.record.lane, 0)
        ]  # fmt: skip
    return found


async def _records(
    settings: Settings, service: str, newest: int | None
) -> AsyncIterator[tuple[Record, dict[str, bytes], str]]:
    """Read a topic to where it ends now, each lane in its order; only the `newest` of each where that is said."""
    topic = settings.topic(service)
    consumer = AIOKafkaConsumer(topic, **connection(settings), enable_auto_commit=False, auto_offset_reset="earliest")
    await consumer.start()
    try:
        tps = sorted(consumer.assignment())
        ends, begins = await consumer.end_offsets(tps), await consumer.beginning_offsets(tps)
        for tp in tps:
            consumer.seek(tp, begins[tp] if newest is None else max(begins[tp], ends[tp] - newest))
        left = {tp for tp in tps if begins[tp] < ends[tp]}
        while left:
            for tp, messages in (await consumer.getmany(*left, timeout_ms=POLL_MS)).items():
                for message in messages:
                    if message.offset < ends[tp] and (record := _read(message, service)):
                        place = f"{message.topic}:{message.partition}:{message.offset}"
                        yield record, dict(message.headers), place
            left = {tp for tp in left if await consumer.position(tp) < ends[tp]}
    finally:
        await consumer.stop()


def _read(message: Any, service: str) -> Record | None:  # noqa: ANN401  # a ConsumerRecord
    with suppress(Malformed):
        record = parse(message.headers, message.value)
        if (record.service, record.lane) == (service, message.partition):
            return record
    return None
