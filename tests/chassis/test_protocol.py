"""Whoever offers another protocol than HTTP/1.1, as Java's client does, is answered in this one, and heard to the end."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from uvicorn import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from services.chassis.http.protocol import Protocol

Heard = tuple[str, str, bytes]

OFFER = b"Host: intake\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAAB\r\n"
COMMAND = b"POST /petitions HTTP/1.1\r\n" + OFFER + b"Content-Length: 8\r\n\r\npetition"
CHUNKED = b"POST /petitions HTTP/1.1\r\n" + OFFER + b"Transfer-Encoding: chunked\r\n\r\n8\r\npetition\r\n0\r\n\r\n"
QUESTION = b"GET /cases HTTP/1.1\r\n" + OFFER + b"\r\n"
TUNNEL = b"CONNECT" + QUESTION.removeprefix(b"GET")
PLAIN = b"POST /diary HTTP/1.1\r\nHost: intake\r\nContent-Length: 5\r\n\r\nentry"


class Wire(asyncio.Transport):
    """A connection on which pieces arrive as a test wants; nobody reads the answers."""

    def write(self, data: bytes | bytearray | memoryview) -> None: ...

    def is_closing(self) -> bool:
        return False

    def close(self) -> None: ...

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


async def heard(*pieces: bytes, by: type[HttpToolsProtocol] = Protocol) -> list[Heard]:
    """Return what an application is told when these pieces arrive."""
    told: list[Heard] = []

    async def listen(scope: Any, receive: Any, send: Any) -> None:
        body = b""
        while (message := await receive())["type"] == "http.request":
            body += message["body"]
            if not message["more_body"]:
                break
        told.append((scope["method"], scope["path"], body))
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body"})

    server = ServerState()
    connection = by(Config(listen, lifespan="off", log_config=None), server, {})
    connection.connection_made(Wire())
    for piece in pieces:
        connection.data_received(piece)
    async with asyncio.timeout(5):
        while server.tasks:
            await asyncio.wait(server.tasks)
    connection.connection_lost(None)
    return told


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (COMMAND, ("POST", "/petitions", b"petition")),
        (CHUNKED, ("POST", "/petitions", b"petition")),
        (QUESTION, ("GET", "/cases", b"")),
        (TUNNEL, ("CONNECT", "/cases", b"")),
    ],
)
async def test_offer_is_ignored_wherever_the_request_is_cut(sent: bytes, said: Heard):
    for cut in range(1, len(sent)):
        assert await heard(sent[:cut], sent[cut:]) == [said]


async def test_requests_that_arrive_together_are_answered_in_their_order():
    told = await heard(PLAIN + COMMAND + QUESTION + CHUNKED + PLAIN)
    assert [path for _, path, _ in told] == ["/diary", "/petitions", "/cases", "/petitions", "/diary"]
    assert [body for _, _, body in told] == [b"entry", b"petition", b"", b"petition", b"entry"]


async def test_checker_sees_a_lost_body():
    assert await heard(COMMAND, by=HttpToolsProtocol) == [("POST", "/petitions", b"")]
