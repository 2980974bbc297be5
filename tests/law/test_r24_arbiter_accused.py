"""第二十四条第一款、第二十八条第三款: where the arbiter itself is complained of, who stands above it decides."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from contracts.assignment import CaseRecalled, JurisdictionDisputeReferred
from contracts.vocabulary import (
    ContentCategory,
    DisputeLevel,
    Forwarding,
    Kind,
    ObjectionGround,
    Role,
    Route,
)
from services.assignment.domain.assigning import Assignment, Dispute, NotConcerned, NotTheArbiter
from tests.law.ledger import Ledger
from tests.rules import at, refuses
from tests.units import COUNTY, county, staff

NOW = at("2025-09-26")
PEOPLE = county(
    *(replace(COUNTY.units[code], officers=staff(**{f"{code.lower()}_1": Role.unit_head})) for code in ("LXH", "XZF"))
)
ABOVE = {"level": DisputeLevel.party_and_government, "arbiter": "XW"}


def disputed(arbiter: str, level: DisputeLevel, *units: str) -> Assignment:
    made = Assignment.blank(uuid4())
    made.receive(
        at=NOW, registration_no="1", category=ContentCategory.unpaid_wages, kind=Kind.appeal_for_resolution,
        route=Route.petition_procedure, place="P-1",
    )  # fmt: skip
    made.hand(Forwarding.forward, "RSJ", None, "XFJ", PEOPLE, at=NOW)
    made.object("RSJ", ObjectionGround.other_unit_competent, uuid4(), None, "XFJ", PEOPLE, at=NOW)
    made.refer(Dispute(level, arbiter, units), PEOPLE, at=NOW)
    made.taken()
    return made


def before_the_conference() -> Assignment:
    return disputed("LXH", DisputeLevel.joint_conference, "RSJ", "FY")


@pytest.mark.parametrize(("units", "persons"), [(("LXH",), ()), ((), ("lxh-1",))])
def test_r24_who_stands_above_an_accused_arbiter_decides_at_once(units: tuple[str, ...], persons: tuple[str, ...]):
    """第二十八条第三款: 应当回避."""
    case = before_the_conference()
    case.learn_accused(units, persons, PEOPLE, at=NOW)
    assert case.dispute == Dispute(DisputeLevel.party_and_government, "XW", ("RSJ", "FY"))
    with refuses(NotTheArbiter):
        case.designate("RSJ", (), "LXH", PEOPLE, at=NOW)
    with refuses(NotConcerned):
        case.designate("JYJ", (), "XW", PEOPLE, at=NOW)
    case.designate("RSJ", ("FY",), "XW", PEOPLE, at=NOW)
    assert (case.unit, case.dispute) == ("RSJ", None)


def test_r24_arbiter_that_is_not_accused_goes_on():
    case = before_the_conference()
    case.learn_accused(("JYJ",), (), PEOPLE, at=NOW)
    assert case.dispute is not None
    assert case.dispute.arbiter == "LXH"


def test_r24_dispute_is_over_where_the_holder_stands_under_the_accused_arbiter():
    """The case awaits a unit that may have it; the accused one decides nothing any more."""
    case = disputed("XZF", DisputeLevel.common_superior, "RSJ", "JYJ")
    case.learn_accused((), ("xzf-1",), PEOPLE, at=NOW)
    assert (case.unit, case.dispute, case.state) == (None, None, "awaiting_unit")
    assert isinstance(case.taken()[-1], CaseRecalled)


def test_r24_another_unit_leads_where_none_of_those_concerned_may():
    case = disputed("XZF", DisputeLevel.common_superior, "RSJ", "JYJ")
    case.unit = None  # it was given back so often that nobody has it
    case.learn_accused((), ("xzf-1",), PEOPLE, at=NOW)
    assert case.dispute == Dispute(DisputeLevel.common_superior, "XW", ("RSJ", "JYJ"))
    case.designate("FY", (), "XW", PEOPLE, at=NOW)
    assert case.unit == "FY"


def test_r24_the_duty_passes_to_who_decides_until_the_same_day():
    """件件有着落: D2."""
    told = Ledger()
    told.tell(JurisdictionDisputeReferred, level="joint_conference", arbiter="LXH", units=("RSJ", "FY"))
    due = told.duty("D2").due_on
    told.tell(JurisdictionDisputeReferred, on="2025-03-10", **ABOVE, units=("RSJ", "FY"))
    assert (told.duty("D2").holder, told.duty("D2").due_on) == ("XW", due)


def test_r24_nobody_owes_a_decision_after_the_case_was_recalled():
    told = Ledger()
    told.tell(JurisdictionDisputeReferred, level="common_superior", arbiter="XZF", units=("RSJ", "JYJ"))
    told.tell(CaseRecalled, on="2025-03-10", unit="county-hr")
    assert told.ended("D2").outcome == "void"
    assert told.duty("C1").holder == "bureau"
