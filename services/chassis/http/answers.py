"""What is answered: a command's stored reply, a question's answer, or a problem (RFC 9457) with a stable code.

This is the only place that knows HTTP statuses.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
import structlog
from fastapi import Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from services.chassis.database import AWAY
from services.chassis.errors import (
    Conflict,
    Damaged,
    DomainError,
    Erased,
    Forbidden,
    Invalid,
    NoRoom,
    NotFound,
    Refused,
    Stale,
    StoreDamaged,
    TooOften,
    Unavailable,
)
from services.chassis.identity.tokens import NotAuthenticated
from services.chassis.source import Passed
from services.chassis.writer import Done

log = structlog.get_logger()


class BadHeader(Invalid):
    """A header is missing or cannot be read."""

    code = "bad_header"
    title = "请求头缺失或有误"


class TooLarge(DomainError):
    """The body is longer than any command needs."""

    code = "body_too_large"
    title = "请求体过大"


class WrongHost(DomainError):
    """The request is for a host that this service is not: a page of somebody else's has given it a name of its own."""

    code = "wrong_host"
    title = "请求的主机名不是本服务的"
    remedy = "请使用本服务的地址；确属本服务的其他名称，由平台管理员列入 HUIYIN_HOSTS。"


class ForeignOrigin(Forbidden):
    """The request was made by a page that is not of this system."""

    code = "foreign_origin"
    title = "不接受其他网站的页面发出的请求"


class Unreadable(Invalid):
    """The body is not in the charset that it says; nothing is stored that nobody could read."""

    code = "unreadable_body"
    title = "请求体与所声明的字符集不符，未予保存"


STATUS: Final[dict[type[DomainError], int]] = {
    BadHeader: 400,
    Unreadable: 400,
    TooLarge: 413,
    Invalid: 422,
    Forbidden: 403,
    NotFound: 404,
    Refused: 409,
    Stale: 412,
    Conflict: 409,
    Unavailable: 503,
    NoRoom: 507,
    NotAuthenticated: 401,
    WrongHost: 421,
    TooOften: 429,
    Erased: 410,
    Damaged: 500,
    StoreDamaged: 503,
}


BESIDE: Final[dict[int, dict[str, str]]] = {
    503: {"Retry-After": "1"},
    507: {"Retry-After": "60"},
    401: {"WWW-Authenticate": "Bearer"},
}
"""What is said beside a problem, by its status."""


class Problem(BaseModel):
    """RFC 9457: what went wrong, in words for people and a code for programs."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    article: str | None = None
    request_id: str
    errors: list[dict[str, Any]] | None = None


def changed(done: Done, status: int = 200, *, location: str | None = None) -> Response:
    """Return a command's stored reply with its version as ETag; the same bytes for every retry."""
    reply = Response(done.reply, status)
    reply.raw_headers += [(b"content-type", b"application/json"), (b"etag", b'"%d"' % done.version)]
    if location is not None:
        reply.raw_headers.append((b"location", location.encode()))
    return reply


def shown(value: Any, version: int | None = None, status: int = 200) -> Response:  # noqa: ANN401  # whatever msgspec can write
    """Return the answer to a question."""
    headers = None if version is None else {"ETag": f'"{version}"'}
    return Response(msgspec.json.encode(value), status, headers, "application/json")


def status_of(error: type[DomainError]) -> int:
    """Return the HTTP status of a kind of error."""
    return next(STATUS[kind] for kind in error.__mro__ if kind in STATUS)


def problem(request_id: str, error: DomainError, status: int | None = None, **more: Any) -> Response:  # noqa: ANN401
    """Return a refusal as a problem."""
    if status is None:
        status = status_of(type(error))
    body = {
        "type": f"/problems/{error.code}",
        "title": error.title,
        "status": status,
        "detail": error.detail,
        "code": error.code,
        "request_id": request_id,
        **({"article": error.article} if error.article else {}),
        **more,
    }
    beside = {"Retry-After": str(error.seconds)} if isinstance(error, TooOften) else BESIDE.get(status)
    reply = Response(msgspec.json.encode(body), status, beside, "application/problem+json")
    if isinstance(error, TooOften):
        reply.raw_headers += error.beside
    return reply


class HttpError(DomainError):
    """What the framework refuses before a command is looked at."""

    title = "请求无法处理"

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.code = f"http_{status}"  # type: ignore[misc]


def refusal(request_id: str, error: Exception) -> Response:
    """Return the problem that an error is to whoever asked."""
    if isinstance(error, DomainError):
        passed: dict[str, Any] = {"status": error.status, "errors": [error.of]} if isinstance(error, Passed) else {}
        return problem(request_id, error, **passed)
    if isinstance(error, RequestValidationError):
        # Neither the input nor pydantic's message goes back: both may hold what the petitioner wrote.
        places = [{"at": ".".join(map(str, e["loc"])), "kind": e["type"]} for e in error.errors()]
        return problem(request_id, Invalid("、".join(p["at"] for p in places)[:500]), errors=places)
    if isinstance(error, HTTPException):
        if error.status_code == 400:  # noqa: PLR2004  # the framework's word for JSON that it cannot read at all
            return problem(request_id, Invalid("请求体无法读取"))
        reply = problem(request_id, HttpError(error.status_code, str(error.detail)), error.status_code)
        reply.headers.update(error.headers or {})
        return reply
    if isinstance(error, AWAY):
        log.warning("store_away", error=repr(error))
        return problem(request_id, Unavailable())
    log.error("unexpected", exc_info=error)
    return problem(request_id, HttpError(500, "内部错误"), 500)
