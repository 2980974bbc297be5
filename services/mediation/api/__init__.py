"""Mediation over HTTP, a file for each group of commands and questions."""

from fastapi import FastAPI

from services.chassis.running import Running
from services.mediation.api import cases, committees, disputes, ending, mediating, opinion, remedy


def add_routes(app: FastAPI, running: Running) -> None:
    """Add all commands and questions of mediation."""
    for group in (cases, mediating, opinion, remedy, ending, committees, disputes):
        group.add_routes(app, running)
