"""Major and urgent matters: noted when they are known, reported upwards at once, and again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from contracts.intake import UrgentMatterNoted, UrgentMatterReported
from contracts.vocabulary import UrgentStage
from services.chassis.directory import Directory
from services.chassis.errors import Refused
from services.intake.domain.guards import must_be_kept_from, must_have_happened
from services.intake.domain.personnel import owe
from services.intake.domain.registration import Registration


class UrgencyAlreadyNoted(Refused):
    """The hour at which it was known cannot be moved."""

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
    """Put on record since when the matter is known."""
    if r.urgent_since is not None:
        raise UrgencyAlreadyNoted
    must_have_happened(known_at, at)
    r.record(UrgentMatterNoted, at=at, known_at=known_at)
    owe(r, at=at)


def carry_over(r: Registration, other: Registration, *, at: datetime) -> None:
    """Know what is known of a case that has gone into this one, or out of which it has come.

    What is still to be reported of either is to be reported here: whoever was told of both of them knows.
    """
    noted = [one for one in (r, other) if one.urgent_since is not None]
    if other in noted:
        r.record(
            UrgentMatterNoted, at=at, known_at=min(one.urgent_since for one in noted if one.urgent_since),
            from_case=other.id, told=tuple(sorted(set.intersection(*(one.urgent_told for one in noted)))),
            reported=all(one.urgent_reported for one in noted),
        )  # fmt: skip


def take_along(r: Registration, other: Registration, *, since: datetime, at: datetime) -> None:
    """Know what has become known, since then, of the case with which this one had wrongly been one.

    What is still to be reported is to be reported to the same hour.
    """
    if other.urgent_since is not None and other.urgent_since >= since:
        r.record(
            UrgentMatterNoted, at=at, known_at=other.urgent_since, told=tuple(sorted(other.urgent_told)),
            from_case=other.id if other.urgent_reported else None, reported=other.urgent_reported,
        )  # fmt: skip


def report_urgency(
    r: Registration, stage: UrgentStage, reported_at: datetime, recipients: Sequence[str], document: UUID, unit: str,
    directory: Directory, *, at: datetime,
) -> list[list[str]]:  # fmt: skip
    """Put on record who knows: the first report goes on until all have been told, and only then counts.

    Whom the case complains of is told nothing, and whoever stands above takes their place. Return of whom one each is
    still to be told.
    """
    if r.urgent_since is None:
        raise UrgencyNotNoted
    if (stage is UrgentStage.first) == r.urgent_reported:
        untold = "、".join("或者".join(one) for one in _untold(r, {unit}, unit, directory))
        raise UrgentReportOutOfTurn(f"尚须报告：{untold}" if untold and not r.urgent_reported else "")
    must_have_happened(reported_at, at, since=r.urgent_since)
    must_be_kept_from(r, directory, {*recipients} - {unit})
    missing = _untold(r, {unit, *recipients}, unit, directory)
    r.record(
        UrgentMatterReported, at=at, stage=stage, reported_at=reported_at, recipients=tuple(recipients),
        document=document, complete=not missing,
    )  # fmt: skip
    return missing


def _untold(r: Registration, told: set[str], unit: str, directory: Directory) -> list[list[str]]:
    """Return of whom one each is still to be told, beside those who know."""
    assert r.category is not None
    barred = directory.off_limits(r.accused_units, r.accused_persons)
    return [sorted(one) for one in directory.must_know(unit, r.category, barred) if not one & (told | {*r.urgent_told})]
