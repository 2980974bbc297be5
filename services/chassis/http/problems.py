"""The catalogue of problems: every code that a service can answer with, what it means, and what to do."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from functools import cache
from http import HTTPStatus

from pydantic import BaseModel

from services.chassis.errors import DomainError, NotFound
from services.chassis.http.answers import status_of


class Explained(BaseModel):
    """What a code of a problem means."""

    code: str
    title: str
    status: int
    cause: str
    article: str | None = None
    what_to_do: str


@cache
def catalogue(service: str) -> dict[str, Explained]:
    """Return the problems of a service by code: its own rules, and what the chassis and the framework refuse."""
    places = (f"services.{service}.", "services.chassis.")
    errors = [error for error in _under(DomainError) if error.__module__.startswith(places) and "code" in vars(error)]
    found = {error.code: _explained(error) for error in errors}
    return dict(sorted((found | {e.code: e for e in map(_of_framework, (404, 405, 415, 500))}).items()))


def explained(service: str, code: str) -> Explained:
    """Return what a code means. Raises ``NotFound``."""
    try:
        return catalogue(service)[code]
    except KeyError:
        raise NotFound(code[:40]) from None


def _under(kind: type[DomainError]) -> Iterator[type[DomainError]]:
    for error in kind.__subclasses__():
        yield error
        yield from _under(error)


def _explained(error: type[DomainError]) -> Explained:
    return Explained(
        code=error.code,
        title=error.title,
        status=status_of(error),
        cause=inspect.cleandoc(error.__doc__ or ""),
        article=error.article,
        what_to_do=error.remedy,
    )


def _of_framework(status: int) -> Explained:
    words = HTTPStatus(status)
    return Explained(
        code=f"http_{status}", title="请求无法处理", status=status, cause=f"{words.phrase}: {words.description}",
        what_to_do="请核对地址、方法和内容类型。" if status < HTTPStatus.INTERNAL_SERVER_ERROR else DomainError.remedy,
    )  # fmt: skip
