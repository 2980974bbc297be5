"""The demo that `make up` plays is answered as it is told and written down whole; played again, it changes nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec
import pytest

from contracts.accountability import SupervisionClosed, SupervisionOrdered, SupervisionReplied
from contracts.assignment import (
    CaseAssigned,
    CaseForwarded,
    CaseReceived,
    JurisdictionObjected,
    ObjectionRejected,
    ObjectionUpheld,
    OfficerAppointed,
    UnitEstablished,
)
from contracts.envelope import Metadata
from contracts.event import Event
from contracts.intake import (
    AnswerLearnt,
    CaseClassified,
    CaseConcluded,
    CaseRegistered,
    CollectiveVisitRecorded,
    DocumentDeposited,
    PetitionAttached,
)
from contracts.mediation import (
    AcceptanceNotified,
    CaseClosed,
    HandlingOpened,
    HandlingRecorded,
    HandlingReturned,
    OpinionExecuted,
    OpinionIssued,
    OpinionServed,
)
from contracts.vocabulary import Channel, Forwarding, Role, Route
from services.accountability.case import Case
from services.accountability.ledger import fold
from services.cli.demo import CLIENTS, SEED
from services.intake.domain.collective import COLLECTIVE_FROM_PERSONS
from services.scenario import county, player
from services.scenario.county import HOME, County
from services.scenario.http import Client, Reply
from services.scenario.step import Step
from services.scenario.story import Course, Story, stories
from tests.harness import System, check_ledger, until

CASES: Final = 100
"""A whole deck: each course of events occurs as often as its weight says."""

LATE: Final[dict[str, tuple[Callable[[Case], tuple[datetime | None, datetime | None]], timedelta]]] = {
    "late_triage": (lambda case: (case.received_at, case.with_unit_since), timedelta(15)),
    "late_notice": (lambda case: (case.with_unit_since, case.accepted_at), timedelta(15)),
    "late_opinion": (lambda case: (case.accepted_at, case.issued_at), timedelta(60)),
}
"""The limit that a course misses: between what, and how long it is."""

NOT_SHOWN: Final[frozenset[str]] = frozenset()
"""What the services can put on record and the demo does not show."""

Fact = tuple[datetime, str, str, str, Role]
"""When what was done, by whom, for which unit, in which role."""


@pytest.mark.timeout(400)
async def test_demo_is_answered_and_written_as_told_and_only_once(
    huiyin: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = County.read(HOME)
    told = stories(directory, SEED, CASES)
    assert {story.course for story in told} == set(Course)
    steps = [step for story in told for step in story.steps]
    reactions = answers_to(filter(is_taken, steps))

    async with huiyin.within():
        await load(huiyin, directory)
        refused = listening(monkeypatch)
        report = await play(huiyin)
        assert (report.cases, report.commands, report.refusals) == (CASES, len(steps), refused.total())
        assert refused == Counter(REFUSALS[s.course, step.name] for s in told for step in s.steps if not is_taken(step))

        number = size(directory) + sum(len(events_of(step)) for step in filter(is_taken, steps)) + reactions.total()
        await until(lambda: holds(huiyin, number), "the services have done what they do by themselves", 60)
        ledger = await huiyin.caught_up()
        check_ledger(ledger)
        check_directory(ledger, directory)
        assert Counter(row["type"] for row in ledger if about(row).role is Role.system) == reactions
        check_courses(ledger, told)

        await load(huiyin, directory)
        again = await play(huiyin)
        assert (again.cases, again.commands, again.refusals) == (report.cases, report.commands, report.refusals)
        assert await huiyin.caught_up() == ledger


# ---------------------------------------------------------------------------------- as the command line does it


async def load(huiyin: System, directory: County) -> None:
    """Do what `huiyin county load` does."""
    assert await county.load(huiyin.url("assignment"), HOME) == size(directory)


async def play(huiyin: System) -> player.Report:
    """Do what `huiyin demo` does, and expect every answer that the stories expect."""
    urls = {name: huiyin.url(name) for name in huiyin.ports}
    report = await player.play(urls, seed=SEED, cases=CASES, clients=CLIENTS)
    assert report.unexpected == []
    return report


def listening(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count what the services refuse from now on, by rule."""
    refused: Counter[str] = Counter()

    class Listening(Client):
        async def request(self, *args: Any, **more: Any) -> Reply:
            reply = await super().request(*args, **more)
            if reply.status == HTTPStatus.CONFLICT:
                refused[msgspec.json.decode(reply.body)["code"]] += 1
            return reply

    monkeypatch.setattr(player, "Client", Listening)
    return refused


async def holds(huiyin: System, number: int) -> bool:
    """Whether the stores hold so many events."""
    return await huiyin.sealed() >= number


# ---------------------------------------------------------------------------------- what the ledger must say


def check_directory(ledger: list[asyncpg.Record], directory: County) -> None:
    """Every unit and officer was entered once."""
    entered = Counter(row["type"] for row in ledger if row["case_id"] is None)
    units, officers = UnitEstablished.wire_name, OfficerAppointed.wire_name
    assert entered == {units: len(directory.units), officers: len(directory.officers)}


def check_courses(ledger: list[asyncpg.Record], told: list[Story]) -> None:
    """Each case holds the steps of its story, no more and no less, and those that are late were late."""
    cases: dict[UUID, list[asyncpg.Record]] = defaultdict(list)
    for row in ledger:
        if row["case_id"] is not None:
            cases[row["case_id"]].append(row)
    written = {done_by_people(rows): case for case, rows in cases.items()}
    wanted = {facts(story): story for story in told}
    assert len(cases) == len(wanted) == CASES
    for course, story in wanted.items():
        assert course in written, f"story {story.number} ({story.course}) is not in the ledger as told"
        if story.course in LATE:
            between, limit = LATE[story.course]
            since, done = between(fold(cases[written[course]], written[course]))
            assert since and done and done - since > limit, f"story {story.number} ({story.course})"
    every = {*EVENTS.values(), CaseAssigned, ObjectionUpheld, CollectiveVisitRecorded, *ANSWERS}
    assert {event.wire_name for event in every} == {row["type"] for row in ledger if row["case_id"] is not None}


def facts(story: Story) -> tuple[Fact, ...]:
    """What a story says that was done, by the time at which it is."""
    done = (
        (step.at, event.wire_name, *step.who) for step in story.steps if is_taken(step) for event in events_of(step)
    )
    return tuple(sorted(done))


def done_by_people(rows: Iterable[asyncpg.Record]) -> tuple[Fact, ...]:
    """What people did in a case, by the time at which they did it."""
    done = ((row["at"], row["type"], about(row)) for row in rows)
    return tuple(sorted((at, what, by.actor, by.unit, by.role) for at, what, by in done if by.role is not Role.system))


def answers_to(taken: Iterable[Step]) -> Counter[str]:
    """How often each service must have done what it does by itself."""
    done = [(event_of(step), step) for step in taken]
    return Counter({event.wire_name: sum(wanted(*it) for it in done) for event, wanted in ANSWERS.items()})


def is_taken(step: Step) -> bool:
    """Whether a step must be done, and not refused."""
    return step.expect < HTTPStatus.BAD_REQUEST


def events_of(step: Step) -> list[type[Event]]:
    """What a step puts into the ledger; many visitors at once are on record as such."""
    many = step.body.get("channel") == Channel.visit and step.body.get("person_count", 1) >= COLLECTIVE_FROM_PERSONS
    return [event_of(step), *[CollectiveVisitRecorded] * many]


def event_of(step: Step) -> type[Event]:
    """What a step puts into the ledger."""
    if step.body.get("mode") == Forwarding.assign:
        return CaseAssigned
    if step.body.get("upheld"):
        return ObjectionUpheld
    return EVENTS[step.name]


def about(row: asyncpg.Record) -> Metadata:
    """Who did it, for which unit, in which role."""
    return msgspec.json.decode(row["metadata"], type=Metadata)


def size(directory: County) -> int:
    """How many units and officers there are."""
    return len(directory.units) + len(directory.officers)
