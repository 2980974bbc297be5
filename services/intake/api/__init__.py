"""Intake over HTTP, a file for each group of commands and questions."""

from fastapi import FastAPI

from services.chassis.running import Running
from services.intake.api import cases, field, following, grouping, hall, papers, progress


def add_routes(app: FastAPI, running: Running) -> None:
    """Add all commands and questions of intake."""
    for group in (cases, grouping, following, progress, hall, field, papers):
        group.add_routes(app, running)
