"""The commands of mediation, a file for each group of them."""

from services.chassis.operations import declared
from services.mediation.commands import inquiry

COMMANDS = declared(inquiry)
