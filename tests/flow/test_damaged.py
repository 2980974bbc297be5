"""What the disk has damaged is told as damaged: bytes are flipped in the files of stopped servers, and everybody asks.

Promise 45. A page of PostgreSQL and a batch of Kafka have a checksum, a file and a text a tag. What is asked for is
answered as it was before, or with an error of its own and an alarm: never as if it had not been there, or otherwise.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from aiokafka.errors import KafkaError
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from contracts.chain import Signers
from contracts.envelope import SERVICES
from contracts.vocabulary import Role
from services.audit.reconcile import reconcile
from services.chassis import kafka
from services.chassis.errors import StoreDamaged
from services.chassis.lives import StoreIsRestored
from services.cli.embedded.kafka import EmbeddedKafka
from services.cli.errors import StackError
from tests import steps
from tests.flow.checks import Client, check_everything, is_published
from tests.flow.test_restored import Site, site
from tests.harness import BUREAU, OFFICER, Servers, System, petition, system, until
from tests.intake.uploads import Sender, pdf
from tests.rules import refused
from tests.sizes import size

__all__ = ["site"]
PAGE_BYTES: Final = 8192
HEAD_BYTES: Final = 24
"""How long the head of a page is, in which its checksum stands."""
BATCH_HEAD_BYTES: Final = 61
RELATIONS: Final = (
    "intake.event",
    "intake.case_view",
    "intake.case_view_pkey",
    "accountability.ledger_entry",
    "intake.vault_item",
    "intake.vault_key",
    "intake.file_part",
    "intake.command",
    "intake.command_pkey",
    "mediation.event",
    "mediation.event_pkey",
    "accountability.ledger_entry_case",
)
NOW: Final = """
SELECT pg_current_wal_flush_lsn()::text AS at, (f).file_name, (f).file_offset
FROM (SELECT pg_walfile_name_offset(pg_current_wal_flush_lsn()) AS f) AS file
"""
DAMAGED: Final = RELATIONS[: size("DAMAGED", 4, len(RELATIONS))]


class Asker:
    """Knows what everybody was told before."""

    def __init__(self, huiyin: System) -> None:
        self.huiyin = huiyin
        self.known: dict[tuple[str, str], Any] = {}

    async def prepare(self) -> None:
        """Fill the stores, and ask everything once."""
        client = Client(self.huiyin)
        cases = [(await self.huiyin.register())["case_id"] for _ in range(6)]
        for case in cases:
            await client.carry(case)
        file, _ = await Sender(self.huiyin, cases[0]).examined("pdf", pdf(50_000))
        await self.huiyin.caught_up()
        async with self.huiyin.sql() as db:
            texts = await db.fetch("SELECT case_id, id FROM intake.vault_item WHERE kind = 'petition'")
        paths = [("intake", "/cases"), ("mediation", "/cases"), ("accountability", "/cases")]
        paths += [(service, f"/cases/{case}") for case in cases for service in SERVICES]
        paths += [("intake", f"/cases/{case}/contents/{text}?purpose=handling") for case, text in texts]
        paths += [("intake", f"/cases/{cases[0]}/files/{file}?purpose=handling")]
        answers = {path: await self.ask(*path) for path in paths}
        self.known = {path: answer for path, answer in answers.items() if answer[0] == 200}
        assert {service for service, _ in self.known} == set(SERVICES)
        assert sum("purpose" in path for _, path in self.known) == len(texts) + 1

    async def ask(self, service: str, path: str) -> tuple[int, Any]:
        """Return a status and what is said, but for how many looks there were meanwhile."""
        who = {"Huiyin-Actor": OFFICER, "Huiyin-Unit": BUREAU, "Huiyin-Role": str(Role.intake_clerk)}
        headers = who if "purpose" in path else steps.SYSTEM
        reply = await self.huiyin.client.get(self.huiyin.url(service) + path, headers=headers)
        if "json" not in reply.headers["content-type"]:
            return reply.status_code, reply.content
        said = reply.json()
        for one in [said, *said.get("items", ())]:
            for name in ("version", "seq", "last_at"):
                one.pop(name, None)
        return reply.status_code, said

    async def check(self) -> int:
        """Ask everything again, and let somebody register; return how often damage was told."""
        told = 0
        for path, known in self.known.items():
            answer = await self.ask(*path)
            if answer == known or (path[1] == "/cases" and listed(known) <= listed(answer)):
                continue
            assert answer[0] == 503, f"{path}: {known} became {answer}"
            assert answer[1]["code"] == StoreDamaged.code, f"{path}: {answer}"
            told += 1
        reply = await self.huiyin.send("intake", "/petitions", petition(), role=Role.intake_clerk)
        if reply.status_code != 201:
            refused(reply, 503, StoreDamaged)
            told += 1
        return told


def listed(answer: tuple[int, Any]) -> set[str]:
    """Return the rows of a list: others may stand beside them by now."""
    return {json.dumps(row, sort_keys=True) for row in answer[1].get("items", ("none",))}


async def place_of(site: Site, relation: str) -> Path:
    async with site.system.sql() as db:
        await db.execute("CHECKPOINT")
        return Path(site.postgres.data) / await db.fetchval("SELECT pg_relation_filepath($1)", relation)


def flip(path: Path, wanted: bytes = b"") -> None:
    """Flip a bit in every page of a file, or in whatever reads so in it."""
    content = bytearray(path.read_bytes())
    places = [page + HEAD_BYTES + 4 + page // PAGE_BYTES for page in range(0, len(content), PAGE_BYTES)]
    if wanted:
        places = [at.end() - 1 for at in re.finditer(re.escape(wanted), content)]
    assert places
    for at in places:
        content[at] ^= 1
    with path.open("r+b") as file:  # of the same owner as before
        file.write(content)


@asynccontextmanager
async def stopped(site: Site) -> AsyncIterator[None]:
    await asyncio.to_thread(site.postgres.stop)
    try:
        yield
    finally:
        await asyncio.to_thread(site.postgres.start)


async def damage(site: Site, asker: Asker, path: Path, wanted: bytes = b"") -> int:
    """Damage a file of the stopped server, start everything and ask everything; return how often damage was told."""
    async with stopped(site):
        before = path.read_bytes()
        flip(path, wanted)
    try:
        async with site.system.within():
            return await asker.check()
    finally:
        async with stopped(site):
            path.write_bytes(before)


async def prepared(site: Site) -> Asker:
    asker = Asker(site.system)
    async with site.system.within():
        await site.system.establish()
        await asker.prepare()
    return asker


@pytest.mark.timeout(600)
async def test_promise_45_what_the_disk_has_damaged_is_told_as_damaged(site: Site):
    asker = await prepared(site)
    counted = {"service": "intake", "what": StoreDamaged.code}
    for relation in DAMAGED:
        path = await place_of(site, relation)
        with capture_logs() as logs:
            told = await damage(site, asker, path)
        assert told, f"nobody was told of {relation}"
        assert [one["log_level"] for one in logs if one["event"] == StoreDamaged.code].count("critical") >= told
    assert REGISTRY.get_sample_value("huiyin_vault_alarms_total", counted)
    async with site.system.within():
        assert await asker.check() == 0, "what was put right is as it was"


async def test_a_page_without_a_checksum_is_found_out(site: Site):
    """MUTANT: the database has no checksums, and whatever lies on the disk is believed."""
    asker = await prepared(site)
    async with site.system.sql() as db:
        number = await db.fetchval("SELECT registration_no FROM intake.case_view LIMIT 1")
    path = await place_of(site, "intake.case_view")
    async with stopped(site):
        site.postgres._tool("pg_checksums", "--disable", f"--pgdata={site.postgres.data}")
    with pytest.raises(AssertionError, match=str(number)[:-1]):
        await damage(site, asker, path, str(number).encode())


async def test_the_ledger_names_what_is_damaged_in_a_store_and_the_store_what_is_in_the_ledger(site: Site):
    await prepared(site)
    signers = Signers(site.system.settings().keys_of_signers())
    assert not (await reconcile(site.system.database_url, signers)).wrong
    for relation, of, where in (
        ("mediation.event", "SELECT lane, lane_seq FROM mediation.sealed", "its store"),
        ("accountability.ledger_entry", "SELECT lane, lane_seq FROM mediation.sealed", "the ledger"),
    ):
        async with site.system.sql() as db:
            numbers = [tuple(row) for row in await db.fetch(of)]
        path = await place_of(site, relation)
        async with stopped(site):
            before = path.read_bytes()
            flip(path)
        wrong = (await reconcile(site.system.database_url, signers)).wrong
        for lane, seq in numbers:
            assert f"mediation/{lane}/{seq} cannot be read in {where}: what it lies on is damaged" in wrong
        async with stopped(site):
            path.write_bytes(before)
    assert not (await reconcile(site.system.database_url, signers)).wrong


async def test_a_log_that_ends_too_early_is_a_store_that_is_older(site: Site):
    """What PostgreSQL takes for the end of its log after a crash, though more was acknowledged, is told, and served by nobody."""
    asker = await prepared(site)
    async with site.system.within():
        async with site.system.sql() as db:
            await db.execute("CHECKPOINT")
            begins, name, at = await db.fetchrow(NOW)
        await site.register(10)
        await site.system.caught_up()
        async with site.system.sql() as db:
            ends, last, _ = await db.fetchrow(NOW)
        assert (begins, last) < (ends, name + "0"), "both within one file"
        site.kill()
    segment = Path(site.postgres.data) / "pg_wal" / name
    with segment.open("r+b") as file:
        file.seek(at + 100)
        file.write(bytes(range(1, 17)))  # more than what fills up behind a record
    await asyncio.to_thread(site.postgres.start)
    async with site.system.within():
        for path in asker.known:

            async def refused(path: tuple[str, str] = path) -> bool:
                status, said = await asker.ask(*path)
                return status == 503 and bool(said["code"] == StoreIsRestored.code)

            await until(refused, f"{path} tells of it")  # of whose own nothing is lost, as soon as another has noticed


async def test_no_backup_is_made_of_what_is_damaged(site: Site):
    await prepared(site)
    path = await place_of(site, "intake.event")
    async with stopped(site):
        flip(path)
    with pytest.raises(StackError, match="checksum"):
        await asyncio.to_thread(site.backup, "files")


# ------------------------------------------------------------------------------------------ on the disk of Kafka


@asynccontextmanager
async def published(servers: Servers, folder: Path) -> AsyncIterator[tuple[System, EmbeddedKafka]]:
    """Events that were published and read by nobody yet, on a broker of their own that stands still."""
    broker = EmbeddedKafka(folder)
    address = await asyncio.to_thread(broker.start)
    try:
        async with system(Servers(servers.database_url, address, broker=broker)) as made:
            async with made.within(parts=frozenset({"api", "relay"})):
                await made.establish()
                for _ in range(30):
                    await made.register()
                await until(lambda: is_published(made), "all is published")
            await asyncio.to_thread(broker.stop)
            yield made, broker
            await asyncio.to_thread(broker.start)
    finally:
        await asyncio.to_thread(broker.stop)


def flip_batches(made: System, broker: EmbeddedKafka) -> int:
    """Flip a bit of a record in the log of each lane of intake; return how many logs there are."""
    logs = [log for log in broker.logs.glob(f"{made.settings().topic('intake')}-*/*.log") if log.stat().st_size]
    for log in logs:
        content = bytearray(log.read_bytes())
        content[BATCH_HEAD_BYTES + 20] ^= 1
        log.write_bytes(content)
    return len(logs)


async def read_after_damage(servers: Servers, folder: Path) -> None:
    async with published(servers, folder) as (made, broker):
        damaged = flip_batches(made, broker)
        assert damaged > 1
        await asyncio.to_thread(broker.start)
        with capture_logs() as logs:
            async with made.within():
                await made.caught_up()
                await check_everything(made)
        told = {one["place"] for one in logs if one["event"] == "topic_damaged" and one["service"] == "accountability"}
        assert len(told) >= damaged
        async with made.sql() as db:
            assert not await db.fetchval("SELECT count(*) FROM accountability.parked"), "damage is no forgery"


@pytest.mark.timeout(300)
async def test_a_damaged_batch_is_told_of_and_read_from_its_source(servers: Servers, tmp_path: Path):
    await read_after_damage(servers, tmp_path)


@pytest.mark.timeout(300)
async def test_a_reader_that_takes_damage_for_an_absent_broker_is_found_out(
    servers: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(kafka, "_is_no_fault_of_bytes", lambda error: isinstance(error, KafkaError))
    with pytest.raises(AssertionError):
        await read_after_damage(servers, tmp_path)
