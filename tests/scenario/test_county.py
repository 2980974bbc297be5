"""The county that comes with the source is whole, and data that is not is refused with its file and line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from contracts.vocabulary import ContentCategory, Level, Role, UnitKind
from services.scenario.county import HOME, County, CountyError

TOWNSHIPS, DEPARTMENTS, VILLAGES = 20, 18, 120
UNIT_ROLES = (Role.unit_receiver, Role.case_officer, Role.unit_head)
BUREAU_ROLES = (Role.bureau_officer, Role.intake_clerk, Role.supervisor)
UNITS_HEADER = "code,name,level,parent,sector_superior,powers,competent\n"
OFFICERS_HEADER = "officer,unit,post,roles,name\n"


@pytest.fixture(scope="module")
def county() -> County:
    return County.read(HOME)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return Path(shutil.copytree(HOME, tmp_path / "county"))


def test_county_has_its_organs_departments_townships_and_villages(county: County) -> None:
    competent = [unit for unit in county.units.values() if unit.competent]
    assert sum(unit.level is Level.township for unit in competent) >= TOWNSHIPS
    assert sum(unit.level is Level.county for unit in competent) >= DEPARTMENTS
    assert len(county.villages()) >= VILLAGES


def test_villages_issue_no_opinions(county: County) -> None:
    assert not any(village.competent for village in county.villages())


def test_every_category_has_a_competent_department(county: County) -> None:
    assert all(county.competent(category) for category in ContentCategory)


def test_every_competent_unit_can_receive_handle_and_decide(county: County) -> None:
    competent = [unit.code for unit in county.units.values() if unit.competent]
    assert all(county.staff(unit, role) for unit in competent for role in UNIT_ROLES)


def test_bureau_can_register_classify_and_supervise(county: County) -> None:
    assert all(county.staff(county.bureau, role) for role in BUREAU_ROLES)


def test_county_has_units_of_every_kind_that_cases_need(county: County) -> None:
    kinds = {unit.kind for unit in county.units.values()}
    assert kinds == set(UnitKind)


def test_some_unit_stands_above_whoever_reviews(county: County) -> None:
    for unit in county.units.values():
        if unit.level is Level.township and unit.competent:
            reviewing = county.units[unit.parent or ""]
            assert county.staff(reviewing.code, Role.reviewer)
            assert county.staff(reviewing.parent or "", Role.recheck_officer)


@pytest.mark.parametrize(
    "role",
    [Role.hearing_presider, Role.conference_secretary, Role.discipline_officer, Role.sponsor_leader, Role.auditor],
)
def test_somebody_acts_in_each_role(county: County, role: Role) -> None:
    assert county.all_staff(role)


def test_kind_of_a_unit_may_be_left_out(directory: Path) -> None:
    file = directory / "units.csv"
    lines = [line.rsplit(",", 1)[0] for line in file.read_text(encoding="utf-8").splitlines()]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert {unit.kind for unit in County.read(directory).units.values()} == {None}


def test_every_officer_has_a_role_and_an_id_without_a_name(county: County) -> None:
    assert all(officer.roles and officer.officer.isascii() for officer in county.officers)
    assert len({officer.officer for officer in county.officers}) == len(county.officers)


def test_units_come_after_those_above_them(county: County) -> None:
    seen: set[str] = set()
    for unit in county.units.values():
        assert {unit.parent, unit.sector_superior} - {None} <= seen
        seen.add(unit.code)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("2,乙局,county,9,,,true", "9 is no unit"),
        ("2,乙局,county,,9,,true", "9 is no unit"),
        ("1,乙局,county,,,,true", "stands twice"),
        ("2,,county,1,,,true", "name is empty"),
        ("2,乙局,empire,1,,,true", "'empire' is no Level"),
        ("2,乙局,county,1,,housing;luck,true", "'luck' is no ContentCategory"),
        ("2,乙局,county,1,,,yes", "competent must be true or false"),
        ("2,乙局,county,1,,", "must have 7 cells"),
        ("2,乙局,county,1,,,true,more", "must have 7 cells"),
        ("2,乙局,county,2,,,true", "stands above itself"),
    ],
)
def test_broken_unit_is_named_by_file_and_line(directory: Path, line: str, why: str) -> None:
    file = directory / "units.csv"
    file.write_text(f"{UNITS_HEADER}1,甲县政府,county,,,,false\n{line}\n", encoding="utf-8")
    with pytest.raises(CountyError, match=why) as refused:
        County.read(directory)
    assert str(refused.value).startswith(f"{file}:3: ")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("QL2,9,科员,case_officer,甲", "unit 9 is no unit"),
        ("QL2,1,科员,wizard,甲", "'wizard' is no Role"),
        ("QL2,1,科员,,甲", "roles is empty"),
        ("QL1,1,科员,case_officer,甲", "stands twice"),
        ("QL2,1,科员,case_officer", "must have 5 cells"),
    ],
)
def test_broken_officer_is_named_by_file_and_line(directory: Path, line: str, why: str) -> None:
    units, file = directory / "units.csv", directory / "officers.csv"
    units.write_text(f"{UNITS_HEADER}1,甲县政府,county,,,,false\n", encoding="utf-8")
    file.write_text(f"{OFFICERS_HEADER}QL1,1,科员,case_officer,乙\n{line}\n", encoding="utf-8")
    with pytest.raises(CountyError, match=why) as refused:
        County.read(directory)
    assert str(refused.value).startswith(f"{file}:3: ")


def test_circle_of_superiors_is_refused(directory: Path) -> None:
    file = directory / "units.csv"
    file.write_text(f"{UNITS_HEADER}1,甲局,county,2,,,true\n2,乙局,county,1,,,true\n", encoding="utf-8")
    with pytest.raises(CountyError, match="stands above itself"):
        County.read(directory)


def test_wrong_columns_are_refused_at_the_first_line(directory: Path) -> None:
    file = directory / "officers.csv"
    file.write_text("officer,unit\n", encoding="utf-8")
    with pytest.raises(CountyError, match=r"officers\.csv:1: the columns must be officer,unit,post"):
        County.read(directory)


def test_part_played_by_no_unit_is_refused(directory: Path) -> None:
    file = directory / "county.toml"
    text = file.read_text(encoding="utf-8").replace('bureau = "980726000116"', 'bureau = "7"')
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CountyError, match=r"county\.toml: bureau '7' is no unit"):
        County.read(directory)


def test_byte_order_mark_of_a_spreadsheet_is_read_over(directory: Path) -> None:
    file = directory / "units.csv"
    file.write_text(file.read_text(encoding="utf-8"), encoding="utf-8-sig")
    assert County.read(directory).units
