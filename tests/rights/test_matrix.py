"""个人信息保护法 第六条: role × operation × relation, as the table has it, over HTTP against all services (promise 12).

Who may do something in a case at all, by role and relation, is told it is there, whatever else may refuse them; whoever
may not is told what is told of a case that there is not.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from importlib import import_module
from typing import Any, Final
from uuid import uuid4

import httpx2
import pytest
import pytest_asyncio

from contracts.envelope import SERVICES
from contracts.vocabulary import Role
from services.chassis import relating
from services.chassis.errors import SourceAway, Unavailable
from services.chassis.http import gate
from services.chassis.operations import Declared
from services.chassis.recusal import FOR_NO_UNIT
from services.chassis.rights import table
from services.chassis.rights.table import READS, Reach, Relation, tag
from services.intake.commands.cases import AttachPetition
from tests.harness import BUREAU, UNIT, Servers, System
from tests.rights.standing import (
    ACTOR,
    BESIDE,
    BUREAU_BESIDE,
    OWN,
    UNDER,
    at_once,
    cases_in,
    described,
    sent,
    several,
    stand,
    standing_county,
)
from tests.steps import ok, with_unit

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(600)]

FULL: Final = os.environ.get("HUIYIN_TEST_FULL") == "1"
Way = Relation | Reach


def of_cases() -> Iterator[tuple[str, type[Declared]]]:
    """Yield every operation on a case, of each service."""
    for service in SERVICES:
        for cls in import_module(f"services.{service}.main").SERVICE.operations:
            if "case_id" in cls.operation.in_path and not cls.operation.open:
                yield service, cls


OPERATIONS: Final = tuple(sorted(of_cases(), key=lambda one: one[1] is AttachPetition))
"""The last one is that by which somebody receives the case, and has to do with it from then on."""


def naming() -> Iterator[tuple[str, type[Declared], str]]:
    """Yield every field of a command that names a case which does not stand in its path."""
    for service in SERVICES:
        for cls in import_module(f"services.{service}.main").SERVICE.operations:
            for name in cases_in(cls):
                yield service, cls, name


NAMING: Final = tuple(naming())


def stands(way: Way, *, person: bool = False) -> tuple[str, str]:
    """Return who has to do with the case, and for which unit somebody acts who stands so to it."""
    if isinstance(way, Relation):
        return tag(way, ACTOR if person else OWN, person=person), OWN
    party, own = {
        Reach.line: (UNDER, OWN), Reach.bureau: (BESIDE, BUREAU_BESIDE), Reach.territory: (BESIDE, BUREAU_BESIDE),
        Reach.audit: (BESIDE, OWN),
    }[way]  # fmt: skip
    return tag(Relation.handles, party), own


@pytest.fixture(scope="module", autouse=True)
def without_waiting() -> Iterator[None]:
    with at_once():
        yield


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with standing_county(servers) as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def examples(county: System) -> dict[str, Any]:
    return await described(county)


def hidden(reply: httpx2.Response, case: str) -> bool:
    """Return whether the reply is that of a case that there is not."""
    told = reply.json()
    if reply.status_code == 200 and isinstance(told, dict) and "items" in told:
        return not told["items"]
    return reply.status_code == 404 and told["code"] == "not_found" and told["detail"] == case


COVERED: Final = {
    Reach.line: {Reach.line, Reach.territory, Reach.audit}, Reach.bureau: {Reach.bureau, Reach.territory, Reach.audit},
    Reach.territory: {Reach.bureau, Reach.territory, Reach.audit}, Reach.audit: {Reach.audit},
}  # fmt: skip
"""Who stands so stands also so: a bureau is in its territory, and an office audits what is under it and in its own."""


def permitted(role: Role, way: Way) -> bool:
    if isinstance(way, Relation):
        return way in READS[role].of
    return not READS[role].over.isdisjoint(COVERED[way])


def some(roles: list[Role], way: Way, n: int) -> list[Role]:
    """Return all roles in the full run; else of each operation one that the table permits and one that it does not."""
    if FULL:
        return roles
    sides = [[role for role in roles if permitted(role, way) is so] for so in (True, False)]
    return [side[n % len(side)] for side in sides if side]


def is_list(cls: type[Declared]) -> bool:
    reply = cls.operation.reply
    return cls.operation.method == "GET" and not isinstance(reply, str) and "items" in reply.model_fields


WAYS: Final[list[tuple[Way, bool]]] = [
    *((relation, False) for relation in Relation), *((relation, True) for relation in Relation),
    *((reach, False) for reach in Reach),
]  # fmt: skip


@pytest.mark.parametrize(("way", "person"), WAYS, ids=[f"{way}{'-in-person' * person}" for way, person in WAYS])
async def test_who_stands_so_to_a_case_is_told_of_it_if_the_table_says_so(
    county: System, examples: dict[str, Any], way: Way, person: bool
):
    party, unit = stands(way, person=person)
    allowed, denied, tried = [], [], 0
    await stand(county, tag(Relation.receives, BUREAU), tag(Relation.handles, UNIT))
    case = await with_unit(county)
    led = {"order_no": "1号", "sponsor": "leader-1", "duties": ["resolve"]}
    ok(await county.send("assignment", f"/cases/{case}/sponsor", led, role=Role.conference_secretary))
    await county.caught_up()
    await stand(county, party)
    for n, (service, cls) in enumerate(OPERATIONS):
        roles = some(sorted({*cls.operation.by} & READS.keys() - FOR_NO_UNIT), way, n)
        for role in sorted(roles, key=lambda role: permitted(role, way)):
            reply = await sent(county, examples, service, cls, case, role, unit)
            assert reply.status_code != 422 or not is_list(cls), (cls.__name__, reply.text)
            if reply.status_code == 422:
                continue
            tried += 1
            told = (service, cls.operation.name, str(role), reply.status_code, reply.text[:120])
            if hidden(reply, case) and permitted(role, way) and not is_list(cls):
                denied.append(told)
            if not hidden(reply, case) and not permitted(role, way):
                allowed.append(told)
    assert (allowed, denied) == ([], [])
    assert tried > len(OPERATIONS)


async def complaint_of(county: System, unit: str) -> str:
    """Return a case that complains of a unit, in the services that know of it."""
    await stand(county, tag(Relation.receives, BUREAU), tag(Relation.handles, UNIT))
    case = await with_unit(county)
    ok(await county.send("intake", f"/cases/{case}/accused", {"units": [unit]}, role=Role.bureau_officer))
    await county.caught_up()
    return case


async def told_apart(county: System, examples: dict[str, Any], unit: str, case: str) -> list[Any]:
    """Return the operations that tell a unit of a case of which it must not know something else than of none."""
    nowhere = str(uuid4())
    await stand(county, tag(Relation.handles, BESIDE))
    unlike = []
    for service, cls in OPERATIONS:
        roles = sorted({*cls.operation.by} & READS.keys() - FOR_NO_UNIT)
        must_not = roles if unit == BESIDE else [role for role in roles if not READS[role].over]
        for role in must_not if FULL else must_not[:1]:
            one = await sent(county, examples, service, cls, case, role, unit)
            other = await sent(county, examples, service, cls, nowhere, role, unit)
            told = [(reply.status_code, _bare(reply, asked)) for reply, asked in ((one, case), (other, nowhere))]
            if told[0] != told[1]:
                unlike.append((service, cls.operation.name, str(role), told))
    return unlike


@pytest.mark.parametrize("unit", [OWN, BESIDE], ids=["stranger", "accused"])
async def test_unknown_and_forbidden_are_told_alike(county: System, examples: dict[str, Any], unit: str):
    """Promise 40: byte for byte, but for what was asked."""
    assert await told_apart(county, examples, unit, await complaint_of(county, BESIDE)) == []


async def test_mutant_who_keeps_out_is_told_what_else_is_wrong(
    county: System, examples: dict[str, Any], monkeypatch: pytest.MonkeyPatch
):
    async def never(*_: Any) -> bool:
        return False

    case = await complaint_of(county, BESIDE)
    monkeypatch.setattr(gate, "is_kept", never)
    assert len(await told_apart(county, examples, BESIDE, case)) > 4


def let_others_be_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no service be told by the others who has to do with a case."""

    async def away(*_: Any) -> bool:
        raise SourceAway

    monkeypatch.setattr(relating, "_others_know", away)
    monkeypatch.setattr(relating, "CATCH_UP_SECONDS_MAX", 0.0)
    monkeypatch.setattr("services.chassis.source.PATIENCE_SECONDS", 0.0)


@pytest.mark.parametrize("unit", [OWN, BESIDE], ids=["stranger", "accused"])
async def test_unknown_and_forbidden_are_told_alike_while_others_are_away(
    county: System, examples: dict[str, Any], monkeypatch: pytest.MonkeyPatch, unit: str
):
    """Nobody waits for a service to be stopped to learn whom a case complains of."""
    case = await complaint_of(county, BESIDE)
    let_others_be_away(monkeypatch)
    assert await told_apart(county, examples, unit, case) == []


async def test_mutant_who_keeps_out_is_told_while_others_are_away(
    county: System, examples: dict[str, Any], monkeypatch: pytest.MonkeyPatch
):
    """What could not be found out of a case that there is not is found out of one that is kept from somebody."""
    honest, case = gate.search_in_vain, await complaint_of(county, BESIDE)

    async def at_least(*args: Any, **more: Any) -> None:
        with suppress(Unavailable):
            await honest(*args, **more)

    monkeypatch.setattr(gate, "search_in_vain", at_least)
    let_others_be_away(monkeypatch)
    assert len(await told_apart(county, examples, BESIDE, case)) > 20


async def told_of_named(county: System, examples: dict[str, Any], unit: str, case: str) -> dict[str, Any]:
    """Return what a unit is told, by each field that names a case, of one that it names there."""
    told = {}
    for service, cls, name in NAMING:
        roles = sorted({*cls.operation.by} & READS.keys() - FOR_NO_UNIT)
        role = next(role for role in roles if Relation.handles in READS[role].of)
        named = {name: several(cls, name, case)}
        reply = await sent(county, examples, service, cls, str(uuid4()), role, unit, named)
        told[f"{cls.operation.name}.{name}"] = reply, hidden(reply, case), _bare(reply, case)
    return told


async def let_on(county: System, examples: dict[str, Any]) -> dict[str, Any]:
    """Return the fields by which somebody learns that there is a case of which they must not know."""
    case = await complaint_of(county, BESIDE)
    await stand(county, tag(Relation.handles, OWN), tag(Relation.handles, BESIDE))
    by_owner = await told_of_named(county, examples, OWN, case)
    assert {name: reply.text for name, (reply, nothing, _) in by_owner.items() if nothing} == {}
    nowhere = await told_of_named(county, examples, BUREAU_BESIDE, str(uuid4()))
    found = {name: reply.text for name, (reply, nothing, _) in nowhere.items() if not nothing}
    for unit in (BESIDE, UNDER):
        told = await told_of_named(county, examples, unit, case)
        found |= {f"{unit} {name}": one for name, (_, _, one) in told.items() if one != nowhere[name][2]}
    return found


async def test_who_must_not_know_of_a_case_names_it_in_vain(county: System, examples: dict[str, Any]):
    """Promise 40, 第三十条第三款: whatever names a case is a way to ask whether there is one."""
    assert await let_on(county, examples) == {}
    assert {cls.operation.name for _, cls, _ in NAMING} >= {"holdReception", "writeDiary", "assignSectorBatch"}


async def test_mutant_who_names_a_case_is_not_asked(
    county: System, examples: dict[str, Any], monkeypatch: pytest.MonkeyPatch
):
    async def nothing(*_: Any) -> None:
        """Ask nobody."""

    monkeypatch.setattr(gate, "may_name_all", nothing)
    assert len(await let_on(county, examples)) > 4


async def test_mutant_who_keeps_out_names_a_case(
    county: System, examples: dict[str, Any], monkeypatch: pytest.MonkeyPatch
):
    async def never(*_: Any) -> bool:
        return False

    monkeypatch.setattr(relating, "is_kept", never)
    assert len(await let_on(county, examples)) > 4


async def searched(
    county: System, examples: dict[str, Any], monkeypatch: pytest.MonkeyPatch, unit: str, case: str
) -> dict[str, tuple[bool, list[str]]]:
    """Return of each operation whether a unit found nothing by it, and for what it has waited meanwhile."""
    found, waited = dict[str, tuple[bool, list[str]]](), list[str]()
    honest, stores = relating._others_know, [running.store for running in county.running.values()]

    async def asked(*args: Any) -> bool:
        waited.append("what others know")
        return await honest(*args)

    def heard(catching_up: Any, *args: Any) -> Any:
        waited.append("what comes")
        return catching_up(*args)

    with monkeypatch.context() as patch:
        patch.setattr(relating, "_others_know", asked)
        for store in stores:
            patch.setattr(store, "catching_up", partial(heard, store.catching_up))
        for service, cls in OPERATIONS:
            roles = sorted({*cls.operation.by} & READS.keys() - FOR_NO_UNIT)
            role = next((role for role in roles if permitted(role, Relation.handles)), None)
            if role is None:
                continue
            waited.clear()
            reply = await sent(county, examples, service, cls, case, role, unit)
            found[f"{service} {cls.operation.name}"] = hidden(reply, case), sorted(waited)
    return found


async def told_by_waiting(county: System, examples: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return by which operations whoever finds nothing learns from how long it takes that there is something."""
    case = await complaint_of(county, BESIDE)
    await stand(county, tag(Relation.handles, BESIDE))
    nowhere = await searched(county, examples, monkeypatch, BESIDE, str(uuid4()))
    unlike = {}
    for who, unit in (("accused", BESIDE), ("stranger", OWN)):
        told = await searched(county, examples, monkeypatch, unit, case)
        assert sum(nothing for nothing, _ in told.values()) > 100
        unlike |= {
            f"{who}: {name}": (nowhere[name], found)
            for name, found in told.items()
            if found[0] and found != nowhere[name]
        }
    return unlike


async def test_who_finds_nothing_waits_for_the_same(
    county: System, examples: dict[str, Any], monkeypatch: pytest.MonkeyPatch
):
    """Promise 40: from how long it takes nobody learns that there is a case, least of all whom it complains of."""
    assert await told_by_waiting(county, examples, monkeypatch) == {}


async def test_mutant_who_keeps_out_is_told_at_once(
    county: System, examples: dict[str, Any], monkeypatch: pytest.MonkeyPatch
):
    async def nothing(*_: Any, **__: Any) -> None:
        """Search for nothing."""

    monkeypatch.setattr(gate, "search_in_vain", nothing)
    assert len(await told_by_waiting(county, examples, monkeypatch)) > 20


def _bare(reply: httpx2.Response, asked: str) -> Any:
    told = reply.text.replace(asked, "CASE").replace(reply.headers["x-request-id"], "REQUEST")
    names = sorted(name for name in reply.headers if name not in {"date", "server-timing"})
    return told, names


async def test_mutant_who_only_helps_reads_too(county: System, examples: dict[str, Any], monkeypatch: Any):
    wider = READS[Role.mediator]
    wider = table.Reads(wider.of | {Relation.helps}, wider.over)
    case = await with_unit(county)
    await county.caught_up()
    await stand(county, tag(Relation.helps, "NEW"))
    service, show = next((s, cls) for s, cls in OPERATIONS if cls.operation.name == "showCase")
    assert hidden(await sent(county, examples, service, show, case, Role.mediator, "NEW"), case)
    monkeypatch.setitem(READS, Role.mediator, wider)  # type: ignore[arg-type]  # it is a dict
    for running in county.running.values():
        running.store.directories.current.askers.clear()
    ok(await sent(county, examples, service, show, case, Role.mediator, "NEW"))
    for running in county.running.values():
        running.store.directories.current.askers.clear()
