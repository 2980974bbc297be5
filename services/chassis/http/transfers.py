"""Transfers: what is no JSON and goes by piece by piece, in or out, so that no process ever holds all of it.

A transfer is declared as a question is, and comes through the same gate; beside its fields it is handed what else a
request has: its headers, and its body as it comes.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, ClassVar, Final

from fastapi import Request, Response
from starlette.requests import ClientDisconnect

from services.chassis.context import By
from services.chassis.errors import Unavailable
from services.chassis.http.answers import BadHeader
from services.chassis.questions import Question

if TYPE_CHECKING:
    from services.chassis.running import Running

IDLE_SECONDS_MAX: Final = 30.0
"""How long the next piece of a body may take to come: who sends nothing holds no place."""
_WHOLE: Final = re.compile("[0-9]{1,15}")
_RANGE: Final = re.compile("bytes=([0-9]{0,15})-([0-9]{0,15})")


class Carried:
    """What a request has beside the fields of its operation."""

    def __init__(self, request: Request) -> None:
        self._request = request

    def header(self, name: str) -> str | None:
        """Return what a header says."""
        value: bytes | None = self._request.scope["state"]["headers"].get(name.lower().encode())
        return None if value is None else value.decode("latin-1")

    def number(self, name: str) -> int:
        """Return what a header says that is a number. Raises ``BadHeader``."""
        value = self.header(name) or ""
        if not _WHOLE.fullmatch(value):
            raise BadHeader(f"{name} 须为非负整数")
        return int(value)

    def asked_range(self, size: int) -> tuple[int, int] | None:
        """Return from which byte up to which (excluded) of so many somebody asks for; None for all of them.

        What is no single range of bytes that are there is no range: a server may ignore it (RFC 9110, 14.2).
        """
        found = _RANGE.fullmatch((self.header("Range") or "").replace(" ", ""))
        if found is None or not (found[1] or found[2]):
            return None
        if not found[1]:
            first, end = max(0, size - int(found[2])), size
        else:
            first, end = int(found[1]), min(size, int(found[2]) + 1) if found[2] else size
        return (first, end) if first < end else None

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield the body as it comes. Raises ``ClientDisconnect``, and ``Unavailable`` where nothing comes for long."""
        more = True
        while more:
            try:
                async with asyncio.timeout(IDLE_SECONDS_MAX):
                    message = await self._request.receive()
            except TimeoutError:
                raise Unavailable from None
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            more = message.get("more_body", False)
            if piece := message.get("body", b""):
                yield piece


class Transfer(Question):
    """A question that is handed what a request carries, and says itself how it is answered.

    `media` is the media type of its body, where it has one; `status` and `reply` say what comes back (an empty one for
    nothing but headers).
    """

    media: ClassVar[str | None] = None

    async def carry(self, running: Running, by: By, carried: Carried) -> Response:
        """Take it, or give it. Raises ``NotFound`` and ``Unavailable``."""
        raise NotImplementedError
