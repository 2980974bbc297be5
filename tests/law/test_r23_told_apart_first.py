"""第二十三条第一款: who received a matter tells where it belongs, whether or not they have told it apart before."""

from __future__ import annotations

from uuid import uuid4

import pytest
import pytest_asyncio

from contracts.intake import NonAcceptanceRevoked, NotAcceptedNotified
from contracts.vocabulary import Kind, LeavingReason, NotAcceptedGround, Role
from services.assignment.domain.assigning import CaseHasLeft
from services.intake.domain import acceptance
from services.intake.domain.acceptance import OrderedToAccept, TooLateNotToAccept
from services.intake.domain.registration import Registration
from tests.assignment.test_jurisdiction import received as awaiting
from tests.harness import Servers, System, petition
from tests.intake.filed import NOTICE, NOW, classified, reported
from tests.law.test_r28_accused import APPEAL, UNITS
from tests.rules import refused, refuses
from tests.steps import ok, open_county
from tests.units import COUNTY


def send_on(r: Registration, unit: str = "JYJ", *, handed_on: bool = False) -> Registration:
    acceptance.not_accept(
        r, NotAcceptedGround.not_within_power, unit, COUNTY, pending=None, handling=None, same_person=False, at=NOW,
        handed_on=handed_on, competent_body="RSJ", notice_no="1", **NOTICE,
    )  # fmt: skip
    return r


def told_apart(unit: str = "JYJ") -> Registration:
    return classified(direct=True, receiving_unit=unit)


def test_r23_receiver_tells_where_it_belongs_in_any_order():
    """对不属于本机关、单位或者本系统职权范围的，应当告知信访人向有权处理的机关、单位提出."""
    [told] = send_on(told_apart()).taken()
    assert isinstance(told, NotAcceptedNotified)
    assert (told.unit, told.competent_body) == ("JYJ", "RSJ")


def test_r23_nobody_else_sends_away_what_was_told_apart():
    with refuses(TooLateNotToAccept):
        send_on(told_apart(), "ZJJ")


def test_r23_who_was_handed_it_objects_instead():
    """第二十三条第三款."""
    with refuses(TooLateNotToAccept):
        send_on(told_apart(), handed_on=True)


def test_r23_report_is_sent_to_nobody_else():
    """第三十条第三款: it goes to the discipline organ."""
    with refuses(TooLateNotToAccept):
        send_on(reported(direct=True, receiving_unit="JYJ"))


def test_r44_what_was_wrongly_sent_away_is_told_apart_as_before():
    """第四十四条第二项: 责令改正. It goes on where it was, and on that ground nobody is sent away again."""
    case = send_on(told_apart())
    acceptance.put_right(case, "JYJ", uuid4(), at=NOW)
    assert isinstance(case.taken()[-1], NonAcceptanceRevoked)
    assert (case.state, case.kind) == ("classified", Kind.appeal_for_resolution)
    with refuses(OrderedToAccept):
        send_on(case)


def test_r44_a_unit_can_have_it_again():
    case = awaiting()
    case.leave(LeavingReason.not_accepted, at=NOW)
    case.come_back(COUNTY, at=NOW)
    assert case.state == "awaiting_unit"


@pytest.mark.parametrize("reason", sorted({*LeavingReason} - {LeavingReason.not_accepted}))
def test_r44_nothing_else_comes_back_by_that(reason: LeavingReason):
    case = awaiting()
    case.leave(reason, at=NOW)
    case.come_back(COUNTY, at=NOW)
    assert case.state == "left"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        leader = {"code": "XZF", "kind": "government", "parent": "SZF", "officers": {"head-2": [Role.unit_head]}}
        await made.enter(*(unit for unit in UNITS if unit["code"] != "XZF"), leader)
        yield made


@pytest.mark.asyncio(loop_scope="module")
async def test_r23_over_http_it_leaves_and_comes_back_by_the_order(county: System):
    """第二十三条第一款、第四十四条第二项."""
    own = {"role": Role.unit_receiver, "unit": "JYJ", "at": "2026-03-02T09:00:00+08:00"}
    above = {"role": Role.sponsor_leader, "unit": "XZF", "at": "2026-03-09T09:00:00+08:00"}
    case = ok(await county.send("intake", "/petitions", petition(), **own), 201)["case_id"]
    ok(await county.send("intake", f"/cases/{case}/classification", APPEAL, **own))
    await county.caught_up()
    body = {"ground": "not_within_power", "competent_body": "RSJ", "method": "post", "receipt": "EMS-1"}
    ok(await county.send("intake", f"/cases/{case}/non-acceptance", body, **own))
    await county.caught_up()
    refused(await county.send("assignment", f"/cases/{case}/taking", None, **own), 409, CaseHasLeft)
    words = {"facts": "甲", "breach_article": "第四十四条第二项", "correction": "受理", "due_on": "2026-03-20"}
    order = {"kind": "correction_order", "addressee": "JYJ", "approved_by": "head-2", "fields": words}
    ok(await county.send("intake", f"/cases/{case}/papers", order, **above), 201)
    await county.caught_up()
    told = ok(await county.client.get(f"{county.url('accountability')}/cases/{case}"))
    assert told["state"] == "classified"
    own["at"] = "2026-03-10T09:00:00+08:00"
    ok(await county.send("assignment", f"/cases/{case}/taking", None, **own))
    await county.caught_up()
    refused(await county.send("intake", f"/cases/{case}/non-acceptance", body, **own), 409, TooLateNotToAccept)
