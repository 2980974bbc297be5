"""第二十八条第三款、第三十五条: what came back undelivered is served by somebody, also where the unit may not any more."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
import pytest_asyncio

from contracts.vocabulary import Role
from services.chassis.deliveries import (
    CannotComeBack,
    DeliveredSince,
    ImpossibleReturn,
    NoReceipt,
    NotReturned,
    NotWhoServed,
    ServedAsSuch,
)
from services.chassis.errors import NotFound
from services.mediation.domain.ending import CameBack
from services.mediation.domain.guards import NoSuchPetitioner, NotWithUnit
from services.mediation.domain.opinion import NotDecided
from tests import steps
from tests.harness import BUREAU, GOVERNMENT, HEAD, UNIT, Servers, System
from tests.law.test_r28_slips import version
from tests.rules import refused

LATER = "2025-10-15T09:00:00+08:00"
NOTE = {"returned_on": "2025-10-16", "receipt": "T-1", "reason": "moved"}
ANOTHER = "JYJ"
AGAIN = {"method": "left_at_address", "receipt": "R-9"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with steps.open_county(servers) as made:
        await made.establish(GOVERNMENT)
        await made.establish(ANOTHER)
        yield made


async def duties(county: System, case: str) -> dict[str, tuple[str, str]]:
    """Return who owes what until when."""
    running = [clock for clock in await steps.clocks(county, case) if clock["state"] in {"running", "breached"}]
    return {clock["code"]: (clock["holder"], clock["due_on"]) for clock in running if clock["nature"] == "duty"}


async def sent(county: System, case: str, kind: str, service: str = "mediation") -> str:
    """Return the path of what was sent."""
    return f"receipts/{await version(county, service, case, f'{service}.{kind}')}"


@pytest.mark.asyncio(loop_scope="module")
async def test_who_is_above_serves_what_came_back_after_the_unit_was_accused(county: System):
    """The opinion of a closed case came back by post, and the unit is complained of by now: 应当回避.

    Who stands above owes it by a day; the case goes on, and is no more with that unit.
    """
    case = await steps.closed(county)
    await county.caught_up()
    accused = {"units": [UNIT]}
    steps.ok(await county.send("intake", f"/cases/{case}/accused", accused, role=Role.bureau_officer, at=LATER))
    path, head = f"/cases/{case}/opinion/service", {"role": Role.unit_head, "at": "2025-10-20T09:00:00+08:00"}
    await county.caught_up()
    back = f"/cases/{case}/{await sent(county, case, 'OpinionServed')}/return"
    for one, body in ((back, NOTE), (path, AGAIN)):
        refused(await county.send("mediation", one, body, unit=UNIT, **head), 404, NotFound)
    told = steps.ok(await county.send("mediation", back, NOTE, unit=GOVERNMENT, **head))
    assert told["state"] == "opinion_served"
    assert await duties(county, case) == {"C1": (BUREAU, "2025-11-04"), "D57": (GOVERNMENT, "2025-10-23")}
    steps.ok(await county.send("mediation", path, AGAIN, unit=GOVERNMENT, **head))
    refused(await county.send("mediation", f"/cases/{case}/closure", {}, unit=GOVERNMENT, **head), 409, NotWithUnit)
    steps.ok(await county.forward(case, ANOTHER, at="2025-10-21T09:00:00+08:00"))
    assert "D57" not in await duties(county, case)
    over = {"role": Role.unit_head, "unit": ANOTHER, "at": "2025-11-21T09:00:00+08:00"}
    closed = steps.ok(await county.send("mediation", f"/cases/{case}/closure", {}, **over))
    assert closed["state"] == "closed"


async def act(county: System, case: str, what: str, body: Any, **more: Any) -> httpx2.Response:
    return await steps.act(county, case, what, body, **{"at": LATER} | more)


@pytest.mark.asyncio(loop_scope="module")
async def test_who_has_sent_it_says_that_it_came_back_and_sends_it_again(county: System):
    """第三十五条: nothing is closed over somebody who has no answer."""
    case = await steps.served(county, "explain")
    told, at = await sent(county, case, "OpinionServed"), "2025-10-16T09:00:00+08:00"
    opened = await sent(county, case, "HandlingOpened")
    refused(await act(county, case, f"{opened}/return", NOTE, at=at), 409, NoReceipt)
    refused(await act(county, case, f"{told}/return", NOTE, at=at, unit=ANOTHER), 404, NotFound)
    above = {"unit": GOVERNMENT, "role": Role.unit_head}
    refused(await act(county, case, f"{told}/return", NOTE, at=at, **above), 403, NotWhoServed)
    refused(await act(county, case, f"{told}/return", NOTE), 422, ImpossibleReturn)
    refused(await act(county, case, f"{told}/service", AGAIN, at=at), 409, NotReturned)
    steps.ok(await act(county, case, f"{told}/return", NOTE, at=at))
    refused(await act(county, case, f"{told}/return", NOTE, at=at), 409, DeliveredSince)
    refused(await act(county, case, f"{told}/service", AGAIN, at=at), 409, ServedAsSuch)
    refused(await act(county, case, "closure", {}, at="2026-01-05T09:00:00+08:00"), 409, CameBack)
    assert (await duties(county, case))["D57"] == (UNIT, "2025-10-23")
    steps.ok(await act(county, case, "opinion/service", AGAIN, at=at))
    left = f"receipts/{steps.ok(await act(county, case, 'commitments', await promise(county, case), at=at))['version'] - 1}"
    refused(await act(county, case, f"{left}/return", NOTE, at=at), 409, CannotComeBack)
    assert await steps.due(county, case, "D57") == "2025-10-23"
    assert "D57" not in await duties(county, case)


async def promise(county: System, case: str) -> dict[str, Any]:
    return {"due_on": "2025-12-01", "document": await steps.document(county, case)}


@pytest.mark.asyncio(loop_scope="module")
async def test_notice_is_told_again_by_who_has_told_it(county: System):
    """第二十三条: of the acceptance by the unit, and that it is not accepted by the bureau."""
    case = await steps.accepted(county)
    told = await sent(county, case, "AcceptanceNotified")
    steps.ok(await act(county, case, f"{told}/return", NOTE | {"returned_on": "2025-10-15"}))
    assert (await duties(county, case))["D57a"] == (UNIT, "2025-10-22")
    steps.ok(await act(county, case, f"{told}/service", AGAIN))
    assert "D57a" not in await duties(county, case)
    case = await steps.registered(county)
    steps.ok(await county.classify(case, at=steps.REGISTERED_AT))
    body = {"ground": "not_within_power", "competent_body": "某市仲裁委员会", "method": "post", "receipt": "EMS-1"}
    clerk: dict[str, Any] = {"role": Role.bureau_officer, "at": LATER}
    steps.ok(await county.send("intake", f"/cases/{case}/non-acceptance", body, **clerk))
    path = f"/cases/{case}/{await sent(county, case, 'NotAcceptedNotified', 'intake')}"
    steps.ok(await county.send("intake", f"{path}/return", NOTE | {"returned_on": "2025-10-15"}, **clerk))
    assert await duties(county, case) == {"D57b": (BUREAU, "2025-10-22")}
    steps.ok(await county.send("intake", f"{path}/service", AGAIN, **clerk))
    assert await duties(county, case) == {}


@pytest.mark.asyncio(loop_scope="module")
async def test_who_has_the_answer_is_not_told_any_more_that_it_is_worked_on(county: System):
    """第二十三条: whichever was known first, that the notice came back or that the opinion was had."""
    for case, day in ((await steps.served(county), "2025-10-15"), (await steps.closed(county), "2025-10-15")):
        told = await sent(county, case, "AcceptanceNotified")
        steps.ok(await act(county, case, f"{told}/return", NOTE | {"returned_on": day}))
        assert "D57a" not in await duties(county, case)


@pytest.mark.asyncio(loop_scope="module")
async def test_wrong_opinion_that_came_back_is_taken_back_and_another_one_is_owed(county: System):
    """第三十二条、第三十四条: by the day by which the first was, for an answer that nobody has had is none."""
    case = await steps.served(county, "not_support")
    told, at = await sent(county, case, "OpinionServed"), "2025-10-16T09:00:00+08:00"
    steps.ok(await act(county, case, f"{told}/return", NOTE, at=at))
    why = {"document": await steps.document(county, case)}
    steps.ok(await act(county, case, "opinion/taking-back", why, role=Role.unit_head, actor=HEAD, at=at))
    assert await duties(county, case) == {"C5": (UNIT, "2025-10-27")}
    refused(await act(county, case, "opinion/service", AGAIN, at=at), 409, NotDecided)
    right = steps.opinion(await steps.document(county, case, "opinion"))
    steps.ok(await steps.issue(county, case, right, at=at))
    steps.ok(await act(county, case, "opinion/service", AGAIN, at=at))
    assert await duties(county, case) == {"D3": (UNIT, "2025-11-17")}


@pytest.mark.asyncio(loop_scope="module")
async def test_what_comes_back_from_who_has_left_the_case_is_not_owed_there(county: System):
    """第二十二条、第三十二条: an opinion about something else, whichever was known first; nor is the case kept open for it."""
    case = await steps.accepted(county)
    joined = await steps.attached(county, case, petitioner={"name": "李四", "phone": "13911112222", "address": "某村"})
    await county.caught_up()
    for kind in ("statement_heard", "facts_verified"):
        told = {"kind": kind, "document": await steps.document(county, case)}
        steps.ok(await act(county, case, "records", told, at=steps.HEARD_AT))
    right = steps.opinion(await steps.document(county, case, "opinion"), "explain")
    steps.ok(await steps.issue(county, case, right, at=steps.HEARD_AT))
    post: dict[str, Any] = {"method": "post", "receipt": "EMS-2"}
    theirs = f"petitioners/{joined['petition_id']}"
    steps.ok(await act(county, case, f"{theirs}/notice", post, at=steps.SERVED_AT))
    for path in ("opinion/service", f"{theirs}/opinion"):
        steps.ok(await act(county, case, path, post, at=steps.SERVED_AT))
    entries = [await sent(county, case, kind) for kind in ("PetitionerNotified", "PetitionerServed")]
    why = {"reasons": await steps.document(county, case)}
    path = f"/cases/{case}/petitions/{joined['petition_id']}/detachment"
    steps.ok(await county.send("intake", path, why, role=Role.bureau_officer, at=LATER), 201)
    await county.caught_up()
    for entry in entries:
        note = NOTE | {"returned_on": "2025-10-15"}
        refused(await act(county, case, f"{entry}/return", note), 404, NoSuchPetitioner)
    assert not {"D57", "D57a"} & {*await duties(county, case)}
    steps.ok(await act(county, case, "closure", {}))


@pytest.mark.asyncio(loop_scope="module")
async def test_case_whose_answer_came_back_and_was_taken_back_is_not_answered_at_the_door_either(county: System):
    """第三十五条 收到: nobody rates it, what else they want is listed, and it may still go into another case."""
    receipt = await steps.accepted_of_one(county)
    case = receipt["case_id"]
    for kind in ("statement_heard", "facts_verified"):
        record = {"kind": kind, "document": await steps.document(county, case)}
        steps.ok(await act(county, case, "records", record, at=steps.HEARD_AT))
    said = steps.opinion(await steps.document(county, case, "opinion"), "explain")
    steps.ok(await steps.issue(county, case, said, at=steps.HEARD_AT))
    posted = {"method": "post", "receipt": "EMS-2"}
    steps.ok(await act(county, case, "opinion/service", posted, at=steps.SERVED_AT))
    assert (await at_the_door(county, receipt))["state"] == "answered"
    back, head = NOTE | {"returned_on": "2025-10-15"}, {"role": Role.unit_head, "actor": HEAD}
    steps.ok(await act(county, case, f"{await sent(county, case, 'OpinionServed')}/return", back))
    wrong = {"document": await steps.document(county, case)}
    steps.ok(await act(county, case, "opinion/taking-back", wrong, **head))
    seen = await at_the_door(county, receipt)
    assert (seen["state"], seen.get("rate_until")) == ("classified", None)
    into, bureau = await steps.classified(county), {"role": Role.bureau_officer, "at": LATER}
    steps.ok(await county.send("intake", f"/cases/{case}/merger", {"into": into}, **bureau))


async def at_the_door(county: System, receipt: dict[str, Any]) -> dict[str, Any]:
    """Return what the petitioner is told, when intake has learnt everything."""
    await county.caught_up()
    return steps.ok(await county.by_code(receipt["query_code"]))
