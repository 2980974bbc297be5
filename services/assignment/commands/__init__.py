"""The commands of assignment, a file for each group of them."""

from services.assignment.commands import (
    campaign,
    cases,
    changes,
    conferences,
    directory,
    hall_calls,
    instructions,
    leader_areas,
    ledger_items,
    proposals,
    receptions,
    sector_batches,
    status_reports,
)
from services.chassis.operations import declared

COMMANDS = declared(
    cases, directory, changes, campaign, leader_areas, ledger_items, conferences, receptions, instructions,
    sector_batches, proposals, status_reports, hall_calls,
)  # fmt: skip
