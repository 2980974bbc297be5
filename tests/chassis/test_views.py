"""Views are what the events amount to: rebuilt at any time, also beside live commands, they are the same rows."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from contracts.envelope import SERVICES
from contracts.vocabulary import Role
from services.accountability.clocks import effects, rules
from services.accountability.clocks.lookout import Lookout
from services.accountability.clocks.rules import Act
from services.accountability.clocks.scan import Watch
from services.accountability.main import SERVICE
from services.chassis import clock
from services.chassis.logins import OPERATOR
from services.chassis.rebuild import rebuild
from services.chassis.views import View
from services.mediation.domain import remedy
from services.mediation.domain.handling import Handling
from services.mediation.views import CaseRow
from tests import steps
from tests.harness import UNIT, Servers, System, petition
from tests.intake.uploads import Sender
from tests.registers import entered, in_bulk, only_kept
from tests.steps import ok, open_county

pytestmark = pytest.mark.asyncio(loop_scope="module")

CASES_MEANWHILE = 60
REBUILDS_MEANWHILE = 8
DAMAGE = {"state": "'nonsense'", "name": "'别处'", "since": "now()", "entry": "'{}'", "unit": "'别处'", "level": "'x'"}
DAMAGE |= {"external_no": "'00000000-0000-0000-0000-000000000000'"}
"""What a row never says, by a column of it."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers, as_before: None):
    async with open_county(servers) as made:
        states = (steps.registered, steps.classified, steps.with_unit, steps.accepted, steps.served, steps.closed)
        cases = [await state(made) for state in states]
        card = {"unit": UNIT, "reason_code": "other", "due_on": "2099-01-01"}
        for case in cases[:2]:
            ok(await made.send("accountability", f"/cases/{case}/supervisions", card, role=Role.supervisor), 201)
        officer = {"post": "专员", "roles": ["case_officer"], "name": "某某"}
        path = f"/units/{UNIT}/officers/co-1"
        ok(await made.send("assignment", path, officer, role=Role.platform_admin, method="PUT"))
        year = {"year": 2031, "days": [{"name": "元旦", "date": "2031-01-01", "isOffDay": True}]}
        admin = {"role": Role.platform_admin, "method": "PUT"}
        ok(await made.send("accountability", "/calendar/2031", year, alone=True, **admin), 202)
        await steps.organised(made, cases[2:])
        await entered(made, cases[3])
        await steps.paper(made, cases[0], steps.PAPER)
        await steps.until_closed(made, cases[-1])
        await only_kept(made, cases[-1])
        await in_bulk(made)
        ok(await Sender(made, cases[3]).announce("text", 9), 201)
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(effects._ACTS, Act.start, lambda *_: None)
            await steps.registered(made)
            await made.caught_up()
            lookout = Lookout(made.running["accountability"].store, clock.now)
            assert await lookout.look(await lookout.head())
        await made.caught_up()
        yield made


def views(county: System) -> list[tuple[str, View | None]]:
    """Return every view with its service; the folded Cases of accountability have none of their own."""
    return [(s, v) for s in SERVICES for v in county.running[s].store.views] + [("accountability", None)]


async def rebuilt(county: System, service: str, view: View | None) -> int:
    count = 0
    async with county.opened(service, login=OPERATOR) as running:
        async for count in rebuild(running.store, view) if view else SERVICE.rebuild(running):
            pass
    return count


async def rows(county: System, service: str, view: View | None) -> dict[Any, dict[str, Any]]:
    async with county.sql() as db:
        found = await db.fetch(f"SELECT * FROM {service}.{view.table if view else 'case_view'}")
    return {row["id"]: dict(row) for row in found}


async def everywhere(county: System) -> list[dict[Any, dict[str, Any]]]:
    return [await rows(county, *one) for one in views(county)]


async def anew(county: System) -> list[int]:
    """Rebuild every view from nothing."""
    async with county.sql() as db:
        for service, view in views(county):
            await db.execute(f"DELETE FROM {service}.{view.table if view else 'case_view'}")
    assert not any(await everywhere(county))
    return [await rebuilt(county, *one) for one in views(county)]


@pytest_asyncio.fixture(loop_scope="module", autouse=True)
async def whole(county: System):
    """No test leaves damage to the next one."""
    yield
    await anew(county)


async def test_rebuilt_rows_are_the_live_rows(county: System):
    live = await everywhere(county)
    assert all(live)
    counts = await anew(county)
    assert await everywhere(county) == live
    assert counts == [len(found) for found in live]


async def test_rebuild_over_rows_that_are_right_changes_nothing(county: System):
    live = await everywhere(county)
    for one in views(county):
        await rebuilt(county, *one)
    assert await everywhere(county) == live


async def test_damaged_row_is_repaired(county: System):
    live = await everywhere(county)
    async with county.sql() as db:
        for service, view in views(county):
            there = {"state"} if view is None else view.columns
            column, value = next((name, damaged) for name, damaged in DAMAGE.items() if name in there)
            await db.execute(f"UPDATE {service}.{view.table if view else 'case_view'} SET {column} = {value}")
    assert all(a != b for a, b in zip(await everywhere(county), live, strict=True))
    for one in views(county):
        await rebuilt(county, *one)
    assert await everywhere(county) == live


async def test_row_whose_version_never_was_is_repaired(county: System):
    """Nothing else would: the live row of such an aggregate stands still as well."""
    live = await everywhere(county)
    async with county.sql() as db:
        for service, view in views(county):
            await db.execute(f"UPDATE {service}.{view.table if view else 'case_view'} SET version = version + 1000")
    for one in views(county):
        await rebuilt(county, *one)
    assert await everywhere(county) == live


@pytest.mark.parametrize("of_aggregates", [True, False], ids=["aggregates", "folded cases"])
async def test_row_of_no_aggregate_is_removed(county: System, of_aggregates: bool):
    there = [(service, view) for service, view in views(county) if (view is not None) is of_aggregates]
    live = [await rows(county, *one) for one in there]
    async with county.sql() as db:
        for (service, view), found in zip(there, live, strict=True):
            ghost = next(iter(found.values())) | {"id": uuid4()}
            ghost |= {"code": "GHOST"} if "code" in ghost else {}
            ghost.pop("party_units", None)  # follows from the parties
            names, places = ", ".join(ghost), ", ".join(f"${n}" for n in range(1, len(ghost) + 1))
            table = f"{service}.{view.table if view else 'case_view'}"
            await db.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", *ghost.values())
    assert [len(await rows(county, *one)) for one in there] == [len(found) + 1 for found in live]
    for one in there:
        await rebuilt(county, *one)
    assert [await rows(county, *one) for one in there] == live


async def test_rebuild_goes_on_beside_commands(county: System):
    """Rows are as if there had been no rebuild, and no command and no rebuild fails."""
    cases = [await steps.registered(county) for _ in range(3)]

    async def commands() -> None:
        for n in range(CASES_MEANWHILE):
            path = f"/cases/{cases[n % 3]}/petitions" if n % 2 else "/petitions"
            sent = [county.send("intake", path, petition(), role=Role.intake_clerk) for _ in range(3)]
            assert {reply.status_code for reply in await asyncio.gather(*sent)} <= {201, 409}

    async def rebuilds() -> None:
        for _ in range(REBUILDS_MEANWHILE):
            for one in views(county):
                await rebuilt(county, *one)

    await asyncio.gather(commands(), rebuilds())
    await county.caught_up()
    after = await everywhere(county)
    await anew(county)
    assert await everywhere(county) == after


async def unlike(county: System, paper: str) -> bool:
    """Publish another year of 2025, in which offices shut for a season, and return whether rebuilt rows say so."""
    shut = [date(2025, 9, 1) + timedelta(days=n) for n in range(int(paper))]
    days = [{"name": "春节", "date": f"{on}", "isOffDay": True} for on in shut]
    body = {"year": 2025, "days": days, "papers": [f"https://www.gov.cn/zhengce/content/content_{paper}.htm"]}
    ok(await county.send("accountability", "/calendar/2025", body, role=Role.platform_admin, method="PUT"))
    watch = Watch(county.running["accountability"].store, rules.in_force(), clock.now)
    while await watch.recalculate():
        pass
    await county.caught_up()  # the ledger takes in what the clocks have said of it
    live = await everywhere(county)
    await anew(county)
    return await everywhere(county) != live


async def test_rebuilt_rows_are_the_live_rows_after_another_calendar(county: System):
    """What a calendar can move is in no row but a clock's, which an event has moved."""
    assert not await unlike(county, "60")


async def test_row_that_a_calendar_moves_is_seen(county: System):
    honest = CaseRow.view.row
    at = CaseRow.view.columns.index("unit_name")

    def counted(handling: Handling) -> tuple[Any, ...]:
        row = honest(handling)
        return *row[:at], f"{remedy.review_until(handling)}", *row[at + 1 :]

    object.__setattr__(CaseRow.view, "row", counted)
    try:
        await anew(county)
        assert await unlike(county, "90")
    finally:
        object.__setattr__(CaseRow.view, "row", honest)
