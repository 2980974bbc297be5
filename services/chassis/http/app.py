"""A service's application: what is around its routes, and what the OpenAPI document says."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Final

from fastapi import FastAPI
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from fastapi.telemetry import TelemetryConfig
from starlette.types import ASGIApp

from services.chassis.http.description import described
from services.chassis.http.edge import Edge
from services.chassis.http.gate import Gates
from services.chassis.http.rates import Rates
from services.chassis.settings import Settings
from services.chassis.visits import Visits

TELEMETRY: Final[TelemetryConfig] = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}
"""Nothing is sent: a validation failure, as the framework would log it, holds what the petitioner wrote."""

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


class Application(FastAPI):
    """FastAPI without what it puts around each request: the edge does that, and makes a problem of every error."""

    def build_middleware_stack(self) -> ASGIApp:
        """Return what serves a request."""
        service: str = self.state.service
        gates = Gates(self.routes, AsyncExitStackMiddleware(self.router))
        return Edge(gates, service, self.state.settings, self.state.visits)


def make_app(service: str, title: str, settings: Settings, lifespan: Lifespan | None = None) -> FastAPI:
    """Return a service's application with everything that all of them have, and without its own routes."""
    app = Application(
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
    app.state.rates = Rates(settings, service)
    app.state.visits = Visits(settings.visits_dir, service) if settings.visits_dir else None
    app.openapi = lambda: described(app)  # type: ignore[method-assign]
    return app
