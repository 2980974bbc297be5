"""第三十条第三款: what turns out to be a report, when units have it, is found by none of them, nor asked of them any more."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from contracts.assignment import (
    CaseForwarded,
    CaseLeft,
    CaseRecalled,
    LedgerItemOpened,
    PlanFiled,
    UnitCalledToHall,
)
from contracts.event import typed_before
from contracts.intake import (
    CaseClassified,
    CaseRegistered,
    CaseSetApart,
    OfficerChallenged,
    ReceiptIssued,
    WithdrawalRequested,
)
from contracts.mediation import AcceptanceNotified, MediationRefused
from contracts.vocabulary import (
    Channel,
    ContentCategory,
    Kind,
    LeavingReason,
    LedgerKind,
    Role,
    Route,
    ServiceMethod,
    Side,
)
from services.chassis.errors import NotFound
from services.intake.domain import classification, recusal, withdrawal
from services.mediation.commands.handling import must_take_part
from services.mediation.domain import receiving
from tests.assignment.test_domain import handed
from tests.intake.filed import registered
from tests.law.ledger import BUREAU, Ledger
from tests.law.test_r28_keeps_out import by
from tests.law.test_r34_waiting import handed as to_unit
from tests.mediation.cases import heard
from tests.rules import at, refuses
from tests.units import COUNTY

REPORT: dict[str, Any] = {"kind": Kind.report_accusation, "route": Route.discipline_supervision}
ON = at("2025-03-10")
LATER = at("2025-03-12")


def test_nobody_who_hands_on_or_handles_cases_finds_it():
    assignment, handling = handed(), heard()
    assignment.set_apart(at=ON)
    receiving.learn_apart(handling, apart=True, at=ON)
    for role in (Role.bureau_officer, Role.sponsor_leader, Role.unit_head):
        with refuses(NotFound):
            assignment.must_not_keep_out(by("RSJ", role=role), COUNTY)
        with refuses(NotFound):
            must_take_part(handling, by("RSJ", role=role), COUNTY)


class Sealed(Ledger):
    """A case with a department, of which several were asked for something before it was found to be a report."""

    def __init__(self) -> None:
        super().__init__()
        self.tell(CaseRegistered, registration_no="1", petition=uuid4(), channel=Channel.letter, received_at=ON,
                  category=ContentCategory.unpaid_wages, place="p", receiving_unit=BUREAU, person_count=1, on=ON,
                  anonymous=False, secrecy_requested=False, content=uuid4(), content_sha256="a")  # fmt: skip
        self.tell(CaseClassified, registration_no="1", kind=Kind.appeal_for_resolution, on=ON,
                  route=Route.petition_procedure, category=ContentCategory.unpaid_wages, place="p")  # fmt: skip
        self.tell(CaseForwarded, on=ON, **to_unit("county-hr"))
        self.tell(AcceptanceNotified, by="county-hr", notice_no="1", served_at=ON, case_officer="o",
                  method=ServiceMethod.post, receipt=typed_before("R-1"), on=ON)  # fmt: skip

    def turns_out(self) -> None:
        self.tell(CaseSetApart, on=ON)
        self.tell(CaseRecalled, on=ON, unit="county-hr")
        self.tell(CaseLeft, on=ON, reason=LeavingReason.sealed)

    def owed(self) -> set[tuple[str, str | None]]:
        return {(clock.code, clock.holder) for clock in self.duties()}


ASKED: list[tuple[str, type, dict[str, Any]]] = [
    ("D43", UnitCalledToHall, {"stream": True, "unit": "county-hr", "due_on": date(2025, 4, 1)}),
    ("D22", LedgerItemOpened, {"stream": True, "unit": "land", "due_on": date(2025, 4, 1), "item_no": "1",
                               "kind": LedgerKind.petition, "officer": "o", "document": uuid4()}),
    ("D13", PlanFiled, {"due_on": date(2025, 4, 1), "document": uuid4()}),
    ("D51", MediationRefused, {"side": Side.petitioner}),
]  # fmt: skip


@pytest.mark.parametrize(("code", "asked", "facts"), ASKED, ids=[code for code, *_ in ASKED])
def test_what_was_asked_of_others_in_it_ends(code: str, asked: type, facts: dict[str, Any]):
    """第二十八条第一款: nobody owes what they may not do, and what nobody may find."""
    ledger, facts = Sealed(), dict(facts)
    if facts.pop("stream", False):
        facts |= {"stream": uuid4(), "case": ledger.key}
    ledger.tell(asked, on=ON, by="county-hr", **facts)
    assert ledger.duty(code).holder
    ledger.turns_out()
    assert ledger.owed() == set(), "what is owed from here stands under its receipt"


def test_what_is_decided_about_it_at_the_door_goes_on_under_its_receipt():
    """第二十八条第三款: whether who received it keeps out of it."""
    case = registered()
    recusal.challenge(case, "clerk", uuid4(), COUNTY, at=ON)
    case.taken()
    classification.classify(case, **REPORT, category=ContentCategory.official_conduct, directory=COUNTY, at=ON)
    told = [
        event for event in case.taken() if case.lies_apart(event.originator_version) and event.told_outside(uuid4())
    ]
    assert [type(event) for event in told] == [ReceiptIssued, OfficerChallenged]
    assert told[-1].asked_at == ON


def test_wish_to_withdraw_goes_on_under_its_receipt_and_comes_back_with_the_case():
    """第十七条: to the same day; nobody of whom the case complains asks, and what was thought of again is not told."""
    case, appeal = registered(), {"kind": Kind.appeal_for_resolution, "route": Route.petition_procedure}
    category = ContentCategory.official_conduct
    withdrawal.request_withdrawal(case, uuid4(), COUNTY, at=ON)
    wish = case.withdrawals[None]
    case.taken()
    classification.classify(
        case, **REPORT, category=category, directory=COUNTY, at=LATER, accused_units=[case.receiving_unit]
    )
    events = case.taken()
    told = [event for event in events if case.lies_apart(event.originator_version) and event.told_outside(uuid4())]
    assert [type(event) for event in told] == [ReceiptIssued, WithdrawalRequested]
    assert (told[-1].asked_at, told[-1].effective_on) == (ON, wish.effective_on)
    assert wish.confirmer == case.receiving_unit
    assert told[-1].confirmer != case.receiving_unit
    classification.correct(
        case, **REPORT, category=ContentCategory.housing, reasons=uuid4(), directory=COUNTY, at=LATER
    )
    assert not [event for event in case.taken() if isinstance(event, WithdrawalRequested)], "it is told once"
    again = deepcopy(case)
    classification.correct(case, **appeal, category=category, reasons=uuid4(), directory=COUNTY, at=LATER)
    [back] = [event for event in case.taken() if isinstance(event, WithdrawalRequested)]
    assert not case.lies_apart(back.originator_version)
    assert (back.asked_at, back.effective_on) == (ON, wish.effective_on)
    withdrawal.revoke_withdrawal(again, None, at=LATER)
    again.taken()
    classification.correct(again, **appeal, category=category, reasons=uuid4(), directory=COUNTY, at=LATER)
    assert not [event for event in again.taken() if isinstance(event, WithdrawalRequested)]


def test_who_has_it_no_more_does_not_wait_for_a_wish_to_withdraw():
    assignment = handed()
    assignment.learn_withdrawal(pending=True, at=ON)
    assignment.set_apart(at=ON)
    assert not assignment.withdrawal_pending
