"""第二十八条第一款: 各级机关、单位及其工作人员应当…按时办理: somebody handles the case, also when who did has left."""

from __future__ import annotations

import pytest

from contracts.event import typed_before
from contracts.mediation import AcceptanceNotified, OfficerNamed
from contracts.vocabulary import Kind, Route, ServiceMethod
from services.chassis.charge import NotOfTheUnit
from services.chassis.recusal import OthersKeepOut
from services.mediation.domain import acceptance, inquiry
from services.mediation.domain.acceptance import HandlesAlready
from services.mediation.domain.guards import NotNotified, NotTheHandlingUnit
from services.mediation.domain.handling import Handling
from tests.law.ledger import NOW, Ledger
from tests.mediation.cases import DIRECTORY, HEARD, OTHER, UNIT, accepted, after, opened, the_event
from tests.rules import refuses


def name(handling: Handling, officer: str = "co-2", unit: str = UNIT) -> None:
    acceptance.name_officer(handling, unit, officer, DIRECTORY, at=HEARD)


def test_somebody_else_of_the_unit_handles_the_case_from_here():
    handling = accepted()
    name(handling)
    the_event(handling, OfficerNamed)
    assert handling.case_officer == "co-2"
    assert {"co-1", "co-2"} <= handling.handlers, "who has handled it before has done so for ever"
    with refuses(HandlesAlready):
        name(handling)


@pytest.mark.parametrize("officer", ["co-3", "nobody"])
def test_nobody_of_another_unit_handles_it(officer: str):
    with refuses(NotOfTheUnit):
        name(accepted(), officer)


def test_unit_that_has_accepted_it_says_who():
    with refuses(NotTheHandlingUnit):
        name(accepted(), unit=OTHER)
    with refuses(NotNotified):
        name(opened())


def test_who_keeps_out_is_not_named():
    """第二十八条第三款."""
    aside = after(accepted(), lambda h: inquiry.declare_recusal(h, UNIT, "co-2", DIRECTORY, at=HEARD))
    with refuses(OthersKeepOut):
        name(aside)


def test_duties_pass_to_who_is_named_and_keep_their_days():
    ledger = Ledger(kind=Kind.appeal_for_resolution, route=Route.petition_procedure)
    notice = {"notice_no": "1", "method": ServiceMethod.post, "served_at": NOW, "receipt": typed_before("EMS-1")}
    ledger.tell(AcceptanceNotified, case_officer="co-1", **notice)
    before = ledger.duty("C5")
    officer, due = before.officer, before.due_at
    ledger.tell(OfficerNamed, case_officer="co-2")
    assert (officer, ledger.duty("C5").officer) == ("co-1", "co-2")
    assert ledger.duty("C5").due_at == due
