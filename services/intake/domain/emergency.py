"""应急查阅: who has nothing to do with a case reads it for an hour at most, where two of different units agree.

An officer on duty has somebody before them who may do themselves harm, and whose case is with others. Who has charge
in the case names the officer; nobody has to name a case of which they must not know.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from contracts.intake import (
    EmergencyAccessAsked,
    EmergencyAccessEnded,
    EmergencyAccessGranted,
    EmergencyAccessReviewed,
)
from contracts.vocabulary import EmergencyAccessState, EmergencyGround, Role
from services.chassis.aggregate import when
from services.chassis.context import By
from services.chassis.directory import Directory
from services.chassis.entry import CaseEntry
from services.chassis.errors import Forbidden, Refused
from services.chassis.recusal import OthersKeepOut
from services.intake.domain.registration import Registration

MINUTES_MAX: Final = 60
"""How long an access lasts at most, and how long it may be agreed to after it was asked for."""
_ARTICLE: Final = "个人信息保护法 第十三条第一款第四项、第五十一条"


class NotPending(Refused):
    """Nobody agrees to an access that nobody asks for any more, or that was asked for long ago."""

    code = "emergency_access_not_pending"
    title = "该应急查阅申请已处理或者已失效，须重新申请"
    article = _ARTICLE


class TwoUnitsMustAgree(Forbidden):
    """Nobody lets themselves in, and who agrees has no part in what the first one is."""

    by_directory = True
    code = "two_units_must_agree"
    title = "应急查阅须由不同单位的两人同意，查阅人本人不得申请或者同意"
    article = _ARTICLE


class NobodyReviews(Refused):
    """What nobody could look at afterwards is not opened."""

    by_directory = True
    code = "nobody_reviews"
    title = "没有未参与的单位可以事后复核，不得开放应急查阅"
    article = "个人信息保护法 第五十四条"


class NotOpen(Refused):
    """What is over, or never began, is not taken back."""

    code = "emergency_access_not_open"
    title = "该应急查阅未开放或者已经结束"
    article = _ARTICLE


class NotTheReviewer(Forbidden):
    """It is looked at by the auditors that were named for that, or who acts in their place."""

    by_directory = True
    code = "not_the_reviewer"
    title = "该应急查阅不由本单位复核"
    article = "个人信息保护法 第五十四条"


class HadPartInIt(Forbidden):
    """Who asked for it, agreed or read, and whoever is of their unit, does not look at it afterwards."""

    by_directory = True
    code = "had_part_in_it"
    title = "参与应急查阅的人员及其单位不得复核"
    article = "个人信息保护法 第五十四条"


class NotToReview(Refused):
    """What is looked at afterwards is over, and looked at once."""

    code = "emergency_access_not_to_review"
    title = "该应急查阅尚未结束或者已经复核"
    article = "个人信息保护法 第五十四条"


class EmergencyAccess(CaseEntry):
    """That one officer may read one case for a while."""

    def start(self) -> None:
        """Nobody has asked yet."""
        super().start()
        self.officer = self.unit = self.asked_by = self.granting = self.granted_by = self.reviewer = ""
        self.asked_as: Role | None = None
        self.ground: EmergencyGround | None = None
        self.minutes = 0
        self.asked_at: datetime | None = None
        self.until: datetime | None = None
        self.justified: bool | None = None
        self.state = EmergencyAccessState.asked

    def ask(self, case: UUID, officer: str, ground: EmergencyGround, minutes: int, *, by: By) -> None:
        """Ask that somebody else may read the case."""
        if officer == by.actor:
            raise TwoUnitsMustAgree
        self.record(
            EmergencyAccessAsked, at=by.at, case=case, officer=officer, ground=ground, minutes=minutes, unit=by.unit,
            asked_by=by.actor, asked_as=by.role,
        )  # fmt: skip

    def grant(self, about: Registration, directory: Directory, *, by: By) -> None:
        """Agree, for another unit, with what was asked for within the hour; whom it is kept from by now has no part."""
        assert self.ground is not None
        assert self.asked_at is not None
        if self.state is not EmergencyAccessState.asked or by.at >= self.asked_at + timedelta(minutes=MINUTES_MAX):
            raise NotPending
        first = directory.organs([self.unit], [self.asked_by])
        if by.actor in {self.officer, self.asked_by} or not first.isdisjoint(directory.organs([by.unit], [by.actor])):
            raise TwoUnitsMustAgree
        for officer, unit in ((self.officer, ()), (self.asked_by, (self.unit,))):
            accused = about.accused_units, about.accused_persons
            if officer in about.recused or directory.is_kept_from(unit, [officer], *accused):
                raise OthersKeepOut(officer)
        self.record(
            EmergencyAccessGranted, at=by.at, officer=self.officer, ground=self.ground,
            until=by.at + timedelta(minutes=self.minutes), asked_for=self.unit, asked_by=self.asked_by, unit=by.unit,
            granted_by=by.actor, reviewer=self._who_reviews(about, directory, by),
        )  # fmt: skip

    def _who_reviews(self, about: Registration, directory: Directory, by: By) -> str:
        """Return which unit looks at it afterwards: the nearest auditors of which nobody had a part in it."""
        had_part = directory.organs([self.unit, by.unit], [self.officer, self.asked_by, by.actor])
        barred = directory.off_limits(about.accused_units, about.accused_persons)
        found = directory.auditor_of(about.receiving_unit, had_part, barred)
        if found is None:
            raise NobodyReviews
        return found

    def end(self, *, at: datetime) -> None:
        """Take it back, or what was asked for."""
        over = self.until is not None and at >= self.until
        if over or self.state not in {EmergencyAccessState.asked, EmergencyAccessState.granted}:
            raise NotOpen
        self.record(EmergencyAccessEnded, at=at)

    def review(self, about: Registration, directory: Directory, *, justified: bool, by: By) -> None:
        """Say, as who had no part in it by what they are today, whether there was reason for it, when it is over."""
        open_yet = self.state is EmergencyAccessState.granted and self.until is not None and by.at < self.until
        if open_yet or self.until is None or self.justified is not None:
            raise NotToReview
        barred = {self.unit, self.granting} | directory.off_limits(about.accused_units, about.accused_persons)
        if directory.acting_as(by.unit, self.reviewer, barred=barred) != self.reviewer:
            raise NotTheReviewer
        had_part = directory.organs([self.unit, self.granting], [self.officer, self.asked_by, self.granted_by])
        if not had_part.isdisjoint(directory.organs([by.unit], [by.actor])):
            raise HadPartInIt
        self.record(EmergencyAccessReviewed, at=by.at, justified=justified)

    @when
    def _(self, event: EmergencyAccessAsked) -> None:
        self.of, self.officer, self.ground, self.minutes = event.case, event.officer, event.ground, event.minutes
        self.unit, self.asked_by, self.asked_as, self.asked_at = (
            event.unit, event.asked_by, event.asked_as, event.timestamp,
        )  # fmt: skip

    @when
    def _(self, event: EmergencyAccessGranted) -> None:
        self.until, self.reviewer, self.state = event.until, event.reviewer, EmergencyAccessState.granted
        self.granting, self.granted_by = event.unit, event.granted_by

    @when
    def _(self, _: EmergencyAccessEnded) -> None:
        self.state = EmergencyAccessState.ended

    @when
    def _(self, event: EmergencyAccessReviewed) -> None:
        self.justified, self.state = event.justified, EmergencyAccessState.reviewed
