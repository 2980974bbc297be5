"""第二十三条第二款 姓名（名称）、地址不清的除外: of whom there is a name alone is owed no notice, and is decided on all the same."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.assignment import CaseForwarded, CaseTaken
from contracts.event import typed_before
from contracts.intake import CaseRegistered, PetitionAttached
from contracts.mediation import AcceptanceNotified, HandlingAccepted
from contracts.vocabulary import Kind, Role, Route, ServiceMethod
from tests.intake.filed import registered
from tests.law.ledger import Ledger
from tests.law.test_r23_unclear_address import county, with_unit
from tests.law.test_r44_correction import REGISTERED
from tests.rules import at
from tests.steps import NOTIFIED_AT, act, clocks, ok

__all__ = ["county"]

NAMED: dict[str, Any] = {"anonymous": False, "unclear": True, "unreachable": True}
HANDED: dict[str, Any] = {
    "registration_no": "1", "route": Route.petition_procedure, "unit": "county-hr", "unit_name": "县人社局",
    "kind": Kind.appeal_for_resolution,
}  # fmt: skip
TOLD: dict[str, Any] = {
    "notice_no": "受1号", "method": ServiceMethod.in_person, "served_at": at("2025-03-10"), "receipt": typed_before("签收"),
    "case_officer": "co-1",
}  # fmt: skip


def named_alone(*, direct: bool = False) -> Ledger:
    ledger = Ledger(kind=Kind.appeal_for_resolution, route=Route.petition_procedure)
    ledger.case.unit = None
    ledger.tell(CaseRegistered, **REGISTERED, **NAMED, direct=direct)
    return ledger


def owed(ledger: Ledger) -> set[str]:
    return {clock.code for clock in ledger.duties()}


class TestForwarded:
    def test_decision_is_owed_and_no_notice(self):
        ledger = named_alone()
        ledger.tell(CaseForwarded, on="2025-03-05", **HANDED)
        assert "C3" not in owed(ledger)
        assert str(ledger.duty("D60").due_on) == "2025-03-20"
        ledger.tell(HandlingAccepted, on="2025-03-10", case_officer="co-1")
        assert str(ledger.duty("C5").due_on) == "2025-05-09"
        assert "D60" not in owed(ledger)

    def test_who_comes_by_may_be_told(self):
        ledger = named_alone()
        ledger.tell(CaseForwarded, on="2025-03-05", **HANDED)
        ledger.tell(AcceptanceNotified, on="2025-03-10", **TOLD)
        assert "D60" not in owed(ledger)
        assert "C5" in owed(ledger)

    def test_missed_it_is_no_missed_notice_and_the_sixty_days_run(self):
        ledger = named_alone()
        ledger.tell(CaseForwarded, on="2025-03-05", **HANDED)
        ledger.passes("2025-03-21")
        assert "D60" in ledger.breaches()
        assert not {"C2", "C3"} & {*ledger.breaches()}
        assert str(ledger.duty("C5").due_on) == "2025-05-19"

    @pytest.mark.parametrize(("said", "code"), [({}, "C3"), ({"unreachable": True}, "D60"), ({"further": True}, "D60")])
    def test_who_comes_again_with_an_address_is_told(self, said: dict[str, Any], code: str):
        """And where a further petitioner has one, that one is told beside them."""
        ledger = named_alone()
        letter = {name: REGISTERED[name] for name in REGISTERED if name not in {"category", "place"}}
        ledger.tell(PetitionAttached, **letter, anonymous=False, **said)
        ledger.tell(CaseForwarded, on="2025-03-05", **HANDED)
        assert {"C3", "D60"} & owed(ledger) == {code}


class TestDirect:
    def test_unit_takes_it_or_hands_it_on_and_decides_by_the_same_day(self):
        ledger = named_alone(direct=True)
        assert owed(ledger) == {"D9"}
        ledger.tell(CaseTaken, on="2025-03-05", **HANDED)
        assert str(ledger.duty("D60").due_on) == "2025-03-18"
        ledger.tell(HandlingAccepted, on="2025-03-05", case_officer="co-1")
        assert owed(ledger) & {"C2", "C3", "D9", "D60", "C5"} == {"C5"}


def test_case_is_that_of_somebody_who_can_be_told_as_soon_as_one_petitioner_can():
    alone = registered(unclear=True, unreachable=True)
    assert alone.unreachable
    assert not registered(unclear=True).unreachable
    assert not registered(anonymous=True, unclear=True).unreachable


# ------------------------------------------------------------------------------- over HTTP


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    ("who", "code"),
    [
        ({"name": "张三"}, "D60"), ({"name": "张三", "address": "不详", "phone": "无"}, "D60"),
        ({"name": "张三", "phone": "13900000003"}, "C3"), ({"name": "张三", "address": "某县某街1号"}, "C3"),
    ],
)  # fmt: skip
async def test_notice_is_owed_where_somebody_can_be_written_to_or_called(county: Any, who: dict[str, str], code: str):
    case = await with_unit(county, who)
    found = {clock["code"] for clock in await clocks(county, case) if clock["state"] == "running"}
    assert found & {"C3", "D60"} == {code}
    if code == "D60":
        ok(await act(county, case, "acceptance", {"case_officer": "co-1"}, role=Role.unit_receiver, at=NOTIFIED_AT))
        found = {clock["code"] for clock in await clocks(county, case) if clock["state"] == "running"}
        assert found & {"C5", "D60"} == {"C5"}
