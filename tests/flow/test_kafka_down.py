"""Intake works with Kafka down, and Kafka may come and go: no submission fails, nothing is lost, nobody restarts anything.

Promises 13 (one minute of its ten) and 22, on a broker of this module's own that is stopped, killed and started again. While it is
away the ledger goes on over HTTP, so the topics themselves are compared with the stores after the return.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiokafka.errors import OutOfOrderSequenceNumber

from services.chassis import relay as relaying
from services.chassis import running as wiring
from services.chassis.relay import Relay
from services.chassis.store import Store
from services.cli.embedded.kafka import EmbeddedKafka
from tests.flow.checks import SOURCES, Client, check_everything, check_topic, is_published, play
from tests.harness import Servers, System, system, until
from tests.sizes import size

OUTAGE_SECONDS = size("OUTAGE_SECONDS", 10.0, 60.0)
AWAY_SECONDS = size("AWAY_SECONDS", 6.0, 300.0)
BOUNCES = size("BOUNCES", 2, 50)
RATE = 20
"""Submissions a second."""
DRAIN_SECONDS_MAX = 120
HEAL_SECONDS_MAX = 15
DEADLINE_SECONDS = size("DEADLINE_SECONDS", 3.0, relaying.PUBLISH_SECONDS_MAX)
"""The relay's deadline where a producer is wedged; what it promises is not shortened with it."""
GROWTH_BYTES_MAX = 50_000_000


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedKafka]:
    made = EmbeddedKafka(Path(tmp_path_factory.mktemp("kafka")))
    made.start()
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture
async def alone(servers: Servers, broker: EmbeddedKafka) -> AsyncIterator[System]:
    """A system whose broker may be harmed."""
    address = await asyncio.to_thread(broker.start)
    async with system(Servers(servers.database_url, address, broker=broker)) as made:
        try:
            yield made
        finally:
            await asyncio.to_thread(broker.start)  # the topics are dropped next


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Let libraries say nothing: the run keeps every line of theirs, and memory is measured here."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def submit(client: Client, seconds: float, rate: int = RATE) -> list[str]:
    """Register petitions at a rate, however long each takes; return the cases."""
    loop = asyncio.get_running_loop()
    start, tasks = loop.time(), []
    for n in range(int(seconds * rate)):
        await asyncio.sleep(max(0.0, start + n / rate - loop.time()))
        tasks.append(asyncio.create_task(client.register()))
    return list(await asyncio.gather(*tasks))


def check_submissions(client: Client) -> None:
    """Raise ``AssertionError`` unless every reply was a yes at the first try."""
    assert set(client.replies) == {201}, f"failed submissions: {client.replies}"


async def tidy(made: System) -> bool:
    """Whether no producer is at work in this process but those that the relays have."""
    senders = sum("Sender._sender_routine" in repr(task) for task in asyncio.all_tasks())
    return senders == sum(running.relay._producer is not None for running in made.running.values())


# -------------------------------------------------------------------------------------- stories


@pytest.mark.timeout(300 + OUTAGE_SECONDS * 2)
async def test_submissions_go_on_while_kafka_is_down(alone: System, broker: EmbeddedKafka):
    """The broker is stopped while petitions come in at a steady rate: none fails, and the backlog drains in order."""
    async with alone.within():
        await alone.establish()
        await play(alone, 10, clients=2)
        await until(lambda: is_published(alone), "the relays are warm", 60)
        before, client = resident(), Client(alone)
        await asyncio.to_thread(broker.stop)
        cases = await submit(client, OUTAGE_SECONDS)
        check_submissions(client)
        assert not await is_published(alone), "Kafka was not away at all"
        growth = resident() - before
        await asyncio.gather(*(client.carry(case) for case in cases[:10]))
        await asyncio.to_thread(broker.start)
        back = time.monotonic()
        await until(lambda: is_published(alone), "the backlog has drained", DRAIN_SECONDS_MAX)
        drained = time.monotonic() - back
        await alone.caught_up()
        for name in SOURCES:
            await check_topic(alone, name)
        entries = await check_everything(alone)
        await until(lambda: tidy(alone), "producers that were given up are gone", 20)
    assert growth <= GROWTH_BYTES_MAX, f"grew by {growth / 1e6:.0f} MB"
    print(
        f"{len(cases)} submissions in {OUTAGE_SECONDS} s without Kafka, 0 failed, +{growth / 1e6:.1f} MB, "
        f"{entries} entries, drained in {drained:.1f} s"
    )


async def _is(value: bool) -> bool:
    return value


async def test_publishing_inside_the_request_is_found_out(
    alone: System, broker: EmbeddedKafka, monkeypatch: pytest.MonkeyPatch
):
    """Mutant: a submission is answered when Kafka has it."""
    create = Store.create

    async def and_publish(self: Store, *args: Any, **more: Any) -> Any:
        done = await create(self, *args, **more)
        relay = alone.running["intake"].relay
        await relay.seal()
        await relay.publish()
        return done

    monkeypatch.setattr(Store, "create", and_publish)
    async with alone.within("intake", parts=frozenset({"api"})):
        client = Client(alone)
        await client.register()
        check_submissions(client)
        monkeypatch.setattr(relaying, "PUBLISH_SECONDS_MAX", 1.0)
        await asyncio.to_thread(broker.stop)
        submitting = asyncio.create_task(submit(client, 0.2))
        await until(lambda: _is(client.replies.total() > 1), "a submission is answered", 60)
        submitting.cancel()
        await asyncio.gather(submitting, return_exceptions=True)
        with pytest.raises(AssertionError, match="failed submissions"):
            check_submissions(client)
        await alone.running["intake"].relay._drop_producer()


@pytest.mark.timeout(180 + BOUNCES * 60)
async def test_broker_is_killed_again_and_again(alone: System, broker: EmbeddedKafka):
    """Kill -9 and start, several times under load: every relay publishes again soon after, and no producer is left over."""
    healed = []
    async with alone.within():
        await alone.establish()
        await play(alone, 2)
        await until(lambda: is_published(alone), "the relays are warm", 60)
        for _ in range(BOUNCES):
            load = asyncio.create_task(play(alone, 6, clients=2))
            os.kill(broker.pid or 0, signal.SIGKILL)
            await until(lambda: _is(not broker.is_running()), "the broker is dead", 10)
            await load
            await asyncio.to_thread(broker.start)
            back = time.monotonic()
            await play(alone, 2)
            await until(lambda: is_published(alone), "the relays publish again", HEAL_SECONDS_MAX)
            healed.append(round(time.monotonic() - back, 1))
        await alone.caught_up()
        for name in SOURCES:
            await check_topic(alone, name)
        entries = await check_everything(alone)
        await until(lambda: tidy(alone), "producers that were given up are gone", 20)
    print(f"{BOUNCES} bounces, {entries} entries, published again after {max(healed)} s at most: {healed}")


@pytest.mark.timeout(180 + AWAY_SECONDS * 2)
async def test_broker_stays_away_with_batches_under_way(alone: System, broker: EmbeddedKafka):
    """Killed while the relay publishes, and away for long: aiokafka would keep what it holds for ever."""
    async with alone.within("intake", parts=frozenset({"api", "relay"})):
        client = Client(alone)
        await client.register()
        await until(lambda: is_published(alone), "the relay is warm", 60)
        load = asyncio.create_task(submit(client, AWAY_SECONDS, 2))
        os.kill(broker.pid or 0, signal.SIGKILL)
        cases = await load
        check_submissions(client)
        assert not await is_published(alone), "Kafka was not away at all"
        await asyncio.to_thread(broker.start)
        back = time.monotonic()
        await until(lambda: is_published(alone), "the relay publishes again", HEAL_SECONDS_MAX)
        healed = time.monotonic() - back
        await check_topic(alone, "intake")
        await until(lambda: tidy(alone), "producers that were given up are gone", 20)
    print(f"away for {AWAY_SECONDS} s, {len(cases)} submissions meanwhile, published again after {healed:.1f} s")


# ------------------------------------------------------------------------------ wedged producers


async def heals(alone: System, wedge: Any) -> float:
    """Wedge intake's producer, store an event, and return how long it took onto the topic; raises if too long."""
    relay = alone.running["intake"].relay
    await alone.register()
    await until(lambda: is_published(alone), "the relay is warm", 60)
    assert relay._producer is not None
    wedge(relay._producer)
    started = time.monotonic()
    await alone.register()
    await until(lambda: is_published(alone), "the relay publishes again", HEAL_SECONDS_MAX)
    return time.monotonic() - started


def black_hole(producer: Any) -> None:
    """Whatever is sent is neither acknowledged nor refused, for ever, as with a batch that never expires."""
    producer._sender.sender_task.cancel()


def out_of_order(producer: Any) -> None:
    """Whatever is sent fails with the same error until the producer is made anew (aiokafka #1017)."""
    producer._message_accumulator.fail_all(OutOfOrderSequenceNumber())


@pytest.mark.parametrize("wedge", [black_hole, out_of_order])
async def test_wedged_producer_is_thrown_away(alone: System, monkeypatch: pytest.MonkeyPatch, wedge: Any):
    """A producer that is stuck, and one that fails for good: within seconds there is a new one."""
    monkeypatch.setattr(relaying, "PUBLISH_SECONDS_MAX", DEADLINE_SECONDS)
    async with alone.within("intake", parts=frozenset({"api", "relay"})):
        seconds = await heals(alone, wedge)
        await check_topic(alone, "intake")
    print(f"{wedge.__name__}: healed in {seconds:.1f} s")


class Faithful(Relay):
    """Mutant: keeps its one producer whatever happens."""

    async def _drop_producer(self) -> None:
        return None


@pytest.mark.parametrize("wedge", [black_hole, out_of_order])
async def test_a_relay_that_keeps_its_producer_is_found_out(alone: System, monkeypatch: pytest.MonkeyPatch, wedge: Any):
    """Mutant: one producer for life, and no deadline."""
    monkeypatch.setattr(wiring, "Relay", Faithful)
    monkeypatch.setattr(relaying, "PUBLISH_SECONDS_MAX", 3600)
    async with alone.within("intake", parts=frozenset({"api", "relay"})):
        relay = alone.running["intake"].relay
        with pytest.raises(AssertionError, match="the relay publishes again"):
            await heals(alone, wedge)
        await Relay._drop_producer(relay)
