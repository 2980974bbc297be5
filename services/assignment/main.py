"""Wires assignment. Nothing else reads settings."""

from services.assignment.commands import COMMANDS
from services.assignment.questions import QUESTIONS
from services.assignment.reactions import REACTIONS
from services.assignment.views import VIEWS
from services.chassis.running import Service
from services.chassis.service import serve

SERVICE = Service(name="assignment", title="分办", views=VIEWS, operations=(*COMMANDS, *QUESTIONS), reactions=REACTIONS)


def main(only: frozenset[str] | None = None) -> None:
    """Run the service until SIGTERM."""
    serve(SERVICE, only)
