"""Nobody judges what they have done themselves: a card, a report of the result, the end, money, a row of a ledger."""

from __future__ import annotations

from collections.abc import Collection

from services.chassis.directory import Directory
from services.chassis.errors import Forbidden


class JudgesItself(Forbidden):
    """Whether a unit has done what it had to is said by nobody of it, and by nobody under it."""

    by_directory = True
    code = "judges_itself"
    title = "不得由本单位或者其下属单位对本单位的办理作出认定"
    article = "信访工作条例 第二十八条第三款、第三十八条、第四十条"


class JudgesElsewhere(Forbidden):
    """A petition bureau judges what was done at its own level and below, in its territory, and writes about it."""

    by_directory = True
    code = "judges_elsewhere"
    title = "办理单位不在本部门的地域和层级之内，不得对其办理作出认定或者提出建议"
    article = "信访工作条例 第十四条、第二十二条、第四十条第一款"


def must_judge_from_outside(unit: str, about: str | None, directory: Directory) -> None:
    """Let a unit judge what another one has done, unless it stands under that one, or carries on for it.

    No petition bureau judges what was done in another territory, or above it.
    """
    if about is not None and (directory.acting_as(unit, about) == about or unit in directory.below(about)):
        raise JudgesItself(about)
    must_be_over(unit, [about] if about is not None else [], directory)


def must_be_over(unit: str, ones: Collection[str], directory: Directory) -> None:
    """Let no petition bureau act about units that are all of other territories, or above it."""
    if not ones or directory.is_no_bureau(unit) or directory.acting_as(unit, *ones) in ones:
        return
    if not directory.bureau_for(unit, ones):
        raise JudgesElsewhere("、".join(sorted(ones)))
