"""第二十七条、第三十七条第二款: 生活困难的帮扶救助到位: hardship that is found and not helped is somebody's, until a day."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from contracts.event import Event
from contracts.intake import HelpPlanFiled
from contracts.mediation import (
    AidReferred,
    CaseClosed,
    CaseTerminated,
    FundRequested,
    OutcomeAssessed,
    PostTerminationCareRecorded,
)
from contracts.vocabulary import (
    AidKind,
    CareKind,
    ClockOutcome,
    Hardship,
    OutcomeAxis,
    Result,
    TerminationGround,
)
from tests.law.ledger import Ledger

PAPER: dict[str, Any] = {"document": uuid4()}


def assessed(axis: OutcomeAxis = OutcomeAxis.hardship_helped, *, achieved: bool = False) -> Ledger:
    ledger = Ledger(case_officer="officer-9")
    ledger.tell(OutcomeAssessed, axis=axis, achieved=achieved, **PAPER)
    return ledger


def test_unit_that_finds_hardship_unhelped_owes_help_for_five_working_days():
    """The day is ours: the regulation names none."""
    duty = assessed().duty("D53")
    assert (duty.holder, duty.officer, duty.due_on) == ("county-hr", "officer-9", date(2025, 3, 10))


@pytest.mark.parametrize("axis", [axis for axis in OutcomeAxis if axis is not OutcomeAxis.hardship_helped])
def test_what_else_has_not_been_reached_is_no_hardship(axis: OutcomeAxis):
    assert assessed(axis).duties("D53") == []


def test_hardship_that_is_helped_owes_nothing():
    assert assessed(achieved=True).duties("D53") == []


HELP: list[tuple[type[Event], dict[str, Any]]] = [
    (AidReferred, {"kind": AidKind.judicial_aid, "agency": "court"}),
    (
        FundRequested,
        {
            "unit": "county-hr",
            "hardship": Hardship.illness,
            "amount_fen": 100,
            "tied_to_withdrawal": False,
            "requested_by": "officer-9",
            **PAPER,
        },
    ),
    (HelpPlanFiled, {"unit": "county-hr", "officer": "officer-9", "due_on": date(2025, 4, 1), **PAPER}),
    (PostTerminationCareRecorded, {"unit": "county-hr", "kind": CareKind.help, **PAPER}),
    (OutcomeAssessed, {"axis": OutcomeAxis.hardship_helped, "achieved": True, **PAPER}),
]


@pytest.mark.parametrize(("event", "said"), HELP)
def test_help_of_any_kind_meets_it(event: type[Event], said: dict[str, Any]):
    """第三十七条第二款: 告知或者帮助其……申请社会救助; 司法救助."""
    ledger = assessed()
    of_case = {"case": ledger.key} if "case" in event.body.names else {}
    ledger.tell(event, on="2025-03-10", stream=uuid4() if of_case else None, **said, **of_case)
    assert ledger.ended("D53").outcome is ClockOutcome.met


def test_guidance_is_no_help():
    ledger = assessed()
    ledger.tell(PostTerminationCareRecorded, unit="county-hr", kind=CareKind.guidance, **PAPER)
    assert ledger.duty("D53").holder == "county-hr"


def test_it_outlives_the_case():
    """第三十七条第三款: 对……已经复查复核……的相关信访人，应当做好……帮扶救助."""
    ledger = assessed()
    ledger.tell(CaseClosed, result=Result.not_support)
    ledger.tell(CaseTerminated, ground=TerminationGround.rechecked, document=None)
    ledger.passes("2025-03-11")
    assert "D53" in ledger.breaches()
