"""The demo that `make up` plays is answered as it is told and written down whole; played again, it changes nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec
import pytest

from contracts.accountability import ClockBreached, ClockCorrected, ClockStarted, ClockStopped
from contracts.assignment import OfficerAppointed, UnitEstablished
from contracts.envelope import SERVICES
from contracts.event import REGISTRY
from contracts.intake import CaseRegistered
from contracts.vocabulary import ClockNature, ClockOutcome, Role
from services.accountability.case import Case
from services.accountability.cases import fold
from services.accountability.clocks import rules
from services.audit.entry import Entry
from services.chassis.errors import NotFound
from services.chassis.identity.who import NotYourPost
from services.cli.demo import CLIENTS, SEED
from services.cli.realm import AUDIENCE, CLAIM, realm_of
from services.cli.realm import CLIENTS as SYSTEMS
from services.scenario import county, player
from services.scenario.accounts import Accounts, Secrets
from services.scenario.county import HOME, County
from services.scenario.courses import PLOTS
from services.scenario.http import Client, Reply
from services.scenario.step import Step, Who
from services.scenario.story import END, Story, stories
from services.scenario.year import scenes, the_end
from tests.acting import SECRET, issuer
from tests.harness import System, check_ledger
from tests.issuer import Account

CASES: Final = 100
"""A whole deck: each course of events occurs as often as its weight says."""

LATE: Final[dict[str, tuple[Callable[[Case], tuple[datetime | None, datetime | None]], timedelta]]] = {
    "late_triage": (lambda case: (case.received_at, case.with_unit_since), timedelta(15)),
    "late_notice": (lambda case: (case.with_unit_since, case.accepted_at), timedelta(15)),
    "late_opinion": (lambda case: (case.accepted_at, case.issued_at), timedelta(60)),
}
"""The limit that a course misses: between what, and how long it is."""

RECORDED_NO_MORE: Final = frozenset(
    {
        "assignment.ConferenceItemOverdue.v1",
        "assignment.MilestoneMissed.v1",
        "intake.BoxOpeningMissed.v1",
        "mediation.SweepMissed.v1",
    }
)
"""What only stores of before hold: what is missed is the breach of a duty now, which accountability records."""

NOT_SHOWN: Final = RECORDED_NO_MORE | {
    "intake.UnsealingRequested.v1",
    "intake.UnsealingApproved.v1",
    "intake.DoorCounted.v1",  # lie apart
    "intake.FileAbandoned.v1",  # whose rest never came
    "intake.BulkLookAsked.v1",
    "intake.BulkLookGranted.v1",
    "intake.ErasureAsked.v1",
    "intake.ErasureTakenBack.v1",
    "intake.LegalHoldSet.v1",
    "intake.LegalHoldLifted.v1",
    "intake.DataShredded.v1",  # years after a case is over
    "intake.RootKeyRenewed.v1",
    "intake.RootKeyRetired.v1",  # by whoever keeps the platform running
    "intake.ReceiptReturned.v1",
    "intake.CaseBroughtBack.v1",  # by whoever took something for a report that is none
    "mediation.SettingApartLearnt.v1",  # by a unit that had what turns out to be one
    "accountability.RecordsDisowned.v1",  # must not be: somebody else writes to a topic
    *(f"{service}.{event}.v1" for service in SERVICES for event in ("StoreRestored", "EventWithdrawn")),  # nor this
    "accountability.CalendarPublished.v1",  # by operators, when the State Council has said a year's days off
    "accountability.ChangeProposed.v1",
    "accountability.ChangeAgreed.v1",  # which takes two of them
    "accountability.ChangeRefused.v1",
    "accountability.OrphanCaseDetected.v1",  # must not be: a case that nobody owes anything in
}
"""What the services can put on record and the demo does not show."""

BY_CHANCE: Final = frozenset({"accountability.ClockRecalculated.v2"})
"""What is shown where one story's time runs ahead of another's: the watch has looked before an entry of that day came."""

NOT_OWED: Final = frozenset({"C1a", "D8", "D9", "D48", "D52", "D60"})
"""The duties that nobody has in the demo: no mediator is removed there while a case is mediated, and whoever is named
there has an address."""

MET_MIN: Final = 0.8
"""What part of the duties of each kind is met, of those that have ended."""

BREACHED_ON_PURPOSE: Final = frozenset({"D15", "D16", "D17", "D19", "D20", "D24", "D25"})
"""The duties whose breach a scene is about, and that few others have: an execution that is refused, an agreement that
is not kept, a decision of the conference that nobody carries out, a leader who does not receive, a box that stays shut,
a unit that does not say whether there are disputes."""

LEFT_SINCE: Final = frozenset({
    "reorganised: notify", "another_way: deposit", "accused: deposit", "passed_up: pass_on", "own_people: register",
})  # fmt: skip
"""What somebody does first as what they are no more at the end of the year: their unit is gone, or they have left it;
or in a case of which they keep out by then."""

Fact = tuple[datetime, str, str, Role]
"""When somebody did something, for which unit, in which role."""


@pytest.mark.timeout(400)
async def test_demo_is_answered_and_written_as_told_and_only_once(
    huiyin: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = County.read(HOME)
    told = stories(directory, SEED, CASES)
    assert {story.course for story in told} == set(PLOTS)
    played = [*told, *scenes(directory, SEED), the_end(directory)]
    steps = [step for story in played for step in story.steps]

    accounts = logged_in(directory)
    async with huiyin.within(strict=True):
        await load(huiyin, directory, accounts)
        refused = listening(monkeypatch)
        report = await play(huiyin, accounts)
        assert (report.cases, report.commands, report.refusals) == (CASES, len(steps), refused.total())
        assert report.refused_otherwise == []
        assert refused == Counter(step.code for step in steps if step.code)

        ledger = await huiyin.caught_up()
        check_ledger(ledger)
        check_directory(ledger, directory, steps)
        check_deeds(ledger, steps)
        check_late(ledger, told)
        check_duties(ledger)
        shown = {row["type"] for row in ledger}
        assert {event for event in REGISTRY if event not in shown} - BY_CHANCE == NOT_SHOWN
        assert any(row["at"] == END for row in ledger if row["type"] == ClockBreached.wire_name)

        await load(huiyin, directory, accounts)
        again = await play(huiyin, accounts)
        left_out = check_left(again, played)
        cut_short = sum(one.story >= 0 for one in left(again))
        assert (again.cases, again.commands) == (report.cases - cut_short, report.commands - len(left_out))
        assert again.refusals == report.refusals - sum(step.expect >= HTTPStatus.BAD_REQUEST for step in left_out)
        later = await huiyin.caught_up()
        assert later == ledger


# ---------------------------------------------------------------------------------- as the command line does it


def logged_in(directory: County) -> Accounts:
    """Return the accounts of the county's realm, at the provider of this run."""
    known = replace(Secrets.made(()), clients=dict.fromkeys(SYSTEMS, SECRET))
    issuer().clients |= known.clients
    opened = [account_of(user, known) for user in realm_of(directory.officers, known)["users"]]
    issuer().accounts |= {account.name.lower(): account for account in opened}
    return Accounts(issuer().url, known, {account.name for account in opened if account.seed})


def account_of(user: dict[str, Any], known: Secrets) -> Account:
    """Return somebody of the realm as the provider of this run knows them."""
    assert user["username"] == user["attributes"][CLAIM][0].lower()
    kinds = {told["type"] for told in user["credentials"]}
    roles, seed = user["clientRoles"][AUDIENCE], known.totp if "otp" in kinds else None
    return Account(user["attributes"][CLAIM][0], known.password, (*roles,), seed)


async def load(huiyin: System, directory: County, accounts: Accounts) -> None:
    """Do what `huiyin county load` does."""
    keepers = [Who(one.officer, one.unit, Role.platform_admin) for one in directory.all_staff(Role.platform_admin)]
    async with accounts:
        proof, second = [await accounts.proof(keeper) for keeper in keepers]
        assert await county.load(huiyin.url("assignment"), HOME, proof, second) == size(directory)


async def play(huiyin: System, accounts: Accounts) -> player.Report:
    """Do what `huiyin demo` does, and expect every answer that the stories expect."""
    urls = {name: huiyin.url(name) for name in huiyin.ports}
    report = await player.play(urls, seed=SEED, cases=CASES, clients=CLIENTS, accounts=accounts)
    assert report.unexpected == [], "\n".join(map(str, report.unexpected))
    return report


def listening(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count what the services refuse from now on, by rule."""
    refused: Counter[str] = Counter()

    class Listening(Client):
        async def request(self, *args: Any, **more: Any) -> Reply:
            reply = await super().request(*args, **more)
            if reply.status in {HTTPStatus.CONFLICT, HTTPStatus.FORBIDDEN}:
                refused[msgspec.json.decode(reply.body)["code"]] += 1
            return reply

    monkeypatch.setattr(player, "Client", Listening)
    return refused


# ---------------------------------------------------------------------------------- what the ledger must say


def check_directory(ledger: list[asyncpg.Record], directory: County, steps: list[Step]) -> None:
    """Every unit and officer was entered once, and whoever came in the year."""
    entered, came = Counter(row["type"] for row in ledger), Counter(step.name for step in steps)
    assert entered[UnitEstablished.wire_name] == len(directory.units) + came["establish"]
    assert entered[OfficerAppointed.wire_name] == len(directory.officers) + came["appoint"]


def check_deeds(ledger: list[asyncpg.Record], steps: Iterable[Step]) -> None:
    """The ledger holds what people did in the stories, when they did it, and nothing else that people did.

    Of what is done in a report, which lies apart, it holds what its receipt says: an organ's texts are none of that.
    What another person had to agree to was entered and agreed to, and took effect by that.
    """
    told = (fact_of(step) for step in steps if is_taken(step))
    written = (written_deed(row) for row in ledger if Entry.of(row).about().agreed_by is None)
    nobody = {Role.system, Role.platform_admin}
    there, done = ({deed for deed in some if deed[-1] not in nobody} for some in (written, told))
    assert there <= done
    assert {role for *_, role in done - there} <= {Role.discipline_officer}


def check_late(ledger: list[asyncpg.Record], told: list[Story]) -> None:
    """Those that are late were late."""
    registered = {written_deed(row): row["case_id"] for row in ledger if row["type"] == CaseRegistered.wire_name}
    cases: dict[UUID, list[asyncpg.Record]] = defaultdict(list)
    for row in ledger:
        cases[row["case_id"]].append(row)
    for story in told:
        if story.course in LATE:
            between, limit = LATE[story.course]
            case = registered[fact_of(story.steps[0])]
            since, done = between(fold(map(Entry.of, cases[case]), case))
            assert since and done and done - since > limit, f"story {story.number} ({story.course})"


def left(again: player.Report) -> list[player.Unexpected]:
    """Return where a story ends the second time because somebody acts as what they are no more."""
    return [one for one in again.refused_otherwise if one.code in {NotYourPost.code, NotFound.code}]


def check_left(again: player.Report, played: list[Story]) -> list[Step]:
    """Whoever has left a post meanwhile, and nobody else, is not believed again; return what is left out by that.

    Nor is whoever keeps out of a case by now told of it again.
    """
    gone = {one.story: one.step for one in left(again)}
    assert {*gone.values()} == LEFT_SINCE
    left_out = []
    for story in played:
        if story.number in gone:
            names = [f"{story.course}: {step.name}" for step in story.steps]
            left_out += story.steps[names.index(gone[story.number]) + 1 :]
    return left_out


def check_duties(ledger: list[asyncpg.Record]) -> None:
    """Every kind of duty is owed, but those that no course of the demo makes; of each, clearly more were met than not."""
    begun = [Entry.of(row).event() for row in ledger if row["type"] == ClockStarted.wire_name]
    duties = {code for code, rule in rules.in_force().rules.items() if rule.nature is ClockNature.duty}
    assert duties - {event.code for event in begun} == NOT_OWED
    assert {event.case is None for event in begun} == {True, False}
    ended = Counter(ends(ledger).values())
    met = {
        code: ended[code, ClockOutcome.met] / (ended[code, ClockOutcome.met] + number)
        for (code, outcome), number in ended.items()
        if outcome is ClockOutcome.late
    }
    assert {code for code, part in met.items() if part < MET_MIN} <= BREACHED_ON_PURPOSE, met


def ends(ledger: list[asyncpg.Record]) -> dict[UUID, tuple[str, ClockOutcome | None]]:
    """Return by clock how it has ended, as figures count it: as it was put right at last."""
    found: dict[UUID, tuple[str, ClockOutcome | None]] = {}
    for row in ledger:
        match Entry.of(row).event():
            case ClockBreached() as event:
                found[row["stream_id"]] = (event.code, ClockOutcome.late)
            case ClockStopped() | ClockCorrected() as event:
                found[row["stream_id"]] = (event.code, event.outcome)
    return found


def fact_of(step: Step) -> Fact:
    """Who takes a step, and when."""
    return (step.at, *step.who)


def written_deed(row: asyncpg.Record) -> Fact:
    """Who did what an entry says, and when."""
    by = Entry.of(row).about()
    return (row["at"], by.actor, by.unit, by.role)


def is_taken(step: Step) -> bool:
    """Whether a step changes something, and must not be refused."""
    return step.operation.changes and step.expect < HTTPStatus.BAD_REQUEST


def size(directory: County) -> int:
    """How many units and officers there are."""
    return len(directory.units) + len(directory.officers)
