"""The baseline of ``authz_register`` and ``authz_list``: a service that believes whoever asks, and shows and does all.

Run as ``python -m tests.bench.unguarded run intake``, like ``huiyin run``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from contracts.vocabulary import Role
from services.chassis.http import gate
from services.chassis.identity.who import Identity, Who
from services.chassis.questions import Question
from services.chassis.store import Store
from services.chassis.units import Directories
from services.cli.main import app


async def anybody(_: Any, __: Any, post: str, ___: Any) -> Who:
    unit, _, role = post.partition("/")
    return Who("anybody", unit, Role(role))


async def nothing(*_: Any) -> None:
    """Ask nothing."""


async def as_they_are(_: Any, __: Any, by: Any) -> Any:
    return by


async def everything(asked: Any, _: Any, __: Any, ___: Any, sight: Any = None) -> Any:
    return (sight or asked.sight).condition, ()


@asynccontextmanager
async def off_record(*_: Any) -> AsyncIterator[None]:
    yield


def believe() -> None:
    Identity.who = anybody  # type: ignore[assignment,method-assign]  # whoever it is
    Directories.must_still_be = nothing  # type: ignore[assignment,method-assign]
    Store._must_have_to_do = lambda *_: None  # type: ignore[method-assign]
    gate._may = lambda *_: None  # type: ignore[assignment]
    gate._entitled = as_they_are  # type: ignore[assignment]
    gate.may_name_all = gate._must_give_to_none_that_keeps_out = nothing  # type: ignore[assignment]
    Question.seen = everything  # type: ignore[assignment,method-assign]
    gate.on_record = off_record  # type: ignore[assignment]


if __name__ == "__main__":
    believe()
    app()
