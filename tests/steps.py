"""How a case gets to a certain state over HTTP, for tests whose story begins there."""

from __future__ import annotations

from contextlib import asynccontextmanager
from itertools import product
from typing import Any, Final

import httpx2

from contracts.vocabulary import Role
from services.chassis.service import PARTS
from tests.harness import BUREAU, GOVERNMENT, HEAD, PLACE, UNIT, Servers, System, petition, system, until

REGISTERED_AT: Final = "2025-08-25T09:00:00+08:00"
HANDED_AT: Final = "2025-08-26T09:00:00+08:00"
NOTIFIED_AT: Final = "2025-08-27T09:00:00+08:00"
HEARD_AT: Final = "2025-08-28T09:00:00+08:00"
SERVED_AT: Final = "2025-09-01T09:00:00+08:00"
"""Thirty days later is National Day, so that review is open until 9 October."""
SYSTEM: Final = {"Huiyin-Actor": "system:test", "Huiyin-Unit": "system", "Huiyin-Role": str(Role.system)}
"""Who sees everything: a report, too."""
KEEPER: Final = {"Huiyin-Actor": "keeper-1", "Huiyin-Unit": "platform", "Huiyin-Role": str(Role.platform_admin)}
"""Who keeps the platform running."""
CLOSED_AT: Final = "2025-10-10T09:00:00+08:00"


@asynccontextmanager
async def open_county(servers: Servers, *, parts: frozenset[str] = PARTS, **overrides: Any):
    """Four services within this process, one competent unit and a discipline organ, for all tests of a module."""
    async with system(servers, **overrides) as made, made.within(parts=parts):
        await made.establish()
        await made.enter({"code": "JW", "kind": "discipline_organ"})
        yield made


def ok(reply: httpx2.Response, status: int = 200) -> dict[str, Any]:
    """Return what a command replied, which must have succeeded."""
    assert reply.status_code == status, reply.text
    return reply.json()


async def registered(county: System) -> str:
    return (await county.register(at=REGISTERED_AT))["case_id"]


async def attached(county: System, case: str, **more: Any) -> dict[str, Any]:
    """Let somebody come again about a case; return the receipt."""
    reply = await county.send("intake", f"/cases/{case}/petitions", petition(**more), role=Role.intake_clerk)
    return ok(reply, 201)


async def with_receipt(county: System, case: str, **more: Any) -> dict[str, Any]:
    """Return a petition of whoever shows the receipt of a case."""
    shown = ok(await county.client.get(f"{county.url('intake')}/cases/{case}", headers=SYSTEM))
    return petition(earlier_no=shown["registration_no"], **more)


async def classified(county: System) -> str:
    case = await registered(county)
    ok(await county.classify(case, at=REGISTERED_AT))
    return case


async def with_unit(county: System) -> str:
    case = await classified(county)
    ok(await county.forward(case, at=HANDED_AT))
    return case


async def helped(county: System, lead: str) -> str:
    """Return a case that another unit leads, and UNIT, which did not want it, helps with."""
    case = await with_unit(county)
    objection = {"ground": "other_unit_competent", "reasons": await document(county, case)}
    dispute = {"level": "common_superior", "units": [UNIT, lead], "arbiter": GOVERNMENT}
    settled = {"unit": lead, "co_units": [UNIT]}
    for what, body, unit, role in (
        ("objection", objection, UNIT, Role.unit_receiver),
        ("dispute", dispute, UNIT, Role.conference_secretary),
        ("lead-unit", settled, GOVERNMENT, Role.conference_secretary),
    ):
        ok(await county.send("assignment", f"/cases/{case}/{what}", body, role=role, unit=unit, at=HANDED_AT))
    ok(await county.notify(case, lead, at=NOTIFIED_AT))
    return case


async def accepted(county: System) -> str:
    case = await with_unit(county)
    ok(await county.notify(case, at=NOTIFIED_AT))
    return case


async def accepted_of_one(county: System) -> dict[str, Any]:
    """Return the receipt of a petition whose case the unit has accepted: what its petitioner does by code is met."""
    receipt = await county.register(at=REGISTERED_AT)
    ok(await county.classify(receipt["case_id"], at=REGISTERED_AT))
    ok(await county.forward(receipt["case_id"], at=HANDED_AT))
    ok(await county.notify(receipt["case_id"], at=NOTIFIED_AT))
    return receipt


async def document(
    county: System, case: str, kind: str = "record", text: str = "听取陈述笔录", *, unit: str | None = None
) -> str:
    """Deposit a text as whoever of a unit has to do with the case: of the one that has it, else of who received it."""
    said, path = {"kind": kind, "text": text}, f"/cases/{case}/documents"
    roles = (Role.case_officer, Role.bureau_officer, Role.unit_head)
    for one, role in product((unit,) if unit else (UNIT, BUREAU), roles):
        reply = await county.send("intake", path, said, role=role, unit=one)
        if reply.status_code != 404:
            break
    return ok(reply, 201)["document_id"]


async def typed(county: System, case: str, text: object) -> str:
    """Return what was typed beside a case, which lies in the vault."""
    path = f"/cases/{case}/contents/{text}?purpose=handling"
    found: str = ok(await county.send("intake", path, method="GET", role=Role.bureau_officer))["text"]
    return found


async def unseal(county: System, case: str, officer: str = "c-1", unit: str = "JW", **more: Any) -> None:
    """Let somebody of the discipline organ read what lies under seal, as another one of it agrees."""
    discipline, path = Role.discipline_officer, f"/cases/{case}/unsealings"
    asked = {"role": discipline, "unit": unit} | more
    ok(await county.send("intake", path, {"purpose": "examination"}, actor=officer, **asked))
    ok(await county.send("intake", f"{path}/approval", {"officer": officer}, actor="second-1", **asked))


async def clocks(county: System, case: str) -> list[dict[str, Any]]:
    """Return the clocks of a case when the ledger has everything."""
    await county.caught_up()
    url = f"{county.url('accountability')}/cases/{case}/clocks"
    return ok(await county.client.get(url, headers=SYSTEM))["items"]


async def due(county: System, case: str, code: str) -> str:
    """Return the last day of a period of the case, as its clock says."""
    [found] = [clock["due_on"] for clock in await clocks(county, case) if clock["code"] == code]
    return found


PAPER: Final = {
    "kind": "query_code_notice",
    "fields": {"query_code": "AAAA-BBBB-CCCC", "portal": "窗口", "duty_phone": "值守电话"},
}
"""A paper that a well-formed request knows how to ask for."""


async def paper(county: System, case: str, body: dict[str, Any]) -> str:
    reply = await county.send(
        "intake", f"/cases/{case}/papers", {"approved_by": "head-1"} | body, role=Role.bureau_officer, unit=UNIT
    )
    return ok(reply, 201)["document_id"]


async def act(
    county: System, case: str, what: str, body: Any, *, at: str | None = None, **more: Any
) -> httpx2.Response:
    """Let the handling unit's officer act in mediation."""
    more = {"role": Role.case_officer, "unit": UNIT} | more
    return await county.send("mediation", f"/cases/{case}/{what}", body, at=at, **more)


async def issue(county: System, case: str, body: Any, *, at: str | None = None, **more: Any) -> httpx2.Response:
    """Let the head of the unit issue what an officer of it has drafted."""
    return await act(county, case, "opinion", body, at=at, **{"role": Role.unit_head, "actor": HEAD} | more)


async def heard(county: System) -> str:
    case = await accepted(county)
    for kind in ("statement_heard", "facts_verified"):
        body = {"kind": kind, "document": await document(county, case)}
        ok(await act(county, case, "records", body, at=HEARD_AT))
    return case


async def decided(county: System, result: str = "support") -> str:
    case = await heard(county)
    ok(await issue(county, case, opinion(await document(county, case, "opinion"), result), at=HEARD_AT))
    return case


async def served(county: System, result: str = "support") -> str:
    case = await decided(county, result)
    ok(await act(county, case, "opinion/service", {"method": "post", "receipt": "EMS-2"}, at=SERVED_AT))
    return case


async def closed(county: System) -> str:
    case = await served(county, "explain")
    ok(await act(county, case, "closure", {}, at=CLOSED_AT))
    return case


def opinion(document: str, result: str = "support") -> dict[str, Any]:
    return {
        "result": result,
        "legal_basis": ["保障农民工工资支付条例 第三条"],
        "document": document,
        "drafted_by": "co-1",
        "review_body": GOVERNMENT,
    }


async def organised(county: System, cases: list[str]) -> dict[str, list[str]]:
    """Give the cases a sponsor, and make one of everything that is organised beside them; return the ids of these."""

    async def made(path: str, body: Any, key: str, method: str = "POST") -> list[str]:
        role = Role.bureau_officer if path == "/batches" else Role.conference_secretary
        reply = await county.send("assignment", path, body, role=role, method=method)
        return [ok(reply, 201 if reply.status_code == 201 else 200)[key]]

    text, day = await document(county, cases[0]), "2099-12-31"
    owed = {"unit": UNIT, "document": text, "due_on": day}
    batch = {"category": "unpaid_wages", "mode": "forward", "unit": UNIT, "cases": cases[:1]}
    vote = {"village": UNIT, "electorate": "villagers", "entitled": 100, "attended": 60, "in_favour": 31}
    await county.enter({"code": "T-1", "level": "township"})
    for case in cases:
        await made(f"/cases/{case}/sponsor", {"order_no": "57", "sponsor": "leader-1", "duties": ["resolve"]}, "state")
    await made("/leaders/leader-1/townships/T-1", None, "leader", "PUT")
    await made("/proposals", vote | {"document": text}, "proposal_id")
    return {
        "item_id": await made("/ledger-items", owed | {"kind": "petition", "officer": "co-1"}, "item_id"),
        "conference_id": await made("/conferences", {"held_on": day}, "conference_id"),
        "reception_id": await made(
            "/receptions", {"leader": "leader-1", "place": PLACE, "received_on": day}, "reception_id"
        ),
        "instruction_id": await made(
            f"/cases/{cases[0]}/instructions", owed | {"leader": "leader-1"}, "instruction_id"
        ),
        "batch_id": await made("/batches", batch, "batch_id"),
        "hall_call_id": await made(f"/cases/{cases[0]}/hall-calls", {"unit": UNIT, "due_on": day}, "hall_call_id"),
    }


async def until_closed(county: System, case: str) -> None:
    """Wait for the answer of intake to the closing; the ledger may have everything else before it."""

    async def told() -> bool:
        return ok(await county.client.get(f"{county.url('intake')}/cases/{case}"))["state"] == "closed"

    await until(told, "intake has learnt that the case is closed")
