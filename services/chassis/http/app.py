"""A service's application: what all of them answer, how errors become problems, and what the OpenAPI document says."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Final

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.telemetry import TelemetryConfig
from starlette.exceptions import HTTPException

from services.chassis.database import AWAY
from services.chassis.errors import DomainError, Invalid, Unavailable
from services.chassis.http.answers import HttpError, problem
from services.chassis.http.description import described
from services.chassis.http.edge import Edge
from services.chassis.settings import Settings

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
    app.openapi = lambda: described(app)  # type: ignore[method-assign]
    return app


async def _domain_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, DomainError)
    return problem(request.state.request_id, error)


async def _validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
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
