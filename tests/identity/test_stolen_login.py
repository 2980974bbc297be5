"""A login of the database that was stolen opens its own door only (promise 43), and nobody's is enough alone (promise 25).

Each login tries everything: what it may is what stands written for it, and what it is refused stands in the server's log.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

import asyncpg
import pytest

from contracts.envelope import SERVICES
from services.chassis.database import WrongLogin
from services.chassis.logins import AUDITOR, LOGINS, OPERATOR, MightyLogin, grants
from services.chassis.migrate import prepare
from tests.harness import PASSWORDS, System, until

SCHEMAS: Final = (*SERVICES, "apart")
OF_COLUMNS: Final = ("SELECT", "INSERT", "UPDATE")
OF_TABLES: Final = ("DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN")
COLUMNS: Final = """
SELECT n.nspname || '.' || c.relname AS tab, a.attname::text AS col FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
WHERE n.nspname = ANY ($1::text[]) AND c.relkind IN ('r', 'v', 'm', 'p') AND a.attnum > 0 AND NOT a.attisdropped
"""
ALLOWED: Final = f"""
WITH there AS ({COLUMNS})
SELECT login, tab, may, col FROM there, unnest($2::text[]) login, unnest($3::text[]) may
WHERE has_schema_privilege(login, split_part(tab, '.', 1), 'USAGE') AND has_column_privilege(login, tab, col, may)
UNION
SELECT login, tab, may, '' FROM there, unnest($2::text[]) login, unnest($4::text[]) may
WHERE has_table_privilege(login, tab, may)
UNION
SELECT login, c.oid::regclass::text, 'SEQUENCE', '' FROM pg_class c, unnest($2::text[]) login
WHERE c.relkind = 'S' AND has_sequence_privilege(login, c.oid, 'USAGE, SELECT, UPDATE')
UNION
SELECT login, n.nspname, 'CREATE', '' FROM pg_namespace n, unnest($2::text[]) login
WHERE has_schema_privilege(login, n.oid, 'CREATE')
UNION
SELECT login, current_database(), may, '' FROM unnest($2::text[]) login, unnest(ARRAY['CREATE', 'TEMPORARY']) may
WHERE has_database_privilege(login, current_database(), may)
"""

TRIES: Final = (
    "SELECT * FROM pg_authid",
    "SET ROLE postgres",
    "SET SESSION AUTHORIZATION postgres",
    "ALTER ROLE {me} SUPERUSER",
    "ALTER ROLE {me} CREATEROLE",
    "ALTER ROLE {me} BYPASSRLS",
    "ALTER ROLE postgres PASSWORD 'mine'",
    "GRANT postgres TO {me}",
    "GRANT pg_read_all_data TO {me}",
    "GRANT pg_execute_server_program TO {me}",
    "CREATE ROLE mine",
    "CREATE DATABASE mine",
    "CREATE SCHEMA mine",
    "CREATE TABLE {own}.mine (id int)",
    "CREATE TABLE public.mine (id int)",
    "CREATE TEMPORARY TABLE event (id int)",
    "CREATE EXTENSION dblink",
    "CREATE FUNCTION {own}.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE OR REPLACE FUNCTION {own}.refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "COPY (SELECT 1) TO '/tmp/mine'",
    "COPY {own}.event FROM PROGRAM 'true'",
    "SELECT pg_read_file('PG_VERSION')",
    "SELECT pg_ls_dir('.')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT lo_create(0)",
    "SELECT lo_from_bytea(0, 'x')",
    "SET log_statement = none",
    "SET log_min_error_statement = panic",
    "SET session_replication_role = replica",
    "ALTER SYSTEM SET log_statement = 'none'",
    "SELECT pg_reload_conf()",
    "SELECT pg_switch_wal()",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'postgres' AND pid <> pg_backend_pid()",
    "UPDATE {own}.event SET type = 'x'",
    "DELETE FROM {own}.event",
    "TRUNCATE {own}.event",
    "ALTER TABLE {own}.event DISABLE TRIGGER append_only",
    "ALTER TABLE {own}.event OWNER TO {me}",
    "DROP TABLE {own}.event",
    ("INSERT INTO {own}.event (stream_id, version, lane, id, type, packed, at, recorded_at) "
    "VALUES (gen_random_uuid(), 1, 0, gen_random_uuid(), 'x', 'x', now(), '2020-01-01')"),
    ("INSERT INTO {own}.event (stream_id, version, lane, id, type, packed, at, xid) "
    "VALUES (gen_random_uuid(), 1, 0, gen_random_uuid(), 'x', 'x', now(), '1')"),
    ("INSERT INTO {own}.event (stream_id, version, lane, id, type, packed, at, pos) OVERRIDING SYSTEM VALUE "
    "VALUES (gen_random_uuid(), 1, 0, gen_random_uuid(), 'x', 'x', now(), 1)"),
    "UPDATE {own}.sealed SET version = 1",
    "DELETE FROM {own}.sealed",
    "DELETE FROM {own}.command",
    "UPDATE {own}.command SET result = 'x'",
    "DELETE FROM {own}.denied",
    "UPDATE {own}.administration SET operator = 'x'",
    "DELETE FROM {own}.administration",
    "INSERT INTO {own}.administration (operator, what, about, login) VALUES ('x', 'x', 'x', 'x')",
    "UPDATE {own}.migration SET sha256 = 'x'",
    ("INSERT INTO accountability.ledger_entry (seq, lane_seq, at, service, version, lane, id, stream_id, type, "
    "registration_no, packed, ledgered_at) VALUES "
    "(1, 1, now(), 'intake', 1, 0, gen_random_uuid(), gen_random_uuid(), 'x', '', 'x', '2020-01-01')"),
    "UPDATE accountability.ledger_entry SET type = 'x'",
    "DELETE FROM accountability.ledger_entry",
    "UPDATE apart.event SET packed = 'x'",
    "DELETE FROM apart.event",
    "UPDATE intake.vault_key SET id = gen_random_uuid()",
)  # fmt: skip
"""What nobody who steals a login may do with it."""
BY_SERVICES: Final = (
    "DELETE FROM {own}.parked",
    "DELETE FROM {own}.case_view",
    "INSERT INTO {own}.administration DEFAULT VALUES",
)
"""And what operators may, and no service by itself."""

NOT_THERE: Final = asyncpg.FeatureNotSupportedError
"""An extension that the server does not have."""


class May(NamedTuple):
    """That a login may do something with a table, a column, or whatever else."""

    login: str
    of: str
    do: str
    column: str = ""


def services_of(login: str) -> tuple[str, ...]:
    """Return the services for whose tables something is written down for a login: its own, or those of all."""
    return (login,) if login in SERVICES else SERVICES


def read(login: str, table: str, may: str, columns: dict[str, list[str]]) -> Iterator[May]:
    """Yield what a GRANT says."""
    for do, only in re.findall(r"([A-Z]+)(?:\s*\(([^)]*)\))?", may):
        if do in OF_COLUMNS:
            named = [name.strip() for name in only.split(",")] if only else columns[table]
            yield from (May(login, table, do, column) for column in named)
        else:
            yield May(login, table, do)


def written(columns: dict[str, list[str]]) -> set[May]:
    """Return what stands written for each login; an operator may what all services may, too."""
    found = {
        may
        for login in LOGINS
        for service in services_of(login)
        for table, told in grants(service).get(login, {}).items()
        for may in read(login, table, told, columns)
    }
    return found | {may._replace(login=OPERATOR) for may in found if may.login in SERVICES}


async def there(huiyin: System) -> dict[str, list[str]]:
    """Return the columns of each table."""
    columns: dict[str, list[str]] = {}
    async with huiyin.sql() as admin:
        for row in await admin.fetch(COLUMNS, list(SCHEMAS)):
            columns.setdefault(row["tab"], []).append(row["col"])
    return columns


async def check_rights(huiyin: System) -> None:
    """Raise ``AssertionError`` unless each login may what stands written, and each table stands there."""
    columns = await there(huiyin)
    named = {table for service in SERVICES for tables in grants(service).values() for table in tables}
    assert named == set(columns), "a table for which nothing is written"
    async with huiyin.sql() as admin:
        rows = await admin.fetch(ALLOWED, list(SCHEMAS), list(LOGINS), list(OF_COLUMNS), list(OF_TABLES))
    assert {May(*row) for row in rows} == written(columns)


async def succeeded(huiyin: System, url: str, me: str, own: str, tries: tuple[str, ...] = TRIES) -> list[str]:
    """Return what somebody has tried and was not refused; nothing of it stays."""
    connection, found = await asyncpg.connect(url), []
    try:
        for attempt in tries:
            statement = attempt.format(me=me, own=own)
            transaction = (
                None if statement.startswith(("CREATE DATABASE", "ALTER SYSTEM")) else connection.transaction()
            )
            if transaction:
                await transaction.start()
            try:
                await connection.execute(statement)
            except (asyncpg.InsufficientPrivilegeError, NOT_THERE):
                continue
            else:
                found.append(statement)
            finally:
                if transaction:
                    await transaction.rollback()
    finally:
        await connection.close()
    return found


async def test_promise_43_each_login_may_what_stands_written_for_it(huiyin: System):
    await check_rights(huiyin)


@pytest.mark.parametrize(
    "more",
    [
        "GRANT UPDATE ON intake.event TO intake",
        "GRANT UPDATE (last) ON mediation.cursor TO intake; GRANT USAGE ON SCHEMA mediation TO intake",
        "GRANT INSERT (recorded_at) ON assignment.event TO assignment",
        "GRANT DELETE ON mediation.parked TO mediation",
        "GRANT CREATE ON SCHEMA public TO PUBLIC",
        "CREATE TABLE intake.later (id uuid)",
    ],
)
async def test_checker_sees_what_was_given_beside(huiyin: System, more: str):
    """MUTANT: somebody gives a login more than is written, or makes a table of which nothing is."""
    async with huiyin.sql() as admin:
        await admin.execute(more)
    with pytest.raises(AssertionError):
        await check_rights(huiyin)


@pytest.mark.parametrize("login", LOGINS)
async def test_promise_25_nobody_does_it_alone_and_who_tries_is_on_record(huiyin: System, login: str):
    """Each login tries to change history, to be more than it is, to get at files, and to go on unseen: nothing succeeds."""
    own = login if login in SERVICES else "accountability"
    tries = TRIES if login == OPERATOR else (*TRIES, *BY_SERVICES)
    log = huiyin.servers.postgres.log
    begun = log.stat().st_size if log.exists() else 0
    assert await succeeded(huiyin, huiyin.database_of(login), login, own, tries) == []
    for other in ("postgres", "template1"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await asyncpg.connect(f"{huiyin.database_of(login).rpartition('/')[0]}/{other}")
    if begun:  # the server is ours, and so is its log
        name = huiyin.database_url.rpartition("/")[2]
        wanted = {f"{login}@{name} STATEMENT:  {attempt.format(me=login, own=own)}" for attempt in tries}

        async def on_record() -> bool:
            said = log.read_bytes()[begun:].decode()
            return all(line in said for line in wanted)

        await until(on_record, "what was tried is in the log", 10)


async def test_checker_sees_an_owner_at_work(huiyin: System):
    """MUTANT: a service works with the login of whoever owns the tables."""
    assert await succeeded(huiyin, huiyin.database_url, "postgres", "intake", TRIES[:3]) != []


async def test_store_is_opened_with_no_other_login(huiyin: System):
    """A service that was given an administrator's login, or another one's, does not start."""
    for url in (huiyin.database_url, huiyin.database_of("mediation"), huiyin.database_of(AUDITOR)):
        with pytest.raises(WrongLogin, match="is no login of intake"):
            async with huiyin.opened("intake", database_url=url):
                pass


async def test_login_that_may_too_much_is_refused(huiyin: System):
    """Whoever gave a service's login more in the whole cluster is told so when the database is prepared."""
    async with huiyin.sql() as admin:
        await admin.execute("CREATE ROLE strong_man CREATEROLE NOLOGIN")
    try:
        with pytest.raises(MightyLogin, match="strong_man"):
            await prepare(huiyin.database_url, PASSWORDS, ("strong_man",))
    finally:
        async with huiyin.sql() as admin:
            await admin.execute("DROP ROLE strong_man")


async def test_wrong_password_is_refused(huiyin: System):
    for login in LOGINS:
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(huiyin.database_of(login).replace(PASSWORDS[login], "another"))
