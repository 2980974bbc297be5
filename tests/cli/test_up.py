"""`huiyin up` and `huiyin down` as a newcomer runs them: all starts, the demo is played once, and nothing stays behind."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import asyncpg
import httpx2
import pytest

from contracts.envelope import SERVICES
from contracts.vocabulary import Role
from services.chassis import topics
from services.chassis.accounts import LISTENS_TO
from services.cli.embedded.kafka import EmbeddedKafka
from services.cli.processes import identify, is_free
from services.cli.stack import Stack
from services.scenario import county as reference
from tests.acting import token
from tests.cli.console import Done, cli
from tests.harness import ROOT, Servers, System, check_ledger, system, until

STOP_SECONDS_MAX = 120
COMMANDS = re.compile(r'^huiyin_http_requests_total\{.*method="(?:POST|PUT)".*\} ([\d.]+)$', re.MULTILINE)


@pytest.fixture
async def outside() -> AsyncIterator[System | None]:
    """A database and topics on the servers that the run was told to use; None where `up` must start its own."""
    url, kafka = os.environ.get("HUIYIN_MIGRATION_URL"), os.environ.get("HUIYIN_KAFKA")
    if not url or not kafka:
        yield None
        return
    async with system(Servers(url, kafka)) as made:
        yield made


@pytest.fixture
def home(outside: System | None) -> Iterator[Path]:
    """A data directory; whatever becomes of the test, nothing runs in it afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="huiyin-up-"))
    yield folder
    command, environment = [sys.executable, "-m", "services.cli", "down"], os.environ | {"HUIYIN_DATA_DIR": str(folder)}
    with suppress(subprocess.TimeoutExpired):
        subprocess.run(command, cwd=ROOT, env=environment, timeout=STOP_SECONDS_MAX, check=False)
    for pid in at_home(folder):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.timeout(400)
async def test_up_plays_the_demo_once_and_down_leaves_nothing_but_the_data(outside: System | None, home: Path) -> None:
    up = await cli(outside, "up", data_dir=home)
    assert up.code == 0, up.err
    async with reached(home, outside, up) as huiyin:
        await until(lambda: settled(huiyin), "every service has taken in everything", 60)
        ledger = await huiyin.ledger()
        check_ledger(ledger)
        replayed = await cli(outside, "audit", "replay", "--all", "--json", data_dir=home)
        assert replayed.code == 0, replayed.err
        assert [json.loads(line)["seq"] for line in replayed.out.splitlines()] == list(range(1, len(ledger) + 1))
        proposed = re.search(r"^  huiyin (audit replay XF\S+) ", up.out, re.MULTILINE)
        assert proposed and (await cli(outside, *proposed[1].split(), data_dir=home)).code == 0

        pids, commands = running(home), await commands_taken(huiyin, outside, home)
        assert commands > 0
        again = await cli(outside, "up", data_dir=home)
        assert (again.code, ports(again)) == (0, ports(up)), again.err
        assert (running(home), await commands_taken(huiyin, outside, home)) == (pids, commands)
        assert await huiyin.caught_up() == ledger

        await topics.delete(huiyin.settings(), "assignment")
        assert (await cli(outside, "up", data_dir=home)).code == 0
        assert await topics.create(huiyin.settings()) == [], "up has made what was missing, although all services ran"
    await check_down(outside, home)

    back = await cli(outside, "up", data_dir=home)
    assert back.code == 0, back.err
    async with reached(home, outside, back) as huiyin:
        assert await huiyin.caught_up() == ledger
        assert await commands_taken(huiyin, outside, home) == 0
    await check_down(outside, home)


async def check_down(outside: System | None, home: Path) -> None:
    """`down` ends all that runs, and does no harm where nothing runs."""
    pids, taken = running(home), [service.port for service in Stack(home).services().values()]
    assert not Path("/proc/self/environ").exists() or set(pids.values()) <= set(at_home(home))
    assert (await cli(outside, "status", data_dir=home)).code == 0
    for _ in range(2):
        down = await cli(outside, "down", data_dir=home)
        assert down.code == 0, down.err
        assert not [name for name, pid in pids.items() if identify(pid)]
        assert not at_home(home)
        assert all(is_free(port) for port in taken)
    assert (await cli(outside, "status", data_dir=home)).code == 1


@asynccontextmanager
async def reached(home: Path, outside: System | None, up: Done) -> AsyncIterator[System]:
    """What `up` has started, under the addresses that it printed, for the checkers of the other tests."""
    assert set(ports(up)) == set(SERVICES), up.out
    told = json.loads((home / "stack.json").read_text())["servers"]
    broker = None if outside else EmbeddedKafka(home / "kafka")
    servers = Servers(told["migration_url"], told["kafka"], broker=broker)
    prefix, key_file = outside.prefix if outside else "", home / "vault.key"
    looking = asyncpg.create_pool(servers.database_url, min_size=0)
    async with httpx2.AsyncClient(timeout=30, trust_env=False) as client, looking:
        huiyin = System(servers, servers.database_url, prefix, ports(up), key_file, client, looking)
        for name in SERVICES:
            assert (await client.get(f"{huiyin.url(name)}/health/ready")).status_code == 200
        yield huiyin


async def settled(huiyin: System) -> bool:
    """Whether nothing is on its way: each service has taken in all that there is, so nothing will follow by itself."""
    async with huiyin.sql() as db, db.transaction(isolation="repeatable_read", readonly=True):
        for service, sources in LISTENS_TO.items():
            taken = f"SELECT coalesce(sum(last), 0) FROM {service}.cursor WHERE source = ANY($1::text[])"
            there = [await db.fetchval(f"SELECT count(*) FROM {source}.event") for source in sources]
            if await db.fetchval(taken, list(sources)) != sum(there):
                return False
    return True


def ports(up: Done) -> dict[str, int]:
    """The services' ports, as people read them."""
    found = re.findall(r"^  (\w+) +http://127\.0\.0\.1:(\d+)$", up.out, re.MULTILINE)
    return {name: int(port) for name, port in found}


async def commands_taken(huiyin: System, outside: System | None, home: Path) -> float:
    """How many commands the services have been sent, as whoever keeps the platform running is told."""
    keeper = reference.County.read(reference.HOME).all_staff(Role.platform_admin)[0].officer
    shown = token(keeper, Role.platform_admin) if outside else (await cli(outside, "token", keeper, data_dir=home)).out
    bearer = {"Authorization": f"Bearer {shown.strip()}"}
    pages = [(await huiyin.client.get(f"{huiyin.url(name)}/metrics", headers=bearer)).text for name in SERVICES]
    return sum(float(number) for page in pages for number in COMMANDS.findall(page))


def running(home: Path) -> dict[str, int]:
    """The processes that a stack says are its own."""
    stack = Stack(home)
    services = {name: service.pid for name, service in stack.services().items()}
    return services | {name: pid for name, pid in stack.server_pids().items() if pid}


def at_home(home: Path) -> list[int]:
    """All processes that were told of a directory or stand in it, whoever has started them."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            told = process.joinpath("cmdline").read_bytes() + process.joinpath("environ").read_bytes()
            if str(home).encode() in told or home in process.joinpath("cwd").readlink().parents:
                found.append(int(process.name))
    return found
