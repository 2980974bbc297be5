"""Wires assignment. Nothing else reads settings."""

from services.assignment.commands import COMMANDS
from services.assignment.domain.changes import Change
from services.assignment.domain.store import OwnStore
from services.assignment.questions import QUESTIONS
from services.assignment.questions.cases import ShowAssignment
from services.assignment.questions.directory import ShowDirectory, ShowUnit
from services.assignment.questions.organising import ListInstructionsOfCase
from services.assignment.reactions import REACTIONS
from services.assignment.views import VIEWS
from services.chassis.http.common import LISTENING, ShowNumbers, ShowParties, ShowStream, ShowTaken, TakeIn
from services.chassis.identity.who import SCRAPER
from services.chassis.kept import LEAST, Kept
from services.chassis.running import Service
from services.chassis.service import serve

SERVICE = Service(
    name="assignment",
    of_store=OwnStore,
    title="分办",
    views=VIEWS,
    operations=(*COMMANDS, *QUESTIONS),
    reactions=REACTIONS,
    changes=Change,
    kept=[Kept(title="名录中的姓名、电话", tables=("nameplate",), article=LEAST, until="在任期间")],
    peers={
        "intake": (ShowParties, ShowDirectory, ShowUnit, ShowAssignment, ShowStream, TakeIn),
        "mediation": (*LISTENING, ShowParties, ShowDirectory, ListInstructionsOfCase, ShowStream, TakeIn),
        "accountability": (*LISTENING, ShowTaken, ShowParties, ShowDirectory),
        SCRAPER: (ShowNumbers,),
    },
)


def main(only: frozenset[str] | None = None) -> None:
    """Run the service until SIGTERM."""
    serve(SERVICE, only)
