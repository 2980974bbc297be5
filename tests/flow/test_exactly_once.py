"""Effects happen once: every projection is the fold of the log, whatever Kafka delivers, and how often.

Promise 5: relays that send twice, in disorder and with holes, two at a time; consumers that die between the commit of
their transaction and the commit of their offsets; rebalances; a group put back to the beginning. Tens of thousands of
deliveries, and each event is there once, in the order of its lane.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from contracts.envelope import LANES
from services.chassis import inbox, migrate
from services.chassis import running as wiring
from services.chassis.accounts import LISTENS_TO
from services.chassis.consumer import Consumer
from services.chassis.identity.who import client_of
from services.chassis.inbox import Inbox
from services.chassis.relay import Relay
from services.chassis.running import Running, Service
from tests.flow.checks import PLAYED, SOURCES, check_everything, given_out, history, play, put_back
from tests.harness import PASSWORDS, System, until
from tests.sizes import size

EVENTS_OF_A_LIFE = 13
CASES = -(-size("STORM_EVENTS", 4_800, 50_000) // EVENTS_OF_A_LIFE)
"""Lives of cases written beforehand."""
CATCH_UP_SECONDS_MAX = 120 + CASES / 10
RESENT = 0.2
LEFT_OUT = 0.03
DEATHS = size("DEATHS", 4, 30)
LIFE_SECONDS_MAX = 5
JOIN_SECONDS_MAX = 20
"""The members of a group hear of a newcomer with their next heartbeat; then it gets its first batch."""


# ----------------------------------------------------------------------------------- the faults


class WildRelay(Relay):
    """Sends a fifth twice, turns stretches round, and leaves some out for good; its cursor moves as if nothing was."""

    dice = random.Random()

    def runs(self, records: list[Any]) -> Any:  # type: ignore[override]
        runs = [records[start : start + 4] for start in range(0, len(records), 4)]
        sent = []
        for run in runs:
            if self.dice.random() >= LEFT_OUT:
                sent.append(run)
            if self.dice.random() < RESENT:
                sent.append(self.dice.choice(runs))
        for start in range(0, len(sent), 4):
            if self.dice.random() < 0.3:
                sent[start : start + 4] = reversed(sent[start : start + 4])
        yield from sent


class Mortal(Consumer):
    """Dies, now and then, when its transaction is committed and its offsets are not."""

    dice = random.Random()
    chance = 0.25

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.fed, self.dead = asyncio.Event(), asyncio.Event()

    async def _commit(self) -> None:
        self.fed.set()
        if self.dice.random() < self.chance:
            self.dead.set()
            raise asyncio.CancelledError
        await super()._commit()


class Counted(Inbox):
    """Knows how many records were delivered to all of its kind."""

    delivered = 0

    async def take(self, records: Any) -> None:
        records = list(records)
        Counted.delivered += len(records)
        await super().take(records)


class Tally:
    """The simplest effect: writes down that an event came, and would not notice if it came again."""

    async def lacks(self, records: Any) -> bool:
        return False

    async def prepare(self, records: Any) -> None:
        return None

    async def apply(self, connection: Any, records: Any) -> None:
        await connection.execute(
            "INSERT INTO taken (source, lane, lane_seq) SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[])",
            [r.service for r in records],
            [r.lane for r in records],
            [r.lane_seq for r in records],
        )


TALLY = Service(
    name="tally",
    title="",
    views=(),
    effect=lambda running: Tally(),
    effect_sources=SOURCES,
)


def member_of(wild: System) -> Running:
    """Return a process that counts; it asks with the account of accountability, since it has none of its own."""
    made = Running(TALLY, wild.settings(login="tally"))
    made.sources.account.client = client_of("accountability")
    return made


async def make_tally(system: System) -> None:
    await migrate.prepare(system.database_url, PASSWORDS, ("tally",))
    async with system.sql() as db:
        await db.execute("CREATE TABLE tally.taken (n bigserial, source text, lane int, lane_seq bigint)")
        await db.execute("GRANT ALL ON ALL TABLES IN SCHEMA tally TO tally")
        await db.execute("GRANT ALL ON ALL SEQUENCES IN SCHEMA tally TO tally")


async def check_tally(system: System) -> int:
    """Raise ``AssertionError`` unless each event of the sources was taken once, in the order of its lane."""
    async with system.sql() as db:
        heads = {
            (s, row["lane"]): row["last"]
            for s in SOURCES
            for row in await db.fetch(f"SELECT lane, last FROM {s}.lane_head WHERE last > 0")
        }
        lanes: dict[tuple[str, int], list[int]] = defaultdict(list)
        for row in await db.fetch("SELECT source, lane, lane_seq FROM tally.taken ORDER BY n"):
            lanes[row["source"], row["lane"]].append(row["lane_seq"])
    for lane in heads.keys() | lanes.keys():
        times = Counter(lanes[lane])
        twice = [seq for seq, n in times.items() if n > 1]
        assert not twice, f"{lane}: {len(twice)} taken more than once"
        assert lanes[lane] == list(range(1, heads.get(lane, 0) + 1)), f"{lane}: lost, invented, or out of order"
    return sum(heads.values())


async def tally_done(system: System) -> bool:
    async with system.sql() as db:
        sealed = sum([await db.fetchval(f"SELECT sum(last) FROM {s}.lane_head") for s in SOURCES])
        return bool(sealed == await db.fetchval("SELECT sum(last) FROM tally.cursor"))


@asynccontextmanager
async def consuming(running: Running, kind: type[Consumer] = Consumer) -> AsyncIterator[Consumer]:
    """One more member of a service's consumer group."""
    consumer = kind(running.inbox, running.settings, running.service.listens_to)
    task = asyncio.create_task(consumer.run())
    try:
        yield consumer
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def one_life(running: Running) -> bool:
    """A member of the group from its joining to its end; return whether that was death between the two commits."""
    async with consuming(running, Mortal) as consumer:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(consumer.fed.wait(), JOIN_SECONDS_MAX)
            await asyncio.wait_for(consumer.dead.wait(), LIFE_SECONDS_MAX)
        return consumer.dead.is_set()


@pytest.fixture
def wild(huiyin: System, monkeypatch: pytest.MonkeyPatch) -> System:
    """Every relay is a wild one, every delivery is counted; the seed is printed."""
    dice = huiyin.dice()
    monkeypatch.setattr(WildRelay, "dice", dice)
    monkeypatch.setattr(Mortal, "dice", dice)
    monkeypatch.setattr(Counted, "delivered", 0)
    monkeypatch.setattr(wiring, "Relay", WildRelay)
    monkeypatch.setattr(wiring, "Inbox", Counted)
    return huiyin


# -------------------------------------------------------------------------------------- stories


async def play_until(wild: System, stop: asyncio.Event) -> int:
    cases = 0
    while not stop.is_set() or cases < 60:
        cases += len(await play(wild, 20, clients=4))
    return cases


@pytest.mark.timeout(CATCH_UP_SECONDS_MAX * 2 + DEATHS * 20)
async def test_everything_is_there_once_after_storms(wild: System):
    """Two wild relays a source, dying consumers, rebalances, then the whole topics once more: all equal to the fold."""
    written = await history(wild, CASES, seed=WildRelay.dice.getrandbits(32))
    async with wild.within(), contextlib.AsyncExitStack() as stack:
        rivals = [asyncio.create_task(WildRelay(wild.running[s].store, wild.settings(s)).run()) for s in SOURCES]
        second = await stack.enter_async_context(wild.opened("accountability"))
        stop, lives, deaths = asyncio.Event(), 0, 0
        load = asyncio.create_task(play_until(wild, stop))
        while deaths < DEATHS:
            deaths += await one_life(second)
            lives += 1
        stop.set()
        cases = await load
        await wild.caught_up(CATCH_UP_SECONDS_MAX)
        for rival in rivals:
            rival.cancel()
        await asyncio.gather(*rivals, return_exceptions=True)
    for name, sources in LISTENS_TO.items():
        await put_back(wild, name, sources)
    before = Counted.delivered
    async with wild.within():
        await play(wild, 10, clients=4)
        await until(lambda: _delivered(before + written), "the topics were delivered once more", CATCH_UP_SECONDS_MAX)
        await wild.caught_up(CATCH_UP_SECONDS_MAX)
    entries = await check_everything(wild)
    assert entries == written + (cases + 10) * PLAYED
    print(
        f"{Counted.delivered} deliveries of {entries} events, {deaths} deaths in {lives} lives; "
        "nothing lost, nothing twice"
    )


async def _delivered(count: float) -> bool:
    return Counted.delivered >= count


async def tallied(wild: System, *, cases: int, lives: int, enough: float | None = None) -> None:
    """Let three members of a group, who come and go, write down what a wild relay publishes.

    It ends when every cursor is at the head of its lane, or when this share of the events was delivered.
    """
    await make_tally(wild)
    count = await history(wild, cases, seed=WildRelay.dice.getrandbits(32))
    async with wild.within(*SOURCES, parts=frozenset({"api", "relay"})), contextlib.AsyncExitStack() as stack:
        members = [member_of(wild) for _ in range(3)]
        for member in members:
            await stack.enter_async_context(member.opened())
        patrol = asyncio.create_task(members[0].inbox.patrol(SOURCES))
        stack.callback(patrol.cancel)
        async with consuming(members[0]):
            for n in range(lives):
                await one_life(members[1 + n % 2])
            if enough is None:
                await until(lambda: tally_done(wild), "every cursor is at the head of its lane", CATCH_UP_SECONDS_MAX)
            else:
                await until(lambda: _delivered(count * enough), "much was delivered", 60)


@pytest.mark.timeout(CATCH_UP_SECONDS_MAX * 2 + DEATHS * 20)
async def test_a_plain_effect_happens_once_for_every_event(wild: System):
    """An effect that would not notice a second delivery, three members that come and go, then all from the beginning."""
    await tallied(wild, cases=CASES * 3 // 4, lives=DEATHS - 1)
    await put_back(wild, "tally", SOURCES)
    before = Counted.delivered
    member = member_of(wild)
    async with member.opened(), consuming(member):
        count = await check_tally(wild)
        await until(lambda: _delivered(before + count), "the topics were delivered once more", CATCH_UP_SECONDS_MAX)
    assert await check_tally(wild) == count
    print(f"{Counted.delivered} deliveries of {count} events, {DEATHS - 1} lives of members; each event taken once")


async def test_an_inbox_without_a_cursor_is_found_out(wild: System, monkeypatch: pytest.MonkeyPatch):
    """Mutant: what Kafka delivers is applied as it comes."""

    async def as_it_comes(self: Inbox, lanes: Any) -> list[Any]:
        return [record for batch in lanes.values() for record in batch]

    async def unchecked(self: Inbox, records: Any, parking: Any = None, attempts: int = 0) -> None:
        async with self.store.database.transaction() as connection:
            await self.effect.apply(connection, records)
            await inbox._move(connection, inbox._by_lane(records))

    monkeypatch.setattr(Inbox, "_complete", as_it_comes)
    monkeypatch.setattr(Inbox, "_apply", unchecked)
    await tallied(wild, cases=30, lives=1, enough=1.0)
    with pytest.raises(AssertionError, match=r"taken more than once|lost, invented, or out of order"):
        await check_tally(wild)


async def test_batches_in_any_shape_come_to_the_same(huiyin: System):
    """Straight into the inbox: batches that repeat, skip, go backwards, and mix the lanes of three services."""
    dice = huiyin.dice()
    count = await history(huiyin, 80, seed=dice.getrandbits(32))
    deliveries = 0
    async with huiyin.within(*SOURCES, parts=frozenset({"api"})), huiyin.opened("accountability") as accountability:
        inbox, records = accountability.inbox, []
        for source in SOURCES:
            while await huiyin.running[source].relay.seal():
                pass
            for lane in range(LANES):
                records += await given_out(inbox, source, lane)
        assert len(records) == count
        while len(await huiyin.ledger()) < count:
            start = dice.randrange(len(records))
            batch = records[start : start + dice.randint(1, 200)]
            batch += dice.choices(records, k=dice.randint(0, 20))
            if dice.random() < 0.5:
                dice.shuffle(batch)
            deliveries += len(batch)
            await asyncio.gather(*(inbox.take(part) for part in (batch, batch[::2])))
    await check_everything(huiyin)
    print(f"{deliveries} deliveries of {count} events")


async def test_two_inboxes_share_the_work_of_one_service(huiyin: System):
    """Two replicas that are given the same batches at the same moment: one of them wins each lane, neither doubles."""
    count = await history(huiyin, 150, seed=huiyin.dice().getrandbits(32))
    async with (
        huiyin.within(*SOURCES, parts=frozenset({"api"})),
        huiyin.opened("accountability") as one,
        huiyin.opened("accountability") as other,
    ):
        for source in SOURCES:
            while await huiyin.running[source].relay.seal():
                pass
        for lane in range(LANES):
            for source in reversed(SOURCES):
                records = await given_out(one.inbox, source, lane)
                await asyncio.gather(one.inbox.take(records), other.inbox.take(records[::-1]))
    assert await check_everything(huiyin) == count
