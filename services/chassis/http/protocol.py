"""How bytes become requests: uvicorn's way, except that whoever offers another protocol is answered in this one.

A server may ignore an offer (RFC 9110, 7.8). But httptools takes all that follows for the other protocol's, and with it
the body of the very request (Kludex/uvicorn#2722): Java's own client, which offers HTTP/2 unasked, could not command.

And what a request says of itself stands before its body and has an end: httptools copies a field that goes on as often
as something of it comes, so that one endless field would keep everybody waiting; and uvicorn takes what stands behind
a body (RFC 9110, 6.5.1) for headers, whatever has looked at these on the way.

An answer's head leaves together with its body: uvicorn writes one after the other, which are two calls of the system
here and two packets there, a tenth of what a command costs.

A process that leaves tells its connections so. One that was accepted and not yet begun when it did would hear nothing,
and go on asking until what it asked last is cut off: it is closed before it asks.
"""

from __future__ import annotations

from array import array
from asyncio import AbstractEventLoop, Transport
from typing import Any, Final

from httptools import HttpParserUpgrade, HttpRequestParser
from uvicorn import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

HEAD_BYTES_MAX: Final = 65_536


class State(ServerState):
    """What the connections of a server share."""

    leaving = False
    """Whether it takes no more."""


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
        self._begun = False
        """Whether a request has said all that it says before its body."""
        self._withheld = 0
        """Bytes that have come of which nothing could be told yet."""

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin with a connection."""
        super().connection_made(_Together(transport, self.loop))  # type: ignore[arg-type]  # it stands for one
        if self.server_state.leaving:
            self.transport.close()

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
        if self._withheld > HEAD_BYTES_MAX and not self.transport.is_closing():
            self.send_400_response("Request header fields too large.")

    def on_message_begin(self) -> None:
        """Listen to what a request says of itself."""
        self._begun = False
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header; nothing that stands behind the body is one."""
        if not self._begun:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Begin with a request, unless it comes again without its offer."""
        self._begun, self._withheld = True, 0
        if not self.offering:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a piece of a body."""
        self._withheld = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """End a request that was begun."""
        self._withheld = 0
        if not self.offering:
            super().on_message_complete()


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
