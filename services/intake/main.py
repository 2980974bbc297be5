"""Wires intake. Nothing else reads settings."""

from services.chassis.running import Service
from services.chassis.service import serve
from services.intake.api import add_routes
from services.intake.reactions import REACTIONS
from services.intake.views import VIEWS

SERVICE = Service(name="intake", title="受理", views=VIEWS, routes=add_routes, reactions=REACTIONS)


def main(only: frozenset[str] | None = None) -> None:
    """Run the service until SIGTERM."""
    serve(SERVICE, only)
