"""Sessions of petitioners: the query code is shown once, and a token does for an hour, for that petition and no other.

Only the digest of a token is kept. A session ends after its hour, when whoever has it ends it, and with its code.

Wrong codes are counted by where they come from, and each by itself wherever it comes from. A right one is looked for
before it is asked how often it was wrong, so that nobody locks its owner out by trying; only a source that has itself
sent too many wrong ones waits. They are counted in a table, and not in the process: several replicas stand behind one
address, and each would let through as many again; and a process that starts anew would have forgotten all of them.
Tries from one source take their turns, so that no burst of them gets past the count; within a process they do before
they have a connection, so that no burst keeps these from others.

Time is the database's here: who may come in is not a matter of the day that a demonstration plays.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Annotated, Final, NamedTuple

from pydantic import Field

from contracts.vocabulary import Role
from services.chassis.context import WHENCE
from services.chassis.database import AWAY, Connection, alone
from services.chassis.errors import NotFound, TooOften, Unavailable
from services.chassis.identity.who import OF_A_SESSION, Sessions, Who
from services.chassis.running import Running
from services.intake.application.office import office
from services.intake.domain.registration import Registration

CODE_CHARS_MAX: Final = 40
TOKEN_BYTES: Final = 32
SESSION_TIME: Final = timedelta(hours=1)
SESSIONS_MAX: Final = 16
"""How many one petition has at a time; where there are more, the oldest end."""
WRONG_TIME: Final = timedelta(minutes=15)
"""For how long a wrong code counts."""
WRONG_FROM_ONE_MAX: Final = 20
"""How many wrong codes may come from one source in that time: from a hall's one screen come those of many people."""
WRONG_OF_ONE_MAX: Final = 10
"""How often one and the same wrong code may come in that time, from wherever."""
REMOVED_MAX: Final = 1_000
"""How many rows that have had their time one try takes away at most."""

QueryCode = Annotated[str, Field(max_length=CODE_CHARS_MAX)]
"""What stands on a receipt, as somebody types it; it is sent in a body alone, for paths are written down everywhere."""


class Opened(NamedTuple):
    """A token, and until when it is good."""

    token: str
    expires_at: datetime


async def opened(running: Running, query_code: str) -> Opened:
    """Open a session for whoever shows a query code. Raises ``NotFound``, ``TooOften`` and ``Unavailable``.

    Whatever is wrong with a code, the answer is one and takes as long.
    """
    vault = office(running).vault
    code, whence = vault.code_digest(query_code), vault.whence_digest(WHENCE.get())
    turn = office(running).tries.setdefault(whence, asyncio.Lock())
    try:
        async with turn, running.database.transaction() as connection:
            found = await _tried(connection, code, whence)
    except AWAY as error:
        raise Unavailable from error
    if isinstance(found, Opened):
        return found
    if found:
        raise TooOften(found)
    raise NotFound("查询码不存在")


async def _tried(connection: Connection, code: bytes, whence: bytes) -> Opened | int:
    """Return the session, or after how many seconds somebody may try again: 0 for a wrong code that is not too many."""
    if wait := await _wait(connection, _FROM_ONE, whence, WRONG_FROM_ONE_MAX):  # who waits holds up nobody
        return wait
    await alone(connection, f"codes/{whence.hex()}")
    if wait := await _wait(connection, _FROM_ONE, whence, WRONG_FROM_ONE_MAX):
        return wait
    if await connection.fetchval(_IS_RIGHT, code):
        token = OF_A_SESSION + secrets.token_urlsafe(TOKEN_BYTES)
        await connection.execute(_PAST, REMOVED_MAX, code, SESSIONS_MAX)
        return Opened(token, await connection.fetchval(_OPEN, _digest(token), code, SESSION_TIME))
    wait = await _wait(connection, _OF_ONE, code, WRONG_OF_ONE_MAX)
    await connection.execute(_WRONG, whence, code, WRONG_TIME, REMOVED_MAX)
    return wait


async def _wait(connection: Connection, counted: str, of: bytes, most: int) -> int:
    """Return for how many seconds there were too many."""
    return await connection.fetchval(counted, of, most, WRONG_TIME) or 0


async def ended(running: Running, session: bytes) -> None:
    """End a session. Raises ``Unavailable``."""
    try:
        async with running.database.connection() as connection:
            await connection.execute("DELETE FROM petition_session WHERE digest = $1", session)
    except AWAY as error:
        raise Unavailable from error


def sessions_of(running: Running) -> Sessions:
    """Return how the gate knows who has the token of a session: a petitioner, at the door where the matter came in."""

    async def known(token: str) -> Who | None:
        digest = _digest(token)
        try:
            async with running.database.connection() as connection:
                found = await connection.fetchrow(_KNOWN, digest)
        except AWAY as error:
            raise Unavailable from error
        if found is None:
            return None
        door = (await running.store.load(Registration, found["case_id"])).receiving_unit
        return Who(Role.petitioner, door, Role.petitioner, found["petition_id"], digest)

    return known


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


_COUNTED: Final = """
SELECT greatest(1, ceil(extract(epoch FROM min(at) + $3::interval - now())))::integer
FROM (SELECT at FROM wrong_code WHERE {} = $1 AND at > now() - $3::interval ORDER BY at DESC LIMIT $2) latest
HAVING count(*) >= $2
"""
_FROM_ONE: Final = _COUNTED.format("whence")
_OF_ONE: Final = _COUNTED.format("digest")
_IS_RIGHT: Final = "SELECT EXISTS (SELECT FROM query_code WHERE digest = $1)"
_WRONG: Final = """
WITH past AS (
    DELETE FROM wrong_code WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM wrong_code WHERE at <= now() - $3::interval LIMIT $4 FOR UPDATE SKIP LOCKED
    ))
)
INSERT INTO wrong_code (whence, digest) VALUES ($1, $2)
"""
_PAST: Final = """
WITH past AS (
    SELECT digest FROM petition_session WHERE expires_at <= now() LIMIT $1 FOR UPDATE SKIP LOCKED
), oldest AS (
    SELECT digest FROM petition_session WHERE code = $2 ORDER BY expires_at DESC OFFSET $3 - 1 FOR UPDATE SKIP LOCKED
)
DELETE FROM petition_session WHERE digest IN (SELECT digest FROM past UNION ALL SELECT digest FROM oldest)
"""
_OPEN: Final = """
INSERT INTO petition_session (digest, code, expires_at) VALUES ($1, $2, now() + $3::interval) RETURNING expires_at
"""
_KNOWN: Final = """
SELECT q.case_id, q.petition_id FROM petition_session s JOIN query_code q ON q.digest = s.code
WHERE s.digest = $1 AND s.expires_at > now()
"""
