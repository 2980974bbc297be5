"""Wires mediation. Nothing else reads settings."""

from services.chassis.running import Service
from services.chassis.service import serve
from services.mediation.api import add_routes
from services.mediation.commands import COMMANDS
from services.mediation.reactions import REACTIONS
from services.mediation.views import VIEWS

SERVICE = Service(
    name="mediation", title="办理", views=VIEWS, routes=add_routes, operations=COMMANDS, reactions=REACTIONS
)


def main(only: frozenset[str] | None = None) -> None:
    """Run the service until SIGTERM."""
    serve(SERVICE, only)
