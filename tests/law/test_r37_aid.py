"""第三十七条第二款: who gives the help that somebody in hardship is told of."""

from __future__ import annotations

import pytest

from contracts.mediation import AidReferred
from contracts.vocabulary import AidKind
from services.chassis.recusal import OthersKeepOut
from services.mediation.domain import ending
from services.mediation.domain.ending import NotForJudicialAid
from services.mediation.domain.handling import Handling
from tests.mediation.cases import DIRECTORY, HEARD, UNIT, accepted, the_event
from tests.rules import refuses


def refer(handling: Handling, kind: AidKind, agency: str) -> None:
    ending.refer_aid(handling, UNIT, kind, agency, DIRECTORY, at=HEARD)
    assert the_event(handling, AidReferred).agency == agency


def test_r37_judicial_aid_is_given_by_the_organs_of_the_law():
    """第三十七条第二款: 符合国家司法救助条件的，有关政法部门应当按照规定给予司法救助。"""
    refer(accepted(), AidKind.judicial_aid, "FY")


@pytest.mark.parametrize("agency", ["RSJ", "XZF", "XFJ", "JW", "nobody"])
def test_r37_nobody_else_gives_judicial_aid(agency: str):
    """第三十七条第二款."""
    with refuses(NotForJudicialAid):
        refer(accepted(), AidKind.judicial_aid, agency)


@pytest.mark.parametrize("agency", ["civil-affairs", "RSJ", "ZJJ"])
def test_r37_other_help_is_given_by_whoever_gives_it(agency: str):
    """第三十七条第二款."""
    refer(accepted(), AidKind.social_assistance, agency)


@pytest.mark.parametrize(("kind", "agency"), [(AidKind.social_assistance, "ZJJ"), (AidKind.judicial_aid, "FY")])
def test_r30_who_is_complained_of_gives_no_help(kind: AidKind, agency: str):
    """第二十八条第三款、第三十条第三款."""
    with refuses(OthersKeepOut):
        refer(accepted(accused_units=(agency,)), kind, agency)
