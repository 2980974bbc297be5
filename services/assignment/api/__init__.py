"""Assignment over HTTP, a file for each group of commands and questions."""

from fastapi import FastAPI

from services.assignment.api import (
    campaign,
    cases,
    conferences,
    directory,
    instructions,
    leader_areas,
    ledger_items,
    receptions,
    sector_batches,
)
from services.chassis.service import Running


def add_routes(app: FastAPI, running: Running) -> None:
    """Add all commands and questions of assignment."""
    for group in (
        cases, directory,
        campaign, leader_areas, ledger_items, conferences, receptions, instructions, sector_batches,
    ):  # fmt: skip
        group.add_routes(app, running)
