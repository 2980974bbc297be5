"""The county that comes with the source is whole, and data that is not is refused with its file and line."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from contracts.assignment import OfficerAppointed, UnitEstablished
from contracts.vocabulary import ContentCategory, Level, Role, UnitKind
from services.chassis.changes import PENDING_DAYS_MAX, OwnChange
from services.scenario.county import HOME, County, CountyError, LoadError, load
from tests import acting
from tests.harness import Servers, System, system
from tests.steps import ok

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


def test_two_persons_keep_the_platform_running(county: County) -> None:
    assert len({one.officer for one in county.all_staff(Role.platform_admin)}) == 2


@pytest.mark.parametrize(
    "role",
    [Role.hearing_presider, Role.conference_secretary, Role.discipline_officer, Role.sponsor_leader, Role.auditor],
)
def test_somebody_acts_in_each_role(county: County, role: Role) -> None:
    assert county.all_staff(role)


@pytest.mark.parametrize(("columns", "left_out"), [(7, {"kind": None, "mark": ""}), (8, {"mark": ""})])
def test_kind_and_mark_of_a_unit_may_be_left_out(directory: Path, columns: int, left_out: dict[str, Any]) -> None:
    file = directory / "units.csv"
    lines = [",".join(line.split(",")[:columns]) for line in file.read_text(encoding="utf-8").splitlines()]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    for name, value in left_out.items():
        assert {getattr(unit, name) for unit in County.read(directory).units.values()} == {value}


def test_no_two_units_number_alike(county: County) -> None:
    marks = [unit.mark for unit in county.units.values() if unit.mark]
    assert len({*marks}) == len(marks) > 100


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
        ("2,乙局,county,1,,", "competent must be true or false, not ''"),
        ("9.80726E+11,乙局,county,1,,,true", "code 9.80726E.11 .* format the column as text"),
        ("2,乙局,county,9.80726e11,,,true", "parent 9.80726e11 .* format the column as text"),
        ("二,乙局,county,1,,,true", "code '二' cannot be entered"),
        (f"{'2' * 41},乙局,county,1,,,true", "code '2+' cannot be entered"),
        (f"2,{'乙' * 201},county,1,,,true", "name '乙+' cannot be entered"),
        ("2,乙\u202e局,county,1,,,true", "name '乙.*局' cannot be entered"),
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
        ("QL2,1,科员,case_officer", "name is empty"),
        ("QL2,1,电话13900000000,case_officer,甲", "post '电话13900000000' cannot be entered"),
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


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_file_of_any_office_says_the_same(county: County, directory: Path, encoding: str, line_end: str) -> None:
    for file in directory.iterdir():
        text = file.read_text(encoding="utf-8").replace("\n", line_end)
        file.write_bytes(text.encode(encoding))
    assert County.read(directory) == county


def test_what_spreadsheets_make_of_cells_is_read(county: County, directory: Path) -> None:
    """Truth in capitals, codes as formulas, wide characters, cells and lines that are blank, tabs between cells."""
    units, officers = directory / "units.csv", directory / "officers.csv"
    text = units.read_text(encoding="utf-8").replace(",true", ",TRUE").replace(",false", ",False")
    header, *lines = text.splitlines()
    cells = [line.split(",") for line in lines]
    cells = [[f'"=""{code}"""', f" {name} ", *rest] for code, name, *rest in cells]
    cells = [[*line[:5], line[5].replace(";", "；"), *line[6:]] for line in cells]
    units.write_text("\n".join([f"{header},,", *(",".join(c) + "," for c in cells), ",,,,,,,", ""]), encoding="utf-8")
    officers.write_text(officers.read_text(encoding="utf-8").replace(",", "\t") + "\n\t\t\t\t\n", encoding="utf-16")
    assert County.read(directory) == county


def test_bytes_that_are_no_text_are_refused_with_what_to_do(directory: Path) -> None:
    file = directory / "units.csv"
    file.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(CountyError, match=r"units\.csv: is neither UTF-8 nor GBK: open it and save it as"):
        County.read(directory)


async def test_nothing_is_sent_of_a_county_of_which_one_row_is_bad(directory: Path) -> None:
    """The service is not even asked: its address leads nowhere."""
    file = directory / "units.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    lines[39] = f"9.80726E+11,{lines[39].partition(',')[2]}"
    file.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(CountyError, match=r"units\.csv:40: code 9\.80726E\+11"):
        await load("http://127.0.0.1:1", directory, (), ())


# ---------------------------------------------------------------------------------- into a directory

Proof = list[tuple[str, str]]


def keeper(name: str, **headers: str) -> Proof:
    """Return by what somebody who keeps the platform running is believed."""
    return [*acting.proof(name, "platform", Role.platform_admin).items(), *headers.items()]


@pytest.fixture
def small(directory: Path) -> Path:
    """A county of one unit, for which both who keep the platform running act."""
    (directory / "units.csv").write_text(f"{UNITS_HEADER}1,甲县政府,county,,,,false\n", encoding="utf-8")
    lines = [f"QL{n},1,科员,platform_admin,甲{n}\n" for n in (1, 2)]
    (directory / "officers.csv").write_text("".join([OFFICERS_HEADER, *lines]), encoding="utf-8")
    (directory / "county.toml").write_text('name = "甲县"\nbureau = "1"\nsupervisor = "1"\n', encoding="utf-8")
    return directory


@pytest.fixture
async def empty(servers: Servers):
    async with system(servers, ("assignment",)) as made, made.within("assignment"):
        yield made


async def loaded(huiyin: System, directory: Path, first: Proof, second: Proof) -> None:
    """Load it; everything is entered once, and nothing is left pending."""
    assert await load(huiyin.url("assignment"), directory, first, second) == 3
    assert await pending(huiyin) == []
    async with huiyin.sql() as db:
        found = await db.fetch("SELECT type FROM assignment.event")
    types = [row["type"] for row in found]
    assert (types.count(UnitEstablished.wire_name), types.count(OfficerAppointed.wire_name)) == (1, 2)


async def pending(huiyin: System) -> list[str]:
    url = f"{huiyin.url('assignment')}/changes"
    return [change["id"] for change in ok(await huiyin.client.get(url, headers=dict(keeper("QL3"))))["items"]]


async def begun(huiyin: System, directory: Path, first: Proof) -> None:
    """Begin to load it, and be stopped because nobody believes the second person."""
    with pytest.RaisesGroup(pytest.RaisesExc(LoadError, match="401")):
        await load(huiyin.url("assignment"), directory, first, [("authorization", "Bearer none")])


async def test_both_who_keep_the_platform_running_are_entered(empty: System, small: Path) -> None:
    """Neither of them agrees to what is about themselves."""
    for first, second in (("QL1", "QL2"), ("QL2", "QL1"), ("QL1", "QL2")):
        await loaded(empty, small, keeper(first), keeper(second))


async def test_door_is_put_right_as_often_as_the_county_says_otherwise(empty: System, small: Path) -> None:
    """个人信息保护法 第四十六条: of a name or a post that was wrong, nothing happens to the unit."""
    file = small / "officers.csv"
    for post in ("科员", "科长", "科员"):
        file.write_text(re.sub("科.", post, file.read_text("utf-8")), "utf-8")
        await loaded(empty, small, keeper("QL1"), keeper("QL2"))
        shown = ok(await empty.client.get(f"{empty.url('assignment')}/units/1"))
        assert [officer["post"] for officer in shown["officers"]] == [post] * 2


async def test_one_person_alone_loads_nothing(empty: System, small: Path) -> None:
    with pytest.RaisesGroup(pytest.RaisesExc(LoadError, match=OwnChange.code)):
        await load(empty.url("assignment"), small, keeper("QL1"), keeper("QL1"))
    assert ok(await empty.client.get(f"{empty.url('assignment')}/units"))["items"] == []


async def test_what_was_refused_is_entered_anew(empty: System, small: Path) -> None:
    await begun(empty, small, keeper("QL1"))
    [change] = await pending(empty)
    told = {"role": Role.platform_admin, "actor": "QL2"}
    ok(await empty.send("assignment", f"/changes/{change}/refusal", {}, **told))
    await loaded(empty, small, keeper("QL1"), keeper("QL2"))


async def test_what_has_lapsed_is_entered_anew(empty: System, small: Path) -> None:
    then = (datetime.now(UTC) - timedelta(PENDING_DAYS_MAX)).isoformat()
    await begun(empty, small, keeper("QL1", **{"huiyin-time": then}))
    await loaded(empty, small, keeper("QL1"), keeper("QL2"))


async def test_what_the_other_person_has_begun_is_entered_anew(empty: System, small: Path) -> None:
    await begun(empty, small, keeper("QL1"))
    [change] = await pending(empty)
    assert await load(empty.url("assignment"), small, keeper("QL2"), keeper("QL1")) == 3
    assert await pending(empty) == [change], "the other one's own is theirs to take back"
