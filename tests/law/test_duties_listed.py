"""`GET /duties`: who owes what until when, over all services, sorted by day (第四条, 第十八条, 第二十八条第一款, 第四十条)."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio

from contracts.vocabulary import Role
from tests.acting import ANYBODY, token
from tests.cli.console import cli
from tests.harness import BUREAU, UNIT, Servers, System
from tests.steps import NOTIFIED_AT, accepted, document, ok, open_county

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.servers]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        asker, office, role = ANYBODY
        await made.enter(
            {"code": "V-1", "level": "village", "competent": False},
            {"code": office, "competent": False, "officers": {asker: [role]}},
        )
        yield made


async def duties(county: System, **asked: Any) -> list[dict[str, Any]]:
    await county.caught_up()
    return ok(await county.client.get(county.url("accountability") + "/duties", params=asked))["items"]


async def told(county: System) -> str:
    """Return a case whose unit has a card, an instruction and a ledger item beside the handling itself."""
    case = await accepted(county)
    card = {"unit": UNIT, "reason_code": "shirking_or_delay", "due_on": "2025-09-15"}
    ok(
        await county.send("accountability", f"/cases/{case}/supervisions", card, role=Role.supervisor, at=NOTIFIED_AT),
        201,
    )
    row = {"kind": "petition", "unit": UNIT, "officer": "co-2", "due_on": "2025-09-12"}
    row |= {"document": await document(county, case), "case_id": case}
    ok(
        await county.send("assignment", "/ledger-items", row, role=Role.bureau_officer, at=NOTIFIED_AT),
        201,
    )
    return case


async def passes(county: System, until: str) -> None:
    """Let simulated time pass: nobody asks about anything in particular."""
    await county.caught_up()
    ok(await county.send("accountability", "/time", {}, role=Role.platform_admin, at=until))


async def test_r28_what_a_unit_owes_is_listed_by_day_with_article_and_entry(county: System):
    """第二十八条第一款: 做到件件有着落、事事有回音."""
    case = await told(county)
    found = await duties(county, case=case)
    assert [(it["code"], it["due_on"], it["holder"]) for it in found] == [
        ("D22", "2025-09-12", UNIT),
        ("D11", "2025-09-15", UNIT),
        ("C5", "2025-10-27", UNIT),
    ]
    assert [it["title"] for it in found] == ["台账事项销号", "督办卡反馈", "办结"]
    assert ["第四十条第一款" in it["article"] for it in found] == [False, True, False]
    entries = {str(entry["id"]): entry["type"] for entry in await county.ledger()}
    assert [entries[it["started_by"]].split(".")[1] for it in found] == [
        "LedgerItemOpened",
        "SupervisionOrdered",
        "AcceptanceNotified",
    ]
    shown = ok(await county.client.get(f"{county.url('accountability')}/cases/{case}"))
    assert (shown["next_duty"]["code"], shown["next_duty"]["officer"]) == ("D22", "co-2")


async def test_list_is_narrowed_by_officer_holder_day_and_state(county: System):
    case = await told(county)
    assert {it["officer"] for it in await duties(county, officer="co-2", limit=200)} == {"co-2"}
    assert [it["code"] for it in await duties(county, case=case, until="2025-09-12")] == ["D22"]
    assert await duties(county, case=case, holder="nobody") == []
    days = [it["due_on"] for it in await duties(county, holder=UNIT, limit=200)]
    assert days == sorted(days)
    assert await duties(county, case=case, state="stopped") != []
    reply = await county.client.get(county.url("accountability") + "/duties", params={"hodler": UNIT})
    assert reply.status_code == 422


async def test_pages_go_on_where_they_ended(county: System):
    case = await told(county)
    url = county.url("accountability") + "/duties"
    await county.caught_up()
    first = ok(await county.client.get(url, params={"case": case, "limit": 2}))
    rest = ok(await county.client.get(url, params={"case": case, "limit": 2, "after": first["next"]}))
    assert [it["code"] for it in first["items"] + rest["items"]] == ["D22", "D11", "C5"]
    assert rest["next"] is None


async def test_r10_duty_of_no_case_is_listed_missed_and_met_late(county: System):
    """第十条, 第三十七条第一款: silence about a sweep goes on record when its day has passed, whoever looks."""
    await county.enter({"code": "V-1", "level": "village", "kind": "village_committee", "competent": False})
    body = {"units": [UNIT, "V-1"], "due_on": "2025-09-20"}
    sweep = ok(await county.send("mediation", "/sweeps", body, role=Role.bureau_officer, at=NOTIFIED_AT), 201)[
        "sweep_id"
    ]
    owed = [it for it in await duties(county, holder="V-1") if it["code"] == "D25"]
    assert [(it["case_id"], it["subject"], it["state"]) for it in owed] == [(None, sweep, "running")]
    await passes(county, "2025-09-21T00:00:01+08:00")
    (missed,) = await duties(county, holder="V-1", state="breached")
    assert (missed["subject"], missed["item"], missed["breached"]) == (sweep, "V-1", True)
    ok(
        await county.send(
            "mediation", f"/sweeps/{sweep}/reports", {"count": 0}, role=Role.unit_receiver, unit="V-1",
            at="2025-09-25T09:00:00+08:00",
        )
    )  # fmt: skip
    (late,) = await duties(county, holder="V-1", state="stopped")
    assert late["outcome"] == "late"


async def test_r40_card_that_is_answered_late_is_on_record_as_late(county: System):
    """第四十条第一款: the breach stays, and the reply that came after it is recorded as such."""
    case = await told(county)
    (card,) = [it for it in await duties(county, case=case) if it["code"] == "D11"]
    await passes(county, "2025-09-16T00:00:01+08:00")
    assert [it["code"] for it in await duties(county, case=case, state="breached")] == ["D22", "D11"]
    path, paper = f"/supervisions/{card['subject']}/reply", await document(county, case)
    ok(
        await county.send(
            "accountability", path, {"document": paper}, role=Role.unit_head, unit=UNIT, at="2025-09-18T09:00:00+08:00"
        )
    )
    (late,) = [it for it in await duties(county, case=case, state="stopped") if it["code"] == "D11"]
    assert (late["outcome"], late["breached"]) == ("late", True)


async def test_r22_box_that_nobody_opens_is_missed_by_itself(county: System):
    body = {"box_no": "B-77", "place": "P-1"}
    box = ok(
        await county.send("intake", "/boxes", body, role=Role.unit_receiver, unit=UNIT, at="2025-08-28T09:00:00+08:00"),
        201,
    )["box_id"]
    await passes(county, "2025-08-30T00:00:01+08:00")
    assert [it["due_on"] for it in await duties(county, holder=UNIT, state="breached") if it["subject"] == box] == [
        "2025-08-29"
    ]


async def test_command_line_lists_the_duties_of_a_holder(county: System):
    case = await told(county)
    await county.caught_up()
    asker = token(ANYBODY[0], ANYBODY[2])
    done = await cli(county, "clock", "duties", "--case", case, token=asker)
    assert (done.code, done.err) == (0, "")
    assert [name in done.out for name in ("督办卡反馈", "第四十条第一款", "co-2", BUREAU)] == [
        True,
        True,
        True,
        False,
    ]
    listed = await cli(county, "clock", "duties", "--case", case, "--until", "2025-09-12", "--json", token=asker)
    assert '"code":"D22"' in listed.out
    wrong = await cli(county, "clock", "duties", "--case", "no-case", token=asker)
    assert wrong.code != 0
