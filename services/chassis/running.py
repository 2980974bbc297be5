"""What a service is made of, and the parts of one process of it, wired but not started."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import asyncpg
import structlog

from contracts.chain import Signers
from contracts.periods import book
from services.chassis import clock, migrate
from services.chassis.account import Account
from services.chassis.apart import SEALED, Apart
from services.chassis.chain import secret_of
from services.chassis.changes import TwoPersons
from services.chassis.database import NOT_NOW, Connection, Database, open_pool
from services.chassis.identity.tokens import Tokens
from services.chassis.identity.who import Identity, Sessions, client_of
from services.chassis.inbox import Effect, Inbox
from services.chassis.keepers import KeeperAway, KeyAmiss, keepers_of
from services.chassis.kept import Kept
from services.chassis.keyring import Keyring
from services.chassis.lives import Life, StoreIsRestored, restored, standing
from services.chassis.operations import Declared
from services.chassis.proof import Proofs
from services.chassis.reactions import Commands, Reactions
from services.chassis.relay import UNSURE, Relay
from services.chassis.restored import OfStore
from services.chassis.settings import Settings
from services.chassis.source import Sources
from services.chassis.store import Store
from services.chassis.texts import Asking, Texts
from services.chassis.units import Directories
from services.chassis.views import View
from services.chassis.words import Keeping

POOL_CLOSE_SECONDS_MAX: Final = 5

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Service:
    """What a service is made of. `main` of each service fills this in, and nothing else wires anything."""

    name: str
    title: str
    views: Sequence[View]
    operations: Sequence[type[Declared]] = ()
    own: Callable[[Running], Any] = lambda _: None
    """Makes what the service has beside its store: a vault, say."""
    keys: Sequence[str] = ()
    """Its root keys; without them it does not start."""
    reactions: Reactions = field(default_factory=Reactions)
    effect: Callable[[Running], Effect] | None = None
    """Instead of commands: what taking in events does (the ledger)."""
    effect_sources: tuple[str, ...] = ()
    peers: Mapping[str, Sequence[type[Declared]]] = field(default_factory=dict)
    """What each other service asks of this one, and nothing else: its account opens no other door."""
    loops: Callable[[Running], Sequence[tuple[str, Callable[[], Any]]]] = lambda _: ()
    """What runs for ever beside taking in events: a name and the coroutine function of each."""
    text: Callable[[Running], Asking] | None = None
    """How this service finds the texts of a case; the others ask it."""
    keeping: Callable[[Running], Keeping] | None = None
    """How this service puts into the vault what people type; the others hand it on."""
    sessions: Callable[[Running], Sessions] | None = None
    """How this service knows the sessions that it has opened for petitioners; the others open none."""
    of_store: type[OfStore] | None = None
    """What is said of the store when it was restored."""
    changes: type[TwoPersons] | None = None
    """What is made of a change that takes two persons, where this service has such commands."""
    kept: Sequence[Kept] = ()
    """How long it keeps what it has beside its store and its views (``kept``)."""
    sets_apart: bool = False
    """Whether some of its cases lie apart (``apart``)."""
    rebuild: Callable[[Running], AsyncIterator[int]] | None = None
    """Folds anew what is not a view of this service's own aggregates."""

    @property
    def listens_to(self) -> tuple[str, ...]:
        """The services whose events this one takes in."""
        return self.effect_sources or self.reactions.sources


class Running:
    """The parts of one process of a service, wired but not started."""

    def __init__(self, service: Service, settings: Settings) -> None:
        book.use(book.read(settings.profile))
        self.service = service
        self.made_for = migrate.wanted(service.name)
        """The migrations of the schema that this process was made for, whatever the files say by tomorrow."""
        self.settings = settings
        self.database = Database(service.name)
        self._life: Life | None = None
        self._secret = secret_of(settings, b"fingerprints")
        self.keys = {name: Keyring(name, keepers_of(name, settings)) for name in service.keys}
        apart = Apart(self.keys[SEALED]) if service.sets_apart else None
        self.store = Store(self.database, service.name, service.views, apart)
        self.relay = Relay(self.store, settings)
        self.sources = Sources(settings, Account(settings, client_of(service.name)))
        self.texts = Texts(service.text(self) if service.text else self.sources.texts)
        self.keeping: Keeping = service.keeping(self) if service.keeping else self.sources.keep
        self.inbox = Inbox(
            self.store,
            self.sources,
            Proofs(Signers(settings.keys_of_signers()), self.database, self.sources),
            self.relay.heads,
        )
        self.inbox.effect = (
            service.effect(self) if service.effect else Commands(self.store, service.reactions, clock.now)
        )
        self.store.catching_up = self.inbox.catching_up
        self.store.directories = Directories(self.database, self.store.writer, service.name, self.sources)
        sessions = service.sessions(self) if service.sessions else None
        self.identity = Identity(Tokens(settings), self.store.directories, sessions)
        self._asked: asyncio.Task[bool] | None = None
        """Who finds out whether this process can work."""

    @cached_property
    def own(self) -> Any:  # noqa: ANN401  # the service's own
        """What the service has beside its store, made once a process."""
        return self.service.own(self)

    @property
    def fingerprints(self) -> bytes:
        """The key by which commands are told apart: one of its root keys, where it has any.

        Raises ``KeyAway``, and ``StoreIsRestored``: then nobody has looked for a key.
        """
        if self.database.restored is not None:
            raise self.database.restored
        return next((keyring.lasting for keyring in self.keys.values()), self._secret)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Running]:
        """Connect to the database and take commands until the block ends."""
        self.database.pool = await open_pool(self.settings, self.service.name, self._look)
        await self._mind_what_may_be_missing()
        self.store.start()
        try:
            await self.open_keys()
            yield self
        finally:
            await self.relay.stop()
            await self.store.stop()
            await self.sources.close()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POOL_CLOSE_SECONDS_MAX):
                    await self.database.pool.close()
            self.database.pool.terminate()

    async def ready(self) -> bool:
        """Return whether this process can work; however many ask at once, the store is asked once."""
        if self._asked is None:
            self._asked = asyncio.create_task(self._fit())
            self._asked.add_done_callback(lambda _: setattr(self, "_asked", None))
        return await asyncio.shield(self._asked)

    async def _fit(self) -> bool:
        """Return whether the store answers, is what it was, and fits this code, and all keys are there."""
        try:
            if await self.unfit() or self.database.restored is not None:
                return False
            return all(keyring.is_open for keyring in self.keys.values())
        except NOT_NOW:
            return False

    async def open_keys(self) -> None:
        """Have the root keys, as soon as there is a schema in which they lie. Raises ``KeyAmiss``."""
        if self.keys and not await self.unfit() and self.database.restored is None:
            for keyring in self.keys.values():
                try:
                    await keyring.open(self.database)
                except KeyAmiss as error:
                    log.critical("key_amiss", what=str(error))
                    raise
                except KeeperAway as error:
                    log.warning("waiting_for_keys", of=keyring.name, error=str(error))

    async def unfit(self) -> set[str]:
        """Return the migrations in which the schema differs from the one that this code was made for."""
        async with self.database.any_connection() as connection:
            unfit = await migrate.unfit(connection, self.made_for)
            if not unfit:
                await self._look(connection)
        return unfit

    async def _mind_what_may_be_missing(self) -> None:
        """Keep how far the store has got while nothing else tells whether it is all that it was."""
        if self._life is not None and self.database.restored is None and not self.relay.heads.noted:
            async with self.database.connection() as connection:
                # Its schema may be that of another code, and a standby takes nothing.
                with contextlib.suppress(asyncpg.UndefinedColumnError, asyncpg.ReadOnlySQLTransactionError):
                    await connection.execute(UNSURE)

    async def _look(self, connection: Connection) -> None:
        """Look whether the store is where it was, and has what it had; who wants something of it is told."""
        with contextlib.suppress(asyncpg.UndefinedTableError):  # there is no schema yet
            stands = await standing(connection, self.relay.heads)
            self._life = self._life or stands.life
            if stands.life != self._life:  # what this process remembers is of another one
                self.database.restored = StoreIsRestored("数据库已重新启用，本进程须重新启动")
                return
            if stands.how and self.database.restored is None:
                log.error("store_restored", service=self.service.name, how=[how.value for how in stands.how])
                self.relay.heads.mark(restored=True)
            if stands.how or not stands.finished or self.relay.heads.marked:
                self.database.restored = restored(stands.how)
            else:
                self.database.restored = None
