"""Major and urgent matters: noted when they are known, reported upwards at once, and again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.intake import UrgentMatterNoted, UrgentMatterReported
from contracts.vocabulary import UrgentStage
from services.chassis.directory import Directory
from services.chassis.errors import Refused
from services.intake.domain.guards import must_be_kept_from, must_have_happened
from services.intake.domain.personnel import owe
from services.intake.domain.registration import Registration


class UrgencyAlreadyNoted(Refused):
    """The hour at which it was known is put earlier, as long as it is not reported, and never later."""

    code = "urgency_already_noted"
    title = "已认定为重大紧急信访事项"
    article = "信访工作条例 第二十五条"


class UrgencyNotNoted(Refused):
    """First it is noted when the matter was known, because the report's time counts from there."""

    code = "urgency_not_noted"
    title = "尚未认定为重大紧急信访事项"
    article = "信访工作条例 第二十五条"


class UrgentReportOutOfTurn(Refused):
    """The first report is made when all that have to know were told, and follow-ups come after it."""

    code = "urgent_report_out_of_turn"
    title = "首报须报告至全部应当报告的单位，续报在后"
    article = "信访工作条例 第二十五条"


def note_urgency(r: Registration, known_at: datetime, *, at: datetime) -> None:
    """Put on record since when the matter is known, also where it turns out that it was known sooner."""
    before = r.urgent_since
    if before is not None and (r.urgent_reported or known_at >= before):
        raise UrgencyAlreadyNoted
    must_have_happened(known_at, at)
    r.record(UrgentMatterNoted, at=at, known_at=known_at, **_told(r.urgent_told_at))
    if before is None:
        owe(r, at=at)


def carry_over(r: Registration, other: Registration, *, at: datetime) -> None:
    """Know what is known of a case that has gone into this one, or out of which it has come.

    What is still to be reported of either is to be reported here: whoever was told of both of them knows.
    """
    noted = [one for one in (r, other) if one.urgent_since is not None]
    if other in noted:
        both = set.intersection(*({*one.urgent_told_at} for one in noted))
        r.record(
            UrgentMatterNoted, at=at, known_at=min(one.urgent_since for one in noted if one.urgent_since),
            from_case=other.id, reported=all(one.urgent_reported for one in noted),
            **_told({who: max(one.urgent_told_at[who] for one in noted) for who in both}),
        )  # fmt: skip


def tell_again(r: Registration, *, at: datetime) -> None:
    """Let it be known under another number, too, that something is still to be reported, to the same hour."""
    if r.urgent_since is not None and not r.urgent_reported:
        r.record(UrgentMatterNoted, at=at, known_at=r.urgent_since, **_told(r.urgent_told_at))


def take_along(r: Registration, other: Registration, *, since: datetime, at: datetime) -> None:
    """Know what has become known, since then, of the case with which this one had wrongly been one.

    What is still to be reported is to be reported to the same hour.
    """
    if other.urgent_since is not None and other.urgent_since >= since:
        r.record(
            UrgentMatterNoted, at=at, known_at=other.urgent_since, **_told(other.urgent_told_at),
            from_case=other.id if other.urgent_reported else None, reported=other.urgent_reported,
        )  # fmt: skip


def _told(hours: Mapping[str, datetime]) -> dict[str, Any]:
    """Return how an event says who was told when."""
    told = tuple(sorted(hours))
    return {"told": told, "told_at": tuple(hours[one] for one in told)}


def report_urgency(
    r: Registration, stage: UrgentStage, reported_at: datetime, recipients: Sequence[str], document: UUID, unit: str,
    directory: Directory, *, at: datetime,
) -> list[list[str]]:  # fmt: skip
    """Put on record who knows: the first report goes on until all have been told, and counts since the last one was.

    Whom the case complains of is told nothing, and whoever stands above takes their place. Return of whom one each is
    still to be told.
    """
    if r.urgent_since is None:
        raise UrgencyNotNoted
    if (stage is UrgentStage.first) == r.urgent_reported:
        untold = "、".join("或者".join(one) for one in _untold(_knowing(r, unit), _must_know(r, unit, directory)))
        raise UrgentReportOutOfTurn(f"尚须报告：{untold}" if untold and not r.urgent_reported else "")
    must_have_happened(reported_at, at, since=r.urgent_since, to_the_hour=True)
    must_be_kept_from(r, directory, {*recipients} - {unit})
    wanted, hours = _must_know(r, unit, directory), _knowing(r, unit)
    for one in recipients:
        hours[one] = min(reported_at, hours.get(one, reported_at))
    missing = _untold(hours, wanted)
    first = [min(hours[one] for one in some & hours.keys()) for some in wanted if not missing]
    r.record(
        UrgentMatterReported, at=at, stage=stage, reported_at=reported_at, recipients=tuple(recipients),
        document=document, complete=not missing, completed_at=max(first, default=None),
    )  # fmt: skip
    return missing


def _must_know(r: Registration, unit: str, directory: Directory) -> list[set[str]]:
    """Return of whom one each has to know, where a unit reports the matter."""
    assert r.category is not None
    return directory.must_know(unit, r.category, directory.off_limits(r.accused_units, r.accused_persons), r.place)


def _knowing(r: Registration, unit: str) -> dict[str, datetime]:
    """Return since when each of those knows that were told, and the unit itself."""
    assert r.urgent_since is not None
    return {**r.urgent_told_at, unit: r.urgent_since}


def _untold(knowing: Collection[str], wanted: Sequence[set[str]]) -> list[list[str]]:
    """Return of whom one each is still to be told, beside those who know."""
    return [sorted(one) for one in wanted if one.isdisjoint(knowing)]
