"""第三十三条: 可以在不违反政策法规强制性规定的情况下，在裁量权范围内，经争议双方当事人同意进行调解."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from contracts.vocabulary import Result, Side
from services.mediation.domain import mediating, receiving
from services.mediation.domain.guards import NotTheHandlingUnit
from services.mediation.domain.handling import Handling
from services.mediation.domain.mediating import OutsideDiscretion, SameDiscretion
from tests.mediation.cases import COMMITTEE, HEARD, UNIT, accepted, after, consent, decide, heard, mediated, offer, sign
from tests.rules import refuses


def determine(handling: Handling, *, within: bool, unit: str = UNIT) -> None:
    mediating.determine_discretion(handling, unit, uuid4(), within=within, at=HEARD)


def fixed(handling: Handling) -> Handling:
    """Mark what is in dispute as a penalty, the rate of a tax, or whatever else mandatory rules fix."""
    return after(handling, lambda h: determine(h, within=False))


def settle(handling: Handling) -> None:
    mediating.sign_agreement(handling, UNIT, "和1号", date(2025, 8, 28), uuid4(), (), settlement=True, at=HEARD)


def test_r33_what_the_law_fixes_is_neither_mediated_nor_settled():
    handling = fixed(accepted())
    for act in (offer, settle):
        with refuses(OutsideDiscretion):
            act(handling)
    determine(handling, within=True)
    offer(handling)


def test_r33_what_turns_out_so_during_a_mediation_is_not_agreed_on():
    handling = fixed(mediated())
    with refuses(OutsideDiscretion):
        sign(handling)
    mediating.fail_mediation(handling, COMMITTEE, uuid4(), at=HEARD)


def test_r33_nobody_consents_to_bargain_over_it():
    handling = fixed(after(accepted(), offer))
    with refuses(OutsideDiscretion):
        consent(handling, Side.petitioner)


@pytest.mark.parametrize("within", [True, False])
def test_it_is_said_once_and_by_the_unit_that_has_the_case(within: bool):
    handling = accepted()
    if not within:
        handling = fixed(handling)
    with refuses(SameDiscretion):
        determine(handling, within=within)
    with refuses(NotTheHandlingUnit):
        determine(handling, within=not within, unit="JYJ")


def test_it_is_the_matters_and_not_the_units():
    handling = fixed(accepted())
    assert not after(handling, lambda h: receiving.give_back(h, UNIT, at=HEARD)).within_discretion


def test_what_is_not_mediated_is_decided():
    assert after(fixed(heard()), decide).result is Result.support
