"""The relay: what is stored is published, in order, without a jump, however often the relay dies or the topic does.

Legal on the wire is a repeat of what was there; illegal is a jump. Promise 24: a topic can be deleted and rebuilt from
the store, and a group may lose its offsets or hold offsets that no log has: nothing is lost and nothing counts twice.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Callable, Coroutine
from typing import Any
from uuid import UUID

import pytest
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from aiokafka.errors import NonEmptyGroup, for_code
from aiokafka.protocol.admin import DeleteGroupsRequest
from aiokafka.structs import TopicPartition

from contracts.chain import START, chained
from contracts.envelope import LANES
from services.chassis import chain as chains
from services.chassis import inbox, topics
from services.chassis import relay as relaying
from services.chassis.accounts import LISTENS_TO
from services.chassis.chain import Chain
from services.chassis.consumer import Consumer
from services.chassis.inbox import Inbox
from services.chassis.kafka import connection
from services.chassis.logins import OPERATOR
from services.chassis.relay import Relay
from tests import steps
from tests.flow.checks import PLAYED, SOURCES, Client, check_everything, check_topic, is_published, play, put_back
from tests.harness import BUREAU, ESTABLISHED, Servers, System, free_port, system, until

DEATHS = 4
FORWARDED = 5


async def test_relay_dies_between_publishing_and_moving_its_cursor(county: System):
    """Every source's relay falls over again and again after the acknowledgement and before it remembers it."""
    deaths = dict.fromkeys(SOURCES, 0)

    def dying(service: str) -> Any:
        async def step(name: str) -> None:
            assert name == "published"
            if deaths[service] < DEATHS:
                deaths[service] += 1
                raise RuntimeError("killed between publishing and the cursor")

        return step

    for service in SOURCES:
        county.running[service].relay.step = dying(service)
    while min(deaths.values()) < DEATHS:
        await play(county, 8, clients=4)
    size = len(await county.caught_up())
    await until(lambda: is_published(county), "the topics have all", 60)
    repeats = {service: await check_topic(county, service) for service in SOURCES}
    assert min(repeats.values()) > 0, "nothing was sent twice, so nothing was tested"
    assert await check_everything(county) == size
    print(f"{size} entries; sent twice: {repeats}")


async def test_relay_process_is_killed_under_load(huiyin: System):
    """Intake's relay is a process of its own that is killed by -9 at random moments; another one takes over."""
    dice = huiyin.dice()
    async with huiyin.within("intake", parts=frozenset({"api"})), huiyin.within(*SOURCES[1:], "accountability"):
        await huiyin.establish()
        load = asyncio.create_task(play(huiyin, 30, clients=2))
        kills = 0
        while not load.done() or kills < 2:
            huiyin.spawn("intake", key="relay", port=free_port(), only="relay")
            before = await _published(huiyin)
            await until(lambda before=before: _moved(huiyin, before), "the relay publishes", 60)
            await asyncio.sleep(dice.random() / 2)  # the fault's own moment
            if load.done():
                await play(huiyin, 2)
            huiyin.kill("relay")
            kills += 1
        await load
        huiyin.spawn("intake", key="relay", port=free_port(), only="relay")
        size = len(await huiyin.caught_up())
        await until(lambda: is_published(huiyin, ["intake"]), "the topic has all", 60)
        repeats = await check_topic(huiyin, "intake")
        assert await check_everything(huiyin) == size
    print(f"{kills} kills, {size} entries, {repeats} sent twice")


async def _published(system: System) -> int:
    async with system.sql() as db:
        return int(await db.fetchval("SELECT seq FROM intake.published"))


async def _moved(system: System, before: int) -> bool:
    return await _published(system) > before or await is_published(system, ["intake"])


async def test_two_relays_do_no_harm(county: System):
    """Each source has two relays for a while: the wire shows repeats and no jump, the ledger nothing twice."""
    rivals = [Relay(county.running[s].store, county.settings(s)) for s in SOURCES]
    tasks = [asyncio.create_task(rival.run()) for rival in rivals]
    await play(county, 60)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    size = len(await county.caught_up())
    await until(lambda: is_published(county), "the topics have all", 60)
    repeats = {service: await check_topic(county, service) for service in SOURCES}
    assert await check_everything(county) == size
    print(f"{size} entries; sent twice: {repeats}")


class JumpingRelay(Relay):
    """Mutant: moves its cursor before the acknowledgement, so that a death in between leaves a hole."""

    async def publish(self) -> int:
        rows = await self.store.recorder.log(None, 2_000)
        if not rows:
            return 0
        async with self.store.database.connection() as connection:
            await connection.execute("UPDATE published SET seq = $1", rows[-1]["seq"])
        await self.step("published")
        return await self._publish_late(rows)

    async def _publish_late(self, rows: list[Any]) -> int:
        await asyncio.gather(*await self._send(rows))
        return len(rows)


async def test_whoever_wants_the_same_link_waits_for_one_walk(county: System, monkeypatch: pytest.MonkeyPatch):
    """A lane whose links nobody has worked out yet is read once, with no connection held meanwhile."""
    client = Client(county)
    for _ in range(20):
        await client.register()
    await county.caught_up()
    relay = county.running["intake"].relay
    async with county.sql() as db:
        await db.execute("DELETE FROM intake.lane_link")
        lane, head = await db.fetchrow("SELECT lane, last FROM intake.lane_head ORDER BY last DESC LIMIT 1")
    read, recorder = list[int](), relay.store.recorder
    chain = Chain(recorder, None)
    lane_of, whole = recorder.lane, await recorder.lane(lane, after=0, upto=head, limit=head)

    async def counted(lane: int, *, after: int, upto: int, limit: int) -> Any:
        read.append(after)
        return await lane_of(lane, after=after, upto=upto, limit=limit)

    monkeypatch.setattr(chains, "READ_MAX", 2)
    monkeypatch.setattr(recorder, "lane", counted)
    links = await asyncio.wait_for(asyncio.gather(*(chain.at(lane, head) for _ in range(100))), 10)
    assert set(links) == {chained(START, whole)}
    assert read == list(range(0, head, 2)), "each part is read once"


async def test_a_relay_that_remembers_before_it_is_sure_is_found_out(huiyin: System):
    """Mutant: the cursor moves first."""
    deaths = 0

    async def step(_: str) -> None:
        nonlocal deaths
        deaths += 1
        if deaths == 2:
            raise RuntimeError("killed")

    async with huiyin.within("intake", parts=frozenset({"api"})):
        intake = huiyin.running["intake"]
        relay = JumpingRelay(intake.store, huiyin.settings("intake"), step)
        for _ in range(6):
            await huiyin.register()
            await relay.seal()
            await asyncio.gather(relay.publish(), return_exceptions=True)
        await relay._drop_producer()
        with pytest.raises(AssertionError, match=r"comes after|ends at"):
            await check_topic(huiyin, "intake")


# ----------------------------------------------------------------------------------- stopping


async def wait_for(happened: asyncio.Event, seconds: float) -> bool:
    """Mutant: waits as one used to; when the event and the cancellation come together, the latter is swallowed."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(happened.wait(), seconds)
    return happened.is_set()


async def ends(wait: Callable[[asyncio.Event, float], Coroutine[Any, Any, bool]], steps: int) -> bool:
    """Whether a relay that idles is stopped by a cancellation some steps after there is something to do."""
    happened = asyncio.Event()

    async def run() -> None:
        for _ in range(3):
            await wait(happened, relaying.IDLE_SECONDS[0])
            happened.clear()

    task = asyncio.create_task(run())
    await asyncio.sleep(0)
    happened.set()
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    done, _ = await asyncio.wait([task], timeout=0.1)
    task.cancel()
    return bool(done)


@pytest.mark.parametrize("steps", range(5))
async def test_relay_stops_although_there_is_something_to_do(steps: int):
    """A cancellation is heard in whichever turn of the loop it comes."""
    assert await ends(Relay._wait, steps)


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="asyncio.wait_for is mended there")
async def test_a_cancellation_that_is_swallowed_is_found_out():
    """Mutant: ``asyncio.wait_for`` of Python 3.11."""
    assert not all([await ends(wait_for, steps) for steps in range(5)])


# ------------------------------------------------------------------- topics and groups that vanish


async def forwarded_at_once(county: System) -> list[int]:
    """Forward cases of which assignment has not heard yet; return how many events its relay numbers at a time."""
    await county.caught_up()
    relay, rounds = county.running["assignment"].relay, list[int]()
    plain = relay.seal

    async def counted() -> int:
        if count := await plain():
            rounds.append(count)
        return count

    relay.seal = counted  # type: ignore[method-assign]
    for _ in range(FORWARDED):
        steps.ok(await county.forward(await steps.classified(county)))
        await county.caught_up()
    return rounds


async def test_what_an_arrival_sets_free_goes_out_with_it(county: System, monkeypatch: pytest.MonkeyPatch):
    """A command that waits for its case is decided as soon as that is there, and waits for no second round."""
    monkeypatch.setattr(relaying, "GATHER_SECONDS", 0.5)
    assert await forwarded_at_once(county) == [2] * FORWARDED


async def test_a_relay_that_gathers_nothing_is_found_out(county: System, monkeypatch: pytest.MonkeyPatch):
    """MUTANT: what was taken in is numbered alone."""
    monkeypatch.setattr(relaying, "GATHER_SECONDS", 0)
    assert 1 in await forwarded_at_once(county)


async def test_topic_is_rebuilt_from_the_store_under_load(county: System):
    """Intake's topic is deleted and made anew while cases come in: it ends as the store, and nobody notices."""
    await play(county, 20)
    load = asyncio.create_task(play(county, 60, clients=2))
    async with county.opened("intake", login=OPERATOR) as running:
        await topics.rebuild(county.settings(), running.store, by="test")
    await load
    await county.caught_up()
    await until(lambda: is_published(county, ["intake"]), "the rebuilt topic has all", 60)
    await check_topic(county, "intake", rebuilt=True)
    size = await check_everything(county)
    print(f"rebuilt under load; {size} entries")


class ForgetfulRelay(Relay):
    """Mutant of the rebuild: what it has published counts, even if the topic was made anew meanwhile."""

    async def publish(self) -> int:
        rows = await self.store.recorder.log(None, 2_000)
        count = await super().publish()
        if rows:
            async with self.store.database.connection() as connection:
                await connection.execute("UPDATE published SET seq = greatest(seq, $1)", rows[-1]["seq"])
        return count


@pytest.mark.parametrize("kind", [Relay, ForgetfulRelay])
async def test_rebuild_is_not_undone_by_a_batch_in_flight(huiyin: System, kind: type[Relay]):
    """A relay that stands between publishing and its cursor while the topic is made anew must not move the cursor."""

    async def rebuild(_: str) -> None:
        if not rebuilt:
            rebuilt.append(True)
            async with huiyin.opened("intake", login=OPERATOR) as running:
                await topics.rebuild(huiyin.settings(), running.store, by="test")

    rebuilt: list[bool] = []
    async with huiyin.within("intake", parts=frozenset({"api"})):
        relay = kind(huiyin.running["intake"].store, huiyin.settings("intake"))
        for _ in range(2):
            await huiyin.register()
            await relay.seal()
            await relay.publish()
            relay.step = rebuild
        await relay._drop_producer()
        relay.step = Relay(relay.store, relay.settings).step
        while await relay.publish():
            pass
        await relay._drop_producer()
        if kind is Relay:
            await check_topic(huiyin, "intake")
        else:
            with pytest.raises(AssertionError, match=r"comes after|ends at"):
                await check_topic(huiyin, "intake")


async def truncate(system: System, service: str) -> None:
    """Delete the records of a topic that its readers may not have read, as retention would."""
    settings = system.settings()
    admin = AIOKafkaAdminClient(**connection(settings))
    await admin.start()
    try:
        tps = [TopicPartition(settings.topic(service), lane) for lane in range(LANES)]
        await admin.delete_records({tp: RecordsToDelete(before_offset=-1) for tp in tps})
    finally:
        await admin.close()


async def have_offsets(system: System) -> bool:
    """Whether Kafka knows of every reader how far it is; the offsets come once a second, and may be late."""
    settings = system.settings()
    admin = AIOKafkaAdminClient(**connection(settings))
    await admin.start()
    try:
        return all([await admin.list_consumer_group_offsets(settings.group(reader)) for reader in LISTENS_TO])
    finally:
        await admin.close()


async def delete_group(system: System, reader: str) -> None:
    """Let Kafka forget a group that has no member, and its offsets with it; aiokafka's admin cannot, its protocol can."""
    settings = system.settings()
    group, admin = settings.group(reader), AIOKafkaAdminClient(**connection(settings))
    await admin.start()
    try:

        async def deleted() -> bool:
            coordinator = await admin.find_coordinator(group)
            reply = await admin._send_request(DeleteGroupsRequest([group]), coordinator)
            ((_, code),) = reply.results
            assert code in {0, NonEmptyGroup.errno}, for_code(code)
            return code == 0

        await until(deleted, f"{group} has no member any more and is deleted", 60)
        assert group not in {name for name, *_ in await admin.list_consumer_groups()}
    finally:
        await admin.close()


async def lose_offsets(huiyin: System, how: str) -> None:
    """Play, stop the readers, play on, lose or falsify what Kafka knows of the readers, start them again."""
    async with huiyin.within():
        await huiyin.establish()
        await play(huiyin, 10)
        await huiyin.caught_up()
        await until(lambda: have_offsets(huiyin), "every group has offsets to lose", 60)
    async with huiyin.within(*SOURCES, parts=frozenset({"api", "relay"})):
        await play(huiyin, 10)
        await until(lambda: is_published(huiyin), "what was missed is published", 60)
    for reader, sources in LISTENS_TO.items():
        if how == "ahead":
            await put_back(huiyin, reader, sources, offset=10**9)
        if how == "deleted":
            await delete_group(huiyin, reader)
    if how == "truncated":
        for source in SOURCES:
            await truncate(huiyin, source)


@pytest.mark.parametrize("how", ["ahead", "deleted", "truncated"])
async def test_lost_offsets_lose_no_event(huiyin: System, how: str):
    """Offsets that no log has, groups that Kafka has forgotten, and a log whose unread part is gone."""
    await lose_offsets(huiyin, how)
    async with huiyin.within():
        await play(huiyin, 5)
        await huiyin.caught_up()
        size = await check_everything(huiyin)
    assert size == ESTABLISHED + 25 * PLAYED
    print(f"{how}: {size} entries")


@pytest.mark.parametrize("how", ["ahead", "deleted"])
async def test_a_reader_that_trusts_offsets_is_found_out(huiyin: System, monkeypatch: pytest.MonkeyPatch, how: str):
    """Mutant: a group without valid offsets begins at the latest record, gaps are not fetched, nobody patrols."""
    await lose_offsets(huiyin, how)
    made = Consumer.__init__

    def latest(self: Consumer, *args: Any) -> None:
        made(self, *args)
        self._subscriber._connection_args |= {"auto_offset_reset": "latest"}

    async def as_it_comes(self: Inbox, lanes: Any) -> list[Any]:
        return [record for batch in lanes.values() for record in batch]

    async def unchecked(self: Inbox, records: Any, parking: Any = None, attempts: int = 0) -> None:
        async with self.store.database.transaction() as connection:
            await self.effect.apply(connection, records)
            await inbox._move(connection, inbox._by_lane(records))

    async def nobody(self: Inbox, services: Any) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(Consumer, "__init__", latest)
    monkeypatch.setattr(Inbox, "_complete", as_it_comes)
    monkeypatch.setattr(Inbox, "_apply", unchecked)
    monkeypatch.setattr(Inbox, "patrol", nobody)
    async with huiyin.within("accountability"):
        with pytest.raises(AssertionError, match="the ledger has every event"):
            await huiyin.caught_up(4)
        with pytest.raises(AssertionError, match="lost"):
            await check_everything(huiyin)


async def test_whoever_asks_for_a_case_gets_what_happened_in_all_its_streams(servers: Servers):
    """A document has a stream of its own; the case's reader must not be told that there is nothing new."""
    async with system(servers, ("intake",)) as made, made.within("intake", parts=frozenset({"api"})):
        case = (await made.register())["case_id"]
        await made.running["intake"].relay.settle(UUID(case))
        document = await steps.document(made, case, unit=BUREAU)
        await made.running["intake"].relay.settle(UUID(case))
        async with made.sql() as db:
            sealed = await db.fetchval("SELECT count(*) FROM intake.sealed WHERE stream_id = $1", UUID(document))
    assert sealed == 1
