"""第四十三条: 由其上级机关责令改正. Who stands above a petition bureau, by whatever line, orders it to put right what it owes."""

from __future__ import annotations

from typing import Final

import pytest

from contracts.vocabulary import DocumentKind, Level, UnitKind
from services.chassis.directory import Directory
from services.intake.domain.saying import Facts, NotTheSuperior, Said, said
from tests.intake.filed import classified
from tests.rules import refuses
from tests.units import entry

BUREAU, GOVERNMENT = UnitKind.petition_bureau, UnitKind.government
DIRECTORY: Final = Directory.of(
    [
        entry("PROVINCE", Level.province, kind=GOVERNMENT),
        entry("PROVINCE-XFJ", Level.province, "PROVINCE", kind=BUREAU),
        entry("CITY", Level.city, "PROVINCE", kind=GOVERNMENT),
        entry("CITY-XFJ", Level.city, "CITY", kind=BUREAU),
        entry("CITY-RSJ", Level.city, "CITY", kind=UnitKind.department),
        entry("OTHER-CITY", Level.city, "PROVINCE", kind=GOVERNMENT),
        entry("OTHER-XFJ", Level.city, "OTHER-CITY", kind=BUREAU),
        entry("COUNTY", Level.county, "CITY", kind=GOVERNMENT),
        entry("XFJ", Level.county, "COUNTY", kind=BUREAU),
        entry("RSJ", Level.county, "COUNTY", kind=UnitKind.department, sector_superior="CITY-RSJ"),
        entry("TOWN", Level.township, "COUNTY", kind=GOVERNMENT),
        entry("TOWN-XFJ", Level.township, "TOWN", kind=BUREAU),
    ]
)


def ordered(by: str, of: str, article: str = "《信访工作条例》第四十三条") -> Said:
    case = classified()
    facts = Facts(case, [], DIRECTORY, by, next(iter(case.petitions)), of, {"breach_article": article})
    return said(DocumentKind.correction_order, facts)


@pytest.mark.parametrize("by", ["COUNTY", "CITY", "CITY-XFJ", "PROVINCE-XFJ"])
def test_r43_government_and_the_bureaus_above_order_a_bureau_to_put_right_what_it_owes(by: str):
    """各级党委和政府信访部门应当登记、转送、交办而未按照规定登记、转送、交办的，由其上级机关责令改正."""
    so = ordered(by, "XFJ")
    assert (so.puts_right, so.basis) == ("XFJ", ("《信访工作条例》第四十三条",))


@pytest.mark.parametrize("by", ["XFJ", "RSJ", "TOWN-XFJ", "CITY-RSJ", "OTHER-XFJ"])
def test_r43_nobody_else_does(by: str):
    """Neither itself, nor a sister, nor one below, nor the bureau of another territory."""
    with refuses(NotTheSuperior):
        ordered(by, "XFJ")


@pytest.mark.parametrize(("by", "allowed"), [("COUNTY", True), ("CITY-RSJ", True), ("XFJ", False), ("CITY-XFJ", False)])
def test_r44_no_bureau_is_the_superior_of_a_department(by: str, allowed: bool):
    """第四十四条: 由其上级机关、单位责令改正; a bureau supervises and recommends (第四十条、第四十一条)."""
    if allowed:
        assert ordered(by, "RSJ", "第四十四条").puts_right == "RSJ"
    else:
        with refuses(NotTheSuperior):
            ordered(by, "RSJ", "第四十四条")


def test_r43_not_where_the_bureau_above_is_no_more():
    """第二十四条第二款."""
    gone = DIRECTORY.units["CITY-XFJ"]
    known = Directory.of([*(one for one in DIRECTORY.units.values() if one is not gone), entry(
        "CITY-XFJ", Level.city, "CITY", kind=BUREAU, successors=("CITY",)
    )])  # fmt: skip
    assert "CITY-XFJ" not in known.superiors("XFJ")
