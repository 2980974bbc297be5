"""What follows from the directory: who stands above, who carries on, who acts, and who may not touch a case."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.vocabulary import Level, Role, UnitKind
from services.chassis.directory import Deputy, Directory, Entry
from tests.units import COUNTY, county, entry, staff

ON = date(2026, 3, 2)


class TestAbove:
    def test_review_goes_one_level_up_and_never_to_a_sister_an_office_or_an_unknown_code(self):
        """第三十五条、第三十六条: 上一级机关、单位."""
        assert COUNTY.bodies_above("RSJ") == ("XZF",)
        assert COUNTY.bodies_above("OFFICE") == ("RSJ",)
        assert county(entry("SUB", parent="OFFICE")).bodies_above("SUB") == ("RSJ",), "the office is part of the body"
        assert county(entry("SUB", parent="000")).bodies_above("SUB") == ()
        assert COUNTY.bodies_above("XZF") == ("XW", "SZF")
        assert COUNTY.bodies_above("000") == ()

    def test_unit_under_one_that_is_no_more_stands_under_who_carries_it_on(self):
        """第二十四条第二款."""
        found = county(entry("SUB", parent="OLDER"))
        assert found.bodies_above("SUB") == ("NEW",)
        assert "NEW" in found.above("SUB")
        assert "SUB" in found.below("NEW")

    def test_common_superior_stands_above_all(self):
        assert COUNTY.common_superiors(["RSJ", "ZF"]) == {"XZF", "XW", "SZF"}
        assert COUNTY.common_superiors(["RSJ", "SJW"]) == set()
        assert COUNTY.common_superiors([]) == set()


class TestActing:
    COUNTY = county(
        entry(
            "RSJ", officers=staff(h_1=Role.unit_head, c_1=Role.case_officer, c_2=Role.case_officer),
            deputies={"h-1": Deputy("c-2", ON, ON), "c-1": Deputy("c-2", ON, ON)},
        )
    )  # fmt: skip

    def test_head_and_who_stands_in_for_the_head_on_that_day(self):
        assert self.COUNTY.is_head("h-1", "RSJ", ON)
        assert self.COUNTY.is_head("c-2", "RSJ", ON)
        assert not self.COUNTY.is_head("c-2", "RSJ", date(2026, 3, 3))
        assert not self.COUNTY.is_head("c-1", "RSJ", ON)
        assert not self.COUNTY.is_head("h-1", "JYJ", ON)
        assert not self.COUNTY.is_head("h-1", "000", ON)

    @pytest.mark.parametrize("unit", [*COUNTY.units, "000"])
    def test_those_for_which_a_unit_acts_are_those_as_which_it_acts(self, unit: str):
        """第二十四条第二款."""
        acting = {code for code in (*COUNTY.units, "000") if COUNTY.acting_as(unit, code) == code}
        assert COUNTY.acts_for(unit) == acting | {unit}

    def test_who_belongs_where(self):
        assert self.COUNTY.belongs("c-1", "RSJ")
        assert not self.COUNTY.belongs("c-1", "JYJ")
        assert self.COUNTY.has_role("c-1", "RSJ", Role.case_officer)
        assert self.COUNTY.units_of("c-1") == {"RSJ"}


class TestOffLimits:
    """第二十八条第三款, 第三十条第三款."""

    @pytest.mark.parametrize(
        ("accused", "barred", "free"),
        [
            ({"RSJ"}, {"RSJ", "OFFICE"}, {"XZF", "JYJ"}),
            ({"XZF"}, {"XZF", "RSJ", "OFFICE", "ZF", "C1"}, {"XW", "SZF", "SSWJ"}),
            ({"OLDER"}, {"OLDER", "OLD", "NEW"}, {"RSJ"}),
            ({"NEW"}, {"OLDER", "OLD", "NEW"}, {"RSJ"}),
            ({"SSWJ"}, {"SSWJ", "SWJ"}, {"XZF"}),
            (set(), set(), {"RSJ"}),
        ],
        ids=["department", "government", "who was carried on", "who carries on", "line of a sector", "nobody"],
    )
    def test_accused_those_under_them_and_those_who_carry_on(self, accused: set, barred: set, free: set):
        found = COUNTY.off_limits(accused)
        assert barred <= found
        assert not free & found

    def test_unit_that_came_out_of_the_same_old_one_is_not_accused_by_that(self):
        found = county(entry("WHOLE", successors=("PART1", "PART2")), entry("PART1"), entry("PART2"))
        assert found.off_limits({"PART1"}) == {"PART1", "WHOLE"}
        assert found.off_limits({"WHOLE"}) == {"PART1", "PART2", "WHOLE"}

    def test_what_stood_under_the_old_unit_stands_under_the_new_one(self):
        found = county(entry("SUB", parent="OLDER"), entry("SUBSUB", parent="SUB"))
        assert {"SUB", "SUBSUB"} <= found.off_limits({"NEW"})

    def test_unit_of_an_accused_person(self):
        found = county(entry("ZF", Level.township, kind=UnitKind.township, officers=staff(t_1=Role.unit_head)))
        assert found.off_limits((), {"t-1"}) >= {"ZF", "C1", "CWH"}
        assert not found.off_limits((), {"nobody"})


CODES = [f"U{n}" for n in range(9)]


@st.composite
def worlds(draw: st.DrawFn) -> Directory:
    """Any directory at all, circles of superiors and of successors among them."""
    code, some = st.sampled_from(CODES), st.sampled_from([*CODES, None])
    return Directory.of(
        Entry(
            one, one, Level.county, parent=draw(some), sector_superior=draw(some), competent=draw(st.booleans()),
            successors=tuple(draw(st.lists(code, max_size=2, unique=True))),
            vertical_managed=draw(st.booleans()),
        )
        for one in CODES
    )  # fmt: skip


def barred(world: Directory, accused: set[str]) -> set[str]:
    """Work out the closure by repeating the law's own words until nothing is added; none of the code's functions."""
    found = set(accused)
    while True:
        more = set(found)
        for unit in world.units.values():
            above = {unit.parent, unit.sector_superior} - {None}
            while heirs := {heir for old in above for heir in world.units[old].successors} - above:
                above |= heirs
            if above & found:
                more.add(unit.code)
            if unit.code in found:
                more |= {*unit.successors}
        if more == found:
            break
        found = more
    while before := {unit.code for unit in world.units.values() if {*unit.successors} & found} - found:
        found |= before
    return found


@given(worlds(), st.sets(st.sampled_from(CODES), max_size=2))
def test_who_may_not_touch_a_case_in_any_world(world: Directory, accused: set[str]):
    """第二十八条第三款, 第三十条第三款."""
    assert world.off_limits(accused) == barred(world, accused)


@given(worlds(), st.sampled_from(CODES))
def test_any_circle_ends(world: Directory, code: str):
    for body in world.bodies_above(code):
        assert body != code
        assert world.units[body].decides
        assert not world.units[body].successors
    assert all(not world.units[heir].successors for heir in world.heirs(code))
    world.line(code), world.above(code), world.below(code)
