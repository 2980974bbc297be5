"""People's mediation committees and their mediators (人民调解法 第七条至第十六条)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final
from uuid import UUID

from contracts.mediation import (
    CommitteeReelected,
    CommitteeRegistered,
    MediatorRegistered,
    MediatorRemoved,
    MediatorTrained,
)
from contracts.periods.calendar import day
from contracts.vocabulary import CommitteeSetting, CommitteeState, MediatorState, RemovalGround
from services.chassis.aggregate import when
from services.chassis.charge import must_belong
from services.chassis.directory import Directory
from services.chassis.entry import Entry
from services.chassis.errors import Refused
from services.mediation.domain.guards import ImpossibleDate

MEMBERS_MIN: Final = 3
MEMBERS_MAX: Final = 9
TERM_YEARS: Final = 3


class CommitteeSize(Refused):
    """A committee has three to nine members, its chair among them."""

    code = "committee_size"
    title = "人民调解委员会由委员三至九人组成"
    article = "人民调解法 第八条第二款"


class NoWomanOnCommittee(Refused):
    """A committee has women among its members."""

    code = "no_woman_on_committee"
    title = "人民调解委员会应当有妇女成员"
    article = "人民调解法 第八条第三款"


class TermOver(Refused):
    """After three years a committee is elected anew before it does anything more."""

    code = "term_over"
    title = "人民调解委员会任期已满，应当换届"
    article = "人民调解法 第九条第二款"


class MediatorIsRemoved(Refused):
    """Who was removed mediates no longer."""

    code = "mediator_removed"
    title = "该调解员已被罢免或者解聘"
    article = "人民调解法 第十五条"


class Committee(Entry):
    """A people's mediation committee."""

    def start(self) -> None:
        """Nobody is elected yet."""
        self.unit = self.chair = ""
        self.registered_by: str | None = None
        self.setting: CommitteeSetting | None = None
        self.member_count = 0
        self.elected_on: date | None = None
        self.term_until: date | None = None

    @property
    def state(self) -> CommitteeState:
        """What a list shows."""
        return CommitteeState.registered

    def register(
        self, unit: str, setting: CommitteeSetting, members: int, chair: str, elected_on: date, document: UUID, *,
        has_woman: bool, at: datetime, registered_by: str | None = None,
    ) -> None:  # fmt: skip
        """Put an elected committee on the register."""
        _must_be_lawful(members, elected_on, has_woman=has_woman, at=at)
        self.record(
            CommitteeRegistered, at=at, unit=unit, setting=setting, member_count=members, chair=chair,
            has_woman=has_woman, elected_on=elected_on, term_until=term_after(elected_on), document=document,
            registered_by=registered_by,
        )  # fmt: skip

    @property
    def kept_by(self) -> str:
        """The unit that keeps it on the register; of one entered before that was noted, the committee's own."""
        return self.registered_by or self.unit

    def reelect(
        self, members: int, chair: str, elected_on: date, document: UUID, *, has_woman: bool, at: datetime
    ) -> None:
        """Put the next election on the register; whoever was elected before may be elected again."""
        _must_be_lawful(members, elected_on, has_woman=has_woman, at=at)
        assert self.elected_on is not None
        if elected_on <= self.elected_on:
            raise ImpossibleDate
        self.record(
            CommitteeReelected, at=at, member_count=members, chair=chair, has_woman=has_woman, elected_on=elected_on,
            term_until=term_after(elected_on), document=document,
        )  # fmt: skip

    def must_be_in_office(self, at: datetime) -> None:
        """Raise ``TermOver`` where the three years are over."""
        assert self.term_until is not None
        if day(at) > self.term_until:
            raise TermOver(f"任期至 {self.term_until}")

    @when
    def _(self, event: CommitteeRegistered) -> None:
        self.unit, self.setting, self.registered_by = event.unit, event.setting, event.registered_by
        self._elect(event)

    @when
    def _(self, event: CommitteeReelected) -> None:
        self._elect(event)

    def _elect(self, event: CommitteeRegistered | CommitteeReelected) -> None:
        self.member_count, self.chair = event.member_count, event.chair
        self.elected_on, self.term_until = event.elected_on, event.term_until


class Mediator(Entry):
    """Somebody who mediates for a committee."""

    def start(self) -> None:
        """Nobody is appointed yet."""
        self.committee: UUID | None = None
        self.mediator = self.certificate_no = ""
        self.trained_hours = 0
        self.last_trained_on: date | None = None
        self.removed: RemovalGround | None = None

    @property
    def state(self) -> MediatorState:
        """What a list shows."""
        if self.removed:
            return MediatorState.removed
        return MediatorState.trained if self.last_trained_on else MediatorState.registered

    def register(self, committee: Committee, mediator: str, certificate_no: str, *, at: datetime) -> None:
        """Let somebody mediate for a committee that is in office."""
        committee.must_be_in_office(at)
        self.record(MediatorRegistered, at=at, committee=committee.id, mediator=mediator, certificate_no=certificate_no)

    def train(self, trained_on: date, hours: int, document: UUID, *, at: datetime) -> None:
        """Put a training on record."""
        self._must_be_in_office()
        if trained_on > day(at):
            raise ImpossibleDate
        self.record(MediatorTrained, at=at, trained_on=trained_on, hours=hours, document=document)

    def remove(self, ground: RemovalGround, document: UUID, *, unit: str, cases: Iterable[UUID], at: datetime) -> None:
        """Take the office away on a ground of the law, and with it the cases in which somebody else is to mediate."""
        self._must_be_in_office()
        self.record(MediatorRemoved, at=at, ground=ground, document=document, unit=unit, cases=tuple(cases))

    def _must_be_in_office(self) -> None:
        if self.removed:
            raise MediatorIsRemoved

    @when
    def _(self, event: MediatorRegistered) -> None:
        self.committee, self.mediator, self.certificate_no = event.committee, event.mediator, event.certificate_no

    @when
    def _(self, event: MediatorTrained) -> None:
        self.trained_hours += event.hours
        self.last_trained_on = event.trained_on

    @when
    def _(self, event: MediatorRemoved) -> None:
        self.removed = event.ground


def must_mediate_for(mediator: str, unit: str, directory: Directory, *, registered: bool, removed: bool) -> None:
    """Let only who acts for a unit or is on the register of its committee mediate for it (第十三条、第十五条)."""
    if removed:
        raise MediatorIsRemoved
    if not registered:
        must_belong(mediator, unit, directory)


def term_after(elected_on: date) -> date:
    """Return the last day of a term; one that began on 29 February ends on the 28th."""
    last = 28 if (elected_on.month, elected_on.day) == (2, 29) else elected_on.day
    return elected_on.replace(year=elected_on.year + TERM_YEARS, day=last)


def _must_be_lawful(members: int, elected_on: date, *, has_woman: bool, at: datetime) -> None:
    if not MEMBERS_MIN <= members <= MEMBERS_MAX:
        raise CommitteeSize(f"{members} 人")
    if not has_woman:
        raise NoWomanOnCommittee
    if elected_on > day(at):
        raise ImpossibleDate
