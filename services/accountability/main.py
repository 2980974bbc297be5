"""Wires accountability. Nothing else reads settings."""

from contracts.envelope import SERVICES
from services.accountability.api import add_routes
from services.accountability.application.accounting import rebuild_cases
from services.accountability.ledger import Ledger
from services.accountability.views import VIEWS
from services.chassis.service import Service, serve

SERVICE = Service(
    name="accountability",
    title="督办追责",
    views=VIEWS,
    routes=add_routes,
    effect=lambda running: Ledger(running.inbox),
    effect_sources=SERVICES,
    rebuild=lambda running: rebuild_cases(Ledger(running.inbox)),
)


def main(only: frozenset[str] | None = None) -> None:
    """Run the service until SIGTERM."""
    serve(SERVICE, only)
