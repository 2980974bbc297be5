"""The commands of intake, a file for each group of them."""

from services.chassis.operations import declared
from services.intake.commands import cases, field, following, grouping, hall, papers

COMMANDS = declared(cases, grouping, following, hall, field, papers)
