"""A department's system has an account of its own: what the directory says of its code, and nothing more."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx2
import pytest

from contracts.vocabulary import Role
from tests.acting import issuer
from tests.harness import BUREAU, UNIT, System, until

pytestmark = pytest.mark.servers
CODE, OTHER = "SYS-RSJ-1", "JYJ"
DOORS = [Role.intake_clerk, Role.bureau_officer]


def told(post: str | None, **more: Any) -> dict[str, str]:
    """Return what the system shows of itself: a token that its client has got, by which nobody has logged in."""
    claims = {"azp": "rsj-wages", "client_id": "rsj-wages", "preferred_username": CODE} | more
    shown = {"Authorization": f"Bearer {issuer().token(CODE, **claims)}", "Idempotency-Key": str(uuid4())}
    return shown if post is None else shown | {"Huiyin-Post": post}


async def test_a_departments_system_opens_its_own_door_only(huiyin: System):
    async with huiyin.within():
        await huiyin.enter(
            {"code": BUREAU, "kind": "petition_bureau", "competent": False, "officers": {"officer-1": DOORS}},
            {"code": UNIT, "officers": {CODE: [Role.unit_receiver], "co-1": [Role.case_officer]}},
            {"code": OTHER, "officers": {"zhao": [Role.unit_receiver]}},
        )
        cases = [(await huiyin.register())["case_id"] for _ in range(2)]
        for case, unit in zip(cases, (UNIT, OTHER), strict=True):
            assert (await huiyin.classify(case)).status_code == 200
            assert (await huiyin.forward(case, unit)).status_code == 200
    own, foreign = cases
    notice = {"method": "post", "receipt": "EMS-1", "case_officer": "co-1"}

    async with huiyin.within(strict=True):

        async def sent(service: str, path: str, body: Any, headers: dict[str, str]) -> tuple[int, str | None]:
            reply: httpx2.Response = await huiyin.client.post(huiyin.url(service) + path, json=body, headers=headers)
            return reply.status_code, reply.json().get("code")

        async def taken() -> bool:
            return (await sent("mediation", f"/cases/{own}/acceptance-notice", notice, told(None)))[0] == 200

        await until(taken, "its own door is open")
        accepting = f"/cases/{foreign}/acceptance-notice"
        assert await sent("mediation", accepting, notice, told(None)) == (404, "not_found"), "of another unit"
        for post in (f"{OTHER}/unit_receiver", f"{UNIT}/unit_head", f"{BUREAU}/intake_clerk", f"{UNIT}/petitioner"):
            assert await sent("mediation", accepting, notice, told(post)) == (403, "not_your_post"), post
        for post in ("platform/platform_admin", "platform/system"):
            assert await sent("mediation", accepting, notice, told(post)) == (403, "not_your_post"), post
        kind = {"kind": "appeal_for_resolution", "route": "petition_procedure", "category": "unpaid_wages"}
        assert await sent("intake", f"/cases/{own}/classification", kind, told(None)) == (403, "not_received_here")
        relieving = huiyin.url("assignment") + f"/units/{UNIT}/officers/{CODE}"
        assert (await huiyin.client.delete(relieving, headers=told(None))).status_code == 403
        assert await sent("mediation", accepting, notice, told(None, aud="somebody-else")) == (401, "not_authenticated")
