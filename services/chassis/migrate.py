"""Forward-only migrations: numbered SQL, run once, in order, under a lock, and never edited afterwards.

Each service has a schema and a login of its own name. What the login may do in it stands in ``grants.toml``; the owner
of the tables is the administrator who migrates, so that no service can change its own history.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import asyncpg

from contracts.envelope import SERVICES
from services.chassis import logins
from services.chassis.administration import on_record, operator
from services.chassis.database import Connection
from services.chassis.logins import SERVICES_DIR

LOCK: Final = 0x48756979696E
"""Advisory lock of all migrations («Huiyin»)."""


class EditedMigration(RuntimeError):
    """A migration that has run differs from the file of its name."""


def files(service: str) -> list[Path]:
    """Return a service's migrations in order: the store's that all share, then its own."""
    common = sorted((SERVICES_DIR / "chassis" / "migrations").glob("*.sql"))
    return common + sorted((SERVICES_DIR / service / "migrations").glob("*.sql"))


def wanted(service: str) -> dict[str, str]:
    """Return the migrations of the schema that this code was made for, each with the digest of its file."""
    return {f"{path.parts[-3]}/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest() for path in files(service)}


async def unfit(connection: Connection, made_for: Mapping[str, str]) -> set[str]:
    """Return the migrations that have not run in this schema, and those that the code was not made for."""
    try:
        rows = await connection.fetch("SELECT name, sha256 FROM migration")
    except asyncpg.UndefinedTableError:
        rows = []
    return {name for name, _ in {(row["name"], row["sha256"]) for row in rows} ^ set(made_for.items())}


async def prepare(admin_url: str, passwords: Mapping[str, str], services: tuple[str, ...] = SERVICES) -> list[str]:
    """Make logins and schemas, run what has not run, and give each login what it may; return the names of what ran.

    Raises ``EditedMigration`` and ``MightyLogin``.
    """
    connection = await asyncpg.connect(admin_url, timeout=10, server_settings={"lock_timeout": "5s"})
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", LOCK)
        await logins.admit(connection, passwords, services)
        ran = [name for service in services for name in await _prepare_one(connection, service)]
        async with connection.transaction():
            for service in services:
                await logins.grant(connection, service)
                if here := [name.partition(": ")[2] for name in ran if name.startswith(f"{service}: ")]:
                    await on_record(connection, "migrate", ", ".join(here), by=operator(), schema=service)
            await logins.close(connection, services)
        return ran
    finally:
        await connection.close()


async def _prepare_one(connection: asyncpg.Connection, service: str) -> list[str]:
    async with connection.transaction():
        await connection.execute(f"CREATE SCHEMA IF NOT EXISTS {service}")
        await connection.execute(
            f"CREATE TABLE IF NOT EXISTS {service}.migration "
            "(name text PRIMARY KEY, sha256 text NOT NULL, ran_at timestamptz NOT NULL DEFAULT now())"
        )
    made_for = wanted(service)
    done = {r["name"]: r["sha256"] for r in await connection.fetch(f"SELECT name, sha256 FROM {service}.migration")}  # noqa: S608
    ran = []
    for path in files(service):
        name, text = f"{path.parts[-3]}/{path.name}", path.read_text("utf-8")
        digest = made_for[name]
        if done.get(name, digest) != digest:
            raise EditedMigration(f"{name} has run in schema {service} with other contents; add a new file instead")
        if name not in done:
            async with connection.transaction():
                await connection.execute(f"SET LOCAL search_path = {service}; SET LOCAL statement_timeout = '60s'")
                await connection.execute(text)
                await connection.execute(
                    f"INSERT INTO {service}.migration (name, sha256) VALUES ($1, $2)",  # noqa: S608
                    name,
                    digest,
                )
            ran.append(f"{service}: {name}")
    return ran
