"""第二十八条第三款、第三十条第三款: the answer to what was done before is for whoever may know of the case today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
import pytest_asyncio

from contracts.vocabulary import Role
from services.chassis.errors import KeyReused, NotFound
from services.chassis.http import gate
from tests.harness import BUREAU, UNIT, Servers, System, petition
from tests.law.test_r28_accused import UNITS
from tests.rules import refused
from tests.steps import accepted, classified, document, ok, open_county, registered

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        await made.enter(*UNITS, {"code": BUREAU, "kind": "petition_bureau", "competent": False, "parent": "XW"})
        yield made


@dataclass
class Command:
    """What somebody sends, under a key of their own."""

    county: System
    service: str
    path: str
    body: dict[str, Any]
    who: dict[str, Any]
    key: UUID

    async def send(self, **more: Any) -> httpx2.Response:
        return await self.county.send(self.service, self.path, self.body, **(self.who | {"key": self.key} | more))


async def hearing(county: System, case: str) -> Command:
    """Let the unit's officer put on record that somebody was heard."""
    body = {"kind": "statement_heard", "document": await document(county, case)}
    who = {"role": Role.case_officer, "unit": UNIT, "actor": "co-1"}
    command = Command(county, "mediation", f"/cases/{case}/records", body, who, uuid4())
    ok(await command.send())
    return command


async def accuse(county: System, case: str, key: UUID | None = None, **whom: list[str]) -> httpx2.Response:
    path = f"/cases/{case}/accused"
    return await county.send("intake", path, whom, role=Role.bureau_officer, unit=BUREAU, key=key)


async def tell_once_more(county: System, **whom: list[str]) -> httpx2.Response:
    """Let somebody be accused after they were answered, and ask for the answer once more; with a version, too."""
    case = await accepted(county)
    command = await hearing(county, case)
    first = ok(await command.send())
    ok(await accuse(county, case, **whom))
    stale = await command.send(version=first["version"])
    refused(stale, 404, NotFound)
    return await command.send()


@pytest.mark.parametrize("whom", [{"units": [UNIT]}, {"persons": ["co-1"]}, {"persons": ["head-1"]}], ids=str)
async def test_r28_who_was_accused_since_is_told_what_a_stranger_is_told(county: System, whom: dict[str, list[str]]):
    refused(await tell_once_more(county, **whom), 404, NotFound)


async def test_mutant_that_tells_the_accused_once_more_is_seen(county: System, monkeypatch: pytest.MonkeyPatch):
    async def never(*_: Any) -> bool:
        return False

    monkeypatch.setattr(gate, "_keeps_out_since", never)
    with pytest.raises(AssertionError):
        await tell_once_more(county, units=[UNIT])


async def test_r28_who_stepped_aside_since_is_told_nothing_and_a_colleague_under_that_key_neither(county: System):
    case = await accepted(county)
    command = await hearing(county, case)
    aside = Command(county, "mediation", f"/cases/{case}/recusal/declarations", {}, command.who, uuid4())
    assert ok(await aside.send()) == ok(await aside.send())  # what keeps them out is told them all the same
    refused(await command.send(), 404, NotFound)
    refused(await command.send(actor="co-2"), 422, KeyReused)


async def test_r30_stranger_and_accused_are_told_alike(county: System):
    """Byte for byte, but for what was asked."""
    case = await accepted(county)
    command = await hearing(county, case)
    ok(await accuse(county, case, units=[UNIT]))
    nowhere = str(uuid4())
    other = Command(county, "mediation", f"/cases/{nowhere}/records", command.body, command.who, uuid4())
    told = [
        reply.text.replace(of, "CASE").replace(reply.headers["x-request-id"], "REQUEST")
        for reply, of in ((await command.send(), case), (await other.send(), nowhere))
    ]
    assert told[0] == told[1]


async def test_r28_version_tells_the_accused_of_no_case(county: System):
    """Who is accused learns from a version that they name wrongly neither that there is a case nor how far it is."""
    case = await accepted(county)
    command = await hearing(county, case)
    ok(await accuse(county, case, units=[UNIT]))
    refused(await command.send(key=uuid4(), version=1), 404, NotFound)


async def test_r22_who_registers_a_complaint_about_themselves_is_told_once_more_until_that_is_said(county: System):
    """第二十二条: the door is open; whoever was accused since has no receipt of what they took in."""
    key = uuid4()
    sent = {"role": Role.unit_receiver, "unit": UNIT, "actor": "co-1", "key": key}
    first = await county.send("intake", "/petitions", petition(), **sent)
    case = ok(first, 201)["case_id"]
    assert (await county.send("intake", "/petitions", petition(), **sent)).json() == first.json()
    own = {"role": Role.unit_receiver, "unit": UNIT, "actor": "co-1", "key": uuid4()}
    saying = [await county.send("intake", f"/cases/{case}/accused", {"units": [UNIT]}, **own) for _ in range(2)]
    assert ok(saying[0]) == ok(saying[1])  # it is what keeps them out, and they have lost the answer
    refused(await county.send("intake", "/petitions", petition(), **sent), 404, NotFound)


async def test_what_is_done_by_who_loses_the_case_by_it_is_told_once_more(county: System):
    """Nobody is told «there is no such case» because a reply was lost."""
    case = await classified(county)
    key = uuid4()
    assert (await accuse(county, case, key, units=[UNIT])).json() == (
        await accuse(county, case, key, units=[UNIT])
    ).json()
    other = await registered(county)
    refused(await accuse(county, other, key, units=[UNIT]), 422, KeyReused)
