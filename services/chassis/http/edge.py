"""The edge: a request gets an id, its body is read and fingerprinted, it is answered whatever comes, and counted."""

from __future__ import annotations

import hashlib
import time
from functools import cache
from typing import Final
from uuid import uuid4

import structlog
from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.chassis import metrics
from services.chassis.fields import NUMBER_OF_A_PERSON
from services.chassis.http.acting import HEADER_CHARS_MAX, Headers, read
from services.chassis.http.answers import TooLarge, problem, refusal

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
        headers: Headers = dict(scope["headers"])
        request_id = read(headers, b"x-request-id") or ""
        if not _may_be_kept(request_id):
            request_id = str(uuid4())
        state = scope.setdefault("state", {})
        state["request_id"], state["headers"] = request_id, headers

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"].append((b"x-request-id", request_id.encode()))
            await send(message)

        if scope["method"] in CHANGING:
            body = await _body(receive)
            if body is None:
                await problem(request_id, TooLarge(f"上限 {BODY_BYTES_MAX} 字节"))(scope, receive, answer)
                return
            key = f"{scope['method']} {scope['path']}\n".encode() + body
            state["body"] = body
            state["fingerprint"] = hashlib.blake2b(key, digest_size=16).digest()
            receive = _again(body)
        structlog.contextvars.bind_contextvars(request_id=request_id)  # a request is a task, and ends with it
        try:
            await self.app(scope, receive, answer)
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


async def _body(receive: Receive) -> bytes | None:
    chunks, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > BODY_BYTES_MAX:
            return None
        chunks.append(chunk)
        more = message.get("more_body", False)
    return b"".join(chunks)


def _again(body: bytes) -> Receive:
    messages = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> Message:
        return next(messages, {"type": "http.disconnect"})

    return receive
