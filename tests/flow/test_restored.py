"""A store that was restored or moved is noticed, serves nobody, and goes on with all that is missing named.

Promise 14, and the rule of the house that nothing acknowledged is lost without a word: a dump into another cluster, older
files, a point in time; with the topics left as they were or gone; with commands under way or after a quiet moment.
"""

from __future__ import annotations

import asyncio
import json
import random
import shutil
import signal
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest
from aiokafka import AIOKafkaConsumer

from contracts.accountability import EventWithdrawn, StoreRestored
from contracts.chain import Signers
from contracts.envelope import LANES, SERVICES
from contracts.packing import unpack
from contracts.vocabulary import RestoredHow, RestoreReason, Role
from services.audit.reconcile import reconcile
from services.chassis import relay, restoring, running, topics
from services.chassis.errors import Unavailable
from services.chassis.heads import Heads
from services.chassis.kafka import connection, producer
from services.chassis.lives import StoreIsRestored, standing
from services.chassis.restoring import Begun, StillServed, finish
from services.chassis.topic_reading import ahead
from services.cli.errors import StackError
from tests import steps
from tests.flow.checks import Client, check_everything
from tests.flow.test_forged import forget
from tests.harness import Servers, System, own_postgres, petition, until
from tests.rules import refused
from tests.sizes import size

HISTORIES: Final = size("HISTORIES", 1, 40)
KINDS: Final = ("dump", "files", "point in time")
NOTICED_SECONDS_MAX: Final = 10.0
WHY: Final = RestoreReason.drill


@dataclass
class Site:
    """One Huiyin with a PostgreSQL that is backed up, killed and restored."""

    system: System
    acknowledged: dict[str, datetime] = field(default_factory=dict)
    """When each registration was answered, by its case."""

    @property
    def postgres(self) -> Any:
        return self.system.servers.postgres

    async def register(self, count: int) -> None:
        """Register petitions, until there is no answer: what is answered is acknowledged, the rest is unknown."""
        with suppress(httpx2.TransportError):
            for _ in range(count):
                reply = await self.system.send("intake", "/petitions", petition(), role=Role.intake_clerk)
                if reply.status_code != 201:
                    return
                self.acknowledged[reply.json()["case_id"]] = datetime.now(UTC)

    async def load(self, count: int) -> None:
        """Register, and take some on through the other services."""
        await self.register(count)
        client = Client(self.system)
        for case in list(self.acknowledged)[-(count // 2) :]:
            await client.carry(case)

    def backup(self, kind: str) -> Path:
        folder: Path = self.postgres.directory / f"backup-{time.monotonic_ns()}"
        secret = self.postgres._password.read_text()
        if kind == "dump":
            folder.write_text(self.postgres._tool("pg_dumpall", f"--dbname={self.postgres.url}", secret=secret))
        else:
            options = (f"--dbname={self.postgres.url}", f"--pgdata={folder}", "--checkpoint=fast")
            self.postgres._tool("pg_basebackup", *options, secret=secret)
        return folder

    def kill(self) -> None:
        daemon = self.postgres._daemon()
        daemon.send(signal.SIGKILL)
        assert daemon

    def restore(self, kind: str, backup: Path) -> None:
        data: Path = self.postgres.data
        shutil.rmtree(data)
        if kind == "dump":
            self.postgres.start()
            self.postgres._tool(
                "psql", "--quiet", f"--dbname={self.postgres.url}", f"--file={backup}", "--set=ON_ERROR_STOP=0",
                secret=self.postgres._password.read_text(),
            )  # fmt: skip
            return
        subprocess.run(["cp", "-a", backup, data], check=True)
        if kind == "point in time":
            (data / "recovery.signal").touch()
            with (data / "postgresql.auto.conf").open("a") as settings:
                settings.write("restore_command = 'false'\n")
            shutil.chown(data / "recovery.signal", *self.postgres._run_as) if self.postgres._run_as else None
        self.postgres.start()

    async def finish(self) -> list[Begun]:
        names = [import_module(f"services.{name}.main").SERVICE for name in SERVICES]
        return await finish(self.system.database_url, self.system.settings(), names, WHY)

    async def told(self, name: str) -> list[dict[str, Any]]:
        """What the ledger tells of restored stores: of each service, its body and its name."""
        return [
            json.loads(unpack(e["packed"])[1]) | {"service": e["service"]}
            for e in await self.system.ledger()
            if e["type"].split(".")[1] == name
        ]


@pytest.fixture
async def site(servers: Servers) -> AsyncIterator[Site]:
    async with own_postgres(servers) as made:
        await topics.create(made.settings())
        try:
            yield Site(made)
        finally:
            await asyncio.gather(*(topics.delete(made.settings(), s) for s in SERVICES), return_exceptions=True)


async def history(site: Site, kind: str, *, kafka: bool, quiet: bool, dice: random.Random, note: bool = True) -> None:
    """Load, a backup, more load, a kill, the restore; then nobody is served until somebody has looked; more load."""
    huiyin = site.system
    async with huiyin.within():
        await huiyin.establish()
        await site.load(dice.randint(2, 6))
        backup = await asyncio.to_thread(site.backup, kind)
        await site.load(dice.randint(2, 6))
        if quiet:
            await huiyin.caught_up()
            site.kill()
        else:
            under_way = asyncio.create_task(site.register(200))
            await asyncio.sleep(dice.random() / 5)
            site.kill()
            await under_way
    killed_at = datetime.now(UTC)
    if not kafka:
        for service in SERVICES:
            await topics.delete(huiyin.settings(), service)
        await topics.create(huiyin.settings())
    if not note:
        shutil.rmtree(huiyin.key_file.with_name("heads"))
    await asyncio.to_thread(site.restore, kind, backup)
    await huiyin.looking.expire_connections()
    async with huiyin.within():
        await until(lambda: nobody_is_served(huiyin), "the restored store is noticed", NOTICED_SECONDS_MAX)
    begun = await site.finish()
    assert [one.service for one in begun] == list(SERVICES)
    expected = {"dump": RestoredHow.moved, "point in time": RestoredHow.timeline, "files": RestoredHow.older}[kind]
    assert any(expected in one.how for one in begun)
    assert await site.finish() == [], "once is enough"
    async with huiyin.within():
        await site.load(4)
        await huiyin.caught_up()
        await check_named(site, kafka=kafka, quiet=quiet, killed_at=killed_at)
        await check_everything(huiyin)
    assert (await reconcile(huiyin.database_url, Signers(huiyin.signers))).wrong == []


async def nobody_is_served(huiyin: System) -> bool:
    for service in SERVICES:
        ready = await huiyin.client.get(f"{huiyin.url(service)}/health/ready", auth=None)
        if ready.status_code == 200:
            return False
    reply = await huiyin.send("intake", "/petitions", petition(), role=Role.intake_clerk)
    refused(reply, 503, StoreIsRestored)
    return True


async def check_named(site: Site, *, kafka: bool, quiet: bool, killed_at: datetime) -> None:
    """Raise ``AssertionError`` if a registration that was acknowledged is neither there nor told to be missing."""
    async with site.system.sql() as db:
        there = {str(row["stream_id"]) for row in await db.fetch("SELECT DISTINCT stream_id FROM intake.event")}
    lost = {case: at for case, at in site.acknowledged.items() if case not in there}
    withdrawn = [one for one in await site.told(EventWithdrawn.__name__) if one["service"] == "intake"]
    named = {one["lost_case"] for one in withdrawn}
    (restored,) = [one for one in await site.told(StoreRestored.__name__) if one["service"] == "intake"]
    newest = datetime.fromisoformat(restored["newest_at"])
    assert restored["withdrawn"] == len(withdrawn)
    for case, at in lost.items():
        if case not in named:
            assert not (kafka and quiet), f"{case} was published, is lost, and nothing names it"
            assert newest < at <= killed_at, f"{case} is lost, and no time that is told covers it"
    assert not {case for case in named if case} & there, "what is there is told to be missing"
    if quiet and not kafka:
        assert len(withdrawn) >= len(lost), "fewer numbers are told to be missing than events are"


@pytest.mark.timeout(180)
@pytest.mark.parametrize(("kind", "kafka"), [("dump", True), ("files", True), ("point in time", False)])
async def test_what_a_restored_store_lacks_is_named(site: Site, kind: str, kafka: bool):
    await history(site, kind, kafka=kafka, quiet=True, dice=site.system.dice())


@pytest.mark.timeout(180)
@pytest.mark.parametrize("number", range(HISTORIES))
async def test_any_history_names_what_it_has_lost(site: Site, number: int):
    """Kind of backup, topics and the note kept or lost, a kill in the middle of work or after it: as the seed says."""
    dice = random.Random(f"{site.system.dice().getrandbits(32)}/{number}")
    kind, kafka, quiet = dice.choice(KINDS), dice.random() < 0.5, dice.random() < 0.5
    note = dice.random() < 0.5 or not kafka  # without either nobody can know
    kept = {True: "kept", False: "lost"}
    print(f"{kind}, topics {kept[kafka]}, note {kept[note]}, {'quiet' if quiet else 'under way'}")
    await history(site, kind, kafka=kafka, quiet=quiet, dice=dice, note=note)


@pytest.mark.timeout(120)
async def test_a_service_that_does_not_look_where_it_is_is_found_out(site: Site, monkeypatch: pytest.MonkeyPatch):
    """Mutant: a store is taken for what it was, whatever cluster it lies in and however far it has got."""

    async def as_it_was(connection: Any, _: Any) -> Any:
        stands = await standing(connection, Heads(None, ""))
        return stands._replace(how=())

    monkeypatch.setattr(running, "standing", as_it_was)
    monkeypatch.setattr(relay, "standing", as_it_was)
    with pytest.raises(AssertionError, match="the restored store is noticed"):
        await history(site, "dump", kafka=True, quiet=True, dice=site.system.dice())


async def first_restore(site: Site, dice: random.Random) -> Path:
    """Load, a backup of the files, more load, a kill, the restore: up to where somebody has to look."""
    huiyin = site.system
    async with huiyin.within():
        await huiyin.establish()
        await site.load(3)
        backup = await asyncio.to_thread(site.backup, "files")
        await site.load(dice.randint(2, 5))
        await huiyin.caught_up()
        site.kill()
    await asyncio.to_thread(site.restore, "files", backup)
    await huiyin.looking.expire_connections()
    return backup


@pytest.mark.timeout(240)
async def test_a_second_restore_of_the_same_backup_is_noticed_and_gives_no_number_twice(site: Site):
    """The store does not know the life that is lost with it; the note and the topic do."""
    huiyin = site.system
    backup = await first_restore(site, huiyin.dice())
    assert {one.life for one in await site.finish()} == {2}
    async with huiyin.within():
        await site.load(4)
        await huiyin.caught_up()
        site.kill()
    await asyncio.to_thread(site.restore, "files", backup)
    await huiyin.looking.expire_connections()
    async with huiyin.within():
        await until(lambda: nobody_is_served(huiyin), "the second restore is noticed", NOTICED_SECONDS_MAX)
    assert {one.life for one in await site.finish()} == {3}
    async with huiyin.within():
        await site.load(2)
        await huiyin.caught_up()
        await check_everything(huiyin)
    assert (await reconcile(huiyin.database_url, Signers(huiyin.signers))).wrong == []


async def flood(system: System) -> None:
    """Put behind all that stands on the topics what nobody can read, and what is true and the store still has."""
    sender = await producer(system.settings())
    try:
        for service in SERVICES:
            topic, old = system.settings().topic(service), await batches(system, service)
            async with system.sql() as db:
                heads = dict(await db.fetch(f"SELECT lane, last FROM {service}.lane_head"))
            old = [one for one in old if int(dict(one.headers)["ce_laneseq"]) <= heads[one.partition]]
            for lane in range(LANES):
                for _ in range(600):
                    await sender.send(topic, b"{}", key=b"x", partition=lane)
                for message in [one for one in old if one.partition == lane][:5]:
                    await sender.send(
                        topic, message.value, key=message.key, partition=lane, headers=list(message.headers)
                    )
        await sender.flush()
    finally:
        await sender.stop()


@pytest.mark.timeout(240)
async def test_whoever_writes_to_the_topics_hides_no_restore(site: Site):
    await noticed_behind_a_flood(site)


async def noticed_behind_a_flood(site: Site) -> None:
    """The note was lost, too, so that nothing but the topics tells of the restore."""
    huiyin = site.system
    await first_restore(site, huiyin.dice())
    shutil.rmtree(huiyin.key_file.with_name("heads"))
    await flood(huiyin)
    async with huiyin.within():
        await until(lambda: nobody_is_served(huiyin), "the restored store is noticed", NOTICED_SECONDS_MAX)


@pytest.mark.timeout(240)
async def test_who_reads_the_end_of_a_topic_alone_is_found_out(site: Site, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(relay, "ahead", lambda *known, **_: ahead(*known, noted=True))
    with pytest.raises(AssertionError, match="the restored store is noticed"):
        await noticed_behind_a_flood(site)


@pytest.mark.timeout(240)
async def test_what_is_acknowledged_before_a_restore_is_noticed_hides_nothing(site: Site):
    """Neither note nor Kafka is there at first: intake serves, gives no events out, and later says since when some are missing."""
    huiyin = site.system
    await first_restore(site, huiyin.dice())
    shutil.rmtree(huiyin.key_file.with_name("heads"))
    before = set(site.acknowledged)
    async with huiyin.sql() as db:
        there = {str(row[0]) for row in await db.fetch("SELECT DISTINCT stream_id FROM intake.event")}
    alone = replace(huiyin, servers=replace(huiyin.servers, kafka="127.0.0.1:9"))
    async with alone.within("intake"):
        await site.register(3)
        meanwhile = set(site.acknowledged) - before
        assert len(meanwhile) == 3, "intake works while Kafka is away"
        refused(await lane_of_intake(alone), 503, Unavailable)
    async with alone.within("intake"):
        await site.register(2)
    async with huiyin.within():
        await until(lambda: nobody_is_served(huiyin), "the restored store is noticed", NOTICED_SECONDS_MAX)
    await site.finish()
    async with huiyin.within():
        await huiyin.caught_up()
        (restored,) = [one for one in await site.told(StoreRestored.__name__) if one["service"] == "intake"]
        lost = {case: at for case, at in site.acknowledged.items() if case in before - there}
        assert lost
        assert datetime.fromisoformat(restored["newest_at"]) < min(lost.values())
        await check_everything(huiyin)
        async with huiyin.sql() as db:
            kept = {str(row[0]) for row in await db.fetch("SELECT DISTINCT stream_id FROM intake.event")}
        assert set(site.acknowledged) - before <= kept
    assert (await reconcile(huiyin.database_url, Signers(huiyin.signers))).wrong == []


async def lane_of_intake(huiyin: System) -> httpx2.Response:
    running = huiyin.running["intake"]
    await running.relay.seal()
    async with running.database.connection() as db:
        lane = await db.fetchval("SELECT lane FROM lane_head ORDER BY last DESC LIMIT 1")
    return await huiyin.client.get(f"{huiyin.url('intake')}/lanes/{lane}/events", headers=steps.SYSTEM)


@pytest.mark.timeout(180)
async def test_what_was_interrupted_is_finished_the_next_time(site: Site, monkeypatch: pytest.MonkeyPatch):
    """The new life has begun, and Kafka goes away before the topics are made anew: nobody is served until they are."""
    huiyin = site.system
    await first_restore(site, huiyin.dice())

    async def gone(*_: Any) -> None:
        raise ConnectionError("Kafka is away")

    with monkeypatch.context() as patch:
        patch.setattr(restoring.topics, "delete", gone)
        with pytest.raises(ConnectionError):
            await site.finish()
    async with huiyin.within():
        await until(lambda: nobody_is_served(huiyin), "nobody is served half-way", NOTICED_SECONDS_MAX)
    assert await site.finish() == [], "the life has begun already"
    async with huiyin.within():
        await site.load(2)
        await huiyin.caught_up()
        await check_everything(huiyin)
    assert (await reconcile(huiyin.database_url, Signers(huiyin.signers))).wrong == []


@pytest.mark.timeout(180)
async def test_what_was_published_in_a_life_that_is_over_is_taken_in_no_more(site: Site):
    """Somebody has kept the batches that are lost, and puts them on the new topic: true seals, of numbers taken back."""
    huiyin = site.system
    async with huiyin.within():
        await huiyin.establish()
        await site.load(3)
        backup = await asyncio.to_thread(site.backup, "files")
        await site.load(5)
        await huiyin.caught_up()
        kept = await batches(huiyin, "intake")
        site.kill()
    await asyncio.to_thread(site.restore, "files", backup)
    await huiyin.looking.expire_connections()
    await site.finish()
    sender = await producer(huiyin.settings())
    try:
        for message in kept:
            await sender.send_and_wait(
                message.topic,
                message.value,
                key=message.key,
                partition=message.partition,
                headers=list(message.headers),
            )
    finally:
        await sender.stop()
    async with huiyin.within():
        await site.load(3)
        await huiyin.caught_up()
        await forget(huiyin)
        await check_everything(huiyin)
    assert (await reconcile(huiyin.database_url, Signers(huiyin.signers))).wrong == []


async def batches(system: System, service: str) -> list[Any]:
    """Everything that stands on a topic, as it stands there."""
    consumer = AIOKafkaConsumer(
        system.settings().topic(service), **connection(system.settings()), auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        found: list[Any] = []
        while some := await consumer.getmany(timeout_ms=1_000):
            found += [message for messages in some.values() for message in messages]
        return found
    finally:
        await consumer.stop()


@pytest.mark.timeout(120)
async def test_no_life_begins_while_a_service_is_at_work(site: Site):
    """One on another machine, say, that has noticed nothing: it would go on signing what it remembers."""
    async with site.system.within("intake"):
        with pytest.raises(StillServed, match="intake still run"):
            await site.finish()
    assert await site.finish() == []


@pytest.mark.timeout(120)
async def test_a_standby_is_no_restored_store(site: Site):
    """It takes no writes, and whoever comes to it by mistake is told to come again; nothing has to be looked at for that."""
    huiyin = site.system
    async with huiyin.within():
        await huiyin.establish()
        await huiyin.caught_up()
        backup = await asyncio.to_thread(site.backup, "files")
        site.kill()
    (backup / "standby.signal").touch()
    if site.postgres._run_as:
        shutil.chown(backup / "standby.signal", *site.postgres._run_as)
    with pytest.raises(StackError, match="read-only"):  # it runs, and is not to be prepared
        await asyncio.to_thread(site.restore, "files", backup)
    await huiyin.looking.expire_connections()
    async with huiyin.within("intake"):
        reply = await huiyin.send("intake", "/petitions", petition(), role=Role.intake_clerk)
        refused(reply, 503, Unavailable)
        assert huiyin.running["intake"].database.restored is None
        assert not huiyin.running["intake"].relay.heads.marked
