"""Files lie in a store that speaks S3 and is somewhere else: another program, asked over a line that may break."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from services.chassis.errors import Unavailable
from services.cli.processes import Daemon, choose_port, is_free, wait_until
from services.intake.application.quarantine import sweep_orphans
from services.intake.application.uploading import FileDamaged
from services.intake.files import objects
from services.intake.files.objects import ObjectGone
from tests.harness import Servers, System, until
from tests.intake.uploads import Sender, pdf, photo
from tests.proxy import Proxy
from tests.rules import refused
from tests.steps import ok, open_county

RCLONE: Final = Path(sys.executable).with_name("rclone")
ACCOUNT: Final = {"AWS_ACCESS_KEY_ID": "huiyin", "AWS_SECRET_ACCESS_KEY": "not-a-secret"}
START_SECONDS_MAX: Final = 20


@dataclass
class Bucket:
    """Where objects lie, and the line that leads there."""

    folder: Path
    line: Proxy

    def all(self) -> list[Path]:
        return [file for file in self.folder.rglob("*") if file.is_file()]


@asynccontextmanager
async def bucket(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bucket]:
    """Let a server of S3 run that knows one account, and a bucket of it be where files go."""
    lies, port = folder / "served" / "files", choose_port(None)
    lies.mkdir(parents=True)
    server = Daemon.spawn(
        [str(RCLONE), "serve", "s3", str(lies.parent), "--addr", f"127.0.0.1:{port}", "--auth-key", ",".join(ACCOUNT.values())],
        log=folder / "rclone.log",
        env=dict(os.environ) | {"RCLONE_CONFIG": os.devnull},
    )  # fmt: skip
    try:
        assert wait_until(lambda: not is_free(port), START_SECONDS_MAX), (folder / "rclone.log").read_text()
        async with Proxy(f"http://127.0.0.1:{port}") as line:
            said = ACCOUNT | {"AWS_ENDPOINT_URL": line.url, "AWS_ALLOW_HTTP": "true", "AWS_REGION": "cn"}
            for name, value in said.items():
                monkeypatch.setenv(name, value)
            yield Bucket(lies, line)
    finally:
        server.stop(START_SECONDS_MAX)


@asynccontextmanager
async def county(servers: Servers) -> AsyncIterator[System]:
    async with open_county(servers, files_url="s3://files/of-petitioners") as made:
        yield made


async def clerk(system: System) -> Sender:
    return Sender(system, (await system.register())["case_id"])


async def test_file_lies_elsewhere_unreadable_and_comes_back(
    servers: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    async with bucket(tmp_path, monkeypatch) as lies, county(servers) as system:
        sender, content = await clerk(system), pdf(5_000_000)
        file, row = await sender.examined("pdf", content)
        picture, _ = await sender.examined("jpeg", photo())
        assert row["state"] == "ready"
        assert (await sender.read(file)).content == content
        assert (await sender.read(picture)).status_code == 200
        assert not system.key_file.with_name("files").exists()
        assert len(lies.all()) >= 5
        assert not [one for one in lies.all() if b"JFIF" in one.read_bytes() or content[:32] in one.read_bytes()]
        intake = system.running["intake"]
        orphan = await intake.own.objects.put(b"nobody's")
        await sweep_orphans(intake, datetime.now(UTC) + timedelta(minutes=1))
        with pytest.raises(ObjectGone):
            await intake.own.objects.get(orphan)
        assert (await sender.read(file)).content == content


async def test_upload_goes_on_when_the_store_is_back(servers: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """What the store does not answer for is not acknowledged; whoever waits is told in time."""
    monkeypatch.setattr(objects, "ASKED_SECONDS_MAX", 1)
    async with bucket(tmp_path, monkeypatch) as lies, county(servers) as system:
        sender, content = await clerk(system), pdf(5_000_000)
        file = ok(await sender.announce("pdf", len(content)), 201)["file_id"]
        lies.line.silent = True
        refused(await sender.append(file, 0, content), 503, Unavailable)
        assert await sender.offset(file) == 0
        lies.line.silent = False
        await lies.line.cut()
        assert (await sender.append(file, 0, content)).status_code == 204

        async def comes_back() -> bool:
            return (await sender.read(file)).status_code == 200

        await until(comes_back, "it is looked through")
        assert (await sender.read(file)).content == content
        lies.line.silent = True
        refused(await sender.read(file), 503, Unavailable)


async def test_what_is_not_there_or_not_the_same_is_damage(
    servers: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    async with bucket(tmp_path, monkeypatch) as lies, county(servers) as system:
        sender, intake = await clerk(system), system.running["intake"]

        async def changed(piece: Path) -> None:
            piece.write_bytes(piece.read_bytes()[:-1] + b"\0")

        async def gone(piece: Path) -> None:
            await intake.own.objects.delete(bytes.fromhex(piece.name))

        for damage in (changed, gone):
            before = set(lies.all())
            file, _ = await sender.examined("pdf", pdf())
            for piece in set(lies.all()) - before:
                await damage(piece)
            refused(await sender.read(file), 500, FileDamaged)


async def test_account_that_the_store_does_not_know_stores_nothing(
    servers: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    async with bucket(tmp_path, monkeypatch) as lies:
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
        async with county(servers) as system:
            sender = await clerk(system)
            file = ok(await sender.announce("pdf", 100), 201)["file_id"]
            refused(await sender.append(file, 0, pdf()[:100]), 503, Unavailable)
        assert lies.all() == []
