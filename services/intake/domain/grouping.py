"""Which petitions make up one case: duplicates are linked, same matters merged, several claims split.

Nothing is dropped by any of it: every petition keeps its receipt, its query code and its notices.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from contracts.intake import CaseMerged, CaseSplit, DuplicateDetected, DuplicateDismissed, PetitionsTakenOver
from contracts.vocabulary import DuplicateReason, RegistrationState
from services.chassis.aggregate import when
from services.chassis.errors import Invalid, NotFound, Refused
from services.intake.domain.filing import Filing

BEFORE_AN_ANSWER: Final = frozenset({RegistrationState.registered, RegistrationState.classified})
"""In which states a case can still go into another, or into several."""


class SameCase(Invalid):
    """A case is no duplicate of itself and does not go into itself."""

    code = "same_case"
    title = "不能与自身并案或互为重复"


class AlreadyCompared(Refused):
    """Somebody has decided about these two cases before."""

    code = "already_compared"
    title = "该两件事项已经比对确认"
    article = "信访工作条例 第二十二条"


class NotMergeable(Refused):
    """Only a case without an answer goes into another, and only into one that is open."""

    code = "not_mergeable"
    title = "事项状态不允许并案"
    article = "信访工作条例 第二十二条"


class NotSplittable(Refused):
    """Only a case without an answer is split."""

    code = "not_splittable"
    title = "事项状态不允许分案"
    article = "信访工作条例 第二十二条、第二十四条"


class ConfidentialStaysApart(Refused):
    """A report about an official never meets an ordinary case: whoever reads that one could read the report."""

    code = "confidential_stays_apart"
    title = "检举控告密件不得并案、分案或比对"
    article = "信访工作条例 第三十条第三款"


class Grouping(Filing):
    """How a case stands to others."""

    def start(self) -> None:
        """It stands alone."""
        super().start()
        self.compared: set[UUID] = set()
        self.duplicates: set[UUID] = set()
        self.merged_into: UUID | None = None
        self.taken_over: tuple[UUID, ...] = ()
        self.firsts: set[UUID] = set()

    @property
    def every_petition(self) -> tuple[UUID, ...]:
        """All petitions, those of merged cases behind its own."""
        return (*self.petitions, *self.taken_over)

    def confirm_duplicate(self, other: Grouping, reasons: Sequence[DuplicateReason], *, at: datetime) -> None:
        """Link a case that somebody has found to be about the same matter."""
        self._must_be_comparable(other)
        self.record(DuplicateDetected, at=at, other=other.id, reasons=tuple(dict.fromkeys(reasons)))

    def dismiss_duplicate(self, other: Grouping, *, at: datetime) -> None:
        """Put on record that a case is about something else, so that it is not suggested again."""
        self._must_be_comparable(other)
        self.record(DuplicateDismissed, at=at, other=other.id)

    def merge_into(self, other: Grouping, *, at: datetime) -> None:
        """Let this case go into another one, which takes its petitions over."""
        if self.id == other.id:
            raise SameCase
        if self.confidential or other.confidential:
            raise ConfidentialStaysApart
        if self.state not in BEFORE_AN_ANSWER:
            raise NotMergeable(self.state)
        if not other.exists:
            raise NotFound(str(other.id))
        if not other.open:
            raise NotMergeable(other.state)
        self.record(CaseMerged, at=at, into=other.id)
        other.take_over(self, at=at)

    def take_over(self, other: Grouping, *, at: datetime) -> None:
        """Answer for the petitions of a case that has gone into this one; the earliest receipt counts."""
        received = [moment for moment in (self.received_at, other.received_at) if moment is not None]
        self.record(
            PetitionsTakenOver, at=at, from_case=other.id, petitions=other.every_petition, received_at=min(received)
        )

    def split_into(self, children: Sequence[tuple[Filing, Mapping[str, Any]]], *, at: datetime) -> None:
        """Give each claim a case of its own, received when the letter was and by the same unit."""
        if self.confidential:
            raise ConfidentialStaysApart
        if self.state not in BEFORE_AN_ANSWER:
            raise NotSplittable(self.state)
        shared = {
            "channel": self.channel,
            "received_at": self.received_at,
            "receiving_unit": self.receiving_unit,
            "person_count": self.person_count,
            "anonymous": self.anonymous,
            "secrecy_requested": self.secrecy_requested,
            "direct": self.direct,
            "came_from": self.came_from,
            "split_from": self.id,
        }
        self.record(CaseSplit, at=at, children=tuple(child.id for child, _ in children))
        for child, own in children:
            Filing.register(child, at=at, **shared, **own)

    def _must_be_comparable(self, other: Grouping) -> None:
        if self.id == other.id:
            raise SameCase
        if not other.exists:
            raise NotFound(str(other.id))
        if self.confidential or other.confidential:
            raise ConfidentialStaysApart
        if other.id in self.compared:
            raise AlreadyCompared

    @when
    def _(self, event: DuplicateDetected) -> None:
        self.compared.add(event.other)
        self.duplicates.add(event.other)

    @when
    def _(self, event: DuplicateDismissed) -> None:
        self.compared.add(event.other)

    @when
    def _(self, event: CaseMerged) -> None:
        self.merged_into, self.ended = event.into, RegistrationState.merged

    @when
    def _(self, event: PetitionsTakenOver) -> None:
        self.taken_over += event.petitions
        self.firsts.add(event.petitions[0])
        self.received_at = event.received_at

    @when
    def _(self, _: CaseSplit) -> None:
        self.ended = RegistrationState.split
