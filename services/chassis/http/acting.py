"""On whose behalf a command or a question runs, and when: by the access token, and what the headers say beside it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import Any, Final
from uuid import UUID, uuid4

import msgspec
import structlog
from fastapi import Request
from starlette.types import Scope

from contracts.ids import derived, read_uuid
from contracts.periods.calendar import day
from contracts.vocabulary import ActReason, ClockKind
from services.chassis import clock
from services.chassis.context import WHENCE, By
from services.chassis.fields import in_range
from services.chassis.http.answers import BadHeader
from services.chassis.http.rates import Rates
from services.chassis.identity.tokens import NotAuthenticated
from services.chassis.identity.who import OF_A_SESSION, SYSTEMS, WINDOW, Identity

HEADER_CHARS_MAX: Final = 200
NETWORK_BITS: Final = 64
"""How much of an IPv6 address is whose it is."""
_WITH_PORT: Final = re.compile(r"\[([0-9A-Fa-f:.]+)\](?::[0-9]{1,5})?|([0-9.]+):[0-9]{1,5}")
_TAG: Final = re.compile(r'(W/)?"([\x21\x23-\x7e]{0,100})"')
_TAGS: Final = re.compile(rf"\s*{_TAG.pattern}(?:\s*,\s*{_TAG.pattern}){{0,9}}\s*")
VERSION_MAX: Final = 2**31 - 1
"""The highest version that anything can have; it has fewer digits than a number of a person."""
_COMMANDS: Final = UUID("3d0c2f58-7d0f-5a5e-8a0b-2b6f1f0e9c41")
SOURCES_KNOWN_MAX: Final = 4_096
"""Of how many addresses it is remembered by what they are counted."""


async def acting(request: Request, identity: Identity, takes: int) -> By:
    """Find out on whose behalf a command runs, before its body is read. Raises what ``asking`` does.

    By the `key` it is told apart from others. Endpoints call it: a dependency of FastAPI's would cost a tenth of a
    registration.
    """
    if (case := request.path_params.get("case_id")) is not None:
        with suppress(ValueError):  # whatever else somebody types into a path stands in no log
            structlog.contextvars.bind_contextvars(case_id=str(read_uuid(case)))
    return await asking(request, identity, takes, _of_a_command)


def _of_a_command(headers: Headers) -> dict[str, Any]:
    """Read what only a command says. Raises ``BadHeader``."""
    return {
        "command_id": command_of(_uuid(read(headers, b"idempotency-key") or "", "Idempotency-Key")),
        "expected_versions": _versions(read(headers, b"if-match")),
    }


def command_of(key: UUID) -> UUID:
    """Return the id of the command that came with a key: always the same, and no digit is in it that a client chose."""
    return derived(_COMMANDS, str(key))


def sent(scope: Scope, by: By, body: bytes, key: bytes) -> By:
    """Return on whose behalf a command runs, once it is known what was sent; a `key` tells it apart from others."""
    return msgspec.structs.replace(by, fingerprint=_fingerprint(scope, by, body, key))


async def asking(
    request: Request,
    identity: Identity,
    takes: int,
    more: Callable[[Headers], dict[str, Any]] = lambda _: {"command_id": uuid4()},
) -> By:
    """Find out who asks, whom that takes so many units of their budget; a question needs no key.

    Whoever has asked too much is not heard, before anything is read or looked up for them. Raises ``TooMany``,
    ``NotAuthenticated``, ``NotYourPost`` and ``BadHeader``.
    """
    state, source = request.scope["state"], WHENCE.get()
    headers: Headers = state["headers"]
    rates: Rates = request.app.state.rates
    several = b"," in headers.get(b"authorization", b"")
    if (bearer := _bearer(headers)) is None or several:
        state["left"] = rates.stranger(source)
        raise BadHeader("Authorization 只能有一个") if several else NotAuthenticated
    if known := identity.tokens.knows(bearer):
        claimed = ""
    else:
        rates.may_prove(source, claimed := identity.claimed(bearer))
    try:
        if bearer.startswith(OF_A_SESSION):
            state["left"] = rates.session(claimed, takes)
            state["source"] = None
        else:
            claims = await identity.tokens.read(bearer)
            state["left"] = rates.account(claims, source, takes)
            if claims.azp in SYSTEMS:
                _go_on(state)
            if claims.azp == WINDOW:
                state["source"] = None
            else:
                state["who"] = claims.name
        by = await _read(request, identity, bearer, more)
    except NotAuthenticated:
        state["left"] = rates.failed(source, claimed)
        raise
    if not known:
        rates.proved(source, claimed)
    return by


def _go_on(state: dict[str, Any]) -> None:
    """Let what a service asks be known by the id of the request for which it asks; that was made by a service, too."""
    with suppress(ValueError):
        state["request_id"] = str(read_uuid(read(state["headers"], b"x-request-id") or ""))
        structlog.contextvars.bind_contextvars(request_id=state["request_id"])


async def _read(request: Request, identity: Identity, bearer: str, more: Callable[[Headers], dict[str, Any]]) -> By:
    """Read who asks, as what and when. Raises what ``asking`` does, but ``TooMany``."""
    state = request.scope["state"]
    headers: Headers = state["headers"]
    if not _FORMER.isdisjoint(headers):
        raise BadHeader("Huiyin-Actor、Huiyin-Unit、Huiyin-Role 已不采信：身份以访问令牌为准，岗位以 Huiyin-Post 指明")
    if b"," in headers.get(b"huiyin-post", b""):
        raise BadHeader("Huiyin-Post 只能有一个")
    reason = _reason(read(headers, b"huiyin-reason"))
    at, kind = _moment(request)
    said = more(headers)
    who = await identity.who(bearer, read(headers, b"huiyin-post"), day(at))
    return By(
        actor=who.actor, unit=who.unit, role=who.role, at=at, clock=kind, request_id=state["request_id"], reason=reason,
        petition=who.petition, session=who.session, **said,
    )  # fmt: skip


def _bearer(headers: Headers) -> str | None:
    """Return the access token (RFC 6750, 2.1)."""
    scheme, _, token = (read(headers, b"authorization") or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def whence(scope: Scope, proxies: int) -> str:
    """Return the address from which a request has come, behind so many proxies that are trusted.

    Each of them adds whom it was asked by (``X-Forwarded-For``); what stands before that, anybody may have written.
    """
    there: str = scope["client"][0] if scope.get("client") else ""
    if proxies:
        told = (read(scope["state"]["headers"], b"x-forwarded-for") or "").split(",")
        if proxies <= len(told):
            there = told[-proxies].strip() or there
    return source(there)


@lru_cache(SOURCES_KNOWN_MAX)
def source(address: str) -> str:
    """Return by what an address is counted: of IPv6 it is the network, for whoever has one address has them all."""
    told = _WITH_PORT.fullmatch(address)  # as some proxies name whom they were asked by
    try:
        found = ip_address((told[1] or told[2]) if told else address)
    except ValueError:
        return address[:HEADER_CHARS_MAX]
    if found.version == 4:  # noqa: PLR2004  # of the protocol
        return str(found)
    return str(found.ipv4_mapped or ip_network((found, NETWORK_BITS), strict=False))


Headers = dict[bytes, bytes]
_FORMER: Final = frozenset({b"huiyin-actor", b"huiyin-unit", b"huiyin-role"})
"""What said who acts before anybody had to prove it."""
_PERSON: Final = b"fingerprint"
"""What the key is used for here."""


def _fingerprint(scope: Scope, by: By, body: bytes, key: bytes) -> bytes:
    """Return what a command is told apart by from another one with its key: who sends what where.

    A reply is for whoever sent the command: it may hold what nobody else may know. All petitioners are one actor, and
    told apart by what they have brought. Whoever has the table and not the key tries out nothing that was sent.
    """
    whose = () if by.petition is None else (str(by.petition),)
    said = (f"{scope['method']} {scope['path']}", by.actor, by.unit, by.role, *whose)
    whole = b"\n".join((*map(str.encode, said), body))
    return hashlib.blake2b(whole, digest_size=16, key=key, person=_PERSON).digest()


def read(headers: Headers, name: bytes) -> str | None:
    """Return a header as text, or None."""
    value = headers.get(name)
    return None if value is None else value.decode("latin-1")


def _reason(value: str | None) -> str | None:
    """Return why somebody does it, by one of the words that there are for that: it stands in events."""
    if value is None:
        return None
    try:
        return ActReason(value).title  # type: ignore[call-arg]
    except ValueError as error:
        raise BadHeader(f"Huiyin-Reason 须为：{'、'.join(ActReason)}") from error


def _uuid(value: str, name: str) -> UUID:
    """Read a UUID, bare or as the string of a structured field (RFC 9651), as the draft of this header wants it."""
    try:
        return read_uuid(value[1:-1] if value[:1] == value[-1:] == '"' else value)
    except ValueError as error:
        raise BadHeader(f"{name} 须为 UUID") from error


def _versions(value: str | None) -> frozenset[int] | None:
    """Read ``If-Match`` (RFC 9110, 13.1.1): any of these versions; a weak tag, or what is none, matches none.

    Raises ``BadHeader`` for what is no list of entity tags.
    """
    if value is None or value.strip() == "*":
        return None
    if not _TAGS.fullmatch(value):
        raise BadHeader('If-Match 须为 ETag，如 "3"')
    tags = (int(tag) for weak, tag in _TAG.findall(value) if not weak and tag.isdigit())
    return frozenset(tag for tag in tags if 0 < tag <= VERSION_MAX)


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
