"""第二十八条第三款、第三十五条: what came back undelivered is served by somebody, also where the unit may not any more."""

from __future__ import annotations

from contracts.vocabulary import Role
from services.chassis.recusal import MustKeepOut
from services.mediation.domain.guards import NotWithUnit
from tests import steps
from tests.harness import GOVERNMENT, UNIT, System
from tests.rules import refused

LATER = "2025-10-15T09:00:00+08:00"
ANOTHER = "JYJ"
AGAIN = {"method": "post", "receipt": "R-9"}


async def test_who_is_above_serves_what_came_back_after_the_unit_was_accused(county: System):
    """The opinion of a closed case came back by post, and the unit is complained of by now: 应当回避.

    The case goes on, and is no more with that unit.
    """
    await county.establish(GOVERNMENT)
    case = await steps.closed(county)
    accused = {"units": [UNIT]}
    steps.ok(await county.send("intake", f"/cases/{case}/accused", accused, role=Role.bureau_officer, at=LATER))
    path, head = f"/cases/{case}/opinion/service", {"role": Role.unit_head, "at": "2025-10-20T09:00:00+08:00"}
    await county.caught_up()
    refused(await county.send("mediation", path, AGAIN, unit=UNIT, **head), 403, MustKeepOut)
    served = steps.ok(await county.send("mediation", path, AGAIN, unit=GOVERNMENT, **head))
    assert served["state"] == "opinion_served"
    refused(await county.send("mediation", f"/cases/{case}/closure", {}, unit=GOVERNMENT, **head), 409, NotWithUnit)
    await county.establish(ANOTHER)
    steps.ok(await county.forward(case, ANOTHER, at="2025-10-21T09:00:00+08:00"))
    over = {"role": Role.unit_head, "unit": ANOTHER, "at": "2025-11-21T09:00:00+08:00"}
    closed = steps.ok(await county.send("mediation", f"/cases/{case}/closure", {}, **over))
    assert closed["state"] == "closed"
