"""The edge: a request gets an id, whatever it brings one of; it is answered whatever comes, and counted.

It is for this host and from no page of somebody else's: whoever gives a name of theirs to this machine (DNS rebinding)
makes a browser speak to it, which stands where nobody else may come.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter as Counting
from collections import defaultdict
from collections.abc import Sequence
from functools import cache, lru_cache
from random import getrandbits, random
from typing import Any, Final
from uuid import UUID

import structlog
from prometheus_client import Counter, Histogram
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.chassis import metrics
from services.chassis.context import WHENCE
from services.chassis.errors import Unavailable
from services.chassis.http.acting import Headers, whence
from services.chassis.http.answers import ForeignOrigin, WrongHost, refusal
from services.chassis.http.rates import TooMany
from services.chassis.settings import Settings
from services.chassis.visits import Visits

_HOST: Final = rb"(\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9._-]{1,253}?)\.?(?::[0-9]{1,5})?"
_HOSTS: Final = re.compile(_HOST)
_ORIGINS: Final = re.compile(rb"https?://" + _HOST)
PAUSE_SECONDS: Final = 1.0
PAUSED_MAX: Final = 512
"""How many requests from one address wait so at a time; any more are told at once."""
Headered = list[tuple[bytes, bytes]]
HOSTS_KNOWN_MAX: Final = 1_024
"""How many of them are remembered as they were found."""

SAFE: Final = (
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
"""What every answer says to a browser: nothing in it runs, is shown in a frame or is taken for what it is not."""
STRICT: Final = ((b"strict-transport-security", b"max-age=31536000"),)
"""What is said besides where clients come by TLS."""
UNKEPT: Final = (b"cache-control", b"no-store")
"""What an answer says that does not say it otherwise: nobody on the way may keep it."""


class Edge:
    """Gives every request an id, makes a problem of every error, and counts it."""

    def __init__(self, app: ASGIApp, service: str, settings: Settings, visits: Visits | None) -> None:
        self.app = app
        self.service = service
        self.visits = visits
        self.proxies = settings.proxies_trusted
        self.beside = SAFE + (STRICT if settings.tls else ())
        self._paused: Counting[str] = Counting()
        names = settings.names(service)
        self._is_us = lru_cache(HOSTS_KNOWN_MAX)(lambda host: _named(host, _HOSTS) in names)
        self._is_of_us = lru_cache(HOSTS_KNOWN_MAX)(lambda origin: _named(origin, _ORIGINS) in names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status = time.perf_counter(), 0
        headers = _together(scope["headers"])
        request_id = str(UUID(int=getrandbits(128), version=4))  # no secret, and the kernel need not be asked
        state = scope.setdefault("state", {})
        state["request_id"], state["headers"] = request_id, headers
        WHENCE.set(whence(scope, self.proxies))  # a request is a task, and ends with it

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] += self._said_beside(message["headers"], state)
            await send(message)

        structlog.contextvars.bind_contextvars(request_id=request_id)  # a request is a task, and ends with it
        try:
            self._must_be_for_us(headers)
            await self.app(scope, receive, answer)
        except ClientDisconnect:  # nobody is there to be answered
            pass
        except asyncio.CancelledError:  # the process leaves, and cannot wait for what comes of it
            if status:
                raise
            await refusal(state["request_id"], Unavailable())(scope, receive, answer)
        except Exception as error:
            if status:  # half of the answer is on its way
                raise
            await self._refuse(error, scope, receive, answer)
        finally:
            self._count(scope, status, time.perf_counter() - started)

    def _count(self, scope: Scope, status: int, took: float) -> None:
        """Count a request, and say in the log of who was here that it came."""
        counter, seconds = _numbers(self.service, scope["method"], door := _door(scope), status)
        counter.inc()
        seconds.observe(took)
        if self.visits is not None:
            state = scope["state"]
            who, source = state.get("who"), state.get("source", WHENCE.get())
            self.visits.note(
                who=who, source=source, method=scope["method"], door=door, status=status, ms=round(1e3 * took),
                request_id=state["request_id"] if who else None,
            )  # fmt: skip

    def _said_beside(self, said: Headered, state: dict[str, Any]) -> Headered:
        """Return the headers that every answer has beside its own."""
        beside = [(b"x-request-id", state["request_id"].encode()), *self.beside]
        if not any(name == b"cache-control" for name, _ in said):
            beside.append(UNKEPT)
        if (left := state.get("left")) is not None:
            beside += left.headers()
        return beside

    async def _refuse(self, error: Exception, scope: Scope, receive: Receive, send: Send) -> None:
        """Tell what an error is, after a pause to whoever asks too much: who asks on at once costs as much as ever."""
        source = WHENCE.get()
        if isinstance(error, TooMany) and self._paused[source] < PAUSED_MAX:
            self._paused[source] += 1
            try:
                await asyncio.sleep(PAUSE_SECONDS * (0.5 + random()))  # noqa: S311  # and no two of them at once
            finally:
                self._paused[source] -= 1
                if not self._paused[source]:
                    del self._paused[source]
        await refusal(scope["state"]["request_id"], error)(scope, receive, send)

    def _must_be_for_us(self, headers: Headers) -> None:
        """Raise ``WrongHost`` or ``ForeignOrigin`` for what is for another host, or from a page of one."""
        if not self._is_us(headers.get(b"host", b"")):
            raise WrongHost
        if (origin := headers.get(b"origin")) is not None and not self._is_of_us(origin):
            raise ForeignOrigin


def _named(host: bytes, of: re.Pattern[bytes]) -> str:
    """Return the name that stands in ``Host`` or ``Origin``, without its port; none where there is none, or several."""
    found = of.fullmatch(host)
    return found[1].decode("ascii").lower() if found else ""


def _door(scope: Scope) -> str:
    """Return by which door a request came in: the first word of its route, `/cases` for all that is done in a case.

    What is done there is not told apart: how often a report was sealed is how many reports there are (第三十条第三款).
    """
    route: str = getattr(scope.get("route"), "path", "-")
    return "/".join(route.split("/", 2)[:2])


@cache
def _numbers(service: str, method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    """Return where a request is counted; doors are those of known routes, so these stay few."""
    return metrics.COMMANDS.labels(service, method, route, status), metrics.SECONDS.labels(service, route)


def _together(fields: Sequence[tuple[bytes, bytes]]) -> Headers:
    """Return headers by name; one that came several times is the list of what it said (RFC 9110, 5.3)."""
    headers: Headers = dict(fields)
    if len(headers) == len(fields):
        return headers
    said: dict[bytes, list[bytes]] = defaultdict(list)
    for name, value in fields:
        said[name].append(value)
    return {name: b", ".join(values) for name, values in said.items()}
