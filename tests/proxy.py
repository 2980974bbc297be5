"""A TCP proxy that misbehaves on purpose, between a service and PostgreSQL (or anything else that speaks TCP).

It delays, cuts, goes silent, and knows the one moment that matters: the client has sent what commits and waits for the
reply.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections import Counter
from collections.abc import Callable
from enum import StrEnum
from typing import Self
from urllib.parse import urlsplit, urlunsplit

PREPARES = re.compile(rb"P....(\w+)\x00\s*WITH done AS", re.DOTALL)
"""How asyncpg prepares, on the wire, the one statement that stores a group of commands and is its own transaction."""
EXECUTES = rb"B....\w*\x00(%s)\x00"
"""How it executes what it has prepared under one of some names."""


class Fate(StrEnum):
    """What becomes of a commit."""

    PASS = "pass"
    REFUSE = "refuse"  # cut before the server has seen it: nothing is stored
    LOSE = "lose"  # the server commits, its reply is dropped, the connection is cut: everything is stored
    SWALLOW = "swallow"  # the server commits, and nothing ever comes back


class Proxy:
    """Listens on a port of its own and passes everything on, unless told otherwise."""

    def __init__(self, url: str) -> None:
        self._to = urlsplit(url)
        self.fate: Callable[[], Fate] = lambda: Fate.PASS  # asked at every commit
        self.fates: Counter[Fate] = Counter()
        self.delay_seconds = 0.0
        self.silent = False  # a black hole, both ways
        self._links: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await self.cut()

    @property
    def url(self) -> str:
        credentials = "".join(self._to.netloc.rpartition("@")[:2])
        return urlunsplit(self._to._replace(netloc=f"{credentials}127.0.0.1:{self.port}"))

    async def cut(self) -> None:
        """Cut every connection that is open now."""
        links = list(self._links)
        for link in links:
            link.cancel()
        await asyncio.gather(*links, return_exceptions=True)

    async def _serve(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        link = asyncio.current_task()
        assert link is not None
        self._links.add(link)
        ends = [to_client]
        try:
            server, to_server = await asyncio.open_connection(self._to.hostname, self._to.port)
            ends.append(to_server)
            fate = [Fate.PASS]
            pumps = {
                asyncio.create_task(self._upwards(client, to_server, fate)),
                asyncio.create_task(self._downwards(server, to_client, fate)),
            }
            try:
                await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)  # either end hangs up: both do
            finally:
                for pump in pumps:
                    pump.cancel()
                await asyncio.gather(*pumps, return_exceptions=True)
        except OSError:
            pass  # the server is away; the client sees its connection closed
        finally:
            self._links.discard(link)
            for end in ends:
                with contextlib.suppress(RuntimeError):
                    end.transport.abort()

    async def _upwards(self, client: asyncio.StreamReader, server: asyncio.StreamWriter, fate: list[Fate]) -> None:
        names: list[bytes] = []
        while chunk := await client.read(65_536):
            if names and re.search(EXECUTES % b"|".join(names), chunk, re.DOTALL):
                fate[0] = self.fate()
                self.fates[fate[0]] += 1
                if fate[0] is Fate.REFUSE:
                    return
            elif prepared := PREPARES.search(chunk):
                names.append(prepared[1])
            await self._pass_on(chunk, server)

    async def _downwards(self, server: asyncio.StreamReader, client: asyncio.StreamWriter, fate: list[Fate]) -> None:
        while chunk := await server.read(65_536):
            if fate[0] is Fate.LOSE:
                return
            if fate[0] is not Fate.SWALLOW:
                await self._pass_on(chunk, client)

    async def _pass_on(self, chunk: bytes, to: asyncio.StreamWriter) -> None:
        if self.delay_seconds:
            await asyncio.sleep(self.delay_seconds)
        if not self.silent:
            to.write(chunk)
            await to.drain()
