"""第三十七条第二款、审计法 第二条: money is with somebody when two have agreed, and is audited by none who had a part in it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.mediation import FundAudited, FundPaid
from contracts.vocabulary import ClockOutcome, Hardship, Level, Role, UnitKind
from services.chassis.directory import Directory
from services.mediation.domain.funds import Fund, PaidTooEarly
from tests.law.ledger import Ledger
from tests.rules import at, refuses
from tests.units import COUNTY, county, entry, staff

ASKED, AGREED, PAID = at("2025-08-28"), at("2025-09-02"), at("2025-09-05")
AUDITORS = entry("SJJ", kind=UnitKind.department, officers=staff(a_1=Role.auditor))


def agreed() -> Fund:
    made = Fund.blank(uuid4())
    made.request(
        uuid4(), "RSJ", Hardship.illness, uuid4(), 1, "co-1", tied_to_withdrawal=False, withdrawal_pending=False,
        at=ASKED,
    )  # fmt: skip
    made.approve(Role.unit_head, "RSJ", "h-1", at=AGREED - timedelta(days=1))
    made.approve(Role.bureau_officer, "XFJ", "b-1", at=AGREED)
    return made


def paid(on: str, directory: Directory = COUNTY) -> Fund:
    made = agreed()
    auditor = directory.auditor_of("XFJ", {made.unit, *made.spent_by})
    made.pay(date.fromisoformat(on), uuid4(), "XFJ", auditor, withdrawal_pending=False, at=PAID)
    return made


@pytest.mark.parametrize("on", ["2025-08-20", "2025-08-28", "2025-09-01"])
def test_money_that_was_paid_before_both_have_agreed_is_refused(on: str):
    with refuses(PaidTooEarly):
        paid(on)


@pytest.mark.parametrize("on", ["2025-09-02", "2025-09-05"])
def test_payment_is_entered_on_its_day_or_later(on: str):
    assert paid(on).paid_on == date.fromisoformat(on)


def test_fund_knows_who_has_agreed_and_paid():
    assert agreed().spent_by == ["RSJ", "XFJ"]
    assert paid("2025-09-05").spent_by == ["RSJ", "XFJ"]


@pytest.mark.parametrize(
    ("units", "auditor"),
    [
        ((AUDITORS,), "SJJ"),
        ((AUDITORS, entry("SSJJ", Level.city, "SZF", officers=staff(a_2=Role.auditor))), "SJJ"),
        ((entry("SSJJ", Level.city, "SZF", officers=staff(a_2=Role.auditor)),), "SSJJ"),
        ((entry("XFJ", Level.county, "XZF", kind=UnitKind.petition_bureau, competent=False,
                officers=staff(a_3=Role.auditor)),), "XZF"),
        ((entry("ROOM", Level.county, "XFJ", officers=staff(a_3=Role.auditor)),), "XW"),
        ((), "XW"),
    ],
    ids=["own level", "the nearest", "above", "not who paid", "nor under it", "who stands above it"],
)  # fmt: skip
def test_auditor_is_the_nearest_that_had_no_part_in_it(units: Any, auditor: str):
    assert county(*units).auditor_of("XFJ", {"RSJ", "XFJ"}) == auditor


def test_auditor_of_another_county_is_none():
    other = county(
        entry("XW2", Level.county, None, kind=UnitKind.party_committee, competent=False),
        entry("SJJ2", Level.county, "XW2", officers=staff(a_2=Role.auditor)),
    )
    assert other.auditor_of("XFJ", {"RSJ", "XFJ"}) == "XW"


def test_where_nobody_else_is_known_nobody_is_named():
    assert Directory().auditor_of("XFJ", {"RSJ", "XFJ"}) is None
    assert county(AUDITORS).auditor_of("XFJ", {"RSJ", "XFJ"}, barred={"SJJ", "XW"}) is None


def payment(audited_by: str | None) -> tuple[Ledger, UUID]:
    ledger, fund = Ledger(county(AUDITORS)), uuid4()
    ledger.tell(
        FundPaid, stream=fund, by="XFJ", case=ledger.key, paid_on=date(2025, 3, 3), document=uuid4(), unit="XFJ",
        audited_by=audited_by,
    )  # fmt: skip
    return ledger, fund


def test_audit_is_owed_by_who_does_it():
    ledger, fund = payment("SJJ")
    assert ledger.duty("D27").holder == "SJJ"
    ledger.tell(FundAudited, stream=fund, by="SJJ", case=ledger.key, in_order=True, document=uuid4())
    assert ledger.ended("D27").outcome is ClockOutcome.met


def test_where_no_other_unit_is_known_who_paid_owes_that_it_is_audited():
    ledger, _ = payment(None)
    assert ledger.duty("D27").holder == "XFJ"
