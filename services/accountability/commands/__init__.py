"""The commands of accountability, a file for each group of them."""

from services.accountability.commands import changes, facts, projects, recommendations, supervision, time
from services.chassis.operations import declared

COMMANDS = declared(supervision, recommendations, projects, time, changes, facts)
