"""回避: who takes no part in a case. One rule, which every service asks of whoever acts in a case or asks about it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Final

from contracts.vocabulary import Role
from services.chassis.context import By
from services.chassis.directory import Directory
from services.chassis.errors import Forbidden, Refused

FOR_NO_UNIT: Final = frozenset({Role.petitioner, Role.system})
"""In which roles somebody acts for no unit."""


class MustKeepOut(Forbidden):
    """Whom a case complains of, who stands under them, and who has an interest in it, takes no part in it."""

    by_directory = True
    code = "must_keep_out"
    title = "应当回避，不得办理、查阅该事项"
    article = "信访工作条例 第二十八条第三款、第三十条第三款"


class OthersKeepOut(Forbidden):
    """Nothing of a case is given to a unit or to anybody who keeps out of it, whoever gives it."""

    by_directory = True
    code = "others_keep_out"
    title = "所指定的单位或者人员应当回避"
    article = "信访工作条例 第二十八条第三款、第三十条第三款"


class AlreadyRecused(Refused):
    """Somebody keeps out of the case already, or that is being decided."""

    code = "already_recused"
    title = "已回避或者正在决定是否回避"
    article = "信访工作条例 第二十八条第三款"


class NoRecusalPending(Refused):
    """Nobody has asked that this officer keep out."""

    code = "no_recusal_pending"
    title = "没有待决定的回避申请"
    article = "信访工作条例 第二十八条第三款"


class OwnRecusal(Forbidden):
    """Nobody decides on their own recusal."""

    code = "own_recusal"
    title = "不得决定本人的回避"
    article = "信访工作条例 第二十八条第三款"


def deciders(
    officer: str, seat: str, directory: Directory, on: date, barred: Collection[str] = ()
) -> tuple[str, ...]:  # fmt: skip
    """Return the units of which the head decides whether an officer keeps out: the officer's own, the first one first.

    About its head that is who stands above it and may touch the case (第二十八条第三款).
    """
    above = directory.bodies_to_look_again(seat, barred) if directory.is_head(officer, seat, on) else ()
    return above or (seat,)


def keeps_out(
    by: By, directory: Directory, units: Collection[str], persons: Collection[str], *,
    recused: Collection[str] = (), received_by: str | None = None,
) -> bool:  # fmt: skip
    """Return whether somebody takes no part in a case that complains of these, and that a unit has received."""
    if by.role in FOR_NO_UNIT or not (units or persons or recused):
        return False
    return by.actor in recused or directory.keeps_out(by.actor, by.unit, units, persons, received_by)


def must_not_keep_out(
    by: By, directory: Directory, units: Collection[str], persons: Collection[str], *,
    recused: Collection[str] = (), received_by: str | None = None,
) -> None:  # fmt: skip
    """Let nobody act in a case who takes no part in it. Raises ``MustKeepOut``."""
    if keeps_out(by, directory, units, persons, recused=recused, received_by=received_by):
        raise MustKeepOut


# ------------------------------------------------------------------------------------- the same rule, as rows say it


def names(units: Collection[str], persons: Collection[str], recused: Collection[str] = ()) -> list[str]:
    """Return how a row says of whom its case complains, and who was recused."""
    return [*units, *(f"@{person}" for person in persons), *(f"!{officer}" for officer in recused)]


def kept_from(units: Collection[str], persons: Collection[str], recused: Collection[str] = ()) -> list[str] | None:
    """Return the same in order, or nothing, as of most cases."""
    return sorted(names(units, persons, recused)) or None


def named(unit: str, actor: str, directory: Directory, *, received: bool = False) -> list[str]:
    """Return the names of which one in a row keeps somebody out; another where their bureau has `received` the case."""
    own = {unit, *directory.units_of(actor)}
    if received and not directory.is_no_bureau(unit):
        barring = directory.one_organ([unit]) | directory.barring(own - {unit})
    else:
        barring = directory.barring(own)
    return [*_of(directory, barring), f"@{actor}", f"!{actor}"]


def _of(directory: Directory, units: Collection[str]) -> Iterator[str]:
    for code in units:
        yield code
        if (unit := directory.units.get(code)) is not None:
            yield from (f"@{officer}" for officer in unit.officers)
            yield from (f"@{deputy.deputy}" for deputy in unit.deputies.values())
