"""The HTTP edge of a service: who asks, what was refused and why, and what the service says about itself.

Errors are problems (RFC 9457) with a stable code, the article where there is one, and the request's id. This is the
only place that knows HTTP statuses.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from typing import Annotated, Any, Final
from urllib.parse import unquote
from uuid import UUID, uuid4

import msgspec
import structlog
from fastapi import FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.telemetry import TelemetryConfig
from prometheus_client import CONTENT_TYPE_LATEST, Counter, Histogram, generate_latest
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, StringConstraints
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contracts.envelope import LANE_SEQ_MAX, LANES, VERSION_MAX, lane_of, write_records
from contracts.ids import read_uuid
from contracts.vocabulary import ClockKind, Role
from services.chassis import clock, metrics
from services.chassis.context import By
from services.chassis.database import AWAY
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
from services.chassis.reactions import all_cursors
from services.chassis.relay import Relay
from services.chassis.settings import Settings
from services.chassis.source import FETCH_MAX
from services.chassis.store import Done, Store

BODY_BYTES_MAX: Final = 262_144
HEADER_CHARS_MAX: Final = 200
VERSION_DIGITS_MAX: Final = 10
CHANGING: Final = frozenset({"POST", "PUT", "DELETE"})
WHO_KNOWN_MAX: Final = 4_096
"""How many combinations of who acts and why are remembered as readable."""
FIRST_YEAR: Final = 1990
LAST_YEAR: Final = 2100

STATUS: Final[dict[type[DomainError], int]] = {
    Invalid: 422,
    Forbidden: 403,
    NotFound: 404,
    Refused: 409,
    Stale: 412,
    Conflict: 409,
    Unavailable: 503,
}


class BadHeader(Invalid):
    """A header is missing or cannot be read."""

    code = "bad_header"
    title = "请求头缺失或有误"


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


class Body(BaseModel):
    """A command's body: nothing that is not known, no blank where words are wanted."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


def _in_range(moment: datetime) -> datetime:
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(moment)
    return moment


def _day_in_range(on: date) -> date:
    if not FIRST_YEAR <= on.year <= LAST_YEAR:
        raise ValueError(on)
    return on


def _of_no_person(words: str) -> str:
    if _NUMBER_OF_A_PERSON.search(words):
        raise ValueError(words)
    return words


_NUMBER_OF_A_PERSON: Final = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])|[1-9][0-9]{16}[0-9Xx]")

OfNoPerson: Final = AfterValidator(_of_no_person)
"""Words that stand in events, and so hold no identity number and no telephone number."""
Moment = Annotated[AwareDatetime, AfterValidator(_in_range)]
"""A moment with its offset, within the years for which days can be counted."""
Day = Annotated[date, AfterValidator(_day_in_range)]
"""A day, within the same years."""
Code = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9_.-]+$")]
"""The code of a unit, an officer, a place."""
Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
"""One line of words."""
PublicLine = Annotated[Line, OfNoPerson]
"""One line of words that goes into events."""
StateFilter = Annotated[str | None, Query(pattern="^[a-z_]{1,40}$")]
"""Which state a list is narrowed to."""


class Changed(BaseModel):
    """The reply to a command: the version of the stream that it changed."""

    model_config = ConfigDict(extra="allow")

    version: int


PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    status: {
        "description": words,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for status, words in {
        400: "A header is missing or malformed",
        403: "This role or unit may not",
        404: "Not found",
        409: "Refused by a rule, or a lost race",
        412: "If-Match is not the current version",
        413: "Body too large",
        422: "Malformed body, path or query; or a reused Idempotency-Key",
        503: "Store or peer away; send again with the same Idempotency-Key",
    }.items()
}
"""What every command may answer beside success."""
QUESTION_PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    status: PROBLEMS[status] for status in (400, 403, 404, 422, 503)
}


# ------------------------------------------------------------------------------- who asks


def acting(request: Request) -> By:
    """Read on whose behalf a command runs. Raises ``BadHeader``.

    Endpoints call it: a dependency of FastAPI's would cost a tenth of a registration.
    """
    state = request.scope["state"]
    headers: Headers = state["headers"]
    if (case := request.path_params.get("case_id")) is not None:
        structlog.contextvars.bind_contextvars(case_id=str(case))
    return _by(
        request,
        command_id=_uuid(_read(headers, b"idempotency-key") or "", "Idempotency-Key"),
        expected_version=_version(_read(headers, b"if-match")),
        fingerprint=state["fingerprint"],
    )


def asking(request: Request) -> By:
    """Read who asks a question whose answer is recorded; a question needs no key. Raises ``BadHeader``."""
    return _by(request, command_id=uuid4())


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


def _read(headers: Headers, name: bytes) -> str | None:
    value = headers.get(name)
    return None if value is None else value.decode("latin-1")


@lru_cache(WHO_KNOWN_MAX)
def _who(
    actor: bytes | None, unit: bytes | None, role: bytes | None, reason: bytes | None
) -> tuple[str, str, Role, str | None]:
    """Read who acts and why; remembered, because the same few hundred officers act all day. Raises ``BadHeader``."""
    return (
        _required(actor, "Huiyin-Actor"),
        _required(unit, "Huiyin-Unit"),
        _role(role),
        _text(reason, "Huiyin-Reason"),
    )


def _text(raw: bytes | None, name: str) -> str | None:
    if raw is None:
        return None
    value = raw.decode("latin-1")
    try:
        text = unquote(value, errors="strict") if "%" in value else value
    except UnicodeDecodeError as error:
        raise BadHeader(name) from error
    if not text.strip() or len(text) > HEADER_CHARS_MAX or not text.isprintable():
        raise BadHeader(name)
    if _NUMBER_OF_A_PERSON.search(text):
        raise BadHeader(f"{name} 会进入事件，不得含有身份证号或电话号码")
    return text


def _required(raw: bytes | None, name: str) -> str:
    text = _text(raw, name)
    if text is None:
        raise BadHeader(name)
    return text


def _uuid(value: str, name: str) -> UUID:
    try:
        return read_uuid(value)
    except ValueError as error:
        raise BadHeader(f"{name} 须为 UUID") from error


def _role(raw: bytes | None) -> Role:
    try:
        return Role((raw or b"").decode("latin-1"))  # type: ignore[call-arg]
    except ValueError as error:
        raise BadHeader(f"Huiyin-Role 须为：{'、'.join(Role)}") from error


def _version(value: str | None) -> int | None:
    if value is None or value == "*":
        return None
    digits = value.removeprefix("W/").strip('"')
    if not (digits.isascii() and digits.isdigit() and len(digits) <= VERSION_DIGITS_MAX and int(digits) <= VERSION_MAX):
        raise BadHeader("If-Match 须为 ETag 中的版本号")
    return int(digits)


def _moment(request: Request) -> tuple[datetime, ClockKind]:
    """Read when it happens, and by which clock."""
    value = _read(request.scope["state"]["headers"], b"huiyin-time")
    if value is None:
        return clock.now(), ClockKind.real
    if request.app.state.settings.clock is not ClockKind.simulated:
        raise BadHeader("Huiyin-Time 仅用于演示与测试，本系统使用真实时钟")
    try:
        at = datetime.fromisoformat(value)
        if at.tzinfo is None:
            raise ValueError(value)
        return _in_range(at).astimezone(UTC), ClockKind.simulated
    except (ValueError, OverflowError) as error:
        raise BadHeader("Huiyin-Time 须为带时区的 RFC 3339 时刻") from error


# ------------------------------------------------------------------------------- answers


def changed(done: Done, status: int = 200) -> Response:
    """Return a command's stored reply with its version as ETag; the same bytes for every retry."""
    return Response(done.reply, status, {"ETag": f'"{done.version}"'}, "application/json")


def shown(value: Any, version: int | None = None) -> Response:  # noqa: ANN401  # whatever msgspec can write
    """Return the answer to a question; nobody on the way may keep it."""
    headers = {"Cache-Control": "no-store"} | ({} if version is None else {"ETag": f'"{version}"'})
    return Response(msgspec.json.encode(value), 200, headers, "application/json")


def problem(request_id: str, error: DomainError, status: int | None = None, **more: Any) -> Response:  # noqa: ANN401
    """Return a refusal as a problem."""
    if status is None:
        status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    if isinstance(error, BadHeader):
        status = 400
    body = {
        "type": f"urn:huiyin:problem:{error.code}",
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


class _HttpError(DomainError):
    """What the framework refuses before a command is looked at."""

    title = "请求无法处理"

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.code = f"http_{status}"  # type: ignore[misc]


async def _domain_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, DomainError)
    return problem(request.state.request_id, error)


async def _validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    if request.scope["route"].openapi_extra == ACTS:
        try:  # who asks is looked at before what is asked
            acting(request) if request.method in CHANGING else asking(request)
        except BadHeader as refusal:
            return await _domain_error(request, refusal)
    # Neither the input nor pydantic's message goes back: both may hold what the petitioner wrote, and so may the name
    # of a field that there is not.
    found = [(e["loc"][:-1] if e["type"] == "extra_forbidden" else e["loc"], e["type"]) for e in error.errors()]
    places = [{"at": ".".join(map(str, loc)), "kind": kind} for loc, kind in found]
    return problem(request.state.request_id, Invalid("、".join(p["at"] for p in places)[:500]), errors=places)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 400:  # noqa: PLR2004  # the framework's word for JSON that it cannot read at all
        return problem(request.state.request_id, Invalid("请求体无法读取"))
    reply = problem(request.state.request_id, _HttpError(error.status_code, str(error.detail)), error.status_code)
    for name, value in (error.headers or {}).items():
        reply.headers[name] = value
    return reply


# ------------------------------------------------------------------------------ the edge


class TooLarge(DomainError):
    """The body is longer than any command needs."""

    code = "body_too_large"
    title = "请求体过大"


class Edge:
    """Gives every request an id, reads its body under a limit, takes its fingerprint, and counts it."""

    def __init__(self, app: ASGIApp, service: str) -> None:
        self.app = app
        self.service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500
        headers: Headers = dict(scope["headers"])
        request_id = _read(headers, b"x-request-id") or ""
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
                await problem(request_id, TooLarge(f"上限 {BODY_BYTES_MAX} 字节"), 413)(scope, receive, answer)
                return
            key = f"{scope['method']} {scope['path']}\n".encode() + body
            state["fingerprint"] = hashlib.blake2b(key, digest_size=16).digest()
            receive = _again(body)
        structlog.contextvars.bind_contextvars(request_id=request_id)  # a request is a task, and ends with it
        try:
            await self.app(scope, receive, answer)
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
        and not _NUMBER_OF_A_PERSON.search(request_id)
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


TELEMETRY: Final[TelemetryConfig] = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}
"""Nothing is sent: a validation failure, as the framework would log it, holds what the petitioner wrote."""

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def make_app(service: str, title: str, settings: Settings, lifespan: Lifespan | None = None) -> FastAPI:
    """Return a service's application with everything that all of them have, and without its own routes."""
    app = FastAPI(
        title=f"Huiyin {service} · {title}",
        version="1",
        lifespan=lifespan,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        telemetry=TELEMETRY,
    )
    app.state.settings = settings
    app.state.service = service
    app.add_middleware(Edge, service=service)
    app.add_exception_handler(DomainError, _domain_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)
    for away in AWAY:
        app.add_exception_handler(away, _away)
    app.add_exception_handler(Exception, _internal_error)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


async def _away(request: Request, error: Exception) -> Response:
    structlog.get_logger().warning("store_away", error=repr(error))
    return problem(request.state.request_id, Unavailable())


async def _internal_error(request: Request, error: Exception) -> Response:
    structlog.get_logger().error("unexpected", exc_info=error)
    return problem(request.state.request_id, _HttpError(500, "内部错误"), 500)


def _openapi(app: FastAPI) -> dict[str, Any]:
    """Complete what FastAPI writes: the headers of commands, the shape of problems."""
    if app.openapi_schema is None:
        schema = get_openapi(title=app.title, version=app.version, routes=app.routes)
        components = schema.setdefault("components", {}).setdefault("schemas", {})
        components["Problem"] = Problem.model_json_schema()
        for name in ("HTTPValidationError", "ValidationError"):
            components.pop(name, None)
        for path in schema["paths"].values():
            for method, operation in path.items():
                if operation.pop("x-acts", False):
                    command = method.upper() in CHANGING
                    operation.setdefault("parameters", []).extend(_HEADERS if command else _HEADERS[1:4])
        app.openapi_schema = schema
    return app.openapi_schema


def _header(name: str, schema: dict[str, Any], *, required: bool) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": required, "schema": schema}


_WORD: Final = {"type": "string", "minLength": 1, "maxLength": HEADER_CHARS_MAX, "pattern": "^[A-Za-z0-9:_.-]+$"}
_HEADERS: Final = [
    _header("Idempotency-Key", {"type": "string", "format": "uuid"}, required=True),
    _header("Huiyin-Actor", _WORD, required=True),
    _header("Huiyin-Unit", _WORD, required=True),
    _header("Huiyin-Role", {"type": "string", "enum": [str(role) for role in Role]}, required=True),
    _header("Huiyin-Reason", _WORD | {"pattern": "^[A-Za-z0-9:_.%-]+$"}, required=False),
    _header("If-Match", {"type": "string", "pattern": '^"[0-9]{1,9}"$'}, required=False),
]
ACTS: Final = {"x-acts": True}
"""``openapi_extra`` of every route that reads the headers of who acts."""


# ------------------------------------------------------------- what every service answers


def add_common_routes(
    app: FastAPI, store: Store, relay: Relay, ready: Callable[[], Awaitable[bool]], listens_to: Sequence[str]
) -> None:
    """Add health, metrics, and the lanes from which other services fetch what they miss."""

    @app.get("/health/live", include_in_schema=False)
    async def live() -> Response:
        return shown({"service": store.service})

    @app.get("/health/ready", include_in_schema=False)
    async def is_ready() -> Response:
        if not await ready():
            raise Unavailable
        return shown({"service": store.service})

    @app.get("/metrics", include_in_schema=False)
    async def numbers() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    @app.get("/lanes", responses=QUESTION_PROBLEMS, tags=["events"])
    async def heads() -> dict[int, int]:
        """Return the newest number of each lane, once everything settled has one."""
        await relay.seal()
        async with store.database.connection() as connection:
            rows = await connection.fetch("SELECT lane, last FROM lane_head ORDER BY lane")
        return {row["lane"]: row["last"] for row in rows}

    @app.get("/lanes/taken", responses=QUESTION_PROBLEMS, tags=["events"])
    async def taken() -> dict[str, dict[int, int]]:
        """Return how far this service has taken in the lanes of each source that it listens to."""
        async with store.database.connection() as connection:
            cursors = await all_cursors(connection)
        return {
            source: {lane: last for (name, lane), last in sorted(cursors.items()) if name == source}
            for source in listens_to
        }

    @app.get("/lanes/of/{key}", responses=QUESTION_PROBLEMS, tags=["events"])
    async def settled(key: UUID) -> int:
        """Number everything of a case or unit that is committed, and return the newest number of its lane."""
        await relay.settle(key)
        async with store.database.connection() as connection:
            last: int = await connection.fetchval("SELECT last FROM lane_head WHERE lane = $1", lane_of(key))
        return last

    @app.get("/lanes/{lane}/events", responses=QUESTION_PROBLEMS, tags=["events"])
    async def events(lane: int, after: int = 0, upto: int = LANE_SEQ_MAX, limit: int = FETCH_MAX) -> Response:
        """Return sealed events of a lane in order: ``after`` excluded, ``upto`` included."""
        in_range = 0 <= after <= LANE_SEQ_MAX and 0 <= upto <= LANE_SEQ_MAX and 1 <= limit <= FETCH_MAX
        if not (0 <= lane < LANES and in_range):
            raise Invalid(f"泳道 0–{LANES - 1}，每次 1–{FETCH_MAX} 条")
        records = await store.recorder.lane(lane, after=after, upto=upto, limit=limit)
        return Response(write_records(records), media_type="application/json")
