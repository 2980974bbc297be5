"""On whose behalf a command or a question runs, and when: read from the headers."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final
from urllib.parse import unquote
from uuid import UUID, uuid4

import structlog
from fastapi import Request
from starlette.types import Scope

from contracts.ids import read_uuid
from contracts.vocabulary import ClockKind, Role
from services.chassis import clock
from services.chassis.context import By
from services.chassis.fields import in_range
from services.chassis.http.answers import BadHeader
from services.chassis.numbers import of_a_person

HEADER_CHARS_MAX: Final = 200
_TAG: Final = re.compile(r'(W/)?"([\x21\x23-\x7e]{0,100})"')
_TAGS: Final = re.compile(rf"\s*{_TAG.pattern}(?:\s*,\s*{_TAG.pattern}){{0,9}}\s*")
CODE: Final = re.compile("[A-Za-z0-9:_.-]+")
WHO_KNOWN_MAX: Final = 4_096
"""How many combinations of who acts and why are remembered as readable."""


def acting(request: Request) -> By:
    """Read on whose behalf a command runs. Raises ``BadHeader``.

    Endpoints call it: a dependency of FastAPI's would cost a tenth of a registration.
    """
    headers: Headers = request.scope["state"]["headers"]
    if (case := request.path_params.get("case_id")) is not None:
        structlog.contextvars.bind_contextvars(case_id=str(case))
    return _by(
        request,
        command_id=_uuid(read(headers, b"idempotency-key") or "", "Idempotency-Key"),
        expected_versions=_versions(read(headers, b"if-match")),
        fingerprint=_fingerprint(request.scope, headers),
    )


def asking(request: Request) -> By:
    """Read who asks a question whose answer is recorded; a question needs no key. Raises ``BadHeader``."""
    return _by(request, command_id=uuid4())


def told(request: Request) -> By | None:
    """Read who asks a question, where they say so. Raises ``BadHeader``."""
    headers: Headers = request.scope["state"]["headers"]
    return asking(request) if all(name in headers for name in _WHO[:3]) else None


def _by(request: Request, **command: Any) -> By:  # noqa: ANN401  # the fields that only a command fills
    state = request.scope["state"]
    actor, unit, role, reason = _who(*map(state["headers"].get, _WHO))
    at, kind = _moment(request)
    return By(
        actor=actor,
        unit=unit,
        role=role,
        at=at,
        clock=kind,
        request_id=state["request_id"],
        reason=reason,
        **command,
    )


Headers = dict[bytes, bytes]
_WHO: Final = (b"huiyin-actor", b"huiyin-unit", b"huiyin-role", b"huiyin-reason")


def _fingerprint(scope: Scope, headers: Headers) -> bytes:
    """Return what a command is told apart by from another one with its key: who sends what where.

    A reply is for whoever sent the command: it may hold what nobody else may know.
    """
    sent = (f"{scope['method']} {scope['path']}".encode(), *(headers.get(name, b"") for name in _WHO[:3]))
    return hashlib.blake2b(b"\n".join((*sent, scope["state"]["body"])), digest_size=16).digest()


def read(headers: Headers, name: bytes) -> str | None:
    """Return a header as text, or None."""
    value = headers.get(name)
    return None if value is None else value.decode("latin-1")


@lru_cache(WHO_KNOWN_MAX)
def _who(
    actor: bytes | None, unit: bytes | None, role: bytes | None, reason: bytes | None
) -> tuple[str, str, Role, str | None]:
    """Read who acts and why; remembered, because the same few hundred officers act all day. Raises ``BadHeader``."""
    return (
        _code(actor, "Huiyin-Actor"),
        _code(unit, "Huiyin-Unit"),
        _role(role),
        _text(reason, "Huiyin-Reason"),
    )


def _text(raw: bytes | None, name: str) -> str | None:
    if raw is None:
        return None
    try:
        value = raw.decode()
        text = unquote(value, errors="strict") if "%" in value else value
    except UnicodeDecodeError as error:
        raise BadHeader(f"{name} 须为 UTF-8") from error
    if not text.strip() or len(text) > HEADER_CHARS_MAX or not text.isprintable():
        raise BadHeader(name)
    if of_a_person(text):
        raise BadHeader(f"{name} 会进入事件，不得含有身份证号或电话号码")
    return text


def _code(raw: bytes | None, name: str) -> str:
    """Read a code: it stands in events, and so is no name."""
    text = _text(raw, name)
    if text is None or not CODE.fullmatch(text):
        raise BadHeader(name)
    return text


def _uuid(value: str, name: str) -> UUID:
    """Read a UUID, bare or as the string of a structured field (RFC 9651), as the draft of this header wants it."""
    try:
        return read_uuid(value[1:-1] if value[:1] == value[-1:] == '"' else value)
    except ValueError as error:
        raise BadHeader(f"{name} 须为 UUID") from error


def _role(raw: bytes | None) -> Role:
    try:
        return Role((raw or b"").decode("latin-1"))  # type: ignore[call-arg]
    except ValueError as error:
        raise BadHeader(f"Huiyin-Role 须为：{'、'.join(Role)}") from error


def _versions(value: str | None) -> frozenset[int] | None:
    """Read ``If-Match`` (RFC 9110, 13.1.1): any of these versions; a weak tag matches none.

    Raises ``BadHeader`` for what is no list of entity tags.
    """
    if value is None or value.strip() == "*":
        return None
    if not _TAGS.fullmatch(value):
        raise BadHeader('If-Match 须为 ETag，如 "3"')
    return frozenset(int(tag) for weak, tag in _TAG.findall(value) if not weak and tag.isdigit())


def _moment(request: Request) -> tuple[datetime, ClockKind]:
    """Read when it happens, and by which clock."""
    value = read(request.scope["state"]["headers"], b"huiyin-time")
    if value is None:
        return clock.now(), ClockKind.real
    if request.app.state.settings.clock is not ClockKind.simulated:
        raise BadHeader("Huiyin-Time 仅用于演示与测试，本系统使用真实时钟")
    try:
        at = datetime.fromisoformat(value)
        if at.tzinfo is None:
            raise ValueError(value)
        return in_range(at).astimezone(UTC), ClockKind.simulated
    except (ValueError, OverflowError) as error:
        raise BadHeader("Huiyin-Time 须为带时区的 RFC 3339 时刻") from error
