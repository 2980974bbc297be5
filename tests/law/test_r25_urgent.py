"""第二十五条: who is told of an urgent matter, and from when it counts as reported."""

from __future__ import annotations

from uuid import uuid4

import pytest

from contracts.vocabulary import ContentCategory, Level, UnitKind, UrgentStage
from services.chassis.directory import Directory
from services.intake.domain import urgency
from services.intake.domain.registration import Registration
from services.intake.domain.urgency import UrgentReportOutOfTurn
from tests.intake.filed import NOW, registered
from tests.rules import refuses
from tests.units import county, entry

ABOVE = county(
    entry("SXFJ", Level.city, None, kind=UnitKind.petition_bureau, competent=False),
    entry("GJXFJ", Level.national, None, kind=UnitKind.petition_bureau, competent=False),
)
EVERYBODY = ("XW", "XZF", "LXH", "RSJ", "SXFJ", "GJXFJ")


def told(*recipients: str, unit: str = "XFJ", directory: Directory = ABOVE, **more) -> Registration:
    made = registered(**more)
    urgency.note_urgency(made, NOW, at=NOW)
    return tell(made, *recipients, unit=unit, directory=directory)


def tell(
    r: Registration, *recipients: str, stage: UrgentStage = UrgentStage.first, unit: str = "XFJ",
    directory: Directory = ABOVE,
) -> Registration:  # fmt: skip
    urgency.report_urgency(r, stage, NOW, recipients, uuid4(), unit, directory, at=NOW)
    return r


def test_party_committee_government_conference_departments_and_the_bureaus_above():
    """应当及时报告本级党委和政府，通报相关主管部门和本级联席会议办公室；地方信访部门应当向上一级信访部门报告，同时报告国家信访局。"""
    assert told(*EVERYBODY).urgent_reported


@pytest.mark.parametrize("missing", EVERYBODY)
def test_it_is_not_reported_as_long_as_one_of_them_does_not_know(missing: str):
    case = told(*(one for one in EVERYBODY if one != missing))
    assert not case.urgent_reported
    with refuses(UrgentReportOutOfTurn):
        tell(case, *EVERYBODY, stage=UrgentStage.follow_up)
    assert tell(case, missing).urgent_reported
    with refuses(UrgentReportOutOfTurn):
        tell(case, missing)


def test_department_alone_is_nobody_above():
    assert not told("RSJ").urgent_reported


def test_another_unit_than_a_bureau_tells_its_own_level():
    assert told("XW", "XZF", "LXH", "RSJ", unit="RSJ").urgent_reported


def test_where_nobody_has_the_power_there_is_no_department_to_tell():
    case = told("XW", "XZF", "LXH", unit="JYJ", category=ContentCategory.agriculture)
    assert case.urgent_reported


def test_whose_level_nobody_knows_has_not_told_everybody():
    assert not told(*EVERYBODY, unit="000").urgent_reported
