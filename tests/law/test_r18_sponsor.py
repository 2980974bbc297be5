"""第十八条第二款: a leader who sponsors a case stays with it until it is at its end (一包到底)."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio

from contracts.vocabulary import ReleaseGround, Role
from services.assignment.domain.sponsorship import NotAtItsEnd, NotSponsored, ends
from tests.harness import Servers, System
from tests.rules import refused
from tests.steps import CLOSED_AT, act, document, ok, open_county, served

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        yield made


@pytest.mark.parametrize(
    ("handling", "left", "reached"),
    [
        (None, False, set()),
        (None, True, {"left"}),
        ({"result": "support", "executed": False, "closed_at": None}, False, set()),
        ({"result": "support", "executed": True, "closed_at": None}, False, {"executed"}),
        ({"result": "support", "executed": False, "closed_at": "2026-03-02T09:00:00Z"}, False, set()),
        ({"result": "support", "executed": True, "closed_at": "2026-03-02T09:00:00Z"}, False, {"executed", "closed"}),
        ({"result": "explain", "executed": False, "closed_at": "2026-03-02T09:00:00Z"}, False, {"closed"}),
        ({"result": "explain", "executed": False, "terminated_at": "2026-03-02T09:00:00Z"}, False, {"closed"}),
        ({"result": None, "executed": False, "closed_at": None}, False, set()),
    ],
)
async def test_what_was_granted_is_done_before_a_case_is_at_its_end(
    handling: dict[str, Any] | None, left: bool, reached: set[str]
):
    """第三十二条第二款: 支持信访请求意见的，应当督促有关机关、单位执行."""
    assert ends(handling, left=left) == {ReleaseGround[name] for name in reached}


async def test_sponsor_is_released_when_what_was_granted_is_done_and_not_before(county: System):
    """第十八条第二款: 包案化解群众反映强烈的突出问题."""
    case = await served(county)
    order = {"order_no": "县委办〔2025〕57号", "sponsor": "leader-1", "duties": ["resolve"]}
    secretary: dict[str, Any] = {"role": Role.conference_secretary, "at": CLOSED_AT}
    ok(await county.send("assignment", f"/cases/{case}/sponsor", order, **secretary))
    proof = await document(county, case, "execution_proof")
    path, early = f"/cases/{case}/sponsor/release", {"ground": "executed", "document": proof}
    for ground in ReleaseGround:
        body = early | {"ground": ground}
        refused(await county.send("assignment", path, body, **secretary), 409, NotAtItsEnd)
    ok(await act(county, case, "execution", {"document": proof}, at=CLOSED_AT))
    refused(await county.send("assignment", path, early | {"ground": "closed"}, **secretary), 409, NotAtItsEnd)
    assert ok(await county.send("assignment", path, early, **secretary))["state"] == "released"
    refused(await county.send("assignment", path, early, **secretary), 409, NotSponsored)
