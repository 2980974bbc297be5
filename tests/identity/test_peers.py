"""The account of a service opens its own door only (promise 43): what is said in `main`, over HTTP, and nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from importlib import import_module
from typing import Final
from uuid import uuid4

import httpx2
import pytest
import pytest_asyncio

from contracts.envelope import SERVICES
from contracts.vocabulary import Role
from services.assignment.questions.directory import ShowDirectory
from services.chassis import inbox
from services.chassis.http import gate
from services.chassis.http.common import COMMON, LISTENING, ShowNumbers, ShowParties
from services.chassis.identity.who import DOOR, SCRAPER, client_of
from services.chassis.operations import Declared, NotOpenToServices
from services.chassis.questions import Question
from services.chassis.running import Service
from services.chassis.units import KEEPER
from services.intake.commands import COMMANDS
from services.intake.commands.cases import DepositWords
from services.intake.commands.petitioner import PassOn
from tests.acting import issuer
from tests.harness import Servers, System, system
from tests.rules import refused

pytestmark = pytest.mark.asyncio(loop_scope="module")

CLIENTS: Final = (*SERVICES, "window", SCRAPER)
Door = tuple[str, str]
"""A service, and what is done there."""


def service(name: str) -> Service:
    made: Service = import_module(f"services.{name}.main").SERVICE
    return made


def operations() -> Iterator[tuple[str, type[Declared]]]:
    """Yield whatever can be done at any service with an account."""
    for name in SERVICES:
        yield from ((name, cls) for cls in (*COMMON, *service(name).operations) if not cls.operation.open)


OPERATIONS: Final = tuple(operations())


def said(client: str) -> set[Door]:
    """Return what a client may do, by what is declared."""
    peers = {(name, cls) for name in SERVICES for cls in service(name).peers.get(client, ())}
    return {(name, cls.operation.name) for name, cls in peers}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def huiyin(servers: Servers) -> AsyncIterator[System]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inbox, "ARRIVAL_SECONDS_MAX", 0.0)
        async with system(servers) as made, made.within(parts=frozenset({"api"}), strict=True):
            await made.enter({"code": "RSJ"})
            yield made


async def tried(huiyin: System, client: str, at: str, cls: type[Declared], **headers: str) -> httpx2.Response:
    """Try a door with a token of a client; what is sent is nothing that could be done."""
    operation = cls.operation
    path = operation.path.format_map(
        {name: str(uuid4()) for name in operation.in_path} | {"lane": 0, "source": "intake"}
    )
    headers |= {
        "Authorization": f"Bearer {issuer().token(client, azp=client_of(client))}", "Idempotency-Key": str(uuid4()),
    }  # fmt: skip
    return await huiyin.client.request(
        operation.method, huiyin.url(at) + path, json={} if operation.changes else None, headers=headers
    )


async def opened(huiyin: System, client: str, **headers: str) -> set[Door]:
    """Return the doors that a client opens: at which it is not told that they are not its."""
    found = set[Door]()
    for at, cls in OPERATIONS:
        reply = await tried(huiyin, client, at, cls, **headers)
        if reply.status_code not in {401, 403}:
            found.add((at, cls.operation.name))
    return found


@pytest.mark.parametrize("client", CLIENTS)
async def test_account_of_a_service_opens_its_own_doors_and_no_other(huiyin: System, client: str):
    assert await opened(huiyin, client) == said(client)


@pytest.mark.parametrize("client", CLIENTS)
async def test_who_speaks_for_petitioners_does_so_at_one_door(huiyin: System, client: str):
    """The window brings what comes in; intake passes on what a session has sent; and nobody else speaks for anybody."""
    for_petitioners = {(at, cls.operation.path) for at, cls in OPERATIONS if _without_session(cls)}
    passed = {("mediation", f"/cases/{{case_id}}/{cls.to}") for cls in COMMANDS if issubclass(cls, PassOn)}
    own = {"window": {door for door in for_petitioners if door[0] == DOOR}, "intake": passed}.get(client, set())
    paths = {(at, cls.operation.name): (at, cls.operation.path) for at, cls in OPERATIONS}
    found = await opened(huiyin, client, **{"Huiyin-Post": "RSJ/petitioner"})
    assert {paths[door] for door in found} == own


def _without_session(cls: type[Declared]) -> bool:
    return Role.petitioner in cls.operation.by and not cls.operation.by_session


@pytest.mark.parametrize("name", SERVICES)
async def test_what_is_said_is_what_services_need(name: str):
    """Lanes are for who listens, the directory for who keeps a copy, and who is what to a case for everybody."""
    for peer in SERVICES:
        asked = {*service(name).peers.get(peer, ())}
        assert asked.issuperset(LISTENING) is (name in service(peer).listens_to)
        assert asked.isdisjoint(LISTENING) is (name not in service(peer).listens_to)
        assert (ShowParties in asked) is (peer != name)
        assert (ShowDirectory in asked) is (name == KEEPER != peer)
        may_do = {DepositWords} if name == "intake" != peer else set()
        assert asked <= {cls for at, cls in OPERATIONS if at == name and issubclass(cls, Question)} | may_do


async def test_who_scrapes_numbers_is_shown_numbers(huiyin: System):
    """And whoever does it needs no account that could change the directory."""
    assert said(SCRAPER) == {(name, ShowNumbers.operation.name) for name in SERVICES}
    reply = await tried(huiyin, SCRAPER, "intake", ShowNumbers)
    assert (reply.status_code, "process_cpu_seconds_total" in reply.text) == (200, True)


async def test_mutant_that_lets_every_service_ask_everything_is_seen(huiyin: System, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(gate, "_may", lambda *_: None)
    assert await opened(huiyin, "assignment") > said("assignment")


async def test_what_is_not_its_door_is_said_to_be_none(huiyin: System):
    show = next(cls for at, cls in OPERATIONS if (at, cls.operation.name) == ("intake", "showRegistration"))
    refused(await tried(huiyin, "assignment", "intake", show), 403, NotOpenToServices)
