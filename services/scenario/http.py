"""A keep-alive HTTP/1.1 client that costs the services little of the processor.

The player is also the load generator, on machines where its processor time is the services' loss.
Measured against a trivial server, httpx2 2.16 takes 0.8 ms of it for a request and this client a
tenth. It knows no redirects, cookies, proxies or compression, because the services use none.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable
from typing import Final, NamedTuple, Self
from urllib.parse import urlsplit

import httptools

TIMEOUT_SECONDS: Final = 60


class Reply(NamedTuple):
    """What came back."""

    status: int
    body: bytes
    etag: str | None = None


class Lost(ConnectionError):
    """No whole reply came: whether the request took effect is unknown."""


class Client:
    """Requests to one service over at most `connections_max` connections, which are kept."""

    def __init__(self, url: str, connections_max: int) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port
        self._tls = parts.scheme == "https"
        self._base, self._authority = parts.path.rstrip("/"), parts.netloc
        self._idle: list[_Connection] = []
        self._free = asyncio.Semaphore(connections_max)

    async def __aenter__(self) -> Self:
        """Return itself; connections are opened when they are needed."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the connections."""
        for connection in self._idle:
            connection.close()

    async def request(
        self, method: str, path: str, headers: Iterable[tuple[str, str]] = (), body: bytes = b""
    ) -> Reply:
        """Send a request and return its reply. Raises ``Lost`` where none came."""
        lines = [f"{method} {self._base}{path} HTTP/1.1", f"host: {self._authority}"]
        lines += [f"{name}: {value}" for name, value in headers]
        if body:
            lines.append("content-type: application/json")
        head = "\r\n".join([*lines, f"content-length: {len(body)}\r\n\r\n"])
        async with self._free:
            connection = await self._connection()
            try:
                async with asyncio.timeout(TIMEOUT_SECONDS):
                    reply = await connection.exchange(head.encode("latin-1") + body)
            except BaseException as error:
                connection.close()  # a late reply must never be taken for the next request's
                if isinstance(error, TimeoutError):
                    raise Lost(f"no reply within {TIMEOUT_SECONDS} s") from error
                raise
            self._idle.append(connection)
            return reply

    async def _connection(self) -> _Connection:
        while self._idle:
            if (connection := self._idle.pop()).usable:
                return connection
        loop = asyncio.get_running_loop()
        port = self._port or (443 if self._tls else 80)
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                _, connection = await loop.create_connection(
                    _Connection, self._host, port, ssl=True if self._tls else None
                )
        except OSError as error:  # TimeoutError is one
            raise Lost(f"cannot connect to {self._authority}: {error}") from error
        return connection


class _Connection(asyncio.Protocol):
    """One connection with at most one request on the way."""

    def __init__(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._reply: asyncio.Future[Reply] | None = None
        self._chunks: list[bytes] = []
        self._etag: str | None = None
        self._keep = True

    @property
    def usable(self) -> bool:
        return self._keep and not self._transport.is_closing()

    def close(self) -> None:
        self._transport.close()

    async def exchange(self, request: bytes) -> Reply:
        self._reply = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._reply

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._reply and not self._reply.done():
            self._reply.set_exception(Lost(str(exc or "closed by the server")))

    def on_header(self, name: bytes, value: bytes) -> None:
        if name.lower() == b"etag":
            self._etag = value.decode("latin-1")

    def on_body(self, chunk: bytes) -> None:
        self._chunks.append(chunk)

    def on_message_complete(self) -> None:
        self._keep = self._parser.should_keep_alive()
        reply = Reply(self._parser.get_status_code(), b"".join(self._chunks), self._etag)
        self._chunks, self._etag = [], None
        with contextlib.suppress(asyncio.InvalidStateError):  # whoever asked has given up
            if self._reply:
                self._reply.set_result(reply)
