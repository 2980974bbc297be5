"""A client of one service that keeps its connections and knows one way of getting no answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple, Self

import aiohttp

TIMEOUT_SECONDS: Final = 60


class Reply(NamedTuple):
    """What came back."""

    status: int
    body: bytes
    etag: str | None = None
    offset: int | None = None
    """How much of a file is there, where that was asked."""


class Lost(ConnectionError):
    """No whole reply came: whether the request took effect is unknown."""


class Client:
    """Requests to one service over at most `connections_max` connections, which are kept."""

    def __init__(self, url: str, connections_max: int) -> None:
        self._url, self._connections_max = url.rstrip("/"), connections_max

    async def __aenter__(self) -> Self:
        """Return itself; connections are opened when they are needed."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self._connections_max),
            timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS),
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the connections."""
        await self._session.close()

    async def request(
        self, method: str, path: str, headers: Iterable[tuple[str, str]] = (), body: bytes = b"",
        kind: str = "application/json",
    ) -> Reply:  # fmt: skip
        """Send a request and return its reply. Raises ``Lost`` where none came."""
        sent = [*headers, *([("content-type", kind)] if body else [])]
        try:
            async with self._session.request(method, self._url + path, headers=sent, data=body or None) as reply:
                there = reply.headers.get("upload-offset")
                return Reply(reply.status, await reply.read(), reply.headers.get("etag"), int(there) if there else None)
        except TimeoutError as error:
            raise Lost(f"no reply within {TIMEOUT_SECONDS} s") from error
        except aiohttp.ClientError as error:
            raise Lost(str(error)) from error
