"""An account of Kafka that was stolen opens its own door only (promise 43): one writer a topic, and nothing that is not said."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic, RecordsToDelete
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    GroupCoordinatorNotAvailableError,
    KafkaError,
    NotLeaderForPartitionError,
    TopicAuthorizationFailedError,
    for_code,
)

from contracts.envelope import LANES, SERVICES
from services.chassis import accounts
from services.chassis.accounts import LISTENS_TO
from services.chassis.kafka import connection
from services.chassis.settings import Settings
from services.cli.embedded import kafka
from services.cli.embedded.kafka import ADMIN, NODE, EmbeddedKafka
from tests.harness import Servers, System, system, until
from tests.identity.test_peers import service

pytestmark = pytest.mark.asyncio(loop_scope="module")

Done = tuple[str, str]
"""What was done, and to what."""
DENIED: Final = (
    TopicAuthorizationFailedError,
    GroupAuthorizationFailedError,
    ClusterAuthorizationFailedError,
    NotLeaderForPartitionError,  # whoever does not see a topic knows of nobody who leads it
)
REFUSED: Final = ("WRITE", "ALTER", "DELETE", "CREATE")
"""What each account tries in vain somewhere, as the broker calls it."""
FETCH_MS_MAX: Final = 5_000


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def huiyin(servers: Servers) -> AsyncIterator[System]:
    if not servers.broker:
        pytest.skip("a Kafka that was named to us lets in whom it likes")
    async with system(servers) as made:
        yield made


async def allowed(attempt: Callable[[], Awaitable[Any]]) -> bool:
    """Return whether something is done, and not refused to whoever tries it."""
    try:
        await attempt()
    except DENIED:
        return False
    return True


@asynccontextmanager
async def administering(settings: Settings) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(**connection(settings))
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


async def write(settings: Settings, topic: str) -> None:
    producer = AIOKafkaProducer(**connection(settings), acks="all")
    await producer.start()
    try:
        await producer.send_and_wait(topic, b"mine", partition=0)
    finally:
        await producer.stop()


async def read(settings: Settings, topic: str) -> None:
    place = TopicPartition(topic, 0)
    consumer = AIOKafkaConsumer(**connection(settings), enable_auto_commit=False)
    await consumer.start()
    try:
        if topic not in await consumer.topics():  # whoever may not even see it would wait for ever
            raise TopicAuthorizationFailedError(topic)
        consumer.assign([place])
        consumer.seek(place, 0)
        assert await consumer.getmany(timeout_ms=FETCH_MS_MAX), f"nothing comes of {topic}, and nothing is refused"
    finally:
        await consumer.stop()


async def join(admin: AIOKafkaAdminClient, group: str) -> None:
    """Find who keeps the offsets of a group, which a broker that has just begun does not know yet."""

    async def found() -> bool:
        with suppress(GroupCoordinatorNotAvailableError):
            await admin.find_coordinator(group)
            return True
        return False

    await until(found, "a group has somebody who keeps its offsets")


async def told(codes: list[int]) -> None:
    """Raise what Kafka has answered."""
    for code in filter(None, codes):
        raise for_code(code)


async def harm(admin: AIOKafkaAdminClient, settings: Settings, what: str, topic: str) -> None:
    """Do what only an administrator may, to a topic."""
    if what == "delete":
        await told([code for _, code, *_ in (await admin.delete_topics([topic])).topic_error_codes])
    elif what == "widen":
        reply = await admin.create_partitions({topic: NewPartitions(LANES + 1)})
        await told([code for _, code, *_ in reply.topic_errors])
    elif what == "empty":
        await admin.delete_records({TopicPartition(topic, 0): RecordsToDelete(before_offset=1)})
    elif what == "make":
        reply = await admin.create_topics([NewTopic(f"{topic}.mine", 1, 1)])
        await told([code for _, code, *_ in reply.topic_errors])
    else:
        await accounts.admit(admin, settings)


async def done_by(huiyin: System, account: str) -> set[Done]:
    """Try everything as an account, and return what was done."""
    settings, found = huiyin.settings(account), set[Done]()
    async with administering(settings) as admin:
        for name in SERVICES:
            topic, group = settings.topic(name), settings.group(name)
            tries: tuple[tuple[str, Callable[[], Awaitable[Any]]], ...] = (
                ("write", partial(write, settings, topic)),
                ("read", partial(read, settings, topic)),
                ("group", partial(join, admin, group)),
                *(
                    (what, partial(harm, admin, settings, what, topic))
                    for what in ("widen", "empty", "make", "admit", "delete")
                ),
            )
            found |= {(what, name) for what, attempt in tries if await allowed(attempt)}
    return found


def said(account: str) -> set[Done]:
    """Return what an account may, as services declare it."""
    heard = service(account).listens_to
    return {("write", account), ("group", account)} | {("read", name) for name in {account, *heard}}


async def check_everybody(huiyin: System) -> None:
    """Raise ``AssertionError`` unless each account may what is said, and nothing else."""
    for name in SERVICES:
        await write(huiyin.settings(name), huiyin.settings().topic(name))  # something to read
    for account in SERVICES:
        assert await done_by(huiyin, account) == said(account), account


async def test_services_are_let_in_to_what_they_listen_to():
    assert {name: set(LISTENS_TO[name]) for name in SERVICES} == {
        name: {*service(name).listens_to} for name in SERVICES
    }


async def test_promise_43_each_account_may_what_is_said_and_nothing_else(huiyin: System):
    log = huiyin.servers.broker.log
    begun = log.stat().st_size
    await check_everybody(huiyin)
    refused = {f"Principal = User:{account} is Denied operation = {what}" for account in SERVICES for what in REFUSED}

    async def on_record() -> bool:
        said = log.read_bytes()[begun:].decode()
        return all(line in said for line in refused)

    await until(on_record, "the broker's log says who was refused what", 10)


async def test_whoever_proves_nothing_is_not_let_in(huiyin: System):
    """Without an account, with another one's password, and with the one that the node talks to its controller."""
    right = huiyin.settings("intake")
    controller = huiyin.servers.broker.directory.joinpath("controller-port").read_text().strip()
    wrong = (
        {"kafka_security_protocol": "PLAINTEXT", "kafka_sasl_mechanism": None},
        {"kafka_password": huiyin.settings("mediation").kafka_password},
        {"kafka_username": ADMIN},
        {"kafka_username": NODE},
        {"kafka_username": "nobody"},
        {"kafka_sasl_mechanism": "PLAIN"},
        {"kafka": f"127.0.0.1:{controller}", "kafka_sasl_mechanism": "PLAIN"},
        {"kafka": f"127.0.0.1:{controller}", "kafka_sasl_mechanism": "PLAIN", "kafka_username": NODE},
        {"kafka": f"127.0.0.1:{controller}", "kafka_security_protocol": "PLAINTEXT"},
    )
    for told in wrong:
        with pytest.raises(KafkaError):
            async with administering(right.model_copy(update=told)):
                pass
    async with administering(right):
        pass


@pytest.fixture(scope="module")
def open_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedKafka]:
    """A broker among whose administrators is a service."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kafka, "SUPER", (ADMIN, NODE, "intake"))
        made = EmbeddedKafka(Path(tmp_path_factory.mktemp("kafka")))
        made.start()
        yield made
        made.stop()


async def test_checker_sees_a_service_among_the_administrators(servers: Servers, open_house: EmbeddedKafka):
    """MUTANT: `super.users` contains the app."""
    own = Servers(servers.database_url, open_house.bootstrap, servers.postgres, open_house)
    async with system(own) as made:
        with pytest.raises(AssertionError, match="intake"):
            await check_everybody(made)


async def test_checker_sees_a_second_writer(huiyin: System, monkeypatch: pytest.MonkeyPatch):
    """MUTANT: whoever reads a topic may write it."""
    monkeypatch.setattr(accounts, "_READ", accounts._WRITE)
    async with system(huiyin.servers) as made:
        with pytest.raises(AssertionError):
            await check_everybody(made)
