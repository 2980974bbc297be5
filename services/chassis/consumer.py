"""The Kafka side of the reactions: batches in, bytes untouched, offsets as a hint once a second."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, Final
from uuid import UUID

import structlog
from aiokafka import TopicPartition
from aiokafka.errors import CorruptRecordException, KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import FAKE_CONSUMER, KafkaMessage
from faststream.security import BaseSecurity, SASLPlaintext, SASLScram256, SASLScram512

from contracts.envelope import Malformed, Record, headers, parse
from services.chassis import metrics
from services.chassis.database import NOT_NOW
from services.chassis.doubts import Doubt, Doubts, doubt_of, malformed
from services.chassis.errors import Unavailable
from services.chassis.inbox import TOGETHER_MAX, Inbox, Lane
from services.chassis.kafka import REQUEST_MS_MAX, Reading, connection
from services.chassis.proof import Brought, Partition, place_of
from services.chassis.settings import Settings
from services.chassis.source import AWAY_PAUSE_SECONDS

RECORDS_MAX: Final[int | None] = None
"""Records of one batch: all that the client has at hand. It hands them out one partition after the other, and a batch
that is cut off holds the effects of one and not their causes in the next."""
PARTITION_BYTES_MAX: Final = 262_144
"""What the client has at hand of each partition; of all of them that is some thousand records."""
READ_TOGETHER: Final = 500
"""Records that are read before others in this process have their turn."""
POLL_MS: Final = 1_000
"""How long a poll waits for a record, which ends it at once."""
CAUSE_SECONDS_MAX: Final = 1.0
"""How long what waits for its cause waits for Kafka to bring it, before the source is asked."""
FETCH_WAIT_MS: Final = 2_000
"""How long the broker holds a fetch that finds nothing; the first event ends it at once."""
TAKING_SECONDS_MAX: Final = 10.0
"""How long the client waits until what it has fetched is taken, before it fetches the other partitions alone: of those
that it leaves out, nothing would end that fetch."""
LOOK_MS: Final = 1_000
"""How often the client looks whether there is something to fetch that nothing has told it of."""
LINGER_SECONDS: Final = 0.0005
"""How long the consumer waits for more after a batch, for each record of it: the first record is taken at once, and the
more there is to do, the more records share a transaction."""
LINGER_SECONDS_MIN: Final = 0.01
LINGER_SECONDS_MAX: Final = 0.1
COMMIT_SECONDS: Final = 1.0
START_PAUSE_SECONDS: Final = 2.0
SESSION_MS_MAX: Final = 30_000
PROCESSING_MS_MAX: Final = 600_000
GRACEFUL_SECONDS_MAX: Final = 10.0

log = structlog.get_logger()


def _security(settings: Settings) -> BaseSecurity | None:
    if settings.kafka_security_protocol == "PLAINTEXT":
        return None
    options = connection(settings)
    tls = {"ssl_context": options["ssl_context"], "use_ssl": options["ssl_context"] is not None}
    mechanisms = {"PLAIN": SASLPlaintext, "SCRAM-SHA-256": SASLScram256, "SCRAM-SHA-512": SASLScram512}
    if settings.kafka_sasl_mechanism is None:
        return BaseSecurity(**tls)
    return mechanisms[settings.kafka_sasl_mechanism](
        options["sasl_plain_username"] or "", options["sasl_plain_password"] or "", **tls
    )


async def _untouched(records: Any) -> KafkaMessage:  # noqa: ANN401  # a tuple of ConsumerRecord
    """Hand on the records as they are: FastStream's parser fails on headers that are not UTF-8."""
    return KafkaMessage(body=b"", raw_message=records, headers={}, consumer=FAKE_CONSUMER)


async def _raw(message: KafkaMessage) -> Any:  # noqa: ANN401  # the same tuple
    return message.raw_message


class Consumer:
    """Feeds an inbox from the topics of other services."""

    def __init__(self, inbox: Inbox, settings: Settings, sources: Sequence[str]) -> None:
        self.inbox = inbox
        self.doubts = Doubts(inbox)
        self.settings = settings
        self.sources = {settings.topic(source): source for source in sources}
        self._reading: Reading | None = None
        self._offsets: dict[TopicPartition, int] = {}
        self._committed_at = 0.0
        self._broker = KafkaBroker(
            connection(settings)["bootstrap_servers"],
            security=_security(settings),
            request_timeout_ms=REQUEST_MS_MAX,
            consumer_only=True,
            allow_auto_create_topics=False,
            graceful_timeout=GRACEFUL_SECONDS_MAX,
            apply_types=False,
            logger=None,
        )
        self._subscriber: Any = self._broker.subscriber(
            *self.sources,
            batch=True,  # of whatever `_at_hand` returns
            group_id=settings.group(inbox.store.service),
            ack_policy=AckPolicy.MANUAL,
            auto_offset_reset="earliest",
            max_partition_fetch_bytes=PARTITION_BYTES_MAX,
            fetch_max_wait_ms=FETCH_WAIT_MS,
            consumer_timeout_ms=LOOK_MS,
            session_timeout_ms=SESSION_MS_MAX,
            max_poll_interval_ms=PROCESSING_MS_MAX,
            parser=_untouched,
            decoder=_raw,
        )
        self._subscriber.get_msg = self._at_hand  # type: ignore[method-assign,assignment]
        self._subscriber(self._take)

    async def run(self) -> None:
        """Consume until cancelled; a cluster that is away at the start is waited for."""
        try:
            await self._learn()
            while True:
                try:
                    await self._broker.start()
                    self._subscriber.consumer._fetcher._prefetch_backoff = TAKING_SECONDS_MAX  # noqa: SLF001
                except (KafkaError, OSError, TimeoutError) as error:
                    log.warning("kafka_away", service=self.inbox.store.service, error=repr(error))
                    await self._broker.stop()
                    await asyncio.sleep(START_PAUSE_SECONDS)
                else:
                    break
            await self.doubts.run()
        finally:
            await self._broker.stop()

    async def _learn(self) -> None:
        """Let each source tell of its lives, if it can; where it cannot, what it has told before has to do."""
        for source in self.sources.values():
            try:
                await self.inbox.proofs.learn(source)
            except (Unavailable, *NOT_NOW) as error:
                log.info("lives_not_told", source=source, error=repr(error))

    async def _take(self, raw: Sequence[Any]) -> None:
        records = await self._records(raw)
        until = asyncio.get_running_loop().time() + CAUSE_SECONDS_MAX
        while await self._lacks(records) and asyncio.get_running_loop().time() < until:
            more = await self._more()
            raw = [*raw, *more]
            records += await self._records(more)
        await self.inbox.take(records)
        self.inbox.brought_at = asyncio.get_running_loop().time()
        last = {(message.topic, message.partition): message.offset for message in raw}
        self._offsets |= {TopicPartition(*lane): offset + 1 for lane, offset in last.items()}
        await self._commit()
        if len(raw) < TOGETHER_MAX:
            await asyncio.sleep(min(max(len(raw) * LINGER_SECONDS, LINGER_SECONDS_MIN), LINGER_SECONDS_MAX))

    async def _lacks(self, records: Sequence[Record]) -> bool:
        """Return whether Kafka may be about to bring what these need; not where the store cannot say, as nobody can."""
        try:
            return await self.inbox.effect.lacks(records)
        except Unavailable:
            return False

    async def _more(self) -> Sequence[Any]:
        """Return what Kafka brings within one poll; nothing while it does not, which is for the next batch to tell."""
        try:
            return await self._at_hand(self._subscriber.consumer)
        except Exception:  # noqa: BLE001  # the client is away or has been stopped
            await asyncio.sleep(POLL_MS / 1_000)
            return ()

    async def _at_hand(self, client: Any) -> tuple[Any, ...]:  # noqa: ANN401  # an AIOKafkaConsumer
        """Return what the client has fetched, as soon as there is something; nothing after a while.

        FastStream's own sleeps after a poll in vain, and no record would wake it.
        """
        if self._reading is None or self._reading.client is not client:
            self._reading = Reading(client, self._skipped)
        return tuple(
            chain.from_iterable((await self._reading.more(timeout_ms=POLL_MS, max_records=RECORDS_MAX)).values())
        )

    def _skipped(self, tp: TopicPartition, offset: int, error: Exception) -> None:
        """Tell of what cannot be read: what a disk has damaged is nobody's forgery."""
        place = f"{tp.topic}:{tp.partition}:{offset}"
        if isinstance(error, CorruptRecordException):
            metrics.DAMAGED.labels(self.inbox.store.service, "topic_damaged").inc()
            log.critical("topic_damaged", service=self.inbox.store.service, place=place, what=str(error))
            return
        wrong = malformed(place, offset, None, Malformed("a header's name"))
        self.doubts.add((self.sources[tp.topic], tp.partition), [wrong])

    async def _records(self, raw: Sequence[Any]) -> list[Record]:
        """Return what Kafka has brought that is proven, and set aside what is no event of ours."""
        lanes: dict[Lane, Partition] = defaultdict(Partition)
        wrong: dict[Lane, list[Doubt]] = defaultdict(list)
        for number, message in enumerate(raw, 1):
            if number % READ_TOGETHER == 0:
                await asyncio.sleep(0)
            lane = (self.sources[message.topic], message.partition)
            try:
                said = headers(message.headers)
                lanes[lane].add(Brought(_read(said, message, lane), message), said)
            except Malformed as error:
                wrong[lane].append(malformed(place_of(message), message.offset, _key(message.key), error))
        for lane, partition in lanes.items():
            await asyncio.sleep(0)
            wrong[lane] += map(doubt_of, await self._prove(partition))
        for lane, doubted in wrong.items():
            self.doubts.add(lane, doubted)
        return [record for partition in lanes.values() for record in partition.proven()]

    async def _prove(self, partition: Partition) -> Sequence[Brought]:
        """Prove what can be proved, as soon as the store can be asked; return the rest.

        What is of a life of its source that is not known here, while that is away, is in doubt as well.
        """
        while True:
            try:
                return await self.inbox.proofs.of_topic(partition)
            except Unavailable:
                return partition.doubted()
            except NOT_NOW as error:
                log.warning("proof_waits", service=self.inbox.store.service, error=repr(error))
                await asyncio.sleep(AWAY_PAUSE_SECONDS)

    def _settled(self, tp: TopicPartition, offset: int) -> int:
        """Return up to where nothing of a partition is in doubt any more."""
        oldest = self.doubts.oldest((self.sources[tp.topic], tp.partition))
        return offset if oldest is None else min(offset, oldest)

    async def _commit(self) -> None:
        if time.monotonic() - self._committed_at < COMMIT_SECONDS:
            return
        self._committed_at = time.monotonic()
        offsets = {tp: self._settled(tp, offset) for tp, offset in self._offsets.items()}
        self._offsets = {tp: offset for tp, offset in self._offsets.items() if offsets[tp] < offset}
        try:
            await self._subscriber.consumer.commit(offsets)
        except (KafkaError, AttributeError) as error:  # a hint that is lost costs a second look, and no event
            log.info("offset_not_committed", error=repr(error))


def _read(said: Mapping[str, bytes], message: Any, lane: Lane) -> Record:  # noqa: ANN401  # a ConsumerRecord
    record = parse(said, message.value)
    if record.lane != lane[1] or record.service != lane[0]:
        raise Malformed(f"{record.service}/{record.lane} on {message.topic}/{message.partition}")
    return record


def _key(key: bytes | None) -> UUID | None:
    try:
        return None if key is None else UUID(key.decode())
    except ValueError:
        return None
