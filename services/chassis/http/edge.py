"""The edge: a request gets an id, it is answered whatever comes, and counted."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from random import getrandbits
from uuid import UUID

import structlog
from prometheus_client import Counter, Histogram
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.chassis import metrics
from services.chassis.errors import Unavailable
from services.chassis.http.acting import HEADER_CHARS_MAX, Headers, read
from services.chassis.http.answers import refusal
from services.chassis.numbers import of_a_person


class Edge:
    """Gives every request an id, makes a problem of every error, and counts it."""

    def __init__(self, app: ASGIApp, service: str) -> None:
        self.app = app
        self.service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status = time.perf_counter(), 0
        headers = _together(scope["headers"])
        request_id = read(headers, b"x-request-id") or ""
        if not _may_be_kept(request_id):
            request_id = str(UUID(int=getrandbits(128), version=4))  # no secret, and the kernel need not be asked
        state = scope.setdefault("state", {})
        state["request_id"], state["headers"] = request_id, headers

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"].append((b"x-request-id", request_id.encode()))
            await send(message)

        structlog.contextvars.bind_contextvars(request_id=request_id)  # a request is a task, and ends with it
        try:
            await self.app(scope, receive, answer)
        except ClientDisconnect:  # nobody is there to be answered
            pass
        except asyncio.CancelledError:  # the process leaves, and cannot wait for what comes of it
            if status:
                raise
            await refusal(request_id, Unavailable())(scope, receive, answer)
        except Exception as error:
            if status:  # half of the answer is on its way
                raise
            await refusal(request_id, error)(scope, receive, answer)
        finally:
            route = getattr(scope.get("route"), "path", "-")
            counter, seconds = _numbers(self.service, scope["method"], route, status)
            counter.inc()
            seconds.observe(time.perf_counter() - started)


@cache
def _numbers(service: str, method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    """Return where a request is counted; routes are known ones, so these stay few."""
    return metrics.COMMANDS.labels(service, method, route, status), metrics.SECONDS.labels(service, route)


def _may_be_kept(request_id: str) -> bool:
    """Return whether an id that the caller chose may stand in events: a word, and no number of a person."""
    return (
        0 < len(request_id) <= HEADER_CHARS_MAX
        and request_id.isascii()
        and request_id.isprintable()
        and not of_a_person(request_id)
    )


def _together(fields: Sequence[tuple[bytes, bytes]]) -> Headers:
    """Return headers by name; one that came several times is the list of what it said (RFC 9110, 5.3)."""
    headers: Headers = dict(fields)
    if len(headers) == len(fields):
        return headers
    said: dict[bytes, list[bytes]] = defaultdict(list)
    for name, value in fields:
        said[name].append(value)
    return {name: b", ".join(values) for name, values in said.items()}
