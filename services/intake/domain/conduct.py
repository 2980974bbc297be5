"""违规行为: one act on one day, with evidence and the petitioner's reply (第二十六条, 第四十七条).

Nothing here is about what somebody is like. A record stands in its case alone, so no new matter shows it; it is found
by no name; and it expires.
"""

from __future__ import annotations

from collections.abc import Container
from datetime import date, datetime
from typing import Final
from uuid import UUID

from contracts.intake import ConductIncidentRecorded, ConductReplyRecorded, PoliceReferralRecorded
from contracts.periods import period
from contracts.periods.calendar import day
from contracts.vocabulary import ConductAct, ContentCategory, IncidentState
from services.chassis.aggregate import when
from services.chassis.entry import CaseEntry
from services.chassis.errors import Invalid, Refused

_ARTICLE: Final = "信访工作条例 第四十七条第二款"


class ActAhead(Invalid):
    """What somebody may do is no act."""

    code = "act_ahead"
    title = "行为日期不得晚于今日"
    article = "信访工作条例 第二十六条"


class HeardAlready(Refused):
    """What the petitioner has said stands."""

    code = "reply_recorded"
    title = "信访人已作说明"
    article = "信访工作条例 第四十七条"


class NotDissuaded(Refused):
    """First somebody tries to dissuade, to criticise or to teach."""

    code = "not_dissuaded"
    title = "尚未劝阻、批评或者教育，不得移送"
    article = "信访工作条例 第四十七条第一款"


class NoPolice(Invalid):
    """An act against public order is for the police, and for nobody else."""

    code = "no_police"
    title = "违反治安管理的行为只能移送公安机关"
    article = _ARTICLE


class ReferredAlready(Refused):
    """The police know of the act."""

    code = "referred_already"
    title = "该行为已移送"
    article = _ARTICLE


class RecordExpired(Refused):
    """Nothing follows any more from a record that has expired."""

    code = "record_expired"
    title = "该记录已失效"
    article = _ARTICLE


class ConductIncident(CaseEntry):
    """One act on one day."""

    def start(self) -> None:
        """Nothing has happened."""
        super().start()
        self.unit = ""
        self.conduct: ConductAct | None = None
        self.happened_on: date | None = None
        self.expires_on: date | None = None
        self.evidence: UUID | None = None
        self.dissuasion: UUID | None = None
        self.reply: UUID | None = None
        self.organ: str | None = None

    @property
    def state(self) -> IncidentState:
        """What a list shows."""
        if self.organ is not None:
            return IncidentState.referred
        return IncidentState.recorded if self.reply is None else IncidentState.replied

    def enter(
        self, case: UUID, unit: str, conduct: ConductAct, happened_on: date, evidence: UUID, dissuasion: UUID | None, *,
        at: datetime,
    ) -> None:  # fmt: skip
        """Put the act on record, for as long as records last."""
        if happened_on > day(at):
            raise ActAhead
        self.record(
            ConductIncidentRecorded, at=at, case=case, unit=unit, conduct=conduct, happened_on=happened_on,
            evidence=evidence, dissuasion=dissuasion, expires_on=period("D40").last_day(happened_on),
        )  # fmt: skip

    def hear(self, document: UUID, *, at: datetime) -> None:
        """Let the petitioner say what they think of it."""
        if self.reply is not None:
            raise HeardAlready
        self.record(ConductReplyRecorded, at=at, document=document)

    def refer(self, organ: str, powers: Container[ContentCategory], *, at: datetime) -> None:
        """Tell the police of the act and of its evidence; of whoever did it they ask by their own law."""
        if self.organ is not None:
            raise ReferredAlready
        if self.expires_on is None or self.expires_on < day(at):
            raise RecordExpired
        if self.dissuasion is None:
            raise NotDissuaded
        if ContentCategory.public_security not in powers:
            raise NoPolice(organ)
        self.record(
            PoliceReferralRecorded, at=at, organ=organ, conduct=self.conduct, happened_on=self.happened_on,
            evidence=self.evidence,
        )  # fmt: skip

    @when
    def _(self, event: ConductIncidentRecorded) -> None:
        self.of, self.unit, self.conduct, self.happened_on = event.case, event.unit, event.conduct, event.happened_on
        self.evidence, self.dissuasion, self.expires_on = event.evidence, event.dissuasion, event.expires_on

    @when
    def _(self, event: ConductReplyRecorded) -> None:
        self.reply = event.document

    @when
    def _(self, event: PoliceReferralRecorded) -> None:
        self.organ = event.organ
