"""A service that starts waits for its database: after a failure of the machine both are starting."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest
from pydantic import SecretStr

from services.chassis import database
from services.chassis.settings import Settings
from tests.harness import Servers, System, free_port, own_postgres, until


def at(huiyin: System, url: str) -> Settings:
    return huiyin.settings().model_copy(update={"database_url": SecretStr(url)})


async def unlooked(_: Any) -> None:
    """Look at nothing: there is no schema."""


async def test_service_waits_for_a_database_that_is_starting(servers: Servers, monkeypatch: pytest.MonkeyPatch):
    tries = 0
    plain = database._pool

    async def counted(*what: Any) -> object:
        nonlocal tries
        tries += 1
        return await plain(*what)

    monkeypatch.setattr(database, "_pool", counted)
    async with own_postgres(servers) as huiyin:
        postgres = huiyin.servers.postgres
        await asyncio.to_thread(postgres.stop)
        opening = asyncio.create_task(database.open_pool(huiyin.settings("intake"), "intake", unlooked))

        async def has_knocked() -> bool:
            return tries > 1 or opening.done()

        await until(has_knocked, "the service has knocked in vain", 10)
        assert not opening.done()
        await asyncio.to_thread(postgres.start)
        async with asyncio.timeout(database.OPEN_SECONDS_MAX), await opening as pool:
            assert await pool.fetchval("SELECT current_user") == "intake"


async def test_service_does_not_wait_for_ever(huiyin: System, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(database, "OPEN_SECONDS_MAX", 0.3)
    async with asyncio.timeout(10):
        with pytest.raises(OSError, match=r"refused|Connect call failed"):
            await database.open_pool(at(huiyin, f"postgresql://x@127.0.0.1:{free_port()}/x"), "intake", unlooked)


async def test_service_does_not_wait_for_what_is_wrong(huiyin: System, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(database, "OPEN_PAUSE_SECONDS", 3_600)
    async with asyncio.timeout(10):
        with pytest.raises(asyncpg.InvalidCatalogNameError):
            await database.open_pool(at(huiyin, f"{huiyin.database_url}_nobody"), "intake", unlooked)


def test_what_the_server_says_of_itself_is_no_fault_of_a_statement():
    """By class of SQLSTATE: no connection (08), no resources (53), an operator (57), the system (58); and read-only."""
    kinds = [k for k in vars(asyncpg).values() if isinstance(k, type) and issubclass(k, asyncpg.PostgresError)]
    of_the_server = {k for k in kinds if str(k.sqlstate).startswith(("08", "53", "57", "58")) or k.sqlstate == "25006"}
    assert len(of_the_server) > 20
    assert {k for k in of_the_server if not issubclass(k, database.AWAY)} == set()
    assert not issubclass(asyncpg.UniqueViolationError, database.AWAY)


PLANNING = (
    "SELECT current_setting('plan_cache_mode'), current_setting('enable_seqscan'), pg_current_xact_id_if_assigned()"
)


async def test_what_is_done_all_day_is_planned_once_and_a_list_for_its_values(huiyin: System):
    async with huiyin.opened("intake", database_connections_max=3) as running:
        db = running.database
        async with db.planning() as connection:
            assert tuple(await connection.fetchrow(PLANNING)) == ("auto", "on", None)
        with pytest.raises(asyncpg.UndefinedTableError):
            async with db.planning() as connection:
                await connection.fetch("SELECT 1 FROM nowhere")
        for _ in range(3):  # whichever of the pool's connections it is
            async with db.connection() as connection:
                assert not connection.is_in_transaction()
                assert tuple(await connection.fetchrow(PLANNING)) == ("force_generic_plan", "off", None)
