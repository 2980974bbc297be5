"""The edge: a request gets an id, its body is read, it is answered whatever comes, and counted."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from random import getrandbits
from typing import Final
from uuid import UUID

import structlog
from prometheus_client import Counter, Histogram
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.chassis import metrics
from services.chassis.fields import NUMBER_OF_A_PERSON
from services.chassis.http.acting import HEADER_CHARS_MAX, Headers, read
from services.chassis.http.answers import TooLarge, refusal

BODY_BYTES_MAX: Final = 262_144
CHANGING: Final = frozenset({"POST", "PUT", "DELETE"})


class Edge:
    """Gives every request an id, reads its body under a limit, makes a problem of every error, and counts it."""

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
            if scope["method"] in CHANGING:
                state["body"] = body = await _body(receive)
                receive = _again(body)
            await self.app(scope, receive, answer)
        except ClientDisconnect:  # nobody is there to be answered
            pass
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
        and not NUMBER_OF_A_PERSON.search(request_id)
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


async def _body(receive: Receive) -> bytes:
    """Return the whole body. Raises ``TooLarge``, and ``ClientDisconnect`` where the rest never came.

    Half of a body is no command: a missing field may be one that a command can do without.
    """
    chunks, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > BODY_BYTES_MAX:
            raise TooLarge(f"上限 {BODY_BYTES_MAX} 字节")
        chunks.append(chunk)
        more = message.get("more_body", False)
    return b"".join(chunks)


def _again(body: bytes) -> Receive:
    messages = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> Message:
        return next(messages, {"type": "http.disconnect"})

    return receive
