"""第二十四条第二款, through all services: the successor owes everything and acts; the unit that is no more does nothing."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio

from contracts.vocabulary import Role
from services.chassis.units import UnitIsNoMore
from tests.harness import BUREAU, CITY, GOVERNMENT, Servers, System, until
from tests.rules import refused
from tests.steps import (
    HANDED_AT,
    HEARD_AT,
    NOTIFIED_AT,
    REGISTERED_AT,
    SERVED_AT,
    act,
    clocks,
    document,
    issue,
    ok,
    open_county,
    opinion,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

POST = {"method": "post", "receipt": "EMS-1"}
PEOPLE = {"o-1": [Role.case_officer], "oh": [Role.unit_head]}
HEIRS = {"p-1": [Role.case_officer], "ph": [Role.unit_head]}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        await made.enter({"code": BUREAU, "parent": GOVERNMENT, "kind": "petition_bureau", "competent": False})
        yield made


async def with_officers(county: System, old: str, new: str, **more: Any) -> None:
    facts = {"parent": GOVERNMENT, "kind": "department", "powers": ["housing"]} | more
    await county.enter(
        {"code": old, "officers": PEOPLE} | facts, {"code": new, "officers": HEIRS, **facts, "powers": []}
    )


async def carry_on(county: System, old: str, *new: str) -> None:
    path = f"/units/{old}/successors"
    ok(await county.send("assignment", path, {"successors": new}, role=Role.platform_admin, method="PUT"))


async def received(county: System, unit: str) -> str:
    case = (await county.register(at=REGISTERED_AT))["case_id"]
    ok(await county.classify(case, at=REGISTERED_AT))
    ok(await county.forward(case, unit, at=HANDED_AT))
    return case


async def notify(county: System, case: str, unit: str, officer: str, *, at: str = NOTIFIED_AT):
    body = POST | {"case_officer": officer}
    return await act(county, case, "acceptance-notice", body, role=Role.unit_receiver, unit=unit, at=at)


async def served(county: System, unit: str, body: str = GOVERNMENT) -> str:
    case = await received(county, unit)
    ok(await notify(county, case, unit, "o-1"))
    who: dict[str, Any] = {"unit": unit, "actor": "o-1"}
    for kind in ("statement_heard", "facts_verified"):
        paper = {"kind": kind, "document": await document(county, case)}
        ok(await act(county, case, "records", paper, at=HEARD_AT, **who))
    draft = opinion(await document(county, case, "opinion"), "explain") | {"drafted_by": "o-1", "review_body": body}
    ok(await issue(county, case, draft, at=HEARD_AT, unit=unit, actor="oh"))
    ok(await act(county, case, "opinion/service", POST, at=SERVED_AT, **who))
    return case


async def owed(county: System, case: str) -> dict[str, tuple[str | None, str]]:
    return {
        clock["code"]: (clock["holder"], clock["due_on"])
        for clock in await clocks(county, case)
        if clock["state"] in {"running", "breached"} and clock["nature"] == "duty"
    }


async def until_owed(county: System, case: str, code: str, holder: str) -> dict[str, tuple[str | None, str]]:
    async def passed_on() -> bool:
        return (await owed(county, case))[code][0] == holder

    await until(passed_on, f"{code} is owed by {holder}")
    return await owed(county, case)


async def test_successor_owes_all_that_was_owed_on_the_same_days_and_acts(county: System):
    await with_officers(county, "OX", "OX2")
    only_received, case = await received(county, "OX"), await received(county, "OX")
    ok(await notify(county, case, "OX", "o-1"))
    card = {"unit": "OX", "reason_code": "shirking_or_delay", "due_on": "2026-04-20",
            "document": await document(county, case)}  # fmt: skip
    order = await county.send("accountability", f"/cases/{case}/supervisions", card, role=Role.supervisor, at=HEARD_AT)
    supervision = ok(order, 201)["supervision_id"]
    before = {one: await owed(county, one) for one in (only_received, case)}
    assert {"C5", "D11"} <= before[case].keys()

    await carry_on(county, "OX", "OX2")
    for one, days in before.items():
        await until_owed(county, one, min(days), "OX2")
        assert await owed(county, one) == {code: ("OX2", day) for code, (_, day) in days.items()}
    shown = ok(await county.client.get(f"{county.url('accountability')}/cases/{case}"))
    assert (shown["unit"], shown["next_duty"]["holder"]) == ("OX2", "OX2")

    ok(await notify(county, only_received, "OX2", "p-1"))
    for service in county.running.values():
        await service.store.directories.renew()
    paper = {"kind": "site_visit", "document": await document(county, case)}
    refused(await act(county, case, "records", paper, at=HEARD_AT, unit="OX", actor="o-1"), 403, UnitIsNoMore)
    ok(await act(county, case, "records", paper, at=HEARD_AT, unit="OX2", actor="p-1"))
    reply, path = {"document": await document(county, case)}, f"/supervisions/{supervision}/reply"
    old = await county.send("accountability", path, reply, role=Role.unit_head, unit="OX", actor="oh", at=HEARD_AT)
    refused(old, 403, UnitIsNoMore)
    ok(await county.send("accountability", path, reply, role=Role.unit_head, unit="OX2", actor="ph", at=HEARD_AT))


async def test_successor_of_the_body_that_reviews_answers_on_the_same_day(county: System):
    """第三十五条."""
    government = {"kind": "government", "parent": GOVERNMENT, "competent": False}
    reviewers = [{"code": code, "officers": {f"r-{code}": [Role.reviewer]}} | government for code in ("RB", "RB2")]
    await county.enter(*reviewers)
    await with_officers(county, "RBU", "RBU2", parent="RB")
    case, later = await served(county, "RBU", "RB"), await served(county, "RBU", "RB")
    paper = {"document": await document(county, case)}
    asked = "2025-09-10T09:00:00+08:00"
    ok(await act(county, case, "review", paper, at=asked, role=Role.petitioner))
    _, day = (await owed(county, case))["C9"]
    await carry_on(county, "RB", "RB2")
    assert (await until_owed(county, case, "C9", "RB2"))["C9"] == ("RB2", day)
    text = await document(county, case, "review_opinion")
    answer = POST | {"result": "uphold", "document": text, "recheck_body": GOVERNMENT}
    ok(await act(county, case, "review/opinion", answer, at=asked, role=Role.reviewer, unit="RB2", actor="r-RB2"))
    ok(await act(county, later, "review", {"document": await document(county, later)}, at=asked, role=Role.petitioner))
    assert (await owed(county, later))["C9"][0] == "RB2", "who is asked after that is the successor"


async def test_where_it_is_unclear_the_bureau_says_who_carries_on(county: System):
    """职责不清的，由本级党委和政府或者其指定的机关、单位受理."""
    await with_officers(county, "OY", "OY2")
    await with_officers(county, "OZ", "OY3")
    case = await received(county, "OY")
    before = await owed(county, case)
    await carry_on(county, "OY", "OY2", "OY3")
    days = await until_owed(county, case, "C3", GOVERNMENT)
    assert days["D48"][0] == GOVERNMENT
    ok(await county.forward(case, "OY3", at=NOTIFIED_AT))
    assert await until_owed(county, case, "C3", "OY3") == {code: ("OY3", day) for code, (_, day) in before.items()}
    ok(await notify(county, case, "OY3", "p-1"))


@pytest.mark.parametrize("accused", ["handler", "reviewer"])
async def test_late_accusation_leaves_the_opinion_and_the_right_of_review(county: System, accused: str):
    """第二十八条第三款、第三十五条: what is served stands, and somebody who may looks again."""
    sector = {"code": "CHR", "level": "city", "kind": "department", "parent": CITY, "powers": ["unpaid_wages"]}
    await county.enter(sector)
    unit = f"LA-{accused}"
    await with_officers(county, unit, f"{unit}-2", sector_superior="CHR")
    case = await served(county, unit)
    units, body = ([unit], GOVERNMENT) if accused == "handler" else ([GOVERNMENT], "CHR")
    bureau: dict[str, Any] = {"role": Role.bureau_officer, "at": SERVED_AT}
    ok(await county.send("intake", f"/cases/{case}/accused", {"units": units}, **bureau))
    rights = [c for c in await clocks(county, case) if c["code"] == "C8"]
    assert [(c["state"], c["due_on"]) for c in rights] == [("running", "2025-10-09")]
    asked = "2025-09-10T09:00:00+08:00"
    paper = {"document": await document(county, case, unit=BUREAU)}
    ok(await act(county, case, "review", paper, at=asked, role=Role.petitioner))
    assert (await owed(county, case))["C9"][0] == body
