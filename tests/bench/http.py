"""A client that costs next to nothing, because it shares two processors with what it measures.

It sends bytes that were made beforehand over connections that stay open, one request at a time on each, and reads no
more of a reply than its status and its length.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import msgspec


class Connection(asyncio.Protocol):
    """One connection with at most one request on its way."""

    def __init__(self) -> None:
        self._buffer = b""
        self._whole: asyncio.Future[tuple[int, bytes]] | None = None

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if self._whole and not self._whole.done():
            self._whole.set_exception(exc or ConnectionError("closed by the server"))

    def exchange(self, request: bytes) -> asyncio.Future[tuple[int, bytes]]:
        """Send a request; the future is its status and body."""
        self._whole = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._whole

    def data_received(self, data: bytes) -> None:
        self._buffer = data = self._buffer + data if self._buffer else data
        head = data.find(b"\r\n\r\n")
        if head < 0:
            return
        at = data.find(b"content-length: ") + 16
        end = head + 4 + int(data[at : data.find(b"\r", at)])
        if len(data) >= end:
            self._buffer = b""
            assert self._whole is not None
            self._whole.set_result((int(data[9:12]), data[head + 4 : end]))

    def close(self) -> None:
        self._transport.close()


@asynccontextmanager
async def connected(url: str, count: int) -> AsyncIterator[list[Connection]]:
    """Open connections to a service, and close them when the block ends."""
    host, _, port = url.removeprefix("http://").partition(":")
    loop = asyncio.get_running_loop()
    made = [(await loop.create_connection(Connection, host, int(port)))[1] for _ in range(count)]
    try:
        yield made
    finally:
        for connection in made:
            connection.close()


def request(method: str, path: str, headers: Iterable[tuple[str, str]], body: Any = None) -> bytes:
    """Return a whole request; one without a body for None."""
    content = b"" if body is None else msgspec.json.encode(body)
    lines = [f"{method} {path} HTTP/1.1", "host: localhost"]
    if content:
        lines += ["content-type: application/json", f"content-length: {len(content)}"]
    lines += [f"{name}: {value}" for name, value in headers]
    return "\r\n".join([*lines, "\r\n"]).encode() + content
