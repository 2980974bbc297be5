"""第三十一条 on real servers: what the unit has found is known to it, in the Case and its clocks, and at the door."""

from __future__ import annotations

from contracts.vocabulary import Role
from services.mediation.domain.answers import NoOtherProcedure
from tests import steps
from tests.harness import UNIT, System, until
from tests.rules import refused

LATER = steps.HEARD_AT


async def test_unit_brings_into_its_procedure_what_the_bureau_took_for_a_petition(county: System):
    case = await steps.accepted(county)
    told = {"competent_body": UNIT, "method": "post", "receipt": "R-1"}
    as_unit = {"role": Role.case_officer, "unit": UNIT, "at": LATER}
    refused(await county.send("mediation", f"/cases/{case}/procedure", told, **as_unit), 409, NoOtherProcedure)
    found = {"route": "administrative_procedure", "reasons": await steps.document(county, case)}
    steps.ok(await county.send("mediation", f"/cases/{case}/route", found, **as_unit))
    imported = steps.ok(await county.send("mediation", f"/cases/{case}/procedure", told, **as_unit))
    assert imported["state"] == "procedure_imported"
    clocks = {clock["code"]: clock for clock in await steps.clocks(county, case)}
    assert {clocks["C5"]["outcome"], clocks["D6"]["outcome"]} == {"void", "met"}

    async def known_at_the_door() -> bool:
        reply = await county.client.get(f"{county.url('intake')}/cases/{case}", headers=steps.SYSTEM)
        return steps.ok(reply)["route"] == "administrative_procedure"

    await until(known_at_the_door, "intake knows which way the case goes")


async def test_arbitration_commission_is_told_by_its_name(county: System):
    """第三十一条第二项: 应当通过仲裁解决的，导入相应程序处理; commissions are in no directory of units."""
    receipt = await steps.accepted_of_one(county)
    case = receipt["case_id"]
    as_unit = {"role": Role.case_officer, "unit": UNIT, "at": LATER}
    found = {"route": "arbitration", "reasons": await steps.document(county, case)}
    steps.ok(await county.send("mediation", f"/cases/{case}/route", found, **as_unit))
    told = {"competent_body": "清河县劳动人事争议仲裁委员会", "method": "post", "receipt": "R-1"}
    imported = steps.ok(await county.send("mediation", f"/cases/{case}/procedure", told, **as_unit))
    assert imported["state"] == "procedure_imported"
    docketed = {"docket_no": "清劳人仲案〔2025〕7号"}
    steps.ok(await county.send("mediation", f"/cases/{case}/procedure/docket", docketed, **as_unit))
    await county.caught_up()
    seen = steps.ok(await county.by_code(receipt["query_code"], at=LATER))["steps"]
    details = {step["event"].split(".")[1]: step["details"] for step in seen}
    assert details["ProcedureImported"]["competent_body"] == told["competent_body"]
    assert details["ProcedureDocketed"]["docket_no"] == docketed["docket_no"]
