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
    proposals,
    receptions,
    sector_batches,
    status_reports,
)
from services.chassis.running import Running


def add_routes(app: FastAPI, running: Running) -> None:
    """Add all commands and questions of assignment."""
    for group in (
        cases, directory,
        campaign, leader_areas, ledger_items, conferences, receptions, instructions, sector_batches,
        proposals, status_reports,
    ):  # fmt: skip
        group.add_routes(app, running)
