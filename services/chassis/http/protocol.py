"""How bytes become requests: uvicorn's way, except that whoever offers another protocol is answered in this one.

A server may ignore an offer (RFC 9110, 7.8). But httptools takes all that follows for the other protocol's, and with it
the body of the very request (Kludex/uvicorn#2722): Java's own client, which offers HTTP/2 unasked, could not command.

And what a request says of itself stands before its body and has an end: httptools copies a field that goes on as often
as something of it comes, so that one endless field would keep everybody waiting; and uvicorn takes what stands behind
a body (RFC 9110, 6.5.1) for headers, whatever has looked at these on the way.

An answer's head leaves together with its body: uvicorn writes one after the other, which are two calls of the system
here and two packets there, a tenth of what a command costs.

Whoever begins to ask finishes in time, and takes the answer: what is half said holds a place for some seconds, what is
sent drop by drop no longer than it would take at a low pace, and what nobody takes is thrown away.

Who asks on before they are answered waits in line, and begins with nothing of what the one before them has left in its
context: neither its patience, nor that others were asked already (``relating``).

A process that leaves tells its connections so. One that was accepted and not yet begun when it did would hear nothing,
and go on asking until what it asked last is cut off: it is closed before it asks.
"""

from __future__ import annotations

from array import array
from asyncio import AbstractEventLoop, TimerHandle, Transport
from contextvars import Context
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from httptools import HttpParserUpgrade, HttpRequestParser
from uvicorn import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from services.chassis.http.acting import source
from services.chassis.http.connections import State

if TYPE_CHECKING:
    from uvicorn._types import ASGI3Application

HEAD_BYTES_MAX: Final = 32_768
FIELDS_MAX: Final = 100
HEAD_SECONDS_MAX: Final = 10.0
"""How long somebody may take to say what they want, from the first moment of a connection."""
BODY_SECONDS_MAX: Final = 20.0
BODY_BYTES_A_SECOND_MIN: Final = 8_192
"""How fast a body comes at least, beside that time."""
ANSWER_SECONDS_MAX: Final = 30.0
"""How long an answer waits for somebody who takes nothing of it."""
LEFT_BYTES_MAX: Final = 16_777_216
"""How much of a body is listened to after it was answered: whoever is still sending hears that only then."""
IN_LINE_MAX: Final = 16
"""How many requests may wait on one connection for the answers to those before them."""


class _Part(Enum):
    """What somebody has begun to say, and not finished."""

    HEAD = "head"
    BODY = "body"


class Protocol(HttpToolsProtocol):
    """HTTP/1.1, and nothing else."""

    server_state: State

    def __init__(
        self,
        config: Config,
        server_state: State,
        app_state: dict[str, Any],
        _loop: AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.parser = _Parser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn's own
        self.source = ""
        self._part: _Part | None = _Part.HEAD
        self._withheld = 0
        """Bytes that have come of which nothing could be told yet."""
        self._said = 0
        """Bytes of the part that is being said."""
        self._since = 0.0
        self._timer: TimerHandle | None = None
        """For whoever does not finish what they have begun to say."""
        self._stuck: TimerHandle | None = None
        """For whoever does not take their answer."""

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin with a connection, if there is room for it."""
        super().connection_made(_Together(transport, self.loop))  # type: ignore[arg-type]  # it stands for one
        self.source = source(self.client[0]) if self.client else ""
        if self.server_state.admits(self):
            self._watch(HEAD_SECONDS_MAX)
        else:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """End with it."""
        self.server_state.lost(self)
        for timer in filter(None, (self._timer, self._stuck)):
            timer.cancel()
        super().connection_lost(exc)

    @property
    def idle(self) -> bool:
        """Whether nobody waits for an answer."""
        return self.cycle is None or self.cycle.response_complete

    def give_up(self) -> None:
        """Close it at once."""
        self.transport.abort()

    @property
    def offering(self) -> bytes:
        """The head of a request that makes an offer, without the offer; nothing if it makes none."""
        if not self.parser.should_upgrade() or (method := self.parser.get_method()) == b"CONNECT":
            return b""
        line = b"%b %b HTTP/%b" % (method, self.url, self.parser.get_http_version().encode())
        fields = [b"%b: %b" % field for field in self.headers if field[0] != b"upgrade"]
        return b"\r\n".join((line, *fields, b"", b""))

    def data_received(self, data: bytes) -> None:
        """Take what comes, but no head without end."""
        self._withheld += len(data)
        super().data_received(data)
        if self._withheld > HEAD_BYTES_MAX:
            self._refuse(431)
        if self._part is None and not self.idle:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
        elif self._timer is None and not self.transport.is_closing():
            self._watch(self._allowed)

    def on_message_begin(self) -> None:
        """Listen to what a request says of itself."""
        self._begins(_Part.HEAD)
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """Take a piece of what is wanted."""
        self._said += len(url)
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header; nothing that stands behind the body is one."""
        if self._part is _Part.HEAD:
            self._said += len(name) + len(value)
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Begin with a request, unless it says too much of itself, or comes again without its offer."""
        if self._said > HEAD_BYTES_MAX or len(self.headers) > FIELDS_MAX or len(self.pipeline) >= IN_LINE_MAX:
            self._refuse(431)
        self._begins(_Part.BODY)
        if not (self.transport.is_closing() or self.offering):
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a piece of a body, and little of one that was answered."""
        self._withheld = 0
        self._said += len(body)
        if self.transport.is_closing():
            return
        super().on_body(body)
        if self.cycle.response_complete and self._said > LEFT_BYTES_MAX:
            self.transport.close()

    def on_message_complete(self) -> None:
        """End a request that was begun."""
        self._withheld, self._part = 0, None
        if not (self.transport.is_closing() or self.offering):
            super().on_message_complete()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        """Begin to answer in a context of its own: who waited in line would have that of the request before them."""
        Context().run(super()._start_asgi_task, cycle, app)

    def pause_writing(self) -> None:
        """Wait for whoever does not take their answer, though not for ever."""
        super().pause_writing()
        self._stuck = self.loop.call_later(ANSWER_SECONDS_MAX, self.give_up)

    def resume_writing(self) -> None:
        """Go on."""
        super().resume_writing()
        if self._stuck is not None:
            self._stuck.cancel()

    def _begins(self, part: _Part) -> None:
        self._part, self._withheld, self._said = part, 0, 0
        if self._timer is not None:
            self._since = self.loop.time()

    def _watch(self, seconds: float) -> None:
        """See to it that what was begun is finished."""
        self._since = self.loop.time()
        self._timer = self.loop.call_later(seconds, self._look)

    @property
    def _allowed(self) -> float:
        """How long somebody may take for what they have begun to say."""
        if self._part is _Part.BODY:
            return BODY_SECONDS_MAX + self._said / BODY_BYTES_A_SECOND_MIN
        return HEAD_SECONDS_MAX

    def _look(self) -> None:
        """Look whether what was begun is late; what nobody listens to just now is not."""
        now = self.loop.time()
        if self.flow.read_paused:
            self._since = now
        if (left := self._since + self._allowed - now) > 0:
            self._timer = self.loop.call_later(left, self._look)
        else:
            self._refuse(408)

    def _refuse(self, status: int) -> None:
        """Close a connection, with a word unless somebody would take it for the answer to something else."""
        if self.transport.is_closing():
            return
        if self.idle or not (self.cycle.response_started or self.pipeline or self._part is _Part.HEAD):
            self.transport.write(STATUS_LINE[status] + b"content-length: 0\r\nconnection: close\r\n\r\n")
        self.transport.close()


class _Parser(HttpRequestParser):
    """A parser that parses a request with an offer once more, without it."""

    def __init__(self, protocol: Protocol) -> None:
        super().__init__(protocol)
        self._protocol = protocol

    def feed_data(self, data: bytes | bytearray | memoryview | array[int]) -> None:
        while True:
            try:
                return super().feed_data(data)
            except HttpParserUpgrade as offer:
                if not (head := self._protocol.offering):
                    raise
                data = head + bytes(data[offer.args[0] :])


class _Together:
    """A transport that holds a write back until the next one, though not beyond this turn of the loop."""

    def __init__(self, transport: Transport, loop: AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._held = b""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # whatever a transport has
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        if self._held:
            data, self._held = self._held + data, b""
            self._transport.write(data)
        else:
            self._held = data
            self._loop.call_soon(self._send)

    def _send(self) -> None:
        if self._held:
            data, self._held = self._held, b""
            self._transport.write(data)

    def close(self) -> None:
        self._send()
        self._transport.close()
