"""Many people with one matter: on file like everybody else, and up to five of them speak for all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from contracts.intake import CollectiveVisitRecorded, RepresentativesNamed
from contracts.vocabulary import Channel
from services.chassis.aggregate import when
from services.chassis.errors import Invalid, Refused
from services.intake.domain.filing import Filing

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


class Collective(Filing):
    """Collective visits and who speaks for them."""

    def start(self) -> None:
        """Nobody has come yet."""
        super().start()
        self.representatives: dict[UUID, tuple[UUID, ...]] = {}

    def register(self, *, at: datetime, **facts: Any) -> None:  # noqa: ANN401  # the fields of the event
        """Say also that many have come, where they have."""
        super().register(at=at, **facts)
        self._count(at=at, **facts)

    def attach(self, *, at: datetime, **facts: Any) -> None:  # noqa: ANN401  # the fields of the event
        """Say also that many have come, where they have."""
        super().attach(at=at, **facts)
        self._count(at=at, **facts)

    def name_representatives(
        self,
        petition: UUID,
        representatives: Sequence[UUID],
        digests: Sequence[str],
        roster: UUID | None,
        *,
        all_consent: bool,
        at: datetime,
    ) -> None:
        """Put on file who speaks for the visitors."""
        if petition not in self.representatives:
            raise NotACollectiveVisit
        if not all_consent:
            raise RepresentativeDoesNotConsent
        if len(self.representatives[petition]) + len(representatives) > REPRESENTATIVES_MAX:
            raise TooManyRepresentatives
        self.record(
            RepresentativesNamed,
            at=at,
            petition=petition,
            representatives=tuple(representatives),
            digests=tuple(digests),
            roster=roster,
        )

    def _count(self, *, at: datetime, petition: UUID, channel: Channel, person_count: int, **_: Any) -> None:  # noqa: ANN401
        if channel is Channel.visit and person_count >= COLLECTIVE_FROM_PERSONS:
            self.record(CollectiveVisitRecorded, at=at, petition=petition, person_count=person_count)

    @when
    def _(self, event: CollectiveVisitRecorded) -> None:
        self.representatives[event.petition] = ()

    @when
    def _(self, event: RepresentativesNamed) -> None:
        self.representatives[event.petition] += event.representatives
