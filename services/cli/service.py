"""A service's parts for a command of the operator: its store and inbox, without the loops that make it run."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.errors import StackError
from services.cli.terminal import here

if TYPE_CHECKING:
    from services.chassis.running import Running
    from services.chassis.settings import Settings

SERVICE = Annotated[str, typer.Argument(help="intake, assignment, mediation, accountability")]


@asynccontextmanager
async def opened(service: str, settings: Settings) -> AsyncIterator[Running]:
    """The parts of a service, connected to its store; none of its loops runs."""
    from importlib import import_module

    from services.chassis.running import Running

    async with Running(import_module(f"services.{service}.main").SERVICE, settings).opened() as running:
        yield running


def known(service: str) -> str:
    """The name of a service. May raise StackError."""
    from contracts.envelope import SERVICES

    if service not in SERVICES:
        raise StackError(f"There is no service {service!r}: choose one of {', '.join(SERVICES)}.")
    return service


def settings() -> Settings:
    """Settings with the addresses of the services that run. May raise StackError."""
    return here().settings()
