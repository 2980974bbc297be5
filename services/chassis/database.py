"""The pool of connections of one service, and the one way to get a transaction from it.

Designed around: asyncpg #1326 (a cancelled query may hang on its cancel connection, so a connection that timed out is
terminated and not reused, which also spares us #537, "another operation is in progress"), #1356 (closing a pool may
wait for ever, so whoever closes it has a limit), #198 (a pooler in transaction mode breaks prepared statements, so
there is none in front of the server), sqlalchemy#13381 (a cancelled task may return a connection with an open
transaction, so a release checks), and the order of history: a transaction must not get its id before it has read what
it decides on, or the order of a stream could differ from the order of its transactions. Locks are
advisory; rows are locked for the numbers of papers alone (``series``), after all was read.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

import asyncpg
import structlog

from services.chassis import metrics
from services.chassis.errors import StoreDamaged
from services.chassis.logins import OPERATOR
from services.chassis.settings import Settings

COMMAND_SECONDS_MAX: Final = 4.5
"""How long a command or a question may take, whatever is away: it is answered within five seconds, on a slow machine
too. Whatever they wait for has this limit or a shorter one."""
STATEMENT_SECONDS_MAX: Final = 5.0
CONNECT_SECONDS_MAX: Final = COMMAND_SECONDS_MAX
OPEN_SECONDS_MAX: Final = 20.0
"""How long a service that starts waits for its database, which may be starting too."""
OPEN_PAUSE_SECONDS: Final = 0.2

log = structlog.get_logger()

_ALONE: Final = """
SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || '/' || name, 0)) FROM unnest($1::text[]) name
"""

_BY_KEY: Final = {"plan_cache_mode": "force_generic_plan", "enable_seqscan": "off"}
"""What is done all day finds a few rows by their keys, whatever the keys are. Left alone the server plans it anew each
time, which takes as long as doing it; and a plan that is made once, on an empty store, must not read whole tables."""
_FOR_ITS_VALUES: Final = "BEGIN; SET LOCAL plan_cache_mode = auto; SET LOCAL enable_seqscan = on"

Connection = Any
"""A connection of asyncpg, pooled or not: both have the same methods and no common type."""

UNREACHABLE: Final = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,  # SQLSTATE class 08
    asyncpg.InsufficientResourcesError,  # 53: too many connections, no memory, a full disk
    asyncpg.OperatorInterventionError,  # 57: it starts or stops, or somebody has cancelled what ran
    asyncpg.PostgresSystemError,  # 58: the machine below it fails
    asyncpg.ReadOnlySQLTransactionError,  # 25006: a standby, or a database that somebody guards
)
"""What a database answers that is down, starting, stopping, full or guarded."""

AWAY: Final = (
    *UNREACHABLE,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.LockNotAvailableError,
    asyncpg.DeadlockDetectedError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.InvalidCachedStatementError,
)
"""What says that the database is away or busy, and not that the statement was wrong."""


DAMAGE: Final = (
    asyncpg.DataCorruptedError,  # XX001: a page fails its checksum, or a file ends too early
    asyncpg.IndexCorruptedError,  # XX002
    asyncpg.UndefinedFileError,  # 58P01: a file is gone
    asyncpg.PostgresIOError,  # 58030: the disk cannot be read or written
)
"""What a database answers of which the disk does not give back what was written to it."""

NOT_NOW: Final = (*AWAY, StoreDamaged)
"""After what a part that runs for ever tries again later."""


class WrongLogin(RuntimeError):
    """A store is to be opened with a login that is another one's: an administrator's, perhaps, which may everything."""


async def _clean(connection: Connection) -> None:
    """End a transaction that a cancelled task has left; the usual reset costs a round trip and brings nothing here."""
    if connection.is_in_transaction():
        await connection.execute("ROLLBACK")


Look = Callable[[Connection], Awaitable[None]]


async def open_pool(settings: Settings, service: str, look: Look) -> asyncpg.Pool[asyncpg.Record]:
    """Connect as soon as the database takes connections, and `look` at it through each new one.

    Raises one of ``UNREACHABLE`` if it does not in time.
    """
    give_up_at = asyncio.get_running_loop().time() + OPEN_SECONDS_MAX
    while True:
        try:
            return await _pool(settings, service, look)
        except UNREACHABLE as error:
            if asyncio.get_running_loop().time() >= give_up_at:
                raise
            log.warning("waiting_for_database", error=str(error))
        await asyncio.sleep(OPEN_PAUSE_SECONDS)


async def _pool(settings: Settings, service: str, look: Look) -> asyncpg.Pool[asyncpg.Record]:
    """Connect, with the schema of a service as the only one. Every limit is the server's to keep as well.

    Raises ``WrongLogin``.
    """
    pool = await asyncpg.create_pool(
        settings.database_url.get_secret_value(),
        min_size=2,
        max_size=settings.database_connections_max,
        timeout=CONNECT_SECONDS_MAX,
        command_timeout=STATEMENT_SECONDS_MAX,
        reset=_clean,
        init=look,
        server_settings={
            "application_name": f"huiyin-{service}",
            "search_path": service,
            "synchronous_commit": "on",
            "statement_timeout": f"{STATEMENT_SECONDS_MAX}s",
            "lock_timeout": "2s",
            "idle_in_transaction_session_timeout": "10s",
            "jit": "off",
            **_BY_KEY,
        },
    )
    login = await pool.fetchval("SELECT session_user")
    if login not in {service, OPERATOR}:
        pool.terminate()
        raise WrongLogin(f"{login} is no login of {service}, which opens its database as {service}")
    return pool


class Database:
    """Lends connections of a pool, which is opened when the process starts."""

    def __init__(self, service: str) -> None:
        self.service = service

    pool: asyncpg.Pool[asyncpg.Record]
    restored: Exception | None = None
    """What is told to whoever wants a connection to a store that was restored (``lives``)."""

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """Lend a connection; one whose statement was cut off is terminated instead of handed on.

        Raises ``StoreIsRestored``.
        """
        async with self.any_connection() as connection:
            if self.restored is not None:
                raise self.restored
            yield connection

    @asynccontextmanager
    async def any_connection(self) -> AsyncIterator[Connection]:
        """Lend a connection, also to a store that was restored.

        Whoever meets with what the disk has damaged is told so, and so is whoever keeps the platform running: it is
        neither absence nor a store that is away. Raises ``StoreDamaged``.
        """
        try:
            async with self.pool.acquire(timeout=CONNECT_SECONDS_MAX) as connection:
                try:
                    yield connection
                except (TimeoutError, asyncio.CancelledError, OSError):
                    connection.terminate()
                    raise
        except DAMAGE as error:
            metrics.DAMAGED.labels(self.service, StoreDamaged.code).inc()
            log.critical(StoreDamaged.code, service=self.service, what=str(error))
            raise StoreDamaged from error

    @asynccontextmanager
    async def planning(self) -> AsyncIterator[Connection]:
        """Lend a connection that plans statements for their values: a list asks for a few of many rows, or for most."""
        async with self.connection() as connection:
            await connection.execute(_FOR_ITS_VALUES)
            yield connection
            await connection.execute("COMMIT")  # where it fails, whoever takes the connection back ends it

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """Lend a connection inside a READ COMMITTED transaction that ends with the block."""
        async with self.connection() as connection, connection.transaction():
            yield connection


async def alone(connection: Connection, *names: str) -> None:
    """Wait until nobody else of this schema holds these names, and hold them until the transaction ends.

    They are taken in one order everywhere; and as no row is touched, no transaction id is assigned.
    """
    await connection.execute(_ALONE, sorted(names))
