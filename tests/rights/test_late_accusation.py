"""信访工作条例 第二十八条第三款、第三十条第三款: whom a case comes to complain of is out of it at once (promise 11).

While officers of a unit ask about their case and act in it, in every service, somebody puts on record that it complains
of them, of one of them, or of who stands above them. What they begin a second later finds nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from random import Random
from typing import Any, Final
from uuid import UUID

import httpx2
import pytest
import pytest_asyncio

from contracts.envelope import SERVICES
from contracts.vocabulary import Role
from services.chassis import telling
from services.chassis.context import By
from services.chassis.operations import Declared
from services.chassis.questions import Question
from services.chassis.running import Running
from tests.harness import GOVERNMENT, HEAD, UNIT, Servers, System, until
from tests.rights.standing import at_once, described, sent
from tests.rights.test_matrix import OPERATIONS, hidden
from tests.sizes import size
from tests.steps import accepted, document, ok, open_county

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(900)]

RACES: Final = size("ACCUSED", 20, 500)
AT_ONCE: Final = 5
SECONDS_MAX: Final = 1.0
"""How long after it was acknowledged an accusation may still not be heeded."""
OFFICERS: Final = {Role.case_officer: "co-1", Role.unit_receiver: "co-2", Role.unit_head: HEAD}
"""Who of the unit asks and acts."""
ACCUSED: Final[Sequence[dict[str, list[str]]]] = (
    {"units": [UNIT]}, {"units": [GOVERNMENT]}, {"persons": ["co-1"]}, {"persons": [HEAD]},
)  # fmt: skip
SHOWING: Final = frozenset({
    "showRegistration", "readContent", "papers", "showAssignment", "showHandling", "showCase", "showTimeline",
    "listClocksOfCase", "putOnRecord",
})  # fmt: skip
"""What shows the case to its officers in each race, beside what is drawn by lot."""
DRAWN: Final = 12


def of_lists() -> Iterator[tuple[str, type[Declared]]]:
    """Yield every list in which cases may stand, of each service."""
    for service in SERVICES:
        for cls in import_module(f"services.{service}.main").SERVICE.operations:
            o = cls.operation
            if o.method == "GET" and not o.in_path and Role.case_officer in o.by and not isinstance(o.reply, str):
                yield service, cls


LISTS: Final = tuple(of_lists())


@dataclass
class Race:
    """A case, who asks about it, and what they were shown when."""

    county: System
    examples: dict[str, Any]
    random: Random
    case: str
    known: dict[str, str]
    shown: list[tuple[float, str]] = field(default_factory=list)
    """When each request was begun by which somebody found the case."""

    async def ask(self, service: str, cls: type[Declared], role: Role) -> httpx2.Response:
        """Do something as an officer, and note whether there was anything."""
        begun = asyncio.get_running_loop().time()
        reply = await sent(
            self.county, self.examples, service, cls, self.case, role, UNIT, actor=OFFICERS[role], **self.known
        )
        there = not hidden(reply, self.case) if "case_id" in cls.operation.in_path else self.case in reply.text
        if there and reply.status_code not in {403, 422}:  # which say what they say of any case
            self.shown.append((begun, f"{service} {cls.operation.name} {role} {reply.status_code}"))
        return reply

    def requests(self) -> list[tuple[str, type[Declared], Role]]:
        """Return what is asked, in another order each time."""
        drawn = self.random.sample(OPERATIONS, DRAWN)
        chosen = [*LISTS, *(one for one in OPERATIONS if one[1].operation.name in SHOWING), *drawn]
        allowed = [(service, cls, sorted({*cls.operation.by} & OFFICERS.keys())) for service, cls in chosen]
        made = [(service, cls, self.random.choice(roles)) for service, cls, roles in allowed if roles]
        self.random.shuffle(made)
        return made

    async def asking(self, over: asyncio.Event) -> None:
        """Ask and act until it is over, and through all of it once more."""
        while not over.is_set():
            for request in self.requests():
                await self.ask(*request)
                if over.is_set():
                    break
        for request in self.requests():
            await self.ask(*request)

    async def run(self) -> list[str]:
        """Return what was found by requests that were begun too late."""
        loop, over = asyncio.get_running_loop(), asyncio.Event()
        asking = asyncio.create_task(self.asking(over))

        async def found_everywhere() -> bool:
            return {name.split()[0] for _, name in self.shown} == {*SERVICES}

        await until(found_everywhere, "the officers see their case in every service")
        await asyncio.sleep(self.random.random() / 5)  # by chance, which is what a race is about
        whom = self.random.choice(ACCUSED)
        reply = await self.county.send("intake", f"/cases/{self.case}/accused", whom, role=Role.bureau_officer)
        told = loop.time()
        ok(reply)
        loop.call_at(told + SECONDS_MAX, over.set)
        await asking
        return [f"{whom} {begun - told:.2f}s {name}" for begun, name in self.shown if begun > told + SECONDS_MAX]


async def race(county: System, examples: dict[str, Any], random: Random) -> list[str]:
    """Return what was found too late in one race."""
    case = await accepted(county)
    text = await document(county, case)
    asked = await county.client.get(f"{county.url('accountability')}/cases/{case}/parties?fresh=true")
    assert UNIT in asked.text
    known = {"content_id": text, "document_id": text}
    return await Race(county, examples, random, case, known).run()


async def races(county: System, count: int) -> list[str]:
    """Return what was found too late in so many races, some of which are run side by side."""
    examples, random = await described(county), county.dice()
    late: list[str] = []
    for first in range(0, count, AT_ONCE):
        some = [race(county, examples, Random(random.random())) for _ in range(first, min(count, first + AT_ONCE))]
        late += [one for found in await asyncio.gather(*some) for one in found]
    return late


@pytest.fixture(scope="module", autouse=True)
def without_waiting() -> Iterator[None]:
    with at_once():
        yield


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        yield made


async def test_r30_late_accusation_ends_access_within_a_second(county: System):
    assert await races(county, RACES) == []


async def test_mutant_with_a_cache_of_rights_is_seen(county: System, monkeypatch: pytest.MonkeyPatch):
    """Mutant: who was seen to have to do with a case once is not asked about any more."""
    honest, known = Question.seen, set[tuple[str, UUID, str]]()

    async def seen(self: Question, running: Running, by: By | None, after: int) -> tuple[str, Sequence[Any]]:
        case = getattr(self, "case_id", None)
        if by is None or case is None:
            return await honest(self, running, by, after)
        key = (running.service.name, case, by.actor)
        if key not in known:
            known.add(key)
            return await honest(self, running, by, after)
        return "true", ()

    monkeypatch.setattr(Question, "seen", seen)
    assert await races(county, 2)


async def told_without_kafka(servers: Servers) -> list[str]:
    """Return what was found too late where nothing is brought from one service to another but what is asked for."""
    async with open_county(servers, parts=frozenset({"api"})) as county:
        return await races(county, AT_ONCE)


async def test_r30_late_accusation_ends_access_within_a_second_without_kafka(servers: Servers):
    assert await told_without_kafka(servers) == []


async def test_mutant_that_leaves_the_news_to_kafka_is_seen(servers: Servers, monkeypatch: pytest.MonkeyPatch):
    async def nobody(*_: Any) -> None:
        """Tell nobody."""

    monkeypatch.setattr(telling, "_along", nobody)
    assert await told_without_kafka(servers)
