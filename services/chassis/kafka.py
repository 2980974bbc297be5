"""How this system talks to Kafka; every option is stated, because the defaults lose data.

(aiokafka: acks=1, no idempotence, auto-commit, offset reset to *latest*. FastStream: acknowledges before the work.)
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Sequence
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import CorruptRecordException, KafkaError

from services.chassis.settings import Settings

REQUEST_MS_MAX: Final = 5_000
RECORD_BYTES_MAX: Final = 1_048_576
UNREADABLE_MS: Final = 200
"""How long a partition is waited for by itself, where one of several cannot be read."""
STEP_MAX: Final = 4_096


def connection(settings: Settings) -> dict[str, Any]:
    """Return what every client needs to reach the cluster."""
    tls = settings.kafka_security_protocol in {"SSL", "SASL_SSL"}
    return {
        "bootstrap_servers": settings.kafka.split(","),
        "security_protocol": settings.kafka_security_protocol,
        "ssl_context": ssl.create_default_context(cafile=settings.kafka_ca_file) if tls else None,
        "sasl_mechanism": settings.kafka_sasl_mechanism or "PLAIN",
        "sasl_plain_username": settings.kafka_username,
        "sasl_plain_password": settings.kafka_password.get_secret_value() if settings.kafka_password else None,
        "request_timeout_ms": REQUEST_MS_MAX,
    }


async def producer(settings: Settings) -> AIOKafkaProducer:
    """Return a started producer that loses and doubles nothing while it lives."""
    made = AIOKafkaProducer(
        **connection(settings),
        acks="all",
        enable_idempotence=True,
        max_batch_size=262_144,
        max_request_size=RECORD_BYTES_MAX,
        linger_ms=0,
    )
    try:
        await made.start()
    except BaseException:
        await made.stop()
        raise
    return made


class Reading:
    """Takes what a client has fetched, past what it cannot read.

    aiokafka fails at a header whose name is no UTF-8, which whoever can write to a topic can write, and at a batch that
    the broker's disk has damaged; it would at every attempt, and what it had at hand of other partitions would be lost.
    So those are read again, and the one that fails is read on some records later, and more of them each time: what is
    left out and was true is missed by its number.
    """

    def __init__(
        self, client: AIOKafkaConsumer, skipped: Callable[[TopicPartition, int, Exception], None] = lambda *_: None
    ) -> None:
        self.client = client
        self.skipped = skipped
        """Told of each place at which something could not be read, and why."""
        self._next: dict[TopicPartition, int] = {}
        self._steps: dict[TopicPartition, int] = {}

    async def more(
        self, *tps: TopicPartition, timeout_ms: int, max_records: int | None = None
    ) -> dict[TopicPartition, list[Any]]:
        """Return what there is of some partitions, or of all."""
        try:
            found = await self.client.getmany(*tps, timeout_ms=timeout_ms, max_records=max_records)
        except Exception as error:  # whatever bytes may do to its parser
            if _is_no_fault_of_bytes(error):
                raise
            found = await self._past(tps or tuple(self.client.assignment()))
        for tp, messages in found.items():
            self._next[tp] = messages[-1].offset + 1
            self._steps.pop(tp, None)
        return dict(found)

    async def _past(self, tps: Sequence[TopicPartition]) -> dict[TopicPartition, list[Any]]:
        found: dict[TopicPartition, list[Any]] = {}
        for tp in tps:
            if tp in self._next:
                self.client.seek(tp, self._next[tp])
        for tp in tps:
            try:
                found |= await self.client.getmany(tp, timeout_ms=UNREADABLE_MS)
            except Exception as error:  # this is the one
                if _is_no_fault_of_bytes(error):
                    raise
                at = await self.client.position(tp)
                self._steps[tp] = min(2 * self._steps.get(tp, 0) or 1, STEP_MAX)
                self._next[tp] = at + self._steps[tp]
                self.client.seek(tp, self._next[tp])
                self.skipped(tp, at, error)
        return found


def _is_no_fault_of_bytes(error: Exception) -> bool:
    return isinstance(error, KafkaError) and not isinstance(error, CorruptRecordException)
