"""第二十二条第一款、第二十三条第一款: a petition bureau forwards to its level and below, and sends nobody there."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.vocabulary import Channel, ContentCategory, Level, NotAcceptedGround, UnitKind
from services.intake.domain import acceptance
from services.intake.domain.acceptance import WithinReach
from services.intake.domain.registration import Registration
from tests.harness import BUREAU, System, petition
from tests.intake.filed import NOTICE, NOW, registered
from tests.rules import called, refused, refuses
from tests.steps import ok
from tests.units import county as units
from tests.units import entry

PLACE = units(
    entry("SRSJ", Level.city, "SZF", kind=UnitKind.department, powers=frozenset({ContentCategory.unpaid_wages})),
    entry("CXF", Level.city, "SZF", kind=UnitKind.petition_bureau, competent=False),
)


def sent(unit: str, body: str, **more: Any) -> Registration:
    made = registered(receiving_unit=unit, **more)
    acceptance.not_accept(
        made, NotAcceptedGround.not_within_power, unit, PLACE, pending=None, handling=None, same_person=False, at=NOW,
        competent_body=called(body, PLACE), notice_no="1", **NOTICE,
    )  # fmt: skip
    return made


@pytest.mark.parametrize("body", ["RSJ", "县人社局"])
def test_bureau_forwards_to_the_departments_of_its_level(body: str):
    """第一项: 对依照职责属于本级机关、单位或者其工作部门处理决定的，应当转送."""
    with refuses(WithinReach):
        sent("XFJ", body)


@pytest.mark.parametrize("body", ["RSJ", "SRSJ"])
def test_and_a_city_to_what_is_below(body: str):
    """第二项: 涉及下级机关、单位或者其工作人员的，……转送有权处理的机关、单位."""
    with refuses(WithinReach):
        sent("CXF", body)


def test_to_who_stands_above_the_bureau_does_not_forward():
    assert sent("XFJ", "SRSJ").state == "not_accepted"


def test_department_tells_who_is_competent():
    """第二十三条第一款: 党委和政府信访部门以外的其他机关、单位."""
    assert sent("JYJ", "RSJ").state == "not_accepted"


def test_letter_about_litigation_is_forwarded_and_a_visitor_told_the_way():
    """第二款: 对收到的涉法涉诉信件，应当转送同级政法部门; 对走访反映涉诉问题的信访人，应当释法明理，引导."""
    about: dict[str, Any] = {"category": ContentCategory.litigation}
    with refuses(WithinReach):
        sent("XFJ", "FY", channel=Channel.letter, **about)
    assert sent("XFJ", "FY", channel=Channel.visit, **about).state == "not_accepted"


async def test_over_http_the_way_that_is_left_is_forwarding(county: System):
    await county.enter({"code": BUREAU, "kind": "petition_bureau", "parent": "XZF", "competent": False})
    own: dict[str, Any] = {"role": "bureau_officer", "unit": BUREAU}
    case = ok(await county.send("intake", "/petitions", petition(), **own), 201)["case_id"]
    body = {"ground": "not_within_power", "competent_body": "RSJ", "method": "post", "receipt": "EMS-1"}
    refused(await county.send("intake", f"/cases/{case}/non-acceptance", body, **own), 409, WithinReach)
    ok(await county.classify(case))
    ok(await county.forward(case))
