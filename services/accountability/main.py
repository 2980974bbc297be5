"""Wires accountability. Nothing else reads settings."""

from contracts.envelope import SERVICES
from services.accountability.alarm import Alarm
from services.accountability.cases import Cases, rebuild
from services.accountability.clocks import rules
from services.accountability.clocks.keeper import Keeper
from services.accountability.clocks.lookout import Lookout
from services.accountability.clocks.scan import Watch
from services.accountability.commands import COMMANDS
from services.accountability.domain.changes import Change
from services.accountability.domain.store import OwnStore
from services.accountability.forgeries import Forgeries
from services.accountability.ledger import Ledger
from services.accountability.questions import QUESTIONS
from services.accountability.questions.cases import ShowCase, ShowTimeline
from services.accountability.views import VIEWS
from services.chassis import clock
from services.chassis.http.common import LISTENING, ShowNumbers, ShowParties, ShowStream, ShowTaken, TakeIn
from services.chassis.identity.who import SCRAPER
from services.chassis.kept import ACCOUNTABLE, WHILE_IT_RUNS, WITH_THE_CASE, Kept
from services.chassis.running import Running, Service
from services.chassis.service import serve


def ledger(running: Running) -> Ledger:
    """Return what taking in events does here: they are appended, and whoever follows takes note, Cases first."""
    store = running.store
    return Ledger(running.inbox, store, followers=(Cases(), Keeper(store, rules.in_force(), clock.now), Alarm()))


SERVICE = Service(
    name="accountability",
    of_store=OwnStore,
    title="督办追责",
    views=VIEWS,
    operations=(*COMMANDS, *QUESTIONS),
    changes=Change,
    kept=[
        Kept(
            title="总账和各事项的全貌",
            tables=("ledger_entry", "ledger_head", "case_view"),
            article=ACCOUNTABLE,
            until=WITH_THE_CASE,
        ),
        Kept(title="期限的推算进度", tables=("recalculation", "lookout_head"), article=None, until=WHILE_IT_RUNS),
    ],
    peers={
        "intake": (ShowParties, ShowCase, ShowTimeline, ShowStream, TakeIn),
        "assignment": (ShowParties,),
        "mediation": (ShowParties, TakeIn),
        "accountability": (*LISTENING, ShowTaken),
        SCRAPER: (ShowNumbers,),
    },
    effect=ledger,
    effect_sources=SERVICES,
    loops=lambda running: [
        ("watch", Watch(running.store, rules.in_force(), clock.now).run),
        ("lookout", Lookout(running.store, clock.now).run),
        ("forgeries", Forgeries(running.store, clock.now).run),
    ],
    rebuild=lambda running: rebuild(running.database),
)


def main(only: frozenset[str] | None = None) -> None:
    """Run the service until SIGTERM."""
    serve(SERVICE, only)
