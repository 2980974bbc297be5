"""Overdue: each breach on record exactly once, soon, whoever watches and whoever dies (件件有着落)."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from contracts.periods.calendar import Notice, Year, current
from contracts.vocabulary import ClockKind
from services.accountability.clocks import rules, scan
from services.accountability.clocks.clock import Clock
from services.accountability.clocks.scan import Watch
from services.chassis.years import in_force, publication
from tests.clocks import begun, put
from tests.harness import Servers, free_port, system, until
from tests.sizes import size

pytestmark = pytest.mark.servers

LATE_SECONDS_MAX = 60
BREACHED = "accountability.ClockBreached.v2"
LAPSED = "accountability.ClockLapsed.v2"
HOUR = timedelta(hours=1)


async def ends(db: asyncpg.Connection, event: str = BREACHED) -> list[asyncpg.Record]:
    return await db.fetch("SELECT stream_id, at FROM accountability.event WHERE type = $1", event)


def utc() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
async def watched(servers: Servers):
    """A system whose accountability is opened and does nothing by itself."""
    async with system(servers) as made, made.opened("accountability") as running, made.sql() as db:
        yield made, Watch(running.store, rules.in_force(), utc), db


async def drained(watch: Watch, now: datetime, kind: ClockKind = ClockKind.real) -> int:
    count = 0
    while batch := await watch.expire(now, kind):
        count += batch
    return count


class TestThreeReplicas:
    """10,000 overdue at once, three replicas, one killed in the middle; among them what fell due an hour ago."""

    @pytest.mark.timeout(400)
    async def test_each_breach_is_recorded_once_and_soon(self, servers: Servers):
        count = size("OVERDUE", 10_000, 10_000)
        async with system(servers) as made, made.sql() as db:
            soon = utc() + timedelta(seconds=15)
            clocks = [begun("C15", soon - HOUR * (2 if n % 2 else 1)) for n in range(count)]
            due = {clock.id: clock.due_at for clock in clocks}
            async with made.opened("accountability") as running:
                await put(running.store, clocks)
            names = ["accountability", "second", "third"]
            try:
                started = utc()
                for name in names:
                    made.spawn(
                        "accountability", key=name, port=None if name == names[0] else free_port(), only="reactions"
                    )

                async def some() -> bool:
                    return len(await ends(db)) > 0

                async def all_of_them() -> bool:
                    return len(await ends(db)) >= count

                await until(some, "the first breach", 60)
                made.kill("second")
                await until(all_of_them, "all breaches", 120)
                async with made.opened("accountability") as running:  # nobody may find one again
                    assert await drained(Watch(running.store, rules.in_force(), utc), utc()) == 0
            finally:
                made.stop_all()
            rows = await ends(db)
            assert Counter(row["stream_id"] for row in rows) == Counter(due.keys())
            late = [(row["at"] - max(due[row["stream_id"]], started)).total_seconds() for row in rows]
            assert max(late) <= LATE_SECONDS_MAX
            assert min(row["at"] - due[row["stream_id"]] for row in rows) >= timedelta(0)
            print(f"{count} breaches, once each, late by {max(late):.1f} s at most")

    async def test_mutant_that_takes_no_turns_is_seen(self, watched, monkeypatch):
        """Two watches side by side without the lock: one of them must fail on the version of the stream.

        Neither writes before both have read: the faster one would else be done before the other looks.
        """
        _, watch, _ = watched
        now, both, write = utc(), asyncio.Barrier(2), watch._write

        async def not_alone(*_: object) -> None:
            return

        async def side_by_side(*what: object) -> None:
            await both.wait()
            await write(*what)

        monkeypatch.setattr(scan, "alone", not_alone)
        monkeypatch.setattr(watch, "_write", side_by_side)
        await put(watch.store, [begun("C15", now - 2 * HOUR)])
        ways = await asyncio.gather(watch.expire(now), watch.expire(now), return_exceptions=True)
        [failed] = [way for way in ways if isinstance(way, Exception)]
        assert "event_pkey" in str(failed)


class TestWatch:
    async def test_duty_is_breached_and_right_lapses_and_neither_twice(self, watched):
        _, watch, db = watched
        now = utc()
        await put(watch.store, [begun("C7", now - timedelta(days=90)), begun("C17", now - timedelta(days=90))])
        assert await drained(watch, now) == 2
        assert await drained(watch, now + HOUR) == 0
        assert (len(await ends(db)), len(await ends(db, LAPSED))) == (1, 1)

    async def test_what_is_not_due_is_left_alone(self, watched):
        _, watch, db = watched
        clock = begun("C5", datetime.now(UTC))
        await put(watch.store, [clock])
        assert await drained(watch, clock.due_at - timedelta(seconds=1)) == 0
        assert await drained(watch, clock.due_at) == 1
        assert len(await ends(db)) == 1

    async def test_simulated_time_is_not_compared_with_the_real_one(self, watched):
        _, watch, _ = watched
        now = utc()
        await put(watch.store, [begun("C5", now - timedelta(days=90), ClockKind.simulated)])
        assert await drained(watch, now) == 0
        assert await drained(watch, now, ClockKind.simulated) == 1

    async def test_oldest_first_so_that_none_is_starved(self, watched, monkeypatch):
        _, watch, db = watched
        now = utc()
        clocks = [begun("C15", now - HOUR * n) for n in range(2, 12)]
        await put(watch.store, clocks)
        monkeypatch.setattr(scan, "SCAN_BATCH_MAX", 3)
        await watch.expire(now)
        assert {row["stream_id"] for row in await ends(db)} == {clock.id for clock in clocks[-3:]}


class TestRecalculation:
    """A calendar that is published counts clocks anew, as events with before and after; breaches stay on record."""

    async def test_open_clocks_are_counted_anew_and_a_breach_that_was_none_is_put_right(self, watched, monkeypatch):
        _, watch, db = watched
        start = datetime(2027, 9, 20, 1, tzinfo=UTC)
        open_, other, over = begun("C1", start), begun("C5", start), begun("C1", start)
        over.expire(at=over.due_at)
        await put(watch.store, [open_, other, over])
        while await watch.recalculate():
            pass
        assert await self.recalculated(db) == []
        last = open_.due_on
        known = [notice for notice in current().year(2027).days if notice.date != last]
        notice = Year.of(2027, [*known, Notice("国庆节", last, is_off_day=True)])
        text, row = publication(notice)
        async with watch.store.database.connection() as connection:
            await watch.store.writer.write(connection, [scan.Work([], [(text, row)])])
        monkeypatch.setattr(scan, "SCAN_BATCH_MAX", 2)
        while await watch.recalculate():
            pass
        assert set(await self.recalculated(db)) == {open_.id, other.id}
        certain = await watch.store.load(Clock, other.id)
        assert (certain.due_on, certain.provisional) == (other.due_on, False)
        async with watch.store.database.connection() as connection:
            assert (await in_force(connection)).name_of(last) == "国庆节"
        now = await watch.store.load(Clock, open_.id)
        assert now.due_on > last
        put_right = await watch.store.load(Clock, over.id)
        assert (put_right.corrected, put_right.breached, put_right.due_on) == (True, False, now.due_on)
        assert [row["stream_id"] for row in await ends(db)] == [over.id]

    @staticmethod
    async def recalculated(db: asyncpg.Connection) -> list:
        rows = await ends(db, "accountability.ClockRecalculated.v2")
        return [row["stream_id"] for row in rows]
