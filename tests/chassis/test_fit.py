"""A service works on the schema that its code was made for, and on no other.

Promise: while the migrations that have run are fewer, more, or others, it is not ready, numbers and publishes nothing
and takes nothing in, so that no event is parked for what is the fault of an installation; then it goes on by itself.
"""

from __future__ import annotations

import pytest

from contracts.vocabulary import Role
from services.chassis import service
from services.chassis.lives import StoreIsRestored
from services.chassis.running import Running
from tests.harness import System, petition, until
from tests.rules import refused
from tests.steps import ok

OLDER = "DELETE FROM assignment.migration WHERE name = (SELECT max(name) FROM assignment.migration)"
NEWER = "INSERT INTO assignment.migration (name, sha256) VALUES ('assignment/9999_later.sql', 'x')"
EDITED = "UPDATE assignment.migration SET sha256 = 'x' WHERE name = (SELECT max(name) FROM assignment.migration)"


async def is_ready(huiyin: System) -> bool:
    return (await huiyin.client.get(huiyin.url("assignment") + "/health/ready")).status_code == 200


async def taken_in(huiyin: System) -> int:
    async with huiyin.sql() as db:
        assert await db.fetchval("SELECT count(*) FROM assignment.parked") == 0
        return int(await db.fetchval("SELECT coalesce(sum(last), 0) FROM assignment.cursor"))


async def classified(huiyin: System) -> None:
    """Publish what assignment reacts to."""
    ok(await huiyin.classify((await huiyin.register())["case_id"]))
    relay = huiyin.running["intake"].relay
    while await relay.seal():
        pass


async def looked(huiyin: System, times: int = 3) -> None:
    """Wait until assignment has looked at its schema so often, from now on."""
    running, seen = huiyin.running["assignment"], 0
    unfit = running.unfit

    async def counted() -> set[str]:
        nonlocal seen
        seen += 1
        return await unfit()

    running.unfit = counted  # type: ignore[method-assign]

    async def often() -> bool:
        return seen >= times

    await until(often, "the schema is looked at")


async def works_only_where_it_fits(huiyin: System, change: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "SCHEMA_SECONDS", 0.1)
    async with huiyin.sql() as db:
        kept = await db.fetch("SELECT name, sha256 FROM assignment.migration")
        await db.execute(change)
        async with huiyin.within("intake", "assignment"):
            await classified(huiyin)
            await looked(huiyin)
            assert not await is_ready(huiyin)
            assert await taken_in(huiyin) == 0

            await db.execute("DELETE FROM assignment.migration")
            await db.executemany("INSERT INTO assignment.migration (name, sha256) VALUES ($1, $2)", kept)
            await until(lambda: taken_in(huiyin), "assignment goes on")
            assert await is_ready(huiyin)

            await db.execute(change)
            await looked(huiyin)
            before = await taken_in(huiyin)
            await classified(huiyin)
            await looked(huiyin)
            assert not await is_ready(huiyin)
            assert await taken_in(huiyin) == before


@pytest.mark.parametrize("change", [OLDER, NEWER, EDITED], ids=["older", "newer", "edited"])
async def test_a_service_waits_for_its_schema(huiyin: System, change: str, monkeypatch: pytest.MonkeyPatch):
    await works_only_where_it_fits(huiyin, change, monkeypatch)


async def test_a_service_that_works_on_any_schema_is_found_out(huiyin: System, monkeypatch: pytest.MonkeyPatch):
    """Mutant: whatever has run will do."""

    async def fits(self: Running) -> set[str]:
        return set()

    monkeypatch.setattr(Running, "unfit", fits)
    with pytest.raises(AssertionError, match="assert not True"):
        await works_only_where_it_fits(huiyin, NEWER, monkeypatch)


async def test_a_store_from_a_younger_cluster_does_not_stand_still_silently(huiyin: System):
    """What was numbered is of the future there, and every new event would wait for ever: nobody is served."""
    async with huiyin.within("intake"), huiyin.sql() as db:
        running = huiyin.running["intake"]
        assert await running.ready()
        head = await db.fetchval("SELECT xid::text FROM intake.seal_head")
        await db.execute("UPDATE intake.seal_head SET xid = (pg_current_xact_id()::text::bigint + 1000000)::text::xid8")
        assert not await running.ready()
        reply = await huiyin.send("intake", "/petitions", petition(), role=Role.intake_clerk)
        refused(reply, 503, StoreIsRestored)
        await db.execute("UPDATE intake.seal_head SET xid = $1::text::xid8", head)
        assert not await running.ready(), "whoever has found it has left a mark, until somebody has looked"
        running.relay.heads.mark(restored=False)
        assert await running.ready()
