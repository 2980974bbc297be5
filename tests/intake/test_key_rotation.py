"""Root keys are made anew while everybody reads and writes, and whoever does it is killed; then the former may be destroyed.

The key service is a small server that says what OpenBao and HashiCorp Vault say, and encrypts as they do.
"""

from __future__ import annotations

import asyncio
import base64
import os
import secrets
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from aiohttp import web
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from contracts.intake import RootKeyRenewed, RootKeyRetired
from contracts.vocabulary import ClockKind, Role, RootKey
from services.chassis import keyring
from services.chassis.context import By
from services.chassis.keepers import FileKeeper, KeyAmiss, TransitKeeper
from services.chassis.logins import OPERATOR
from services.chassis.running import Running
from services.cli.processes import write_secret
from services.intake.application import rotating
from services.intake.application.rotating import Rotated, rotate
from services.intake.main import SERVICE as INTAKE
from services.intake.vault import KeyDamaged
from tests.harness import BUREAU, ROOT, Servers, System, petition, system, until
from tests.steps import ok, unseal

pytestmark = pytest.mark.asyncio(loop_scope="module")
CASES: Final = 12
FACTS: Final = "拖欠三个月"


@pytest_asyncio.fixture(loop_scope="module")
async def county(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[System]:
    monkeypatch.setattr(keyring, "LEARN_SECONDS", 0.2)
    monkeypatch.setattr(rotating, "LEARN_SECONDS", 0.2)
    async with (
        system(servers, looks_an_hour_max=100_000) as made,
        made.within("intake", "assignment", "accountability"),
    ):
        await made.establish()
        await made.enter({"code": "JW", "kind": "discipline_organ"})
        yield made


@dataclass
class Texts:
    """What was written, and who reads it."""

    county: System
    codes: list[str] = field(default_factory=list)
    texts: list[tuple[str, UUID, dict[str, str]]] = field(default_factory=list)

    async def come(self, *, report: bool = False) -> None:
        """Let somebody write something, and find where it lies."""
        sent = petition(**({"report": True} if report else {}))
        told = ok(await self.county.send("intake", "/petitions", sent, role=Role.intake_clerk), 201)
        who = {"Huiyin-Actor": "reader-1", "Huiyin-Unit": BUREAU, "Huiyin-Role": str(Role.bureau_officer)}
        if report:
            track = f"/cases/{told['case_id']}/confidential-track"
            ok(await self.county.send("intake", track, {"organ": "JW"}, role=Role.bureau_officer))
            await unseal(self.county, told["case_id"])
            who = {"Huiyin-Actor": "c-1", "Huiyin-Unit": "JW", "Huiyin-Role": str(Role.discipline_officer)}
        async with self.county.sql() as db:
            found = "SELECT id FROM intake.vault_item WHERE case_id = $1 AND kind = 'petition'"
            self.texts.append((told["case_id"], await db.fetchval(found, UUID(told["case_id"])), who))
        self.codes.append(told["query_code"])

    async def are_readable(self) -> None:
        """Read everything."""
        for case, text, who in list(self.texts):
            url = f"{self.county.url('intake')}/cases/{case}/contents/{text}?purpose=handling"
            assert ok(await self.county.client.get(url, headers=who))["facts"] == FACTS


async def written(county: System) -> Texts:
    texts = Texts(county)
    for n in range(CASES):
        await texts.come(report=n % 3 == 0)
    return texts


def operator() -> By:
    return By(
        actor="op-1", unit="platform", role=Role.platform_admin, at=datetime.now(UTC), clock=ClockKind.real,
        request_id="r", command_id=uuid4(),
    )  # fmt: skip


async def rows(county: System, key: RootKey) -> dict[int, str]:
    async with county.sql() as db:
        found = await db.fetch("SELECT number, kek FROM intake.root_key WHERE of = $1", key)
    return {row["number"]: row["kek"] for row in found}


async def on_record(county: System) -> list[tuple[str, str]]:
    async with county.sql() as db:
        kinds = [RootKeyRenewed.wire_name, RootKeyRetired.wire_name]
        found = await db.fetch("SELECT type, stream_id FROM intake.event WHERE type = ANY($1) ORDER BY pos", kinds)
    return [(row["type"], str(row["stream_id"])) for row in found]


CHILD: Final = """
import asyncio, sys
from datetime import UTC, datetime
from uuid import uuid4
from contracts.vocabulary import ClockKind, Role, RootKey
from services.chassis.context import By
from services.chassis.running import Running
from services.chassis.settings import Settings
from services.intake import vault
from services.intake.application.rotating import rotate
from services.intake.main import SERVICE

vault.RENEWED_AT_ONCE = 2
by = By(actor="op-1", unit="platform", role=Role.platform_admin, at=datetime.now(UTC), clock=ClockKind.real,
        request_id="r", command_id=uuid4())

async def main():
    async with Running(SERVICE, Settings()).opened() as running:
        await rotate(running, RootKey(sys.argv[1]), by, lambda n: (print(n, flush=True), sys.stdin.readline()))

asyncio.run(main())
"""
"""Rotates, and waits for a word behind each two keys."""


def killed(county: System, key: RootKey, batches: int) -> None:
    """Begin to make a key anew in a process, and kill it behind some keys."""
    environment = {
        "HUIYIN_DATABASE_URL": county.database_of(OPERATOR), "HUIYIN_KAFKA": county.servers.kafka,
        "HUIYIN_VAULT_KEY_FILE": str(county.key_file), "HUIYIN_SEALED_KEY_FILE": str(county.sealed_key_file),
        "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    argv = [sys.executable, "-c", CHILD, str(key)]
    with subprocess.Popen(argv, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        for _ in range(batches):
            assert child.stdout.readline(), "it has ended"
            child.stdin.write(b"\n")
            child.stdin.flush()
        child.kill()


@asynccontextmanager
async def busy(texts: Texts) -> AsyncIterator[None]:
    """Let people read and write meanwhile."""
    over = False

    async def reading() -> None:
        while not over:
            await texts.are_readable()

    async def writing() -> None:
        while not over:
            await texts.come(report=bool(len(texts.texts) % 2))
            await asyncio.sleep(0.1)

    tasks = [asyncio.create_task(reading()), asyncio.create_task(writing())]
    try:
        yield
    finally:
        over = True
        await asyncio.gather(*tasks)


@pytest.mark.parametrize("key", RootKey)
async def test_keys_are_made_anew_while_everybody_reads(county: System, key: RootKey):
    """Whoever does it is killed twice; then the former key is destroyed, and everything opens with the new one alone."""
    texts, running = await written(county), county.running["intake"]
    before, file = await rows(county, key), county.key_file.with_name(f"{key}.key")
    receipt = county.receipt(texts.texts[0][0])
    async with busy(texts):
        for batches in (1, 2):
            await asyncio.to_thread(killed, county, key, batches)
        done = await rotate(running, key, operator())
    after = await rows(county, key)
    assert {*after} == {0, max(before) + 1}
    assert {*after.values()} == {done.kept_as}
    assert done.kept_as not in before.values()
    assert [kind for kind, _ in await on_record(county)] == [RootKeyRenewed.wire_name, RootKeyRetired.wire_name]

    newest, *former = file.read_text().split()
    assert former, "the former key was needed until it was done"
    file.write_text(newest)
    async with Running(INTAKE, county.settings("intake")).opened() as another:
        running.own.vault = another.own.vault  # whatever this process had in memory
        await texts.are_readable()
    for code in texts.codes:
        ok(await county.by_code(code))
    assert county.receipt(texts.texts[0][0]) == receipt


async def test_checker_sees_a_former_key_that_goes_too_early(county: System, monkeypatch: pytest.MonkeyPatch):
    """MUTANT: nobody asks whether the former root key has wrapped anything yet."""
    texts, running = await written(county), county.running["intake"]

    async def nothing(*_: Any, **__: Any) -> tuple[None, int, list[UUID]]:
        return None, 0, []

    monkeypatch.setattr(running.own.vault, "renewed", nothing)
    monkeypatch.setattr(rotating, "_LEFT", "SELECT $1 AND $2 < 0")
    await rotate(running, RootKey.vault, operator())
    await until(lambda: has_forgotten(running), "the former key is known no more")
    with pytest.raises(AssertionError, match=KeyDamaged.code):
        await texts.are_readable()


async def has_forgotten(running: Running) -> bool:
    return 1 not in running.keys["vault"]._known


async def test_key_that_cannot_be_opened_keeps_the_former_one(county: System):
    texts, running = await written(county), county.running["intake"]
    case, _, _ = texts.texts[1]
    flip = "UPDATE intake.vault_key SET wrapped = set_byte(wrapped, 20, get_byte(wrapped, 20) # 1) WHERE case_id = $1"
    async with county.sql() as db:
        await db.execute(flip, UUID(case))
    done = await rotate(running, RootKey.vault, operator())
    assert len(done.damaged) == 1
    assert {*await rows(county, RootKey.vault)} == {0, 1, 2}
    async with county.sql() as db:
        await db.execute(flip, UUID(case))  # as it was in the backup
    assert await rotate(running, RootKey.vault, operator()) == Rotated(2, done.kept_as, [])
    await texts.are_readable()


async def test_process_that_has_not_heard_of_it_writes_nothing_that_nobody_can_open(county: System):
    """It is told to come again, and has heard of the newer key by then."""
    running = county.running["intake"]
    ok(await county.send("intake", "/petitions", petition(), role=Role.intake_clerk), 201)
    known = running.keys["vault"]._known
    async with Running(INTAKE, county.settings("intake")).opened() as another:
        await rotate(another, RootKey.vault, operator())
    running.keys["vault"].know(known)
    running.own.vault._keys.know(known)
    reply = await county.send("intake", "/petitions", petition(), role=Role.intake_clerk)
    assert reply.status_code in {201, 503}
    texts = Texts(county)
    await texts.come()
    await texts.are_readable()


async def test_two_who_make_keys_anew_at_once_lose_none(county: System, monkeypatch: pytest.MonkeyPatch):
    """Each of them reads the file and writes it: whoever is faster would lose the key under which everything lies."""
    texts, file = await written(county), county.key_file
    renew, had = FileKeeper.renew, asyncio.Event()

    async def slowly(self: FileKeeper, kek: str) -> None:
        was = file.read_text()
        await renew(self, kek)
        made = file.read_text()
        if had.is_set():  # the second one has read before the first one wrote
            made = f"{made.split()[0]}\n{was}"
        had.set()
        await asyncio.sleep(0.2)
        file.write_text(made)

    monkeypatch.setattr(FileKeeper, "renew", slowly)
    async with Running(INTAKE, county.settings("intake")).opened() as another:
        both = (rotate(one, RootKey.vault, operator()) for one in (county.running["intake"], another))
        done = await asyncio.gather(*both)
    assert done[0] == done[1]
    assert len(file.read_text().split()) == 2
    async with Running(INTAKE, county.settings("intake")).opened() as fresh:
        county.running["intake"].own.vault = fresh.own.vault
        await texts.are_readable()


async def test_new_key_is_on_the_disk_before_anything_is_wrapped_by_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A power cut brings back a file of before, and names of before, unless somebody waits for both."""
    file, settled, replace = tmp_path / "vault.key", list[str](), Path.replace
    write_secret(file, base64.b64encode(secrets.token_bytes(32)).decode())
    monkeypatch.setattr(os, "fsync", lambda of: settled.append(os.readlink(f"/proc/self/fd/{of}")))
    monkeypatch.setattr(Path, "replace", lambda self, to: (settled.append("replaced"), replace(self, to))[1])
    keeper = FileKeeper("vault", file)
    await keeper.renew(next(iter(keeper._keys())))
    assert settled == [f"{file}.new", "replaced", str(tmp_path)]
    settled.clear()
    write_secret(file, "x")
    assert settled == [str(file), str(tmp_path)]


async def test_new_key_is_written_into_nothing_that_was_put_there(tmp_path: Path):
    """Whoever may write beside the file would read the new key, or have something else overwritten."""
    file, mine = tmp_path / "vault.key", tmp_path / "mine"
    write_secret(file, base64.b64encode(secrets.token_bytes(32)).decode())
    keeper = FileKeeper("vault", file)
    mine.write_text("mine")
    for put in (lambda at: at.symlink_to(mine), lambda at: at.touch(0o666)):
        put(beside := tmp_path / "vault.key.new")
        beside.chmod(0o666)
        await keeper.renew(next(iter(keeper._keys())))
        assert not file.is_symlink()
        assert file.stat().st_mode & 0o777 == 0o600
    assert mine.read_text() == "mine"
    assert len(keeper._keys()) == 3


@pytest.mark.parametrize("url", ["http://kms.county:8200/v1/transit/keys/huiyin", "kms/v1/transit/keys/huiyin"])
async def test_root_key_goes_to_no_key_service_in_clear(url: str):
    with pytest.raises(KeyAmiss, match="https"):
        await TransitKeeper("vault", url, None, None).check()
    await TransitKeeper("vault", f"https://{url.partition('//')[2] or url}", None, None).check()


# ------------------------------------------------------------------------------------------ a key service


@dataclass
class Transit:
    """The transit engine: keys in versions, AES-256-GCM with associated data, under a token."""

    token: str = field(default_factory=lambda: secrets.token_hex(8))
    versions: list[bytes] = field(default_factory=lambda: [secrets.token_bytes(32)])
    away: bool = False
    asked: list[str] = field(default_factory=list)
    url: str = ""

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        if self.away:
            return web.Response(status=503)
        if request.headers.get("X-Vault-Token") != self.token:
            return web.json_response({"errors": ["permission denied"]}, status=403)
        sent = await request.json()
        match request.path.split("/")[3:]:
            case ["encrypt", "huiyin"]:
                plain, bound = (base64.b64decode(sent[name]) for name in ("plaintext", "associated_data"))
                nonce, version = secrets.token_bytes(12), len(self.versions)
                sealed = nonce + AESGCM(self.versions[-1]).encrypt(nonce, plain, bound)
                said = f"vault:v{version}:{base64.b64encode(sealed).decode()}"
                return web.json_response({"data": {"ciphertext": said, "key_version": version}})
            case ["decrypt", "huiyin"]:
                _, version_said, text = sent["ciphertext"].split(":")
                sealed, bound = base64.b64decode(text), base64.b64decode(sent["associated_data"])
                try:
                    plain = AESGCM(self.versions[int(version_said[1:]) - 1]).decrypt(sealed[:12], sealed[12:], bound)
                except (InvalidTag, IndexError):
                    return web.json_response({"errors": ["cipher: message authentication failed"]}, status=400)
                return web.json_response({"data": {"plaintext": base64.b64encode(plain).decode()}})
            case ["keys", "huiyin", "rotate"]:
                self.versions.append(secrets.token_bytes(32))
                return web.json_response({"data": {}})
        return web.json_response({"errors": []}, status=404)


@asynccontextmanager
async def transit() -> AsyncIterator[Transit]:
    made = Transit()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", made.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1/transit/keys/huiyin"
        yield made
    finally:
        await runner.cleanup()


async def test_keys_move_to_a_key_service_and_are_made_anew_there(servers: Servers):
    async with system(servers) as made, transit() as kms:
        at_kms = {"vault_key_url": kms.url, "kms_token": kms.token}
        async with made.within("intake", "assignment", "accountability"):
            await made.establish()
            texts = Texts(made)
            await texts.come()
        async with made.within("intake", "assignment", "accountability", **at_kms):
            for version in (1, 2):  # from the file to the service, and there to a newer version
                done = await rotate(made.running["intake"], RootKey.vault, operator())
                assert done.kept_as == f"transit:huiyin:v{version}"
        made.key_file.unlink()
        alone = at_kms | {"vault_key_file": None}
        async with made.within("intake", "assignment", "accountability", **alone):
            asked = len(kms.asked)
            kms.away = True
            await texts.come()
            await texts.are_readable()
            assert len(kms.asked) == asked, "a key service is asked for no text"
        async with Running(INTAKE, made.settings("intake", **alone)).opened() as running:
            assert not await running.ready()
            kms.away = False
            await running.open_keys()
            assert await running.ready()
        kms.versions[:] = [secrets.token_bytes(32) for _ in kms.versions]
        with pytest.raises(KeyAmiss, match="does not open what is there"):
            async with Running(INTAKE, made.settings("intake", **alone)).opened():
                raise AssertionError("it has started")
