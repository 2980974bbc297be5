"""Accountability over HTTP, a file for each group of commands and questions."""

from fastapi import FastAPI

from services.accountability.api import cases, clocks, recommendations
from services.chassis.running import Running


def add_routes(app: FastAPI, running: Running) -> None:
    """Add all commands and questions of accountability."""
    for group in (cases, clocks, recommendations):
        group.add_routes(app, running)
