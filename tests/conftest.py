"""The real servers of the run, started once: embedded ones, unless HUIYIN_MIGRATION_URL and HUIYIN_KAFKA name others."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from contracts.periods import calendar
from services.chassis import years
from services.chassis.service import collect_rarely
from tests.harness import Servers, System, drop_template, system

SERVERS_START_SECONDS_MAX = 900
"""The first start fetches Kafka, and the test that happens to be first must not pay for it."""
LONGEST = (
    "test_schemathesis.py", "test_up.py", "test_relay.py", "test_matrix.py", "test_kafka_down.py", "test_damaged.py",
    "test_exactly_once.py", "test_operations.py", "test_demo.py", "test_giving.py", "test_keycloak.py",
    "test_durability.py", "test_forged.py", "test_walk.py", "test_restarts.py", "test_sight.py", "test_restored.py",
)  # fmt: skip
"""Those that compute and those that wait in turns, so that what runs side by side is not all of one kind."""

settings.register_profile("huiyin", deadline=None)  # a machine that was busy for a moment has found no bug
settings.load_profile("huiyin")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, and give whichever test may start the servers the time for it."""
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST))
    first = {item.path: item for item in reversed(items) if "servers" in getattr(item, "fixturenames", ())}
    for item in first.values():
        timeout = item.get_closest_marker("timeout")
        item.add_marker(pytest.mark.timeout(SERVERS_START_SECONDS_MAX + (timeout.args[0] if timeout else 0)))


def pytest_collection_finish() -> None:
    """Look for garbage as rarely as every service does: thousands of tests are kept until the end."""
    collect_rarely()


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    from services.cli.embedded.kafka import EmbeddedKafka
    from services.cli.embedded.postgres import EmbeddedPostgres

    url, kafka = os.environ.get("HUIYIN_MIGRATION_URL"), os.environ.get("HUIYIN_KAFKA")
    folder = Path(tempfile.mkdtemp(prefix="huiyin-test-"))
    postgres, broker = EmbeddedPostgres(folder / "postgres"), EmbeddedKafka(folder / "kafka")
    try:
        made = Servers(url or postgres.start(), kafka or broker.start(), postgres, None if kafka else broker)
        yield made
        asyncio.run(drop_template(made))
    finally:
        broker.stop()
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def as_before() -> Iterator[None]:
    """The days off of years that tests of a module publish end with it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calendar._Process, "calendar", calendar.current())
        patch.setattr(years._Known, "years", years._Known.years)
        yield


@pytest.fixture
async def huiyin(servers: Servers) -> AsyncIterator[System]:
    """A system with nothing started yet."""
    async with system(servers) as made:
        yield made


@pytest.fixture
async def county(huiyin: System) -> AsyncIterator[System]:
    """All four services within this process, and one competent unit."""
    async with huiyin.within():
        await huiyin.establish()
        yield huiyin
