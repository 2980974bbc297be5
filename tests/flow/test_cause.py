"""Cause before effect: no entry of the ledger stands before the foreign event that it answers, and none is lost.

Promise: with the topic of any one service held back under load, and however long the chain of causes through the lanes
is, what the ledger holds at any moment reads like the story did. Whoever folds it needs no guesses about order.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence

import pytest

from contracts.envelope import SERVICES, Record
from contracts.vocabulary import Role
from services.accountability import ledger
from services.accountability.main import SERVICE as ACCOUNTABILITY
from services.chassis import consumer
from services.chassis.inbox import Inbox, Lane
from services.chassis.relay import Relay
from services.chassis.running import Running
from tests.flow.checks import PLAYED, SOURCES, check_everything, given_out, history, is_published, play
from tests.harness import UNIT, System, check_ledger, until
from tests.sizes import size
from tests.steps import ok

HOLD_SECONDS = size("HOLD_SECONDS", 6.0, 20.0)
"""How long a topic is held back."""


def hold(relay: Relay) -> asyncio.Event:
    """Let a relay publish nothing more until the event is set; it goes on sealing."""
    released, publish = asyncio.Event(), relay.publish

    async def held() -> int:
        await released.wait()
        return await publish()

    relay.publish = held
    return released


async def play_and_supervise(county: System) -> int:
    """Play some cases, and put one of them under supervision, which answers what was last known of it."""
    cases = await play(county, 12, clients=4)
    card = {"unit": UNIT, "reason_code": "shirking_or_delay", "due_on": "2099-12-31"}
    ok(await county.send("accountability", f"/cases/{cases[-1]}/supervisions", card, role=Role.supervisor), 201)
    return len(cases)


async def held_back(county: System, service: str, seconds: float) -> int:
    """Play cases while a topic is held back and a little longer; return how many cases."""
    released = hold(county.running[service].relay)
    cases = 0
    end = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < end:
        cases += await play_and_supervise(county)
    async with county.sql() as db:
        stored = await db.fetchval(f"SELECT count(*) FROM {service}.event")
        published = await db.fetchval(f"SELECT seq FROM {service}.published")
    assert published < stored / 2, "the topic was not held back at all"
    released.set()
    return cases + await play_and_supervise(county)


async def watch(county: System, stop: asyncio.Event) -> int:
    """Check the ledger again and again while it grows: it must be in order at every moment, not only in the end."""
    rounds = 0
    while not stop.is_set():
        check_ledger(await county.ledger())
        rounds += 1
        with_limit = asyncio.wait_for(stop.wait(), 0.5)
        await asyncio.gather(with_limit, return_exceptions=True)
    return rounds


@pytest.mark.timeout(180 + HOLD_SECONDS * 4)
@pytest.mark.parametrize("service", SERVICES)
async def test_no_entry_stands_before_its_cause_when_a_topic_is_held_back(county: System, service: str):
    """Each topic held back under load: every look at the ledger shows causes first; nothing is lost.

    The fourth one, accountability's own, is read by accountability alone: the ledger holds its cards too.
    """
    directory, stop = len(await county.caught_up()), asyncio.Event()
    watcher = asyncio.create_task(watch(county, stop))
    cases = await held_back(county, service, HOLD_SECONDS)
    await county.caught_up()
    stop.set()
    rounds = await watcher
    entries = await check_everything(county)
    assert entries == directory + cases * PLAYED + cases // 12
    print(f"{service} held back {HOLD_SECONDS} s: {cases} cases, {entries} entries, in order at {rounds} looks")


async def test_a_ledger_that_does_not_look_for_causes_is_found_out(county: System, monkeypatch: pytest.MonkeyPatch):
    """Mutant: entries are appended as they come, and nothing looks again before the writing."""

    async def as_they_come(self, records):
        return records

    monkeypatch.setattr(ledger.Ledger, "prepare", as_they_come)
    monkeypatch.setattr(ledger, "_check_causes", lambda cursors, checked: None)
    await held_back(county, "intake", 2.0)
    entries = await county.caught_up()
    with pytest.raises(AssertionError, match="stands before its cause"):
        check_ledger(entries)


async def test_long_chains_of_causes_come_out_in_order(huiyin: System):
    """Whole lives of cases in two lanes, one after another, so that each lane waits for the others again and again.

    Accountability starts with an empty ledger and the topic of mediation held back: the causes of the newest events
    lie a thousand events back in three lanes, each reachable through the other two only.
    """
    count = await history(huiyin, 400, seed=1, lanes=(3, 4), at_once=3)
    async with huiyin.within(*SOURCES):
        released = hold(huiyin.running["mediation"].relay)
        async with huiyin.within("accountability"):
            entries = await huiyin.caught_up()
            released.set()
            assert len(entries) == count
            assert await check_everything(huiyin) == count


async def asked_for_a_backlog(huiyin: System, monkeypatch: pytest.MonkeyPatch) -> int:
    """Take what lies on Kafka into an empty ledger; return how often a source was asked for more."""

    async def nobody(self: Inbox, services: Sequence[str]) -> None:
        await asyncio.Event().wait()

    asked, fetch = 0, Inbox.fetch

    async def counted(self: Inbox, lane: Lane, *, after: int, upto: int) -> list[Record]:
        nonlocal asked
        asked += 1
        return await fetch(self, lane, after=after, upto=upto)

    monkeypatch.setattr(Inbox, "patrol", nobody)
    monkeypatch.setattr(Inbox, "fetch", counted)
    count = await history(huiyin, 300, seed=3)
    async with huiyin.within(*SOURCES, parts=frozenset({"api", "relay"})):
        await until(lambda: is_published(huiyin), "the topics have all")
        async with huiyin.within("accountability"):
            check_ledger(await huiyin.caught_up())
            assert await check_everything(huiyin) == count
    return asked


async def test_what_kafka_is_about_to_bring_is_not_asked_for(huiyin: System, monkeypatch: pytest.MonkeyPatch):
    """A backlog in all lanes of all topics, of which the client hands out one partition after the other."""
    monkeypatch.setattr(consumer, "CAUSE_SECONDS_MAX", 30.0)
    assert await asked_for_a_backlog(huiyin, monkeypatch) == 0


async def test_a_consumer_that_asks_at_once_is_found_out(huiyin: System, monkeypatch: pytest.MonkeyPatch):
    """Mutant: batches are small, and what waits for its cause does not wait for Kafka."""
    monkeypatch.setattr(consumer, "RECORDS_MAX", 100)
    monkeypatch.setattr(consumer, "CAUSE_SECONDS_MAX", 0.0)
    assert await asked_for_a_backlog(huiyin, monkeypatch) > 0


async def in_batches(huiyin: System, *, seed: int, cases: int, at_once: int, seconds: float = 30.0) -> int:
    """Take a history into the ledger in batches that name effects before causes; return how many records.

    Two processes take turns, so that neither knows of itself how far the lanes are. A batch may take some `seconds`.
    """
    count = await history(huiyin, cases, seed=seed)
    dice, taken = random.Random(seed), 0
    two = [Running(ACCOUNTABILITY, huiyin.settings("accountability")) for _ in range(2)]
    async with huiyin.within(*SOURCES, parts=frozenset({"api"})), two[0].opened(), two[1].opened():
        inbox, other = (running.inbox for running in two)
        for service in SOURCES:
            while await huiyin.running[service].relay.seal():
                pass
        while True:
            batch = []
            for service in reversed(SOURCES):
                for lane in dice.sample(range(12), 12):
                    after = await inbox.cursor((service, lane))
                    batch += (await given_out(inbox, service, lane, after=after))[:at_once]
            if not batch:
                break
            taken += len(batch)
            async with asyncio.timeout(seconds):
                await inbox.take(batch)
            inbox, other = other, inbox
        assert len(await huiyin.ledger()) == count
        check_ledger(await huiyin.ledger())
    return taken


@pytest.mark.parametrize("at_once", [1, 7, 1000])
async def test_batches_are_merged_in_an_order_in_which_the_story_could_have_happened(huiyin: System, at_once: int):
    """Batches of every size that hold the lanes of mediation first and those of intake last."""
    await in_batches(huiyin, seed=2, cases=60 if at_once < 1000 else 400, at_once=at_once)


async def test_a_ledger_that_keeps_the_order_of_a_batch_is_found_out(huiyin: System, monkeypatch: pytest.MonkeyPatch):
    """Mutant: every record may stand where it is in its batch."""
    monkeypatch.setattr(ledger._Merge, "_stands", lambda self, record: True)
    monkeypatch.setattr(ledger, "_check_causes", lambda cursors, checked: None)
    with pytest.raises(AssertionError, match="stands before its cause"):
        await in_batches(huiyin, seed=2, cases=60, at_once=1000)


async def test_a_reader_that_believes_what_it_remembers_is_found_out(huiyin: System, monkeypatch: pytest.MonkeyPatch):
    """Mutant: whoever has read the cursors once does not look again, whatever somebody else has taken in."""
    look = Inbox.cursors

    async def remembered(self: Inbox) -> dict[Lane, int]:
        vars(self).setdefault("once", dict(await look(self)))
        return dict(vars(self)["once"])

    monkeypatch.setattr(Inbox, "cursors", remembered)
    with pytest.raises(TimeoutError):
        await in_batches(huiyin, seed=2, cases=20, at_once=1, seconds=3.0)
