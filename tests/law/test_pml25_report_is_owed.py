"""人民调解法 第二十五条, over real services: who reports that a dispute may grow, whatever becomes of the case by then."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
import pytest_asyncio

from contracts.vocabulary import Role
from services.chassis.errors import NotFound
from tests import steps
from tests.harness import BUREAU, COMMITTEE, GOVERNMENT, UNIT, Servers, System
from tests.rules import refused
from tests.steps import HEARD_AT, act, clocks, document, ok

LATER = "2025-08-28T11:00:00+08:00"
REPORT = {"kind": "report_accusation", "route": "discipline_supervision", "category": "unpaid_wages"}
DUE = "2025-08-29"

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with steps.open_county(servers) as made:
        await made.enter({"code": "GAJ", "kind": "department", "parent": GOVERNMENT, "powers": ["public_security"]})
        yield made


async def feared(county: System, mediator: str = "mediator-1", unit: str = COMMITTEE) -> str:
    """Return a case in mediation that may grow into one for the police."""
    case = await steps.accepted(county)
    ok(await act(county, case, "mediation", {"mediator": mediator, "mediator_unit": unit}, at=HEARD_AT))
    danger = {"danger": "crime", "document": await document(county, case)}
    ok(await act(county, case, "mediation/danger", danger, at=HEARD_AT))
    return case


async def at_the_bureau(county: System, case: str, what: str, body: Any) -> None:
    ok(await county.send("intake", f"/cases/{case}/{what}", body, role=Role.bureau_officer, at=LATER))


async def report(county: System, case: str, text: str, unit: str, role: Role = Role.unit_head) -> httpx2.Response:
    body = {"organ": "GAJ", "document": text}
    return await act(county, case, "mediation/danger/report", body, unit=unit, role=role, actor="x", at=LATER)


async def owed(county: System, case: str, code: str = "D58") -> list[tuple[str, str]]:
    """Return who owes the report, or something else, until when."""
    found = [clock for clock in await clocks(county, case) if clock["code"] == code]
    return [(one["holder"], one["due_on"]) for one in found if one["state"] in {"running", "breached"}]


async def test_who_is_above_reports_what_an_accused_unit_has_found(county: System):
    """信访工作条例 第二十八条第三款: the case is with nobody yet, and the hours run."""
    case = await feared(county, "co-2", UNIT)
    text = await document(county, case)
    await at_the_bureau(county, case, "accused", {"units": [UNIT]})
    await county.caught_up()
    assert await owed(county, case) == [(GOVERNMENT, DUE)]
    refused(await report(county, case, text, UNIT), 404, NotFound)
    ok(await report(county, case, text, GOVERNMENT))
    assert await owed(county, case) == []


async def test_who_has_found_it_reports_it_where_the_case_has_gone_into_another(county: System):
    """A dispute is no less dangerous because its file is another one."""
    case, other = await feared(county), await steps.accepted(county)
    text = await document(county, case)
    await at_the_bureau(county, case, "merger", {"into": other})
    await county.caught_up()
    assert await owed(county, case) == [(COMMITTEE, DUE)]
    ok(await report(county, case, text, COMMITTEE, Role.mediator))
    assert await owed(county, case) == []


async def test_nobody_reports_what_turns_out_to_be_sealed(county: System):
    """信访工作条例 第三十条第三款: neither the mediators, who know of no case any more, nor the bureau in their place."""
    case = await feared(county)
    assert await owed(county, case) == [(COMMITTEE, DUE)]
    await at_the_bureau(
        county, case, "classification/correction", REPORT | {"reasons": await document(county, case, unit=BUREAU)}
    )
    await county.caught_up()
    assert await owed(county, case) == []


async def test_who_is_above_tells_of_the_other_ways_what_an_accused_unit_has_not(county: System):
    """人民调解法 第二十六条; 信访工作条例 第二十八条第三款: as it is with the report, for the same reason."""
    case = await steps.accepted(county)
    ok(await act(county, case, "mediation", {"mediator": "co-2", "mediator_unit": UNIT}, at=HEARD_AT))
    text = {"document": await document(county, case)}
    ok(await act(county, case, "mediation/failure", {}, at=HEARD_AT))
    await at_the_bureau(county, case, "accused", {"units": [UNIT]})
    await county.caught_up()
    assert await owed(county, case, "D51") == [(GOVERNMENT, "2025-09-04")]
    told = {"unit": GOVERNMENT, "role": Role.unit_head, "actor": "x", "at": LATER}
    ok(await act(county, case, "mediation/other-ways", text, **told))
    assert await owed(county, case, "D51") == []
