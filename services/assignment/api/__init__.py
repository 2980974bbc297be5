"""Assignment over HTTP, a file for each group of commands and questions."""

from fastapi import FastAPI

from services.assignment.api import cases, directory
from services.chassis.service import Running


def add_routes(app: FastAPI, running: Running) -> None:
    """Add all commands and questions of assignment."""
    for group in (cases, directory):
        group.add_routes(app, running)
