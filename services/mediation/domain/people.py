"""Whose work it is: people of the unit, its head where the law asks for one, and nobody who keeps out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from contracts.periods.calendar import day
from services.chassis.charge import must_belong
from services.chassis.directory import Directory
from services.chassis.errors import Forbidden, Invalid, Refused
from services.chassis.recusal import OthersKeepOut
from services.mediation.domain.handling import Handling

_ARTICLE: Final = "信访工作条例 第二十八条第一款"


class NotTheHead(Forbidden):
    """What a head of the unit has to approve is said by a head of the unit (第三十四条 本机关、单位负责人批准)."""

    code = "not_the_head"
    title = "须由本机关、单位负责人批准"
    article = "信访工作条例 第三十二条、第三十四条"
    by_directory = True


class NobodyKnown(Invalid):
    """There is nobody of that name in the directory."""

    code = "officer_unknown"
    title = "名录中没有该工作人员"
    article = _ARTICLE
    by_directory = True


class RecusalPending(Refused):
    """Nothing that somebody has a part in is said to the petitioner before it is decided whether they keep out."""

    code = "recusal_pending"
    title = "回避申请尚未决定，不得出具或者送达处理意见"
    article = "信访工作条例 第二十八条第三款"


def must_head(directory: Directory, unit: str, officer: str, *, at: datetime) -> None:
    """Let only somebody who heads the unit on that day, or stands in for who does, approve."""
    if not directory.is_head(officer, unit, day(at)):
        raise NotTheHead(officer)


def must_work_for(directory: Directory, unit: str, officer: str, h: Handling) -> None:
    """Let only the unit's own people do its work, and of them nobody who keeps out (第二十八条第三款)."""
    must_belong(officer, unit, directory)
    must_not_be_recused(directory, officer, h)


def must_act_for_somebody(directory: Directory, officer: str, h: Handling) -> None:
    """Let only somebody whom the directory knows take a part in a case, and nobody who keeps out (第二十八条第三款)."""
    if not directory.units_of(officer):
        raise NobodyKnown(officer)
    must_not_be_recused(directory, officer, h)


def must_not_be_recused(directory: Directory, officer: str, h: Handling) -> None:
    """Let nobody take part who keeps out of the case, nor whom it complains of, nor who acts for such a unit."""
    if officer in h.recused or directory.is_kept_from((), [officer], h.accused_units, h.accused_persons):
        raise OthersKeepOut(officer)


def must_be_kept_from(directory: Directory, unit: str, h: Handling) -> None:
    """Let no unit take a part in a case that may not touch it (第二十八条第三款)."""
    if directory.is_kept_from([unit], (), h.accused_units, h.accused_persons):
        raise OthersKeepOut(unit)


def barred_from(h: Handling, directory: Directory) -> frozenset[str]:
    """Return the units that may not touch the case."""
    complained = h.accused_units or h.accused_persons
    return directory.off_limits(h.accused_units, h.accused_persons) if complained else frozenset()


def must_not_be_challenged(h: Handling, officers: Iterable[str]) -> None:
    """Let no answer go out while it is open whether somebody who has a part in it keeps out (第二十八条第三款)."""
    if challenged := (h.recusals | h.asked_at_the_door) & {*officers}:
        raise RecusalPending("、".join(sorted(challenged)))


def named(directory: Directory, units: Iterable[str]) -> str:
    """Return units as a refusal names them."""
    return "、".join(f"{directory.units[code].name}（{code}）" for code in units) or "名录中没有上一级机关、单位"
