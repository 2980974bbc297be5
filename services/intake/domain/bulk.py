"""批量查阅: one person reads so many texts within an hour, and more only where another one agrees (第五十一条)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from contracts.intake import BulkLookAsked, BulkLookGranted
from contracts.vocabulary import BulkLookState, LookPurpose
from services.chassis.aggregate import when
from services.chassis.context import By
from services.chassis.entry import Entry
from services.chassis.errors import Forbidden, Refused

ASKED_HOURS: Final = 24
"""How long it may be agreed to."""
GRANTED_HOURS: Final = 1
COUNT_MAX: Final = 2_000
_ARTICLE: Final = "个人信息保护法 第五十一条"


class TooManyLooks(Refused):
    """Who reads more texts within an hour than the work of one person needs has another one agree."""

    code = "too_many_looks"
    title = "一小时内查阅数量已达上限，继续查阅须经另一人同意"
    article = _ARTICLE
    remedy = "请申请批量查阅（/bulk-looks），由本单位负责人同意后继续；或者一小时后再查阅。"


class OwnBulkLook(Forbidden):
    """Nobody agrees to what they read themselves."""

    code = "own_bulk_look"
    title = "批量查阅须由本单位的另一人同意"
    article = _ARTICLE


class BulkLookNotPending(Refused):
    """What was agreed to, or asked for long ago, is asked for anew."""

    code = "bulk_look_not_pending"
    title = "该批量查阅申请已处理或者已失效，须重新申请"
    article = _ARTICLE


class BulkLook(Entry):
    """That somebody reads more texts than one person reads alone."""

    def start(self) -> None:
        """Nobody has asked yet."""
        self.officer = self.unit = self.granted_by = ""
        self.purpose: LookPurpose | None = None
        self.count = 0
        self.asked_at: datetime | None = None
        self.until: datetime | None = None

    @property
    def state(self) -> BulkLookState:
        """What a list shows."""
        return BulkLookState.granted if self.until else BulkLookState.asked

    def ask(self, purpose: LookPurpose, count: int, *, by: By) -> None:
        """Ask for oneself."""
        self.record(BulkLookAsked, at=by.at, officer=by.actor, unit=by.unit, purpose=purpose, count=count)

    def grant(self, *, by: By) -> None:
        """Agree, as another person of the unit."""
        assert self.asked_at is not None
        if self.until or by.at >= self.asked_at + timedelta(hours=ASKED_HOURS):
            raise BulkLookNotPending
        if by.actor == self.officer or by.unit != self.unit:
            raise OwnBulkLook
        until = by.at + timedelta(hours=GRANTED_HOURS)
        self.record(BulkLookGranted, at=by.at, officer=self.officer, granted_by=by.actor, until=until)

    @when
    def _(self, event: BulkLookAsked) -> None:
        self.officer, self.unit, self.purpose, self.count = event.officer, event.unit, event.purpose, event.count
        self.asked_at = event.timestamp

    @when
    def _(self, event: BulkLookGranted) -> None:
        self.granted_by, self.until = event.granted_by, event.until
