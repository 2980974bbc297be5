"""How bytes become requests: uvicorn's way, except that whoever offers another protocol is answered in this one.

A server may ignore an offer (RFC 9110, 7.8). But httptools takes all that follows for the other protocol's, and with it
the body of the very request (Kludex/uvicorn#2722): Java's own client, which offers HTTP/2 unasked, could not command.
"""

from __future__ import annotations

from array import array
from asyncio import AbstractEventLoop
from typing import Any

from httptools import HttpParserUpgrade, HttpRequestParser
from uvicorn import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState


class Protocol(HttpToolsProtocol):
    """HTTP/1.1, and nothing else."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.parser = _Parser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn's own

    @property
    def offering(self) -> bytes:
        """The head of a request that makes an offer, without the offer; nothing if it makes none."""
        if not self.parser.should_upgrade() or (method := self.parser.get_method()) == b"CONNECT":
            return b""
        line = b"%b %b HTTP/%b" % (method, self.url, self.parser.get_http_version().encode())
        fields = [b"%b: %b" % field for field in self.headers if field[0] != b"upgrade"]
        return b"\r\n".join((line, *fields, b"", b""))

    def on_headers_complete(self) -> None:
        """Begin with a request, unless it comes again without its offer."""
        if not self.offering:
            super().on_headers_complete()

    def on_message_complete(self) -> None:
        """End a request that was begun."""
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
