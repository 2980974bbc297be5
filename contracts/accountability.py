"""督办追责: what the supervising side orders, and what it is told in return."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from contracts.event import UPCASTS, Event, OtherCase, Words, words_before
from contracts.restoring import Restored, Withdrawn
from contracts.vocabulary import (
    ClockKind,
    ClockNature,
    ClockOutcome,
    Confirmation,
    LimitUnit,
    RecommendationKind,
    Role,
    SupervisionReason,
)


def _unchanged(name: str, body: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Read an event of an older version as one of another: what it says is the same."""
    return name, body


class SupervisionOrdered(Event):
    """A unit is told in writing what is wrong with its handling of a case and what it must do."""

    title = "督办"
    basis = "信访工作条例 第四十条第一款"

    case: UUID
    card_no: str
    unit: str
    reason_code: SupervisionReason
    document: UUID | None
    due_on: date


class SupervisionReplied(Event):
    """The unit has answered the card."""

    title = "督办反馈"
    basis = "信访工作条例 第四十条第一款"

    case: UUID
    document: UUID


class SupervisionClosed(Event):
    """The supervisor has checked the reply; `satisfied` says whether the wrong is righted."""

    title = "督办办结"
    basis = "信访工作条例 第四十条第一款"

    case: UUID
    satisfied: bool
    unit: str | None = None
    """Whose answer it is; where it does not satisfy, that unit goes on to be supervised."""


class SupervisionSpared(Event):
    """The bureau says in writing why what was missed or refused needs no card."""

    title = "说明不予督办"
    basis = "信访工作条例 第四十条第一款"

    case: UUID
    document: UUID


class ClockStarted(Event):
    """A period of law has begun to run for whoever must act."""

    title = "期限起算"
    basis = "信访工作条例 第二十二条至第三十六条；民法典 第二百条至第二百零三条"
    version = 2

    case: UUID | None
    code: str
    nature: ClockNature
    holder: str | None
    started_at: datetime
    limit: int
    unit: LimitUnit
    due_on: date
    due_at: datetime
    article: str
    rules: str
    calendar: str
    provisional: bool
    started_by: UUID
    subject: UUID | None = None
    """The stream that it is about, where there can be several: a recommendation, a conference."""
    clock: ClockKind = ClockKind.real
    item: str | None = None
    """Which of several things within that, by its number or name."""
    officer: str | None = None
    """Who in particular must act, where that is known."""


class ClockPaused(Event):
    """Time that the law does not count has begun: a hearing in a recheck."""

    title = "期限中止"
    basis = "信访工作条例 第三十六条第二款"
    version = 2

    case: UUID | None
    code: str
    paused_on: date
    paused_by: UUID


class ClockExtended(Event):
    """The law gives more time, for the reason that the event names."""

    title = "期限延长"
    basis = "信访工作条例 第三十四条、第三十六条第二款"
    version = 2

    case: UUID | None
    code: str
    days: int
    due_before: date
    due_on: date
    due_at: datetime
    calendar: str
    provisional: bool
    extended_by: UUID


class ClockExtensionClaimed(Event):
    """A unit says, when its time was over, that it had told the petitioner in time of taking longer.

    Nothing is longer for that until somebody outside the unit has borne it out.
    """

    title = "补录延期待核实"
    basis = "信访工作条例 第二十一条第二款、第三十四条"

    case: UUID | None
    code: str
    days: int
    told_at: datetime
    claimed_by: UUID


class ClockAdvanced(Event):
    """The period has begun sooner than was known, here or in a case that has gone into this one: it ends sooner."""

    title = "期限提前"
    basis = "信访工作条例 第二十二条、第三十四条"

    case: UUID | None
    code: str
    started_at: datetime
    extension: int
    due_before: date
    due_on: date
    due_at: datetime
    calendar: str
    provisional: bool
    advanced_by: UUID


class ClockHandedOver(Event):
    """Another unit has the case now and owes what is due, until the same day: no transfer lengthens the wait."""

    title = "期限移交"
    basis = "信访工作条例 第二十三条、第二十四条、第三十四条"

    case: UUID | None
    code: str
    from_unit: str | None
    holder: str
    officer: str | None
    handed_over_by: UUID


class ClockRecalculated(Event):
    """A calendar or a rule has changed, and with it the last day of a period that runs.

    Or something came to be known that had happened before other things that were known already: then it says from when
    the period counts, and how many days it has been given.
    """

    title = "期限重算"
    basis = "民法典 第二百零三条"
    version = 2

    case: UUID | None
    code: str
    due_before: date
    due_on: date
    due_at: datetime
    rules: str
    calendar: str
    provisional: bool
    started_at: datetime | None = None
    extension: int = 0


class ClockStopped(Event):
    """What was due has been done, in time or late, or is owed no more."""

    title = "期限终止"
    basis = "信访工作条例 第二十二条至第三十六条"
    version = 2

    case: UUID | None
    code: str
    outcome: ClockOutcome
    stopped_at: datetime
    days_over: int
    stopped_by: UUID
    happened_at: datetime | None = None
    """When it happened, as who entered it says; that counts once somebody else bears it out."""


class FactConfirmed(Event):
    """Somebody outside the unit that entered a fact bears out that it happened when the unit says it did."""

    title = "确认补录事实"
    basis = "信访工作条例 第二十一条第二款、第四十三条至第四十五条"

    case: UUID
    fact: UUID
    """The event that says so."""
    entered_by: str
    confirmation: Confirmation
    proof: UUID


class ClockCorrected(Event):
    """What was on record as too late was in time after all; the breach stays on record, and this says what holds."""

    title = "期限更正"
    basis = "信访工作条例 第二十一条第二款；民法典 第二百零三条"

    case: UUID | None
    code: str
    holder: str | None
    outcome_before: ClockOutcome | None
    outcome: ClockOutcome | None
    """None where the period runs again."""
    due_before: date
    due_on: date
    due_at: datetime
    happened_at: datetime | None
    entered_at: datetime | None
    days_over: int
    confirmation: Confirmation
    corrected_by: UUID | None
    """The event by which that came to be known."""

    @property
    def missed(self) -> bool:
        """Whether it was too late all the same."""
        return self.outcome is ClockOutcome.late or self.days_over > 0


class ClockBreached(Event):
    """What was due was not done in time. This stays on record for ever, whatever is done later."""

    title = "逾期"
    basis = "信访工作条例 第四十三条至第四十五条"
    version = 2

    case: UUID | None
    code: str
    holder: str | None
    due_on: date
    due_at: datetime


class ClockLapsed(Event):
    """The petitioner's time to ask is over."""

    title = "权利期限届满"
    basis = "信访工作条例 第三十五条、第三十六条"
    version = 2

    case: UUID | None
    code: str
    due_on: date
    due_at: datetime


# The first versions knew no period but those within a case.
for _event in (ClockStarted, ClockPaused, ClockExtended, ClockRecalculated, ClockStopped, ClockBreached, ClockLapsed):
    UPCASTS[f"accountability.{_event.__name__}.v1"] = partial(_unchanged, _event.wire_name)


class OrphanCaseDetected(Event):
    """Nobody has to act in the case and it has no end: that must not be."""

    title = "无主信访事项"
    basis = "信访工作条例 第二十八条第一款"

    case: UUID
    since: datetime


class RecordsDisowned(Event):
    """Somebody has written to a topic in the name of a service; nobody has taken it in."""

    title = "发现来源不明的事件记录"
    basis = "网络安全法 第二十一条"
    of_case = False

    source: str
    """In whose name."""
    lane: int
    count: int
    first: str
    """Where the first of them stands: topic, partition and offset."""
    last: str


class CalendarPublished(Event):
    """The State Council has said which days of a year are off and which are worked instead."""

    title = "节假日安排"
    basis = "民法典 第二百零三条；全国年节及纪念日放假办法 第二条"
    of_case = False

    year: int
    days_off: tuple[date, ...]
    make_up_days: tuple[date, ...]
    holidays: tuple[str, ...]
    """Why: a name for each day off and each make-up day, in their order."""
    papers: tuple[str, ...]
    sha256: str


class RecommendationServed(Event):
    """The petition bureau has recommended something in writing, and waits for a written reply."""

    title = "提出三项建议"
    basis = "信访工作条例 第十四条第六项、第四十条"
    version = 2

    case: UUID
    recommendation_no: str
    kind: RecommendationKind
    addressee: str
    document: UUID
    served_at: datetime
    receipt: Words
    about_unit: str | None = None
    """Whose responsibility is to be pursued, and for which serious consequence (第四十条第三款)."""
    persons: tuple[str, ...] = ()
    consequence: UUID | None = None


class RecommendationReplied(Event):
    """The body has answered in writing whether it adopts the recommendation."""

    title = "建议书面反馈"
    basis = "信访工作条例 第四十条第四款"

    case: UUID
    adopted: bool
    document: UUID


class AccountabilityDecisionRecorded(Event):
    """The competent body has decided about responsibility and reported back."""

    title = "责任追究结果"
    basis = "信访工作条例 第四十条、第四十二条至第四十六条"
    version = 2

    case: UUID
    decision_no: Words
    document: UUID


class RiskAssessmentRequired(Event):
    """A project may do harm, so that it must be assessed before it starts."""

    title = "列入风险评估"
    basis = "重大行政决策程序暂行条例 第二十二条"
    of_case = False

    project_no: str
    unit: str


class RiskAssessmentFiled(Event):
    """The report is there: what may go wrong, what is done against it, what is done if it happens."""

    title = "风险评估报告"
    basis = "重大行政决策程序暂行条例 第二十二条至第二十四条"
    of_case = False

    risk_points: UUID
    precautions: UUID
    response_plan: UUID


class ConsultationRecorded(Event):
    """Those concerned were heard about the project, and what they said is on paper."""

    title = "听取意见"
    basis = "重大行政决策程序暂行条例 第二十三条"
    of_case = False

    held_on: date
    participant_count: int
    document: UUID


class ProjectStarted(Event):
    """The project has been assessed and begins."""

    title = "项目启动"
    basis = "重大行政决策程序暂行条例 第二十四条"
    of_case = False

    started_on: date


class UnassessedProjectFlagged(Event):
    """The project was begun without an assessment. This stays on record."""

    title = "未评先建"
    basis = "重大行政决策程序暂行条例 第二十二条"
    of_case = False

    project_no: str
    unit: str
    found_on: date


class PetitionLinkedToProject(Event):
    """A case complains of what the project did: the assessment is measured against it."""

    title = "信访事项关联项目"
    basis = "信访工作条例 第十四条"
    of_case = False

    linked_case: OtherCase


class ChangeProposed(Event):
    """Somebody has entered a year's days off, which another person has to agree to."""

    title = "提请节假日安排"
    basis = "个人信息保护法 第五十一条"
    of_case = False

    operation: str
    sent: str
    """What was entered, as JSON; names and telephone numbers are none of it."""
    proposed_by: str
    unit: str
    role: Role
    since: int
    """Which version of that unit has made them what they acted as; 0 where it has not."""
    versions: tuple[int, ...] | None = None
    """Any of which what is changed must have when it takes effect, where whoever entered it has seen one."""
    reason: str | None = None
    """Why, as whoever entered it has said: what is done says the same."""


class ChangeAgreed(Event):
    """Another person has agreed, and it has taken effect."""

    title = "同意节假日安排"
    basis = "个人信息保护法 第五十一条"
    of_case = False

    proposed_by: str


class ChangeRefused(Event):
    """Another person has refused it, or whoever had entered it has taken it back."""

    title = "不同意或者撤回节假日安排"
    basis = "个人信息保护法 第五十一条"
    of_case = False

    proposed_by: str


class StoreRestored(Restored, Event):
    """The store was restored or has moved, and another life of it begins."""

    title = "督办追责数据库恢复后重新启用"
    basis = "数据安全法 第二十七条"
    of_case = False


class EventWithdrawn(Withdrawn, Event):
    """What was published under this number is lost with what came after the backup."""

    title = "督办追责因恢复而缺失的事件"
    basis = "数据安全法 第二十七条"
    of_case = False


# The first versions had in clear what people typed.
words_before(AccountabilityDecisionRecorded, RecommendationServed)
