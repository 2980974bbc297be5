"""A service's application: what all of them answer, how errors become problems, and what the OpenAPI document says."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Final
from uuid import UUID

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.telemetry import TelemetryConfig
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.exceptions import HTTPException

from contracts.envelope import LANE_SEQ_MAX, LANES, lane_of, write_records
from contracts.vocabulary import Role
from services.chassis.database import AWAY
from services.chassis.errors import DomainError, Invalid, Unavailable
from services.chassis.http.acting import HEADER_CHARS_MAX, acting, asking
from services.chassis.http.answers import QUESTION_PROBLEMS, BadHeader, HttpError, Problem, problem, shown
from services.chassis.http.edge import CHANGING, Edge
from services.chassis.inbox import all_cursors
from services.chassis.relay import Relay
from services.chassis.settings import Settings
from services.chassis.source import FETCH_MAX
from services.chassis.store import Store

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


async def _domain_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, DomainError)
    return problem(request.state.request_id, error)


async def _validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    if request.scope["route"].openapi_extra == ACTS:  # where the framework has read the body
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
    reply = problem(request.state.request_id, HttpError(error.status_code, str(error.detail)), error.status_code)
    for name, value in (error.headers or {}).items():
        reply.headers[name] = value
    return reply


async def _away(request: Request, error: Exception) -> Response:
    structlog.get_logger().warning("store_away", error=repr(error))
    return problem(request.state.request_id, Unavailable())


async def _internal_error(request: Request, error: Exception) -> Response:
    structlog.get_logger().error("unexpected", exc_info=error)
    return problem(request.state.request_id, HttpError(500, "内部错误"), 500)


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
