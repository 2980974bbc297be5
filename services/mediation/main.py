"""Wires mediation. Nothing else reads settings."""

from services.chassis.http.common import LISTENING, ShowNumbers, ShowParties, ShowStream, ShowTaken, TakeIn
from services.chassis.identity.who import SCRAPER
from services.chassis.running import Service
from services.chassis.service import serve
from services.mediation.commands import COMMANDS
from services.mediation.domain.store import OwnStore
from services.mediation.questions import QUESTIONS
from services.mediation.questions.cases import ShowHandling
from services.mediation.reactions import REACTIONS
from services.mediation.views import VIEWS

SERVICE = Service(
    name="mediation",
    of_store=OwnStore,
    title="办理",
    views=VIEWS,
    operations=(*COMMANDS, *QUESTIONS),
    reactions=REACTIONS,
    peers={
        "intake": (*LISTENING, ShowParties, ShowHandling, ShowStream, TakeIn),
        "assignment": (ShowParties, ShowHandling),
        "accountability": (*LISTENING, ShowTaken, ShowParties),
        SCRAPER: (ShowNumbers,),
    },
)


def main(only: frozenset[str] | None = None) -> None:
    """Run the service until SIGTERM."""
    serve(SERVICE, only)
