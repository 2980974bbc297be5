"""Migrations run once, in order, and are never edited; and no service can change its own history."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from unittest.mock import AsyncMock

import asyncpg
import pytest
import pytest_asyncio

from contracts.envelope import SERVICES
from contracts.packing import unpack
from services.chassis import logins, migrate
from services.chassis.logins import url_of
from services.chassis.migrate import EditedMigration, files
from tests.harness import PASSWORDS, Servers

HISTORY = ("event", "sealed", "command")
CHANGES = ("UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}")


@asynccontextmanager
async def empty(servers: Servers) -> AsyncIterator[str]:
    """Make a database in which nothing has run."""
    name = f"m_{secrets.token_hex(6)}"
    admin = await asyncpg.connect(servers.database_url)
    try:
        await admin.execute(f"CREATE DATABASE {name}")
        yield servers.database_url.rpartition("/")[0] + f"/{name}"
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await admin.close()


async def prepare(url: str, services: tuple[str, ...] = SERVICES) -> list[str]:
    return await migrate.prepare(url, PASSWORDS, services)


@pytest.fixture
async def new(servers: Servers) -> AsyncIterator[str]:
    async with empty(servers) as url:
        yield url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def prepared(servers: Servers) -> AsyncIterator[str]:
    async with empty(servers) as url:
        await prepare(url)
        yield url


async def refused_by(error: type[Exception], url: str, login: str | None, statement: str) -> None:
    settings = {"search_path": login or "intake"}
    connection = await asyncpg.connect(url_of(url, login, PASSWORDS[login]) if login else url, server_settings=settings)
    try:
        with pytest.raises(error):
            await connection.execute(statement)
    finally:
        await connection.close()


def copied(service: str, folder: Path) -> list[Path]:
    """Copy a service's migrations to where a test may change them."""
    copies = []
    for path in files(service):
        copy = folder / path.parts[-3] / "migrations" / path.name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(path.read_text("utf-8"), "utf-8")
        copies.append(copy)
    return copies


class TestPrepare:
    async def test_everything_runs_once(self, new: str):
        ran = await prepare(new)
        assert ran == [f"{s}: {path.parts[-3]}/{path.name}" for s in SERVICES for path in files(s)]
        assert await prepare(new) == []

    async def test_two_at_once_run_everything_once(self, new: str):
        one, other = await asyncio.gather(prepare(new), prepare(new))
        assert sorted((len(one), len(other))) == [0, sum(len(files(s)) for s in SERVICES)]

    async def test_new_migration_runs_alone(self, new: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        await prepare(new, ("intake",))
        paths = copied("intake", tmp_path)
        later = paths[-1].parent / "9999_later.sql"
        later.write_text("CREATE TABLE later (id uuid PRIMARY KEY)", "utf-8")
        monkeypatch.setattr(migrate, "files", lambda _: [*paths, later])
        assert await prepare(new, ("intake",)) == ["intake: intake/9999_later.sql"]
        await refused_by(asyncpg.InsufficientPrivilegeError, new, "intake", "DELETE FROM event")
        await refused_by(asyncpg.InsufficientPrivilegeError, new, "intake", "DROP TABLE later")

    async def test_database_of_before_is_given_logins_and_nothing_else(self, new: str):
        """Services were roles that nobody could log in as, and could change whole tables."""
        await prepare(new, ("intake",))
        admin = await asyncpg.connect(new)
        try:
            await admin.execute("ALTER ROLE intake NOLOGIN PASSWORD NULL; GRANT intake TO CURRENT_USER")
            await admin.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA intake TO intake")
            await admin.execute(
                "GRANT USAGE ON ALL SEQUENCES IN SCHEMA intake TO intake; GRANT pg_read_all_data TO intake"
            )
        finally:
            await admin.close()
        assert await prepare(new, ("intake",)) == []
        await refused_by(asyncpg.InsufficientPrivilegeError, new, "intake", "UPDATE vault_key SET id = NULL")
        await refused_by(asyncpg.InsufficientPrivilegeError, new, "intake", "SELECT nextval('event_pos_seq')")
        await refused_by(asyncpg.InsufficientPrivilegeError, new, "intake", "SELECT * FROM pg_authid")

    @pytest.mark.parametrize("which", [0, -1])
    async def test_edited_migration_is_refused(
        self, new: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, which: int
    ):
        await prepare(new, ("intake",))
        paths = copied("intake", tmp_path)
        monkeypatch.setattr(migrate, "files", lambda _: paths)
        assert await prepare(new, ("intake",)) == []
        paths[which].write_text(paths[which].read_text("utf-8") + "\n-- a second thought\n", "utf-8")
        with pytest.raises(EditedMigration, match=paths[which].name):
            await prepare(new, ("intake",))

    async def test_migration_that_fails_leaves_nothing(self, new: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        await prepare(new, ("intake",))
        paths = copied("intake", tmp_path)
        bad = paths[-1].parent / "9999_bad.sql"
        bad.write_text("CREATE TABLE half (id uuid); SELECT 1 / 0", "utf-8")
        monkeypatch.setattr(migrate, "files", lambda _: [*paths, bad])
        with pytest.raises(asyncpg.DivisionByZeroError):
            await prepare(new, ("intake",))
        await refused_by(asyncpg.UndefinedTableError, new, "intake", "SELECT * FROM half")
        bad.write_text("CREATE TABLE half (id uuid)", "utf-8")
        assert await prepare(new, ("intake",)) == ["intake: intake/9999_bad.sql"]


@pytest.mark.asyncio(loop_scope="module")
class TestPacking:
    async def test_history_of_before_stays_what_it_was(self, new: str, monkeypatch: pytest.MonkeyPatch):
        """Stores and ledger are made anew around what they hold: nothing is lost, renumbered or put into other words."""
        before_that = lambda path: path.name < PACKED.get(path.parts[-3], "9")  # noqa: E731
        monkeypatch.setattr(migrate, "files", lambda service: list(filter(before_that, files(service))))
        for what in ((logins, "grant"), (migrate, "on_record")):  # of tables that there were not
            monkeypatch.setattr(*what, AsyncMock())
        await prepare(new)
        monkeypatch.undo()
        db = await asyncpg.connect(new)
        try:
            await db.execute(BEFORE)
            before = {table: await db.fetch(f"SELECT * FROM {table} ORDER BY 1") for table in REMADE}
            await prepare(new)
            for table, rows in before.items():
                there = await db.fetch(f"SELECT * FROM {table} ORDER BY 1")
                for row, old in zip(there, rows, strict=True):
                    same = set(old.keys()) - REMADE[table]
                    assert [row[name] for name in same] == [old[name] for name in same]
                    if "packed" in row:
                        assert unpack(row["packed"]) == (old["metadata"], old["body"])
            numbers = "SELECT case_id FROM accountability.ledger_entry WHERE registration_no = 'XF20260302-ATA95B7K'"
            assert [row["case_id"] for row in await db.fetch(numbers)] == [before["intake.event"][0]["case_id"]]
            await db.execute(
                "INSERT INTO intake.event (stream_id, version, lane, id, type, packed, at) "
                "VALUES (gen_random_uuid(), 1, 1, gen_random_uuid(), 'x', 'x', now())"
            )
            assert await db.fetchval("SELECT max(pos) FROM intake.event") == before["intake.event"][-1]["pos"] + 1
        finally:
            await db.close()


PLAIN = {"metadata", "body"}
REMADE = {
    "intake.event": PLAIN, "accountability.ledger_entry": PLAIN, "intake.sealed": set(), "intake.command": {"stream_id"},
}  # fmt: skip
"""What was made anew, and the columns that it no longer has."""
PACKED = {"chassis": "0003", "accountability": "0044", "intake": "0092", "assignment": "0170", "mediation": "0170"}
"""The first migrations that did so, or that need what came after them."""
BEFORE = """
INSERT INTO intake.event (stream_id, version, case_id, lane, id, type, body, metadata, at)
SELECT gen_random_uuid(), n, gen_random_uuid(), n, gen_random_uuid(), 'intake.CaseRegistered.v1',
    convert_to('{"registration_no":"XF20260302-ATA95B7' || chr(74 + n) || '","name":"县人社局"}', 'UTF8'),
    '{"actor":"a"}', now() FROM generate_series(1, 3) n;
INSERT INTO intake.sealed (seq, lane, lane_seq, stream_id, version)
SELECT pos, lane, 1, stream_id, version FROM intake.event;
INSERT INTO intake.command (command_id, fingerprint, stream_id, version, result)
SELECT gen_random_uuid(), 'f', stream_id, version, '{"version":1}' FROM intake.event;
INSERT INTO accountability.ledger_entry (seq, service, lane, lane_seq, id, stream_id, version, case_id, type, at, metadata,
    body)
SELECT pos, 'intake', lane, 1, id, stream_id, version, case_id, type, at, metadata, body FROM intake.event;
"""


class TestHistory:
    @pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.split()[0])
    @pytest.mark.parametrize("table", HISTORY)
    @pytest.mark.parametrize("service", SERVICES)
    async def test_service_may_append_and_not_change(self, prepared: str, service: str, table: str, change: str):
        statement = change.format(table, "version", "0")
        await refused_by(asyncpg.InsufficientPrivilegeError, prepared, service, statement)

    @pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.split()[0])
    @pytest.mark.parametrize(
        "table", ["intake.event", "intake.sealed", "accountability.event", "accountability.sealed"]
    )
    async def test_owner_may_not_change_it_either(self, prepared: str, table: str, change: str):
        await refused_by(asyncpg.RestrictViolationError, prepared, None, change.format(table, "version", "0"))

    @pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.split()[0])
    async def test_ledger_is_append_only_for_everybody(self, prepared: str, change: str):
        statement = change.format("accountability.ledger_entry", "version", "0")
        await refused_by(asyncpg.RestrictViolationError, prepared, None, statement)
        either = (asyncpg.RestrictViolationError, asyncpg.InsufficientPrivilegeError)
        await refused_by(either, prepared, "accountability", statement)  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        "statement",
        [
            "INSERT INTO migration (name, sha256) VALUES ('x', 'x')",
            "UPDATE migration SET sha256 = 'x'",
            "DELETE FROM migration",
            "TRUNCATE migration",
            "DROP TABLE event",
            "ALTER TABLE event DISABLE TRIGGER append_only",
            "DROP TRIGGER append_only ON event",
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
            "SET session_replication_role = replica",
            "CREATE TABLE mine (id int)",
        ],
        ids=lambda statement: " ".join(statement.split()[:4]),
    )
    @pytest.mark.parametrize("service", SERVICES)
    async def test_service_may_not_change_what_keeps_it(self, prepared: str, service: str, statement: str):
        await refused_by(asyncpg.InsufficientPrivilegeError, prepared, service, statement)

    @pytest.mark.parametrize("service", SERVICES)
    async def test_service_sees_no_other_services_tables(self, prepared: str, service: str):
        for other in set(SERVICES) - {service}:
            await refused_by(asyncpg.InsufficientPrivilegeError, prepared, service, f"SELECT * FROM {other}.event")
            await refused_by(asyncpg.InsufficientPrivilegeError, prepared, service, f"DELETE FROM {other}.case_view")


async def test_posts_of_an_older_directory_stand_on_the_doors_and_nowhere_else(
    new: str, monkeypatch: pytest.MonkeyPatch
):
    """个人信息保护法 第四十七条: what stands on a door can be taken down."""
    monkeypatch.setattr(migrate, "files", lambda service: [one for one in files(service) if "posts" not in one.stem])
    await prepare(new)
    monkeypatch.undo()
    roles = {"roles": ["unit_head"], "since": {"unit_head": 2}}
    units = {"A": {"a-1": {"post": "专员", **roles}, "a-2": roles}, "B": {}}
    db = await asyncpg.connect(new)
    try:
        await db.execute("INSERT INTO assignment.nameplate (unit, officer, name) VALUES ('A', 'a-1', '某某')")
        for service in SERVICES:
            for code, officers in units.items():
                entry = json.dumps({"code": code, "officers": officers})
                await db.execute(f"INSERT INTO {service}.directory_unit VALUES (gen_random_uuid(), 2, $1)", entry)
        assert len(await prepare(new)) == len(SERVICES)
        assert await db.fetchval("SELECT post FROM assignment.nameplate") == "专员"
        for service in SERVICES:
            kept = [json.loads(row["entry"]) for row in await db.fetch(f"SELECT entry FROM {service}.directory_unit")]
            assert {unit["code"]: unit["officers"] for unit in kept} == {"A": {"a-1": roles, "a-2": roles}, "B": {}}
    finally:
        await db.close()
