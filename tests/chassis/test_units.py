"""The directory reaches every service, and each goes on with what it knows."""

from __future__ import annotations

import asyncio

import pytest

from contracts.vocabulary import Role
from services.chassis import units
from services.chassis.database import Connection
from services.chassis.directory import Edition
from services.chassis.errors import NotFound, SourceAway
from services.chassis.references import known_officer, known_unit
from services.chassis.units import edition
from tests.harness import BUREAU, System, petition
from tests.rules import refuses


async def test_every_service_learns_what_was_entered(county: System):
    await county.enter({"code": "A", "officers": {"a-1": ["unit_head"]}}, {"code": "B", "successors": ["A"]})
    for running in county.running.values():
        found = running.store.directories.current
        assert found.units["B"].successors == ("A",)
        assert found.belongs("a-1", "A")


async def test_unit_that_is_not_known_yet_is_asked_for_at_once(county: System):
    store = county.running["mediation"].store
    await county.send("assignment", "/units/LATE", {"name": "新", "level": "county", "competent": True},
                      role="platform_admin", method="PUT")  # fmt: skip
    assert (await known_unit(store, "LATE")).name == "新"
    with refuses(NotFound):
        await known_unit(store, "000")
    with refuses(NotFound):
        await known_officer(store, "nobody")


async def test_others_go_on_while_assignment_is_away(huiyin: System):
    async with huiyin.within("assignment", "mediation"):
        await huiyin.establish("A")
    async with huiyin.within("mediation"):
        store = huiyin.running["mediation"].store
        assert (await known_unit(store, "A")).code == "A"
        with refuses(SourceAway):
            await known_unit(store, "000")


async def test_who_acts_waits_for_a_keeper_that_starts_anew(huiyin: System, monkeypatch: pytest.MonkeyPatch):
    """A service that has heard of no post yet asks again until assignment has started, as a command waits for a case."""
    for limit in ("services.chassis.identity.who.PATIENCE_SECONDS", "services.chassis.http.gate.COMMAND_SECONDS_MAX"):
        monkeypatch.setattr(limit, 60.0)
    async with huiyin.within("assignment"):
        await huiyin.enter({"code": BUREAU, "kind": "petition_bureau", "officers": {"li": [Role.intake_clerk]}})
    async with huiyin.within("intake", strict=True):
        asked = huiyin.send("intake", "/petitions", petition(), role=Role.intake_clerk, actor="li")
        registering = asyncio.create_task(asked)
        async with huiyin.within("assignment", strict=True):
            reply = await registering
    assert reply.status_code == 201, reply.text


async def test_nothing_is_sent_where_nothing_has_changed(county: System):
    whole = (await county.client.get(f"{county.url('assignment')}/directory")).json()
    again = await county.client.get(f"{county.url('assignment')}/directory", params={"known": whole["revision"]})
    assert whole["revision"] == sum(unit["version"] for unit in whole["units"]) > 0
    assert again.json() == {"revision": whole["revision"], "units": None}


@pytest.mark.parametrize("service", ["intake", "accountability"])
async def test_directory_of_another_service_is_what_was_heard_last(county: System, service: str):
    """A store of assignment that was put back to an older state has other units; so has everybody then."""
    await county.enter({"code": "A"})
    async with county.sql() as db:
        await db.execute("DELETE FROM assignment.directory_unit WHERE entry LIKE '%\"A\"%'")
    directories = county.running[service].store.directories
    assert await directories.renew()
    assert "A" not in directories.current.units


async def test_who_asks_together_shares_a_reading(county: System, monkeypatch: pytest.MonkeyPatch):
    """Its keeper reads the directory for each command, which many at once need not do one after the other."""
    directories, readings = county.running["assignment"].store.directories, 0

    async def counted(connection: Connection, known: int | None) -> Edition:
        nonlocal readings
        readings += 1
        return await edition(connection, known)

    monkeypatch.setattr(units, "edition", counted)
    await asyncio.gather(*(directories.at_hand() for _ in range(20)))
    assert readings == 1


async def test_reading_that_has_begun_is_not_shared(county: System, monkeypatch: pytest.MonkeyPatch):
    """Whoever asks later may know of a change that it has missed."""
    await county.enter({"code": "A"})
    directories = county.running["assignment"].store.directories
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def held_up(connection: Connection, known: int | None) -> Edition:
        found = await edition(connection, known)
        begun.set()
        await go_on.wait()
        return found

    monkeypatch.setattr(units, "edition", held_up)
    before = asyncio.create_task(directories.at_hand())
    await begun.wait()
    async with county.sql() as db:
        await db.execute(
            "INSERT INTO assignment.directory_unit SELECT gen_random_uuid(), 1, replace(entry, '\"A\"', '\"NEW\"') "
            "FROM assignment.directory_unit WHERE entry LIKE '%\"A\"%' LIMIT 1"
        )
    late = asyncio.create_task(directories.at_hand())
    go_on.set()
    await before
    assert "NEW" in (await late).units
