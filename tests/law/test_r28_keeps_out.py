"""第二十八条第三款、第三十条第三款: who takes no part in a case, by one rule for all services."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.vocabulary import ClockKind, Role
from services.chassis.context import By
from services.chassis.directory import Directory
from services.chassis.recusal import MustKeepOut, OthersKeepOut, keeps_out, must_not_keep_out, named, names
from services.mediation.domain.mediating import offer_mediation
from tests.mediation.cases import HEARD, accepted
from tests.rules import at, refuses
from tests.units import COUNTY, county, staff

NOW = at("2026-03-02")
CODES = sorted(COUNTY.units)
PEOPLE = county(
    *(replace(COUNTY.units[code], officers=staff(**{f"{code.lower()}_1": Role.unit_head})) for code in ("RSJ", "XFJ"))
)


def by(unit: str, actor: str = "x-1", role: Role = Role.case_officer, now: datetime = NOW) -> By:
    return By(actor=actor, unit=unit, role=role, at=now, clock=ClockKind.real, request_id="r", command_id=uuid4())


@pytest.mark.parametrize(
    ("who", "units", "persons", "out"),
    [
        (by("RSJ"), ("RSJ",), (), True),
        (by("OFFICE"), ("RSJ",), (), True),
        (by("JYJ"), ("RSJ",), (), False),
        (by("XZF"), ("RSJ",), (), False),
        (by("RSJ"), (), ("rsj-1",), True),
        (by("JYJ", "rsj-1"), (), ("rsj-1",), True),
        (by("JYJ", "rsj-1"), ("RSJ",), (), True),
        (by("000", "nobody"), (), ("nobody",), True),
        (by("NEW"), ("OLDER",), (), True),
        (by("RSJ", role=Role.petitioner), ("RSJ",), (), False),
        (by("RSJ", role=Role.system), ("RSJ",), (), False),
    ],
)
def test_accused_and_who_stands_under_and_carries_on_keep_out(
    who: By, units: tuple[str, ...], persons: tuple[str, ...], *, out: bool
):
    """第二十八条第三款: 与信访事项或者信访人有直接利害关系的，应当回避."""
    assert keeps_out(who, PEOPLE, units, persons) is out


def test_who_is_recused_keeps_out_and_nobody_else():
    assert keeps_out(by("JYJ", "j-1"), PEOPLE, (), (), recused=["j-1"])
    assert not keeps_out(by("JYJ", "j-2"), PEOPLE, (), (), recused=["j-1"])
    with refuses(MustKeepOut):
        must_not_keep_out(by("JYJ", "j-1"), PEOPLE, (), (), recused=["j-1"])


def test_bureau_passes_on_what_it_received_about_who_stands_above_it():
    """第二十二条: a bureau whose own leaders are complained of hands the matter on; only its own people step aside."""
    assert not keeps_out(by("XFJ"), PEOPLE, ("XW",), (), received_by="XFJ")
    assert keeps_out(by("XFJ"), PEOPLE, ("XW",), (), received_by="SXFJ")
    assert keeps_out(by("XFJ"), PEOPLE, ("XFJ",), (), received_by="XFJ")
    assert keeps_out(by("XFJ", "b-1"), PEOPLE, (), ("xfj-1",), received_by="XFJ")
    assert keeps_out(by("OFFICE"), PEOPLE, ("RSJ",), (), received_by="OFFICE")


RENAMED = Directory.of(
    [
        *COUNTY.units.values(),
        replace(COUNTY.units["XFJ"], code="XFJ0", successors=("XFJ1",), officers=staff(a_1=Role.bureau_officer)),
        replace(COUNTY.units["XFJ"], code="XFJ1", successors=("XFJ",)),
        replace(COUNTY.units["XFJ"], code="XFJX", successors=("XFJ",)),
    ]
)


def check_successor_keeps_out() -> None:
    for units, persons in ((("XFJ0",), ()), (("XFJX",), ()), ((), ("a-1",))):
        assert keeps_out(by("XFJ"), RENAMED, units, persons, received_by="XFJ")
        assert not {*named("XFJ", "x-1", RENAMED, received=True)}.isdisjoint(names(units, persons))
    assert not keeps_out(by("XFJ"), RENAMED, ("XW",), (), received_by="XFJ")
    assert {"XW"}.isdisjoint(named("XFJ", "x-1", RENAMED, received=True))


def test_bureau_does_not_pass_on_what_complains_of_what_it_was_before():
    """第二十八条第三款: nor of a bureau that it carries on, nor of who worked there."""
    check_successor_keeps_out()


def test_checker_sees_a_successor_that_passes_on_what_complains_of_its_predecessor(monkeypatch: pytest.MonkeyPatch):
    """MUTANT: only the name counts that the bureau has today."""
    monkeypatch.setattr(Directory, "one_organ", lambda _, units: {*units})
    with pytest.raises(AssertionError):
        check_successor_keeps_out()


def test_received_case_is_passed_on_by_who_acts_for_that_bureau_and_by_nobody_else():
    """第三十条第三款: not by somebody of it who acts for another unit."""
    both = Directory.of([*COUNTY.units.values(), replace(COUNTY.units["XFJ"], officers=staff(b_1=Role.bureau_officer))])
    assert not keeps_out(by("XFJ", "b-1"), both, ("XW",), (), received_by="XFJ")
    assert keeps_out(by("SSWJ", "b-1"), both, ("XW",), (), received_by="XFJ")


def check_acts_and_gets_alike(unit: str, accused: set[str]) -> None:
    assert keeps_out(by(unit), COUNTY, sorted(accused), ()) is COUNTY.is_off_limits(unit, accused)
    assert COUNTY.is_kept_from([unit], (), sorted(accused), ()) is COUNTY.is_off_limits(unit, accused)


@given(st.sampled_from(CODES), st.sets(st.sampled_from(CODES), max_size=4))
def test_nobody_acts_who_gets_nothing(unit: str, accused: set[str]):
    """Who may not get a case may not act in it, and the other way round: one function says both."""
    check_acts_and_gets_alike(unit, accused)


PERSONS = sorted({officer for unit in PEOPLE.units.values() for officer in unit.officers})


@given(
    st.sampled_from(CODES), st.sampled_from([*PERSONS, "x-1"]), st.sets(st.sampled_from(CODES), max_size=2),
    st.sets(st.sampled_from(PERSONS), max_size=1), st.sets(st.sampled_from([*PERSONS, "x-1"]), max_size=1),
    st.sampled_from([None, *CODES]),
)  # fmt: skip
def test_rows_are_seen_by_who_may_act(
    unit: str, actor: str, units: set[str], persons: set[str], recused: set[str], received_by: str | None
):
    """What rows say of whom their case complains and the rule for who acts are the same rule."""
    told = named(unit, actor, PEOPLE, received=received_by == unit)
    out = keeps_out(by(unit, actor), PEOPLE, units, persons, recused=recused, received_by=received_by)
    assert out is not {*told}.isdisjoint(names(units, persons, recused))


def test_checker_sees_a_rule_that_looks_at_nobody(monkeypatch: pytest.MonkeyPatch):
    """MUTANT: whoever acts is not looked at."""
    monkeypatch.setattr(Directory, "keeps_out", lambda *_: False)
    with pytest.raises(AssertionError):
        check_acts_and_gets_alike("OFFICE", {"RSJ"})


def test_whose_unit_is_accused_gets_nothing_either():
    """第十八条第二款, 第二十八条第三款: a leader of the unit neither sponsors nor receives."""
    assert PEOPLE.is_kept_from((), ["rsj-1"], ("RSJ",), ())
    assert PEOPLE.is_kept_from((), ["rsj-1"], (), ("rsj-1",))
    assert not PEOPLE.is_kept_from((), ["xfj-1"], ("RSJ",), ())


def test_mediators_of_who_is_complained_of_mediate_nothing():
    """人民调解法 第十七条, 第二十八条第三款: the committee of a village under the accused township."""
    handling = accepted(accused_units=("ZF",))
    with refuses(OthersKeepOut):
        offer_mediation(handling, "RSJ", "m-1", "CWH", None, COUNTY, registered=True, at=HEARD)
