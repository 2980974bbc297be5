"""Many people with one matter: on file like everybody else, and up to five of them speak for all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from contracts.intake import CollectiveVisitRecorded, RepresentativesNamed
from contracts.vocabulary import Channel
from services.chassis.errors import Invalid, Refused
from services.intake.domain.registration import Registration

COLLECTIVE_FROM_PERSONS: Final = 5
"""From how many people a visit is a collective one; the regulation names no number, practice counts from five."""
REPRESENTATIVES_MAX: Final = 5
"""How many may speak for a collective visit (信访工作条例 第二十条第三款)."""


class TooManyRepresentatives(Refused):
    """No more than five speak for a collective visit; the others are on file all the same."""

    code = "too_many_representatives"
    title = "来访代表不得超过5人"
    article = "信访工作条例 第二十条第三款"


class RepresentativeDoesNotConsent(Invalid):
    """Nobody speaks for others who has not agreed to."""

    code = "representative_does_not_consent"
    title = "代表须经本人同意"
    article = "信访工作条例 第二十条第三款"


class NotACollectiveVisit(Refused):
    """Representatives are chosen by people who came together."""

    code = "not_a_collective_visit"
    title = "该信访件不是集体访"
    article = "信访工作条例 第二十条第三款"


def count_visitors(
    r: Registration, *, at: datetime, petition: UUID, channel: Channel, person_count: int, **_: Any  # noqa: ANN401
) -> None:  # fmt: skip
    """Put on file that many have come, where they have."""
    if channel is Channel.visit and person_count >= COLLECTIVE_FROM_PERSONS:
        r.record(CollectiveVisitRecorded, at=at, petition=petition, person_count=person_count)


def name_representatives(
    r: Registration, petition: UUID, representatives: Sequence[UUID], digests: Sequence[str], roster: UUID | None, *,
    all_consent: bool, named: bool, clear: bool, at: datetime,
) -> None:  # fmt: skip
    """Put on file who speaks for the visitors.

    What is served on one of them is served on all for whom they speak, so that these can be told as soon as one has a
    name, and must be as soon as that one's address is clear, too (第二十条第三款、第二十三条第二款).
    """
    if petition not in r.representatives:
        raise NotACollectiveVisit
    if not all_consent:
        raise RepresentativeDoesNotConsent
    if len(r.representatives[petition]) + len(representatives) > REPRESENTATIVES_MAX:
        raise TooManyRepresentatives
    r.record(
        RepresentativesNamed, at=at, petition=petition, representatives=tuple(representatives),
        digests=tuple(digests), roster=roster, anonymous=not named, unclear=not clear,
        further=clear and r.open and petition not in r.others and not _is_first(r, petition),
    )  # fmt: skip


def _is_first(r: Registration, petition: UUID) -> bool:
    """Return whether a petition is the case's own, or stands for it, because nobody else has been clear so far."""
    return petition == next(iter(r.petitions)) or (r.unclear and r.kind is None)
