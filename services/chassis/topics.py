"""The topics: one a service, made by command and never by accident."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

import asyncpg
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError, UnknownTopicOrPartitionError, for_code

from contracts.envelope import LANES, RETENTION_DAYS, SERVICES
from services.chassis import accounts
from services.chassis.administration import on_record
from services.chassis.kafka import connection
from services.chassis.settings import Settings
from services.chassis.store import Store

DAY_MS: Final = 24 * 3_600 * 1_000
COMPRESSION: Final = "gzip"
"""How brokers keep what comes to them as it is: a seventh of it, in what every client can read; zstd would be smaller
and faster, and some clients have nothing that reads it."""
EFFORT: Final = 1
"""How hard they try: at their usual level it is a tenth smaller and takes three times as long, which was a third of all
that publishing an event costs."""
SECONDS_MAX: Final = 30.0


class Misshapen(RuntimeError):
    """A topic has another number of partitions than there are lanes, so no reader of it could rely on its order."""

    def __init__(self, topic: str, partitions: int) -> None:
        service = topic.rpartition(".events")[0].rpartition(".")[2]
        super().__init__(
            f"{topic} has {partitions} partitions where {LANES} are wanted: let `huiyin topics rebuild {service}` make "
            "it anew from the store"
        )


def check(topic: str, partitions: int) -> None:
    """Raise ``Misshapen`` unless a topic has a partition for each lane."""
    if partitions != LANES:
        raise Misshapen(topic, partitions)


def _wanted(settings: Settings, service: str) -> NewTopic:
    return NewTopic(
        name=settings.topic(service),
        num_partitions=LANES,
        replication_factor=settings.kafka_replication,
        topic_configs={
            "retention.ms": str(RETENTION_DAYS * DAY_MS),
            "min.insync.replicas": str(max(1, settings.kafka_replication - 1)),
            "unclean.leader.election.enable": "false",
            "compression.type": COMPRESSION,
            f"compression.{COMPRESSION}.level": str(EFFORT),
        },
    )


async def create(settings: Settings, services: tuple[str, ...] = SERVICES) -> list[str]:
    """Make the topics that are missing, let the services in to them, and return the names of the new ones.

    Raises ``Misshapen``, and has made none then.
    """
    admin = AIOKafkaAdminClient(**connection(settings))
    await admin.start()
    try:
        names = [settings.topic(service) for service in services]
        there = {t["topic"]: t["partitions"] for t in await admin.describe_topics(names) if not t["error_code"]}
        for name, partitions in there.items():
            check(name, len(partitions))
        await accounts.admit(admin, settings, services)  # first: a broker makes what it is told in that order
        missing = [_wanted(settings, service) for service in services if settings.topic(service) not in there]
        if missing:
            reply = await admin.create_topics(missing, timeout_ms=10_000)
            for _, code, *_ in reply.topic_errors:
                if code and for_code(code) is not TopicAlreadyExistsError:
                    raise for_code(code)
        return [topic.name for topic in missing]
    finally:
        await admin.close()


async def delete(settings: Settings, service: str) -> None:
    """Delete a topic and return when it is gone; the relay's cursor decides what is published again."""
    admin = AIOKafkaAdminClient(**connection(settings))
    await admin.start()
    try:
        reply = await admin.delete_topics([settings.topic(service)], timeout_ms=10_000)
        for _, code in reply.topic_error_codes:
            if code and for_code(code) is not UnknownTopicOrPartitionError:
                raise for_code(code)
        async with asyncio.timeout(SECONDS_MAX):
            while settings.topic(service) in await admin.list_topics():
                await asyncio.sleep(0.05)
    finally:
        await admin.close()


async def publish_again(settings: Settings, names: Sequence[str], *, by: str) -> None:
    """Let relays publish anew what was on topics that are there again, where anything was."""
    connection = await asyncpg.connect(settings.database_url.get_secret_value())
    try:
        for service in SERVICES:
            if settings.topic(service) in names:
                async with connection.transaction():
                    again = f"UPDATE {service}.published SET seq = 0 WHERE seq > 0"  # noqa: S608  # a name of ours
                    if await connection.execute(again) != "UPDATE 0":
                        await on_record(connection, "topics create", settings.topic(service), by=by, schema=service)
    finally:
        await connection.close()


async def rebuild(settings: Settings, store: Store, *, by: str) -> None:
    """Make a service's topic anew; its relay publishes everything again from the store, in the same order.

    The cursor is put back last: what a relay has published to the old topic meanwhile is published once more.
    """
    async with store.database.connection() as connection:
        await on_record(connection, "topics rebuild", settings.topic(store.service), by=by)
    await delete(settings, store.service)
    await create(settings, (store.service,))
    async with store.database.connection() as connection:
        await connection.execute("UPDATE published SET seq = 0")
    store.appended.set()
