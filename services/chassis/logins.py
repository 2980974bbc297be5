"""The logins of the database, and what each may do there.

A service has a login of its own name, which reaches its own schema and owns nothing. Two more are for people:
``OPERATOR`` is what `huiyin` repairs with, and may beside what the services may do what none of them does by itself;
``AUDITOR`` reads the ledger. Who migrates owns the tables, and is nobody of these.

What a login may do with a table stands in ``grants.toml`` beside the migrations that make the table, and nowhere else.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import tomllib
from base64 import b64encode
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlsplit

from contracts.envelope import SERVICES

if TYPE_CHECKING:
    import asyncpg

SERVICES_DIR: Final = Path(__file__).parents[1]
OPERATOR: Final = "huiyin_operator"
AUDITOR: Final = "huiyin_auditor"
LOGINS: Final = (*SERVICES, OPERATOR, AUDITOR)
PASSWORD_BYTES: Final = 24
SCRAM_ITERATIONS: Final = 4_096
"""What PostgreSQL takes itself. More would protect a password that people choose; these are random."""

_VIEW: Final = "SELECT, INSERT, UPDATE"
_VIEW_REBUILT: Final = "DELETE"

Grants = Mapping[str, Mapping[str, str]]
"""By login, by table with its schema: what stands in a GRANT."""


class MightyLogin(RuntimeError):
    """The login of a service may more in the whole cluster than any service has to."""


def made() -> dict[str, str]:
    """Return a new password for each login."""
    return {login: secrets.token_urlsafe(PASSWORD_BYTES) for login in LOGINS}


def url_of(url: str, login: str, password: str) -> str:
    """Return where another login finds the same database."""
    parts = urlsplit(url)
    return parts._replace(netloc=f"{login}:{quote(password, safe='')}@{parts.netloc.rpartition('@')[2]}").geturl()


def verifier(password: str) -> str:
    """Return what PostgreSQL keeps of a password, so that the password itself is never sent, nor logged."""
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, SCRAM_ITERATIONS)
    stored = hashlib.sha256(_mac(salted, b"Client Key")).digest()
    kept = ":".join(b64encode(key).decode() for key in (stored, _mac(salted, b"Server Key")))
    return f"SCRAM-SHA-256${SCRAM_ITERATIONS}:{b64encode(salt).decode()}${kept}"


def grants(service: str) -> Grants:
    """Return what each login may do with the tables of a service's store."""
    given: dict[str, dict[str, str]] = {}
    for folder in ("chassis", service):
        file = SERVICES_DIR / folder / "migrations" / "grants.toml"
        told: dict[str, Any] = tomllib.loads(file.read_text("utf-8")) if file.exists() else {}
        views = told.get("views", ())
        sections = {service: dict.fromkeys(views, _VIEW), OPERATOR: dict.fromkeys(views, _VIEW_REBUILT), AUDITOR: {}}
        for name, login in (("service", service), ("operator", OPERATOR), ("auditor", AUDITOR)):
            tables = sections[login] | told.get(name, {})
            given.setdefault(login, {}).update({_placed(service, table): may for table, may in tables.items()})
    return given


async def admit(connection: asyncpg.Connection, passwords: Mapping[str, str], services: Sequence[str]) -> None:
    """Make the logins that are missing and let each in by its password, if it has one. Raises ``MightyLogin``."""
    for login in (*services, OPERATOR, AUDITOR):
        mighty = await connection.fetchval(_MIGHTY, login)
        if mighty:
            raise MightyLogin(f"the login {login} may too much: take from it what only administrators may")
        if mighty is None:
            await connection.execute(f"CREATE ROLE {login} NOLOGIN NOINHERIT")
        of_its_own = {*SERVICES, *services} if login == OPERATOR else set[str]()
        for row in await connection.fetch(_MEMBER_OF, login):
            if row["name"] not in of_its_own:
                await connection.execute(f"REVOKE {row['name']} FROM {login}")
        if login in passwords:
            await connection.execute(f"ALTER ROLE {login} LOGIN NOINHERIT PASSWORD '{verifier(passwords[login])}'")
    for service in services:
        await connection.execute(f"GRANT {service} TO {OPERATOR} WITH INHERIT TRUE, SET FALSE")


async def grant(connection: asyncpg.Connection, service: str) -> None:
    """Give each login what stands written for the tables of a service, and nothing else."""
    given = grants(service)
    schemas = {service} | {table.partition(".")[0] for tables in given.values() for table in tables}
    said = []
    for login, tables in given.items():
        for schema in sorted(schemas):
            said += [f"REVOKE ALL ON ALL {kind} IN SCHEMA {schema} FROM {login}" for kind in ("TABLES", "SEQUENCES")]
            said.append(f"REVOKE ALL ON SCHEMA {schema} FROM {login}")
        said += [f"GRANT USAGE ON SCHEMA {schema} TO {login}" for schema in {t.partition(".")[0] for t in tables}]
        said += [f"GRANT {may} ON {table} TO {login}" for table, may in tables.items()]
    await connection.execute("; ".join(said))


def closed(database: str, services: Sequence[str] = SERVICES) -> str:
    """Return what lets nobody but these logins into a database."""
    logins = ", ".join((*services, OPERATOR, AUDITOR))
    return f"REVOKE ALL ON DATABASE {database} FROM PUBLIC; GRANT CONNECT ON DATABASE {database} TO {logins}"


async def close(connection: asyncpg.Connection, services: Sequence[str]) -> None:
    """Let nobody else into the database, and nobody in it make anything."""
    await connection.execute(closed(await connection.fetchval("SELECT quote_ident(current_database())"), services))
    await connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    if await connection.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"):
        await connection.execute(f"REVOKE EXECUTE ON FUNCTION {_LARGE_OBJECTS} FROM PUBLIC")


def _placed(service: str, table: str) -> str:
    return table if "." in table else f"{service}.{table}"


def _mac(key: bytes, text: bytes) -> bytes:
    return hmac.digest(key, text, "sha256")


_MIGHTY: Final = """
SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls FROM pg_roles WHERE rolname = $1
"""
_MEMBER_OF: Final = "SELECT roleid::regrole::text AS name FROM pg_auth_members WHERE member = to_regrole($1)"
_LARGE_OBJECTS: Final = "lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea)"
