"""Whoever offers another protocol than HTTP/1.1, as Java's client does, is answered in this one, and heard to the end."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from uvicorn import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from services.chassis.http.connections import State
from services.chassis.http.protocol import HEAD_BYTES_MAX, Protocol

Heard = tuple[str, str, bytes]

OFFER = b"Host: intake\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAAB\r\n"
COMMAND = b"POST /petitions HTTP/1.1\r\n" + OFFER + b"Content-Length: 8\r\n\r\npetition"
CHUNKED = b"POST /petitions HTTP/1.1\r\n" + OFFER + b"Transfer-Encoding: chunked\r\n\r\n8\r\npetition\r\n0\r\n\r\n"
QUESTION = b"GET /cases HTTP/1.1\r\n" + OFFER + b"\r\n"
TUNNEL = b"CONNECT" + QUESTION.removeprefix(b"GET")
PLAIN = b"POST /diary HTTP/1.1\r\nHost: intake\r\nContent-Length: 5\r\n\r\nentry"


class Wire(asyncio.Transport):
    """A connection on which pieces arrive as a test wants."""

    def __init__(self) -> None:
        super().__init__()
        self.packets: list[bytes] = []
        self.closed = False

    @property
    def answers(self) -> bytes:
        return b"".join(self.packets)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.packets.append(bytes(data))

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True

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

    server = State()
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


async def test_what_stands_behind_a_body_is_no_header():
    headers: list[Any] = []

    async def listen(scope: Any, receive: Any, send: Any) -> None:
        headers.extend(scope["headers"])

    server = State()
    connection = Protocol(Config(listen, lifespan="off", log_config=None), server, {})
    connection.connection_made(Wire())
    connection.data_received(b"POST /petitions HTTP/1.1\r\nHost: intake\r\nTransfer-Encoding: chunked\r\n\r\n")
    connection.data_received(b"8\r\npetition\r\n0\r\nHuiyin-Role: supervisor\r\n\r\n")
    await asyncio.wait(server.tasks)
    assert dict(headers).keys() == {b"host", b"transfer-encoding"}


@pytest.mark.parametrize(
    "before",
    [b"", b"G", b"GET /", b"GET / HTTP/1.1\r\nX: ", CHUNKED[:-2] + b"X: ", CHUNKED[:-7] + b"1;"],
    ids=["method", "word", "path", "header", "trailer", "extension"],
)
def test_head_without_end_is_refused_before_it_keeps_others_waiting(before: bytes):
    wire = Wire()

    async def run() -> None:
        connection = Protocol(Config(_nothing, lifespan="off", log_config=None), State(), {})
        connection.connection_made(wire)
        connection.data_received(before)
        for _ in range(HEAD_BYTES_MAX // 1_000 + 2):
            if not wire.closed:
                connection.data_received(b"x" * 1_000)

    asyncio.run(run())
    assert wire.closed
    assert wire.answers[:12] in {b"HTTP/1.1 400", b"HTTP/1.1 431"}


async def test_long_body_in_pieces_is_heard():
    body = b"x" * (3 * HEAD_BYTES_MAX)
    sent = b"POST /petitions HTTP/1.1\r\nHost: intake\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
    pieces = [sent[n : n + 10_000] for n in range(0, len(sent), 10_000)]
    assert await heard(*pieces) == [("POST", "/petitions", body)]


async def told(*pieces: bytes, by: type[HttpToolsProtocol] = Protocol) -> list[bytes]:
    """Return what leaves, piece by piece, where an application answers with these one after the other."""

    async def tell(scope: Any, receive: Any, send: Any) -> None:
        length = b"%d" % sum(map(len, pieces))
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
        for piece in pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body"})

    wire, server = Wire(), State()
    connection = by(Config(tell, lifespan="off", log_config=None), server, {})
    connection.connection_made(wire)
    connection.data_received(PLAIN)
    await asyncio.wait(server.tasks)
    await asyncio.sleep(0)  # the turn of the loop ends
    assert not wire.closed
    return wire.packets


async def test_head_and_body_of_an_answer_leave_together():
    (packet,) = await told(b"receipt")
    assert packet.startswith(b"HTTP/1.1 200")
    assert packet.endswith(b"\r\n\r\nreceipt")
    assert len(await told(b"receipt", by=HttpToolsProtocol)) > 1, "uvicorn has learned it"


async def test_long_answer_leaves_whole_and_in_its_order():
    pieces = [b"%d" % n * 1_000 for n in range(10)]
    packets = await told(*pieces)
    assert b"".join(packets).endswith(b"\r\n\r\n" + b"".join(pieces))
    assert max(map(len, packets)) <= 2_000, "more is held back than one piece"


async def test_what_is_held_back_leaves_before_the_connection_is_closed():
    wire, server = Wire(), State()

    async def tell(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"connection", b"close")]})
        raise ConnectionError("nothing more to say")

    connection = Protocol(Config(tell, lifespan="off", log_config=None), server, {})
    connection.connection_made(wire)
    connection.data_received(PLAIN)
    await asyncio.wait(server.tasks)
    assert wire.closed
    assert wire.answers.startswith(b"HTTP/1.1 200")


async def test_a_connection_that_comes_while_the_server_leaves_asks_nothing():
    wire, server = Wire(), State()
    connection = Protocol(Config(_nothing, lifespan="off", log_config=None), server, {})
    connection.connection_made(wire)
    assert not wire.closed
    server.leaving = True
    late = Wire()
    Protocol(Config(_nothing, lifespan="off", log_config=None), server, {}).connection_made(late)
    assert late.closed


async def _nothing(scope: Any, receive: Any, send: Any) -> None: ...


async def test_checker_sees_a_lost_body():
    assert await heard(COMMAND, by=HttpToolsProtocol) == [("POST", "/petitions", b"")]
