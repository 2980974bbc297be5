"""A connection is held by whoever asks, finishes and takes the answer; promise 48, from below.

A real server, raw sockets, and several addresses of loopback. What lasts for seconds elsewhere lasts for a moment here.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio
import uvicorn

from services.chassis.http import connections, protocol
from services.chassis.http.protocol import Protocol
from services.chassis.service import Server
from tests.harness import free_port, until

SOON_SECONDS = 5
HERE, THERE = "127.0.0.1", "127.0.0.2"
ASKED = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
HALF = ASKED[:-4]
SENDS = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"
MANY_BYTES = 64 * 1_048_576


@dataclass
class Made:
    """A server that tells how much it was sent, or much, or nothing as long as it must wait."""

    port: int
    server: Server
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    waiting: int = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body, more, path = 0, scope["path"] != "/unheard", scope["path"]
        while more and (message := await receive())["type"] == "http.request":
            body += len(message["body"])
            more = message["more_body"]
        if path == "/wait":
            self.waiting += 1
            await self.go_on.wait()
        told = b"x" * MANY_BYTES if path == "/much" else b"%d" % body
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(told))]})
        await send({"type": "http.response.body", "body": told})

    async def connect(self, source: str = HERE) -> Socket:
        return Socket(*await asyncio.open_connection(HERE, self.port, local_addr=(source, 0)))

    async def asks(self, source: str = HERE) -> bytes:
        """Ask something over a connection of its own, and return the status line; nothing where it was not heard."""
        one = await self.connect(source)
        try:
            one.send(ASKED)
            return await one.line()
        except ConnectionError:
            return b""
        finally:
            one.close()

    @property
    def held(self) -> int:
        return len(self.server.server_state.connections)


@dataclass
class Socket:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    def close(self) -> None:
        self.writer.transport.abort()

    async def line(self) -> bytes:
        return (await asyncio.wait_for(self.reader.readline(), SOON_SECONDS)).strip()

    async def answer(self) -> bytes:
        """Return the body of an answer."""
        head = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), SOON_SECONDS)
        length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
        return await asyncio.wait_for(self.reader.readexactly(length), SOON_SECONDS)

    async def rest(self) -> bytes:
        """Return all that comes until it is closed, which it must be soon."""
        found = b""
        try:
            async with asyncio.timeout(SOON_SECONDS):
                while piece := await self.reader.read(1_048_576):
                    found += piece
        except ConnectionError:
            pass
        except TimeoutError:
            raise AssertionError("it stays open") from None
        return found


@pytest.fixture(autouse=True)
def sooner(monkeypatch: pytest.MonkeyPatch):
    for name in ("HEAD_SECONDS_MAX", "BODY_SECONDS_MAX", "ANSWER_SECONDS_MAX"):
        monkeypatch.setattr(protocol, name, 0.3)
    monkeypatch.setattr(connections, "OF_SOURCE_MAX", 40)


@pytest_asyncio.fixture
async def made() -> AsyncIterator[Made]:
    port = free_port()
    made: Any = Made(port, None)  # type: ignore[arg-type]  # which follows
    configuration = uvicorn.Config(
        made, host=HERE, port=port, http=Protocol, lifespan="off", log_config=None, timeout_graceful_shutdown=1
    )
    made.server = Server(configuration)
    task = asyncio.create_task(made.server._serve())

    async def started() -> bool:
        return bool(made.server.started)

    await until(started, "it listens")
    try:
        yield made
    finally:
        made.go_on.set()
        made.server.leave()
        await asyncio.wait_for(task, 10)


class TestTime:
    @pytest.mark.parametrize("said", [b"", b"G", HALF, ASKED + HALF], ids=["nothing", "word", "half", "second"])
    async def test_what_is_half_said_holds_no_place(self, made: Made, said: bytes):
        one = await made.connect()
        one.send(said)
        answers = await one.rest()
        assert answers.rpartition(b"HTTP/1.1 ")[2].startswith(b"408")
        assert (b"200 OK" in answers) == said.startswith(ASKED)

    async def test_checker_sees_a_server_that_waits_for_ever(self, made: Made, monkeypatch: pytest.MonkeyPatch):
        """MUTANT: nobody looks how long it takes."""
        monkeypatch.setattr(protocol, "HEAD_SECONDS_MAX", 1e6)
        monkeypatch.setitem(globals(), "SOON_SECONDS", 1)
        with pytest.raises(AssertionError):
            await self.test_what_is_half_said_holds_no_place(made, HALF)

    async def test_empty_lines_between_requests_hold_none_either(self, made: Made):
        one = await made.connect()
        one.send(ASKED)
        assert await one.answer() == b"0"
        one.send(b"\r\n")
        await one.rest()

    async def test_body_that_comes_drop_by_drop_is_late(self, made: Made):
        one = await made.connect()
        one.send(SENDS % 1_000_000)

        async def drip() -> None:
            while True:
                one.send(b"x")
                await asyncio.sleep(0.02)

        dripping = asyncio.create_task(drip())
        try:
            assert (await one.line()).startswith(b"HTTP/1.1 408")
        finally:
            dripping.cancel()

    async def test_long_body_at_a_low_pace_is_heard(self, made: Made, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(protocol, "BODY_BYTES_A_SECOND_MIN", 1_000)
        one, pieces = await made.connect(), 40
        one.send(SENDS % (100 * pieces))
        for _ in range(pieces):
            one.send(b"x" * 100)
            await asyncio.sleep(0.02)  # twice as long as a body may take that does not come on
        assert await one.answer() == b"%d" % (100 * pieces)

    async def test_answer_that_nobody_takes_is_thrown_away(self, made: Made):
        one = await made.connect()
        one.send(ASKED.replace(b" / ", b" /much "))
        one.writer.transport.pause_reading()  # type: ignore[attr-defined]

        async def gone() -> bool:
            return not made.held

        await until(gone, "the connection is given up", SOON_SECONDS)

    async def test_answer_that_is_taken_leaves_whole(self, made: Made, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(protocol, "ANSWER_SECONDS_MAX", SOON_SECONDS)
        one = await made.connect()
        one.send(ASKED.replace(b" / ", b" /much "))
        assert len(await one.answer()) == MANY_BYTES

    async def test_command_that_takes_long_is_not_late(self, made: Made):
        one = await made.connect()
        one.send(ASKED.replace(b" / ", b" /wait "))
        await asyncio.sleep(3 * protocol.HEAD_SECONDS_MAX)
        made.go_on.set()
        assert await one.answer() == b"0"


class TestSize:
    @pytest.mark.parametrize(
        "said",
        [
            b"GET /" + b"x" * protocol.HEAD_BYTES_MAX + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
            HALF + b"\r\nX: " + b"x" * protocol.HEAD_BYTES_MAX + b"\r\n\r\n",
            HALF + b"\r\nX: x" * protocol.FIELDS_MAX + b"\r\n\r\n",
            HALF + b"\r\nX: " + b"x" * 1_000_000,
        ],
        ids=["path", "field", "fields", "endless"],
    )
    async def test_head_that_says_too_much_is_not_heard(self, made: Made, said: bytes):
        one = await made.connect()
        one.send(said)
        assert (await one.line()) == b"HTTP/1.1 431 Request Header Fields Too Large"
        await one.rest()

    async def test_head_that_says_as_much_as_it_may_is(self, made: Made):
        one = await made.connect()
        fields = b"".join(b"\r\nX: x%d" % n for n in range(protocol.FIELDS_MAX - 1))
        one.send(HALF + fields + b"\r\n\r\n")
        assert await one.answer() == b"0"

    async def test_so_many_requests_wait_on_one_connection(self, made: Made):
        one = await made.connect()
        one.send(ASKED.replace(b" / ", b" /wait ") + ASKED * (protocol.IN_LINE_MAX + 1))
        assert await one.rest() == b"", "what was not begun is not answered as if it were the first"
        other = await made.connect()
        made.go_on.set()
        other.send(ASKED * protocol.IN_LINE_MAX)
        assert [await other.answer() for _ in range(protocol.IN_LINE_MAX)] == [b"0"] * protocol.IN_LINE_MAX

    async def test_body_that_goes_on_after_it_was_answered_is_not_listened_to(self, made: Made):
        one = await made.connect()
        one.send(SENDS.replace(b" / ", b" /unheard ") % MANY_BYTES)
        assert await one.answer() == b"0"
        one.send(b"x" * (2 * protocol.LEFT_BYTES_MAX))
        await one.rest()


class TestRoom:
    async def held(self, made: Made, said: bytes, count: int, source: str = HERE) -> list[Socket]:
        """Open connections and say something on each."""
        opened = [await made.connect(source) for _ in range(count)]
        for one in opened:
            one.send(said)
        return opened

    async def test_one_address_has_so_many_and_others_are_served(self, made: Made, monkeypatch: pytest.MonkeyPatch):
        """Three thousand heads that are half sent."""
        monkeypatch.setattr(protocol, "HEAD_SECONDS_MAX", 60)
        opened = await self.held(made, HALF, 3_000)

        async def closed() -> bool:
            return made.held <= connections.OF_SOURCE_MAX

        await until(closed, "those beyond it are closed")
        assert await made.asks() == b""
        assert await made.asks(THERE) == b"HTTP/1.1 200 OK"
        for one in opened:
            one.close()

        async def heard() -> bool:
            return await made.asks() == b"HTTP/1.1 200 OK"

        await until(heard, "there is room again")

    async def test_mutant_that_lets_in_whoever_comes_is_seen(self, made: Made, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(connections, "OF_SOURCE_MAX", 1_000_000)
        with pytest.raises(AssertionError):
            await self.test_one_address_has_so_many_and_others_are_served(made, monkeypatch)

    async def test_where_all_is_taken_whoever_has_most_gives_one_up(self, made: Made):
        made.server.server_state.most = 20
        idle = await self.held(made, ASKED, 18)
        for one in idle:
            assert await one.answer() == b"0"
        other = await made.connect(THERE)
        others = [other, await made.connect(THERE)]
        for one in others:
            one.send(ASKED)
            assert await one.answer() == b"0"
        assert made.held == 20
        assert await made.asks("127.0.0.3") == b"HTTP/1.1 200 OK"
        for one in others:
            one.send(ASKED)
            assert await one.answer() == b"0", "who has few keeps them"

    async def test_who_waits_for_an_answer_is_given_up_for_nobody(self, made: Made):
        made.server.server_state.most = 5
        waiting = await self.held(made, ASKED.replace(b" / ", b" /wait "), 5)

        async def all_wait() -> bool:
            return made.waiting == 5

        await until(all_wait, "all of them wait")
        assert await made.asks(THERE) == b""
        made.go_on.set()
        assert [await one.answer() for one in waiting] == [b"0"] * 5

    async def test_a_trusted_proxy_is_many_people(self, made: Made):
        made.server.server_state.proxied = True
        opened = await self.held(made, ASKED, 2 * connections.OF_SOURCE_MAX)
        assert [await one.answer() for one in opened] == [b"0"] * len(opened)
        for one in opened:
            one.close()
