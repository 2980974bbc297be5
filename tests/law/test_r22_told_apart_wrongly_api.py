"""第二十二条、第三十一条 on real servers: what the bureau puts right is so for everybody who has to do with the case."""

from __future__ import annotations

from typing import Any

from contracts.vocabulary import Role
from services.chassis.errors import NotFound
from services.intake.domain.classification import NotToBeCorrected
from services.mediation.domain.opinion import SuggestionIsReplied
from tests import steps
from tests.harness import BUREAU, UNIT, System
from tests.rules import refused

SUGGESTION = {"kind": "suggestion", "route": "petition_procedure", "category": "unpaid_wages"}
APPEAL = SUGGESTION | {"kind": "appeal_for_resolution"}
REPORT = SUGGESTION | {"kind": "report_accusation", "route": "discipline_supervision"}


async def put_right(county: System, case: str, to: dict[str, Any], reasons: str) -> Any:
    path = f"/cases/{case}/classification/correction"
    return await county.send("intake", path, to | {"reasons": reasons}, role=Role.bureau_officer, at=steps.HEARD_AT)


async def suggestion(county: System) -> str:
    case = await steps.registered(county)
    path = f"/cases/{case}/classification"
    steps.ok(await county.send("intake", path, SUGGESTION, role=Role.bureau_officer, at=steps.REGISTERED_AT))
    steps.ok(await county.forward(case, at=steps.HANDED_AT))
    steps.ok(await county.notify(case, at=steps.NOTIFIED_AT))
    return case


async def test_appeal_that_was_taken_for_a_suggestion_has_an_opinion(county: System):
    """第三十一条第六项、第三十四条: and by the sixtieth day after it was accepted."""
    case = await suggestion(county)
    for kind in ("statement_heard", "facts_verified"):
        body = {"kind": kind, "document": await steps.document(county, case)}
        steps.ok(await steps.act(county, case, "records", body, at=steps.HEARD_AT))
    body = steps.opinion(await steps.document(county, case, "opinion"), "support")
    refused(await steps.issue(county, case, body, at=steps.HEARD_AT), 409, SuggestionIsReplied)
    reasons = await steps.document(county, case)
    steps.ok(await put_right(county, case, APPEAL, reasons))
    steps.ok(await steps.issue(county, case, body, at=steps.HEARD_AT))
    refused(await put_right(county, case, SUGGESTION, reasons), 409, NotToBeCorrected)
    [due] = [clock["due_on"] for clock in await steps.clocks(county, case) if clock["code"] == "C5"]
    assert due == "2025-10-27"  # the sixtieth day after 27 August is a Sunday


async def test_what_turns_out_to_be_a_report_is_taken_from_the_unit_and_sealed(county: System):
    """第三十条第三款."""
    await county.enter({"code": "JW", "kind": "discipline_organ"})
    case = await steps.accepted(county)
    text = await steps.document(county, case)
    called = {"unit": UNIT, "due_on": "2025-12-01"}
    path = f"/cases/{case}/hall-calls"
    call = steps.ok(await county.send("assignment", path, called, role=Role.bureau_officer, at=steps.HEARD_AT), 201)
    steps.ok(await put_right(county, case, REPORT, text))
    told = {"kind": "facts_verified", "document": text}
    refused(await steps.act(county, case, "records", told, at=steps.HEARD_AT), 404, NotFound)
    answer = {"came": True, "document": text}
    path = f"/hall-calls/{call['hall_call_id']}/answer"
    refused(await county.send("assignment", path, answer, role=Role.unit_head, unit=UNIT), 404, NotFound)
    await county.caught_up()
    listed = steps.ok(await county.client.get(f"{county.url('assignment')}/hall-calls?limit=200"))
    assert case not in str(listed)
    assert [one["code"] for one in await steps.clocks(county, case) if one["state"] == "running"] == []
    owed = await steps.clocks(county, county.receipt(case))
    assert {(one["code"], one["holder"]) for one in owed if one["state"] in {"running", "breached"}} == {("C1", BUREAU)}
    reasons = APPEAL | {"reasons": text}
    path = f"/cases/{case}/classification/correction"
    refused(await county.send("intake", path, reasons, role=Role.bureau_officer, unit="OTHER"), 404, NotFound)
    asking = {"Huiyin-Actor": "co-1", "Huiyin-Unit": UNIT, "Huiyin-Role": str(Role.case_officer)}
    for service in ("intake", "assignment", "mediation", "accountability"):
        reply = await county.client.get(f"{county.url(service)}/cases/{case}", headers=asking)
        assert reply.status_code == 404, (service, reply.text)
    steps.ok(
        await county.send("intake", f"/cases/{case}/confidential-track", {"organ": "JW"}, role=Role.bureau_officer)
    )
