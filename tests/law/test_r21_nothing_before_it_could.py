"""第二十一条第二款: what is entered later has its own day, and that is none on which it could not have been."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from contracts.event import typed_before
from contracts.vocabulary import (
    Forwarding,
    InformantNotice,
    NotAcceptedGround,
    RecommendationKind,
    ServiceMethod,
    UrgentStage,
)
from services.accountability.domain.addressing import Matter
from services.accountability.domain.recommendations import Recommendation, ServedBeforeItCame
from services.assignment.domain.assigning import Told, ToldBeforeItCame
from services.intake.domain import acceptance, filing, track, urgency
from services.intake.domain.guards import TooEarly
from services.intake.domain.registration import Registration
from services.mediation.domain.guards import ImpossibleDate
from tests.intake.filed import NOTICE, NOW, closed, facts, registered, sealed
from tests.law.test_r23_passed_down import BELOW, brought
from tests.law.test_r40_addressees import BODIES
from tests.mediation.cases import agreed
from tests.mediation.test_mediating import file, ruling
from tests.rules import at, refuses
from tests.units import COUNTY

DAY_BEFORE = NOW - timedelta(1)
EARLIER_THAT_DAY = NOW.replace(hour=0)
"""A paper shows a day and rarely the minute (0023)."""


def turned_away(served_at: datetime) -> Registration:
    made = registered(received_at=NOW, receiving_unit="JYJ")
    acceptance.not_accept(
        made, NotAcceptedGround.not_within_power, "JYJ", COUNTY, pending=None, handling=None, same_person=False,
        at=NOW, competent_body="RSJ", notice_no="1", **NOTICE | {"served_at": served_at},
    )  # fmt: skip
    return made


def told_again(served_at: datetime, *, rechecked: bool) -> Registration:
    made, petition = closed(), uuid4()
    if rechecked:
        acceptance.exhaust(made, NOW, at=NOW)
    filing.attach(made, at=NOW + timedelta(5), **facts(petition=petition, received_at=NOW + timedelta(5)))
    how: dict[str, Any] = NOTICE | {"served_at": served_at, "notice_no": "1", "at": NOW + timedelta(6)}
    if rechecked:
        acceptance.no_longer_accept(made, petition, same_person=True, new_facts=False, **how)
    else:
        acceptance.answer_repeat(made, petition, new_case=None, **how)
    return made


def inform(made: Registration, notice: InformantNotice, served_at: datetime, now: datetime = NOW) -> None:
    track.notify_informant(made, notice, ServiceMethod.post, served_at, typed_before("EMS-1"), "JW", COUNTY, at=now)


def test_nobody_is_turned_away_before_they_came():
    """第二十三条第二款."""
    with refuses(TooEarly):
        turned_away(DAY_BEFORE)
    assert turned_away(EARLIER_THAT_DAY).state == "not_accepted"


@pytest.mark.parametrize("rechecked", [False, True])
def test_who_comes_again_is_answered_after_that(rechecked: bool):
    """第二十二条、第三十六条第三款: the first petition had come long before."""
    with refuses(TooEarly):
        told_again(NOW + timedelta(4), rechecked=rechecked)
    told_again(NOW + timedelta(5), rechecked=rechecked)


def test_report_has_not_ended_nor_was_anybody_told_before_it_came():
    """第二十三条第四款、第三十条第一款."""
    made = sealed()
    with refuses(TooEarly):
        track.conclude_report(made, "JW", DAY_BEFORE.date(), at=NOW)
    with refuses(TooEarly):
        inform(made, InformantNotice.acceptance, DAY_BEFORE)


def test_result_is_not_told_before_there_is_one():
    """第三十条第一款."""
    made, later = sealed(), NOW + timedelta(20)
    inform(made, InformantNotice.acceptance, NOW)
    track.conclude_report(made, "JW", (NOW + timedelta(10)).date(), at=later)
    with refuses(TooEarly):
        inform(made, InformantNotice.result, NOW + timedelta(9), later)
    inform(made, InformantNotice.result, NOW + timedelta(10), later)


def test_nobody_reports_what_is_not_known_yet():
    """第二十五条: the first hour runs from when it is known."""
    made = registered()
    urgency.note_urgency(made, NOW, at=NOW)
    with refuses(TooEarly):
        urgency.report_urgency(made, UrgentStage.first, DAY_BEFORE, ["XZF"], uuid4(), "XFJ", COUNTY, at=NOW)


def test_nobody_is_told_where_it_went_before_it_came():
    """第二十三条第一款、第二款."""
    case, now = brought(), at("2026-03-02")
    told = Told(ServiceMethod.post, now - timedelta(1), typed_before("EMS-1"))
    with refuses(ToldBeforeItCame):
        case.pass_down(Forwarding.forward, "SUB", None, "RSJ", told, BELOW, at=now)


def test_court_decides_on_what_was_filed():
    """人民调解法 第三十三条: filed on 3 September, and decided two days before."""
    handling = agreed()
    file(handling, date(2025, 9, 3), now=at("2025-09-05"))
    with refuses(ImpossibleDate):
        ruling(handling, confirmed=True)


def test_nobody_is_recommended_anything_about_what_has_not_come():
    """第四十条第四款."""
    made, now = Recommendation.blank(uuid4()), at("2026-03-02")
    matter = Matter(uuid4(), concerned=frozenset({"RSJ"}), since=now)
    with refuses(ServedBeforeItCame):
        made.serve(
            matter, "建1号", RecommendationKind.improve_work, "XFJ", "RSJ", uuid4(), now - timedelta(1), typed_before("R-1"), BODIES,
            at=now,
        )  # fmt: skip
