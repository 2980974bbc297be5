"""第二十八条第三款、第三十条第三款: whatever gives a case, or a part of it, gives none to whom it complains of (promise 3).

Each operation that gives something is found by the fields that say to whom, and tried over HTTP with everybody from whom
a case is kept: complained of from the beginning, by what was merged into it, or by what it was split off from.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from importlib import import_module
from typing import Any, Final, get_args

import httpx2
import pytest
import pytest_asyncio
from pydantic import BaseModel

from contracts.envelope import SERVICES
from contracts.vocabulary import Role
from services.chassis import references
from services.chassis.commands import Command
from services.chassis.directory import Directory
from services.chassis.fields import Code
from services.chassis.http import gate
from services.chassis.operations import Declared
from services.chassis.recusal import FOR_NO_UNIT, OthersKeepOut
from services.chassis.references import Gives, Refers
from services.chassis.rights.table import READS, Relation, tag
from tests.harness import BUREAU, UNIT, Servers, System
from tests.rights.standing import OWN, described, sent, several, stand, standing_county
from tests.steps import document, ok, with_unit

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(600)]

COMMANDS: Final = [
    (service, cls)
    for service in SERVICES
    for cls in import_module(f"services.{service}.main").SERVICE.operations
    if issubclass(cls, Command)
]
ABOUT_NO_CASE: Final = {
    "setContactPoint", "countAtDoor", "succeedUnit", "voteOnProposal", "nameTeam", "orderSweep", "requireAssessment",
    "flagProject",
}  # fmt: skip
"""What gives somebody something, and nothing of a case."""
ABOUT_SEVERAL: Final = {
    "assignSectorBatch": "rights/test_giving.py::test_no_case_of_a_batch_goes_to_whom_it_complains_of",
    "summonUnit": "law/test_r28_who_acts.py::test_accused_unit_is_neither_summoned_nor_heard_where_all_is_about_it",
    "decideConferenceItem": "law/test_r28_accused.py::TestGiving::test_conference_gives_an_accused_unit_nothing",
}
"""What is about several cases, and the tests of it."""
ENTRIES: Final = {"referToPolice": "conduct_incident_id", "redirectInstruction": "instruction_id"}
"""What is done to an entry about a case."""
GETS_NOTHING: Final = {
    "tellPersonnel.persons", "askRecusal.officer", "challengeOfficer.officer", "decideChallenge.officer",
    "requestRecusal.officer", "decideRecusal.officer", "offerMediation.other_party", "openDesk.unit",
    "openBox.second_opener", "establishUnit.parent", "establishUnit.sector_superior", "nameDeputy.deputy",
    "rosterReception.leader", "registerCommittee.chair", "registerCommittee.unit", "reelect.chair",
    "registerMediator.mediator", "recordDispute.against_unit", "nameTeam.leader", "nameTeam.mediator",
}  # fmt: skip
"""Who is named by their code and gets nothing of a case by that: of whom something is said, or where there is none."""
OF_NOBODY: Final = {"place", "box_no", "desk_no", "category", "project_no", "power", "parts"}
"""Codes of what is neither a unit nor somebody."""


def gives() -> Iterator[tuple[str, type[Declared], str, bool]]:
    """Yield every field of a command that says to whom it gives something, and whether that is a person."""
    for service, cls in COMMANDS:
        for name, one in references.references(cls):
            if isinstance(one, Gives):
                yield service, cls, name, one.person


GIVING: Final = [one for one in gives() if one[1].operation.name not in ABOUT_NO_CASE | ABOUT_SEVERAL.keys()]

UNITS: Final = ("ACC", "ACC-SUB", "HEIR", "HEIR-SUB", "OLD", "HIS", "HIS-SUB", "LENT")
"""Complained of, under it; who carries on for such a one, under that; whom it was; where an accused person works, under
that, and where they work besides, and stand in for somebody."""
PERSONS: Final = ("bad-1", "acc-1", "sub-1", "heir-1", "his-2", "for-acc-1")
"""Complained of, who works for any of these units, and who stands in for one who does."""
RECUSED: Final = "gone-1"


async def test_whatever_gives_something_is_tried():
    tried = {cls.operation.name for _, cls, _, _ in GIVING}
    for _, cls, _, _ in GIVING:
        assert {"case_id", *ENTRIES.values()} & cls.model_fields.keys(), cls
    assert {cls.operation.name for _, cls, _, _ in gives()} == tried | ABOUT_NO_CASE | ABOUT_SEVERAL.keys()


@pytest.mark.parametrize("cls", [cls for _, cls in COMMANDS], ids=lambda cls: cls.operation.name)
async def test_whatever_names_somebody_says_whether_they_get_something(cls: type[Declared]):
    coded = {name for name, field in cls.model_fields.items() if _is_code(field.annotation, *field.metadata)}
    says = {name for name, one in references.references(cls) if isinstance(one, (Gives, Refers))}
    unsaid = coded - says - {*cls.operation.in_path} - OF_NOBODY
    assert {f"{cls.operation.name}.{name}" for name in unsaid} <= GETS_NOTHING


def _is_code(kind: Any, *metadata: Any) -> bool:
    """Return whether it is the code of something, or has one in it."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return any(_is_code(field.annotation, *field.metadata) for field in kind.model_fields.values())
    return Code.__metadata__[0] in metadata or any(
        _is_code(one, *getattr(one, "__metadata__", ())) for one in get_args(kind)
    )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with standing_county(servers) as made:
        await made.enter(
            {"code": "ACC", "officers": {"acc-1": [Role.unit_head], "for-acc-1": [Role.case_officer]}},
            {"code": "ACC-SUB", "parent": "ACC", "officers": {"sub-1": [Role.case_officer]}},
            {"code": "HEIR", "officers": {"heir-1": [Role.unit_head]}}, {"code": "HEIR-SUB", "parent": "HEIR"},
            {"code": "OLD", "successors": ["HEIR"]},
            {"code": "HIS", "officers": {"bad-1": [Role.case_officer], "his-2": [Role.case_officer]}},
            {"code": "HIS-SUB", "parent": "HIS"},
            {"code": "LENT", "officers": {"away-1": [Role.unit_head], "bad-1": [Role.case_officer]}},
            {"code": "FREE", "officers": {"free-1": [Role.unit_head], RECUSED: [Role.case_officer]}},
        )  # fmt: skip
        for code, officer, deputy in (("LENT", "away-1", "bad-1"), ("ACC", "acc-1", "for-acc-1")):
            days = {"deputy": deputy, "first_on": "2020-01-01", "last_on": "2099-12-31"}
            path = f"/units/{code}/officers/{officer}/deputy"
            ok(await made.send("assignment", path, days, method="PUT", role=Role.platform_admin))
        for running in made.running.values():
            await running.store.directories.renew()
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def examples(county: System) -> dict[str, Any]:
    return await described(county)


async def accuse(county: System, case: str) -> None:
    said = {"units": ["ACC", "OLD"], "persons": ["bad-1"]}
    ok(await county.send("intake", f"/cases/{case}/accused", said, role=Role.bureau_officer))


async def plain(county: System) -> str:
    case = await with_unit(county)
    await accuse(county, case)
    return case


async def merged(county: System) -> str:
    """Return a case that complains of them by another one that was merged into it."""
    case, into = await with_unit(county), await with_unit(county)
    await accuse(county, case)
    ok(await county.send("intake", f"/cases/{case}/merger", {"into": into}, role=Role.bureau_officer))
    return into


async def split(county: System) -> str:
    """Return a case that complains of them because it was split off one that does."""
    case = (await county.register())["case_id"]
    ok(await county.classify(case))
    await accuse(county, case)
    part = {"category": "unpaid_wages", "place": "P-1", "content": {"claim": "甲", "facts": "乙"}}
    reply = await county.send("intake", f"/cases/{case}/split", {"parts": [part, part]}, role=Role.bureau_officer)
    child = ok(reply, 201)["children"][0]["case_id"]
    ok(await county.classify(child))
    ok(await county.forward(child, UNIT))
    return str(child)


ONES: Final = {"plain": plain, "merged": merged, "split": split}


async def complaining(county: System, how: str) -> tuple[str, dict[str, str]]:
    """Return a case that complains of them, with what has been entered about it."""
    await stand(county, tag(Relation.receives, BUREAU), tag(Relation.handles, UNIT))
    case = await ONES[how](county)
    await county.caught_up()
    paper = await document(county, case, unit=BUREAU)
    told = {"leader": "leader-1", "unit": UNIT, "document": paper, "due_on": "2099-12-31"}
    act = {"conduct": "staying", "happened_on": "2025-08-25", "evidence": paper}
    made = {}
    for service, what, body, role, name in (
        ("assignment", "instructions", told, Role.bureau_officer, "instruction_id"),
        ("intake", "conduct-incidents", act, Role.bureau_officer, "conduct_incident_id"),
    ):
        made[name] = ok(await county.send(service, f"/cases/{case}/{what}", body, role=role), 201)[name]
    await stand(county, *(tag(relation, OWN) for relation in Relation))
    return case, made


async def given(
    county: System,
    examples: dict[str, Any],
    case: str,
    made: dict[str, str],
    cls: type[Declared],
    service: str,
    more: dict[str, str],
) -> httpx2.Response:
    """Give something to some by an operation, as somebody who may; whoever else it names is nobody of them."""
    roles = sorted({*cls.operation.by} & READS.keys() - FOR_NO_UNIT)
    others = {name: "free-1" if person else "FREE" for _, one, name, person in gives() if one is cls}
    body = {name: several(cls, name, one) for name, one in (others | more).items()}
    return await sent(county, examples, service, cls, case, roles[0], OWN, body, **made)


async def got_it(
    county: System,
    examples: dict[str, Any],
    how: str,
    break_it: Callable[[], object] = lambda: None,
    only: Collection[str] = (),
) -> list[Any]:
    """Return who gets something of a case by which operation, or is not told that somebody else keeps out."""
    case, made = await complaining(county, how)
    break_it()
    async with county.sql() as db:
        for service in SERVICES:
            await db.execute(
                f"UPDATE {service}.case_view SET accused = accused || $1::text[] WHERE accused IS NOT NULL",
                [f"!{RECUSED}"],
            )
    found = []
    for service, cls, name, person in GIVING:
        for one in only or ((*PERSONS, RECUSED) if person else UNITS):
            reply = await given(county, examples, case, made, cls, service, {name: one})
            if reply.status_code != 403 or reply.json()["code"] != OthersKeepOut.code:
                found.append((cls.operation.name, name, one, reply.status_code, reply.text[:120]))
    return found


@pytest.mark.parametrize("how", ONES)
async def test_promise_3_nothing_is_given_to_whom_a_case_complains_of(
    county: System, examples: dict[str, Any], how: str
):
    """第二十八条第三款、第三十条第三款."""
    assert await got_it(county, examples, how) == []


async def test_others_get_what_they_are_given(county: System, examples: dict[str, Any]):
    case, made = await complaining(county, "plain")
    for service, cls, _, _ in GIVING:
        reply = await given(county, examples, case, made, cls, service, {})
        assert OthersKeepOut.code not in reply.text, (cls, reply.text)


async def test_no_case_of_a_batch_goes_to_whom_it_complains_of(county: System):
    await stand(county, tag(Relation.receives, BUREAU))
    cases = []
    for _ in range(2):
        cases.append((await county.register())["case_id"])
        ok(await county.classify(cases[-1]))
    await accuse(county, cases[0])
    await county.caught_up()
    for unit in UNITS:
        body = {"category": "unpaid_wages", "mode": "forward", "unit": unit, "cases": cases[:1]}
        reply = await county.send("assignment", "/batches", body, role=Role.bureau_officer)
        [item] = ok(reply, 201)["items"]
        assert item["outcome"] == ("unit_has_successor" if unit == "OLD" else OthersKeepOut.code), (unit, item)


@pytest.mark.parametrize(("forgotten", "one"), [("_predecessors", "HEIR"), ("units_of", "his-2")])
async def test_mutant_who_gives_forgets(
    county: System, examples: dict[str, Any], monkeypatch: pytest.MonkeyPatch, forgotten: str, one: str
):
    def break_it() -> None:
        monkeypatch.setattr(
            Directory, forgotten, defaultdict(set) if forgotten == "_predecessors" else lambda *_: set()
        )
        for running in county.running.values():
            vars(running.store.directories.current).pop(forgotten, None)

    assert await got_it(county, examples, "plain", break_it, [one])


async def test_mutant_who_is_one_of_several_is_not_asked_about(
    county: System, examples: dict[str, Any], monkeypatch: pytest.MonkeyPatch
):
    """Co-units, for one."""
    whole = gate.given_units
    monkeypatch.setattr(
        gate, "given_units", lambda one: [unit for unit in whole(one) if unit in {*vars(one).values()} - {None}]
    )
    found = {name for _, name, *_ in await got_it(county, examples, "plain", only=["ACC"])}
    assert "co_units" in found
