"""Wires intake. Nothing else reads settings."""

from services.chassis.apart import SEALED
from services.chassis.http.common import LISTENING, ShowNumbers, ShowParties, ShowStream, ShowTaken, TakeIn
from services.chassis.identity.who import SCRAPER
from services.chassis.running import Service
from services.chassis.service import serve
from services.intake.application import quarantine, receipts
from services.intake.application.depositing import keeping
from services.intake.application.keeping import KEPT
from services.intake.application.office import Office
from services.intake.application.sessions import sessions_of
from services.intake.application.texts import texts_of
from services.intake.commands import COMMANDS
from services.intake.commands.cases import DepositWords
from services.intake.domain.store import OwnStore
from services.intake.questions import QUESTIONS
from services.intake.questions.cases import ShowRegistration
from services.intake.questions.texts import ShowTextKinds
from services.intake.reactions import REACTIONS
from services.intake.vault import VAULT
from services.intake.views import VIEWS

SERVICE = Service(
    name="intake",
    of_store=OwnStore,
    title="受理",
    views=VIEWS,
    own=Office,
    keys=(VAULT, SEALED),
    operations=(*COMMANDS, *QUESTIONS),
    reactions=REACTIONS,
    peers={
        "assignment": (*LISTENING, ShowParties, ShowTextKinds, DepositWords),
        "mediation": (ShowParties, ShowTextKinds, DepositWords, ShowRegistration, ShowStream, TakeIn),
        "accountability": (*LISTENING, ShowTaken, ShowParties, ShowTextKinds, DepositWords, ShowStream),
        SCRAPER: (ShowNumbers,),
    },
    loops=lambda running: [
        ("receipts", lambda: receipts.follow(running)),
        ("files", lambda: quarantine.follow(running)),
        ("files kept clean", lambda: quarantine.keep_clean(running)),
    ],
    text=texts_of,
    keeping=keeping,
    sessions=sessions_of,
    kept=KEPT,
    sets_apart=True,
)


def main(only: frozenset[str] | None = None) -> None:
    """Run the service until SIGTERM."""
    serve(SERVICE, only)
