"""One process of a service: HTTP, relay and reactions in one event loop, each of which can also run alone.

It stops within thirty seconds of SIGTERM: no new requests, running ones finished, reactions finished or given up before
their commit, the pool closed. What the relay has not published by then it publishes after the next start.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import structlog
import uvicorn
from fastapi import FastAPI

from contracts.periods import book
from services.chassis import clock, logs, years
from services.chassis.consumer import Consumer
from services.chassis.database import AWAY, Database, open_pool
from services.chassis.http.app import add_common_routes, make_app
from services.chassis.inbox import Effect, Inbox
from services.chassis.reactions import Commands, Reactions
from services.chassis.relay import Relay
from services.chassis.settings import Settings
from services.chassis.source import Sources
from services.chassis.store import Store
from services.chassis.views import View

PARTS: Final = frozenset({"api", "relay", "reactions"})
GRACEFUL_SECONDS_MAX: Final = 10
PARTS_STOP_SECONDS_MAX: Final = 12
POOL_CLOSE_SECONDS_MAX: Final = 5
RESTART_SECONDS: Final = 1.0
GC_THRESHOLDS: Final = (10_000, 20, 20)
"""Objects before the youngest are looked through, and rounds before the older ones; Python's own are 700, 10, 10."""

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Service:
    """What a service is made of. `main` of each service fills this in, and nothing else wires anything."""

    name: str
    title: str
    views: Sequence[View]
    routes: Callable[[FastAPI, Running], None]
    reactions: Reactions = field(default_factory=Reactions)
    effect: Callable[[Running], Effect] | None = None
    """Instead of commands: what taking in events does (the ledger)."""
    effect_sources: tuple[str, ...] = ()
    loops: Callable[[Running], Sequence[tuple[str, Callable[[], Any]]]] = lambda _: ()
    """What runs for ever beside taking in events: a name and the coroutine function of each."""
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
        self.settings = settings
        self.database = Database()
        self.store = Store(self.database, service.name, service.views)
        self.relay = Relay(self.store, settings)
        self.sources = Sources(settings)
        self.inbox = Inbox(self.store, self.sources)
        self.inbox.effect = (
            service.effect(self) if service.effect else Commands(self.store, service.reactions, clock.now)
        )
        self.store.catching_up = self.inbox.catching_up

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Running]:
        """Connect to the database and take commands until the block ends."""
        self.database.pool = await open_pool(self.settings, self.service.name)
        self.store.start()
        try:
            yield self
        finally:
            await self.store.stop()
            await self.sources.close()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POOL_CLOSE_SECONDS_MAX):
                    await self.database.pool.close()
            self.database.pool.terminate()

    async def ready(self) -> bool:
        """Return whether the store answers."""
        try:
            async with self.database.connection() as connection:
                return bool(await connection.fetchval("SELECT true FROM seal_head"))
        except AWAY:
            return False


def application(service: Service, settings: Settings, parts: frozenset[str] = PARTS) -> FastAPI:
    """Return the ASGI application; its lifespan starts and stops everything else."""
    running = Running(service, settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with running.opened():
            tasks = [asyncio.create_task(_keep(name, run)) for name, run in _loops(running, parts)]
            try:
                yield
            finally:
                await _stop(tasks)

    app = make_app(service.name, service.title, settings, lifespan)
    app.state.running = running
    if "api" in parts:  # first, because routes are tried in their order
        service.routes(app, running)
    add_common_routes(app, running.store, running.relay, running.ready, service.listens_to)
    return app


def _loops(running: Running, parts: frozenset[str]) -> list[tuple[str, Callable[[], Any]]]:
    loops: list[tuple[str, Callable[[], Any]]] = [("calendar", lambda: years.follow(running.store, running.sources))]
    if "relay" in parts:
        loops.append(("relay", running.relay.run))
    if "reactions" in parts and (sources := running.service.listens_to):
        loops.append(("reactions", lambda: Consumer(running.inbox, running.settings, sources).run()))
        loops.append(("patrol", lambda: running.inbox.patrol(sources)))
    if "reactions" in parts:
        loops += running.service.loops(running)
    return loops


async def _keep(name: str, run: Callable[[], Any]) -> None:
    """Run a part for ever; one that falls over is logged and started again."""
    while True:
        try:
            await run()
        except Exception:  # whatever it was, the other parts go on
            log.exception("part_failed", part=name)
            await asyncio.sleep(RESTART_SECONDS)


async def _stop(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Cancel the parts and wait until they have ended, in bounded time."""
    for task in tasks:
        task.cancel()
    running = (await asyncio.wait(tasks, timeout=PARTS_STOP_SECONDS_MAX))[1] if tasks else set()
    for task in running:
        log.error("part_does_not_stop", task=repr(task))


def collect_rarely() -> None:
    """Spare the garbage collector what is there now and stays; what comes and goes mostly dies by its count."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)


def serve(service: Service, only: frozenset[str] | None = None) -> None:
    """Run one process of a service until SIGTERM. Raises ``ValueError`` for a part that does not exist."""
    parts = PARTS if only is None else only
    if unknown := parts - PARTS:
        raise ValueError(f"no such part: {', '.join(sorted(unknown))} (there are: {', '.join(sorted(PARTS))})")
    settings = Settings()  # type: ignore[call-arg]
    logs.configure(service.name, settings.log_level)
    app = application(service, settings, parts)
    collect_rarely()
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        loop="uvloop",
        http="httptools",
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=GRACEFUL_SECONDS_MAX,
        timeout_keep_alive=75,
    )
