"""What is answered: a command's stored reply, a question's answer, or a problem (RFC 9457) with a stable code.

This is the only place that knows HTTP statuses.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
from fastapi import Response
from pydantic import BaseModel, ConfigDict

from services.chassis.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Invalid,
    NotFound,
    Refused,
    Stale,
    Unavailable,
)
from services.chassis.writer import Done


class BadHeader(Invalid):
    """A header is missing or cannot be read."""

    code = "bad_header"
    title = "请求头缺失或有误"


class TooLarge(DomainError):
    """The body is longer than any command needs."""

    code = "body_too_large"
    title = "请求体过大"


STATUS: Final[dict[type[DomainError], int]] = {
    BadHeader: 400,
    TooLarge: 413,
    Invalid: 422,
    Forbidden: 403,
    NotFound: 404,
    Refused: 409,
    Stale: 412,
    Conflict: 409,
    Unavailable: 503,
}


class Problem(BaseModel):
    """RFC 9457: what went wrong, in words for people and a code for programs."""

    model_config = ConfigDict(json_schema_extra={"required": ["type", "title", "status", "code", "request_id"]})

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
    headers = {"ETag": f'"{done.version}"'} | ({} if location is None else {"Location": location})
    return Response(done.reply, status, headers, "application/json")


def shown(value: Any, version: int | None = None) -> Response:  # noqa: ANN401  # whatever msgspec can write
    """Return the answer to a question; nobody on the way may keep it."""
    headers = {"Cache-Control": "no-store"} | ({} if version is None else {"ETag": f'"{version}"'})
    return Response(msgspec.json.encode(value), 200, headers, "application/json")


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
    headers = {"Retry-After": "1"} if status == 503 else None  # noqa: PLR2004
    return Response(msgspec.json.encode(body), status, headers, "application/problem+json")


class HttpError(DomainError):
    """What the framework refuses before a command is looked at."""

    title = "请求无法处理"

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.code = f"http_{status}"  # type: ignore[misc]
