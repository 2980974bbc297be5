"""Whose it is to give a unit something to do, to count at its door or to keep its register, and through whom.

That is the unit itself, who stands above it, and who organises in its territory (第十条、第十三条至第十五条).
"""

from __future__ import annotations

from collections.abc import Iterable

from services.chassis.context import By
from services.chassis.directory import Directory
from services.chassis.errors import Forbidden, Invalid
from services.chassis.recusal import FOR_NO_UNIT


class NotInTheirCharge(Forbidden):
    """A unit owes something to its own line and to its own territory, and to nobody beside it."""

    by_directory = True
    code = "not_in_their_charge"
    title = "不在本单位的地域、系统管辖范围之内"
    article = "信访工作条例 第十条、第十三条、第十四条、第十五条"


class NotOfTheUnit(Invalid):
    """Nobody works on a matter for a unit to which they do not belong."""

    by_directory = True
    code = "officer_not_of_the_unit"
    title = "不是该单位的工作人员"
    article = "信访工作条例 第二十八条第一款"


def must_have_charge_of(by: By, ones: Iterable[str], directory: Directory) -> None:
    """Let only a unit itself, or who carries it on, stands above it or organises in its territory, act about each."""
    if by.role in FOR_NO_UNIT:
        return
    strange = {
        one for one in ones if directory.acting_as(by.unit, one) != one and not directory.organises(by.unit, one)
    }
    if strange:
        raise NotInTheirCharge("、".join(sorted(strange)))


def must_be_of_one_territory(by: By, other: str, directory: Directory) -> None:
    """Let nobody bring in a unit of another territory, as far as the directory says of which one it is."""
    if not directory.of_one_territory(by.unit, other):
        raise NotInTheirCharge(other)


def must_belong(officer: str, unit: str, directory: Directory) -> None:
    """Let only somebody who acts for a unit be named for what it does (第二十八条第一款 责任人)."""
    if not directory.belongs(officer, unit):
        raise NotOfTheUnit(f"{officer}，{unit}")
