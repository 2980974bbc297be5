"""What is on file of a case, and in which state it is; every part of intake's aggregate stands on this.

Registration is never refused: no rule here can say no to a petition (信访工作条例 第二十二条, 第二十三条).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.intake import CaseConcluded, CaseRegistered, PetitionAttached
from contracts.vocabulary import Channel, ContentCategory, Kind, Level, RegistrationState, Route
from services.chassis.aggregate import Aggregate, when
from services.chassis.errors import Invalid, Refused


class NotOpen(Refused):
    """The case has ended here; whoever has something new to say is registered anew."""

    code = "case_not_open"
    title = "该事项在受理环节已结束"
    article = "信访工作条例 第二十二条"


class NotHappenedYet(Invalid):
    """Nobody was told, and nothing was known, at a time that has not come."""

    code = "not_happened_yet"
    title = "所记时间不得晚于当前时间"


class Filing(Aggregate):
    """The petitions of a case, what it is about, and how far it is."""

    def start(self) -> None:
        """Nothing has come in yet."""
        super().start()
        self.registration_no = ""
        self.channel: Channel | None = None
        self.received_at: datetime | None = None
        self.receiving_unit = ""
        self.person_count = 0
        self.place = ""
        self.category: ContentCategory | None = None
        self.anonymous = True
        self.secrecy_requested = False
        self.direct = False
        self.came_from: Level | None = None
        self.split_from: UUID | None = None
        self.petitions: dict[UUID, UUID] = {}
        self.repeats: dict[UUID, datetime] = {}
        self.kind: Kind | None = None
        self.route: Route | None = None
        self.confidential = False
        self.answered_at: datetime | None = None
        self.closed_at: datetime | None = None
        self.ended: RegistrationState | None = None

    @property
    def state(self) -> RegistrationState:
        """What a list shows."""
        reached = (
            (self.ended, self.ended),
            (self.closed_at, RegistrationState.closed),
            (self.confidential, RegistrationState.discipline_track),
            (self.answered_at, RegistrationState.answered),
            (self.kind, RegistrationState.classified),
        )
        return next((state for fact, state in reached if fact and state), RegistrationState.registered)

    @property
    def open(self) -> bool:
        """Whether anything is still to be expected of the case."""
        return self.ended is None and self.closed_at is None

    def must_be_open(self) -> None:
        """Raise ``NotOpen`` for a case that has ended."""
        if not self.open:
            raise NotOpen

    @staticmethod
    def must_have_happened(moment: datetime, at: datetime) -> None:
        """Raise ``NotHappenedYet`` for a moment after this one."""
        if moment > at:
            raise NotHappenedYet

    def register(self, *, at: datetime, **facts: Any) -> None:  # noqa: ANN401  # the fields of the event
        """Put the first petition of a case on file."""
        self.record(CaseRegistered, at=at, **facts)

    def attach(self, *, at: datetime, **facts: Any) -> None:  # noqa: ANN401  # the fields of the event
        """Let a later petition on the same matter join, whatever state the case is in."""
        self.record(PetitionAttached, at=at, **facts)

    def conclude(self, *, at: datetime) -> None:
        """Learn that the case was closed."""
        if self.closed_at is None:
            self.record(CaseConcluded, at=at, closed_at=at)

    @when
    def _(self, event: CaseRegistered) -> None:
        self.registration_no = event.registration_no
        self.channel = event.channel
        self.received_at = event.received_at
        self.receiving_unit = event.receiving_unit
        self.person_count = event.person_count
        self.place = event.place
        self.category = event.category
        self.anonymous = event.anonymous
        self.secrecy_requested = event.secrecy_requested
        self.direct, self.came_from, self.split_from = event.direct, event.came_from, event.split_from
        self.petitions[event.petition] = event.content

    @when
    def _(self, event: PetitionAttached) -> None:
        self.petitions[event.petition] = event.content
        self.repeats[event.petition] = event.received_at
        self.anonymous = self.anonymous and event.anonymous

    @when
    def _(self, event: CaseConcluded) -> None:
        self.closed_at = event.closed_at
