"""One process of a service: HTTP, relay and reactions in one event loop, each of which can also run alone.

It stops within thirty seconds of SIGTERM: no new requests, running ones finished, reactions finished or given up before
their commit, the pool closed. What the relay has not published by then it publishes after the next start.
"""

from __future__ import annotations

import asyncio
import gc
import socket
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from types import FrameType
from typing import Any, Final

import structlog
import uvicorn
from fastapi import FastAPI

from services.chassis import logs, retention, years
from services.chassis.consumer import Consumer
from services.chassis.database import NOT_NOW
from services.chassis.http.app import make_app
from services.chassis.http.common import COMMON, add_health
from services.chassis.http.connections import State, with_descriptors
from services.chassis.http.contracts import add_contract_routes
from services.chassis.http.gate import add_operations
from services.chassis.http.protocol import Protocol
from services.chassis.running import Running, Service
from services.chassis.settings import Settings

PARTS: Final = frozenset({"api", "relay", "reactions"})
GRACEFUL_SECONDS_MAX: Final = 10
PARTS_STOP_SECONDS_MAX: Final = 12
RESTART_SECONDS: Final = 1.0
SCHEMA_SECONDS: Final = 5.0
"""How often a service looks whether its schema is still the one that it was made for."""
GC_THRESHOLDS: Final = (100_000, 20, 20)
"""Objects before the youngest are looked through, and rounds before the older ones; Python's own are 700, 10, 10."""

log = structlog.get_logger()


def application(service: Service, settings: Settings, parts: frozenset[str] = PARTS) -> FastAPI:
    """Return the ASGI application; its lifespan starts and stops everything else."""
    running = Running(service, settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        for keyring in running.keys.values():
            keyring.must_be_kept()
        async with running.opened():
            guard = asyncio.create_task(_keep("parts", lambda: _while_fit(running, _loops(running, parts))))
            try:
                yield
            finally:
                await _stop([guard])
                if app.state.visits is not None:
                    app.state.visits.write()

    app = make_app(service.name, service.title, settings, lifespan)
    app.state.running = running
    if "api" in parts:  # first, because routes are tried in their order
        _ = running.own  # what it cannot be made without is said now, and not to whoever comes first
        add_operations(app, running, service.operations)
    add_operations(app, running, COMMON, of=f"Of{service.name.capitalize()}")
    add_health(app, running)
    add_contract_routes(app)
    return app


Loop = tuple[str, Callable[[], Any]]
"""What runs for ever: its name and the coroutine function."""


def _loops(running: Running, parts: frozenset[str]) -> list[Loop]:
    loops: list[Loop] = [
        ("calendar", lambda: years.follow(running.store, running.sources)),
        ("directory", running.store.directories.follow),
        ("retention", lambda: retention.follow(running)),
    ]
    loops += [(f"{name} key", keyring.follow) for name, keyring in running.keys.items()]
    if "relay" in parts:
        loops.append(("relay", running.relay.run))
    if "reactions" in parts and (sources := running.service.listens_to):
        loops.append(("reactions", lambda: Consumer(running.inbox, running.settings, sources).run()))
        loops.append(("patrol", lambda: running.inbox.patrol(sources)))
    if "reactions" in parts:
        loops += running.service.loops(running)
    return loops


async def _while_fit(running: Running, loops: Sequence[Loop]) -> None:
    """Run the parts for as long as the store is what it was, with the schema that this code was made for; else wait."""
    tasks: list[asyncio.Task[None]] = []
    try:
        while True:
            try:
                unfit = await running.unfit()
            except NOT_NOW as error:  # nobody can say now, so nothing changes
                log.warning("schema_unknown", error=repr(error))
            else:
                stands_still = bool(unfit) or running.database.restored is not None
                if stands_still and tasks:
                    await _stop(tasks)
                    tasks = []
                elif not (stands_still or tasks):
                    await running.open_keys()
                    tasks = [asyncio.create_task(_keep(name, run)) for name, run in loops]
                if unfit:
                    log.error("schema_is_of_another_code", migrations=sorted(unfit))
            await asyncio.sleep(SCHEMA_SECONDS)
    finally:
        await _stop(tasks)


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
    gc.enable()


def serve(service: Service, only: frozenset[str] | None = None) -> None:
    """Run one process of a service until SIGTERM. Raises ``ValueError`` for a part that does not exist."""
    parts = PARTS if only is None else only
    if unknown := parts - PARTS:
        raise ValueError(f"no such part: {', '.join(sorted(unknown))} (there are: {', '.join(sorted(PARTS))})")
    settings = Settings()  # type: ignore[call-arg]
    logs.configure(service.name, settings.log_level)
    if not settings.oidc_issuer:
        sys.exit("HUIYIN_OIDC_ISSUER is not set: nobody could prove who they are, and nothing is done for strangers")
    if settings.signing_key_file is None or not settings.keys_of_signers():
        sys.exit(
            "HUIYIN_SIGNING_KEY_FILE and HUIYIN_SIGNERS are not set: nobody could tell what this service has written"
        )
    app = application(service, settings, parts)
    collect_rarely()
    with_descriptors()
    server = listening(app, settings.host, settings.port)
    server.server_state.proxied = settings.proxies_trusted > 0
    with suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        sys.exit(f"{service.name} did not start")


def listening(app: FastAPI, host: str, port: int) -> Server:
    """Return the server of a process."""
    configuration = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        loop="uvloop",
        http=Protocol,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=GRACEFUL_SECONDS_MAX,
        timeout_keep_alive=75,
    )
    return Server(configuration)


class Server(uvicorn.Server):
    """Waits until it is told to stop; uvicorn's own looks ten times a second, which is half of what idling costs."""

    server_state: State

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.server_state = State()
        self._tell: Callable[[], object] = lambda: None

    async def main_loop(self) -> None:
        """Serve until a signal comes."""
        loop, told = asyncio.get_running_loop(), asyncio.Event()
        self._tell = lambda: loop.call_soon_threadsafe(told.set)
        if not self.should_exit:
            await told.wait()

    def leave(self) -> None:
        """Stop."""
        self.should_exit = True
        self._tell()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop as a signal says."""
        super().handle_exit(sig, frame)
        self.leave()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more, and finish what is in work."""
        self.server_state.leaving = True
        await super().shutdown(sockets)
