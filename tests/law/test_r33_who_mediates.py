"""第三十三条, 人民调解法 第三条、第十三条: who mediates is known, belongs to whom mediates, and has no part in the case."""

from __future__ import annotations

import pytest

from services.chassis.charge import NotOfTheUnit
from services.chassis.recusal import OthersKeepOut
from services.mediation.domain import inquiry
from services.mediation.domain.handling import Handling
from services.mediation.domain.mediating import MediatorOfASide, offer_mediation
from tests.mediation.cases import COMMITTEE, DIRECTORY, HEARD, OTHER, UNIT, accepted, after
from tests.rules import refuses


def mediate(handling: Handling, mediator: str, unit: str = COMMITTEE, *, registered: bool = False) -> None:
    offer_mediation(handling, UNIT, mediator, unit, "FACTORY", DIRECTORY, registered=registered, at=HEARD)
    assert handling.state == "mediation"


def test_whoever_acts_for_the_committee_or_is_on_its_register_mediates():
    """人民调解法 第十三条: 人民调解员由人民调解委员会委员和人民调解委员会聘任的人员担任."""
    mediate(accepted(), "mediator-1")
    mediate(accepted(), "m-1", registered=True)


@pytest.mark.parametrize(("mediator", "unit"), [("nobody", COMMITTEE), ("mediator-1", OTHER), ("co-3", COMMITTEE)])
def test_nobody_mediates_whom_the_committee_does_not_know(mediator: str, unit: str):
    with refuses(NotOfTheUnit):
        mediate(accepted(), mediator, unit)


@pytest.mark.parametrize("registered", [False, True])
def test_who_stepped_aside_does_not_mediate(registered: bool):
    """第二十八条第三款."""
    aside = after(accepted(), lambda h: inquiry.declare_recusal(h, UNIT, "co-2", DIRECTORY, at=HEARD))
    with refuses(OthersKeepOut):
        mediate(aside, "co-2", UNIT, registered=registered)


@pytest.mark.parametrize("registered", [False, True])
def test_who_is_complained_of_does_not_mediate(registered: bool):
    """第二十八条第三款: neither the person nor the people of the unit, also where a committee has registered them."""
    with refuses(OthersKeepOut):
        mediate(accepted(accused_persons=("mediator-1",)), "mediator-1", registered=registered)
    with refuses(OthersKeepOut):
        mediate(accepted(accused_units=(COMMITTEE,)), "m-1" if registered else "mediator-1", registered=registered)


def test_whoever_is_a_party_does_not_mediate():
    """人民调解法 第三条: 平等自愿."""
    with refuses(MediatorOfASide):
        offer_mediation(accepted(), UNIT, "mediator-1", COMMITTEE, COMMITTEE, DIRECTORY, registered=False, at=HEARD)
