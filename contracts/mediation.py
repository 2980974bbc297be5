"""办理: what can happen from a unit's receipt of a case to its closing."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from contracts.event import Event
from contracts.vocabulary import (
    AidKind,
    CareKind,
    CommitteeSetting,
    ContentCategory,
    DisputeClass,
    Hardship,
    HearingStage,
    Kind,
    OutcomeAxis,
    RecordKind,
    RemovalGround,
    Result,
    ReviewResult,
    Route,
    ServiceMethod,
    Side,
    SimplifiedGround,
    StopReason,
    SuggestionResult,
    SupervisionReason,
    TerminationGround,
)


class HandlingOpened(Event):
    """A competent unit has received the case: it has fifteen days to tell the petitioner."""

    title = "单位收到"
    basis = "信访工作条例 第二十三条第三款"

    unit: str
    unit_name: str
    registration_no: str
    route: Route
    due_on: date | None = None
    kind: Kind | None = None
    anonymous: bool = False
    review_bodies: tuple[str, ...] = ()
    co_units: tuple[str, ...] = ()
    from_above: bool = False


class HandlingReturned(Event):
    """The unit has given the case back, because its objection was upheld."""

    title = "交还材料"
    basis = "信访工作条例 第二十三条第三款"

    unit: str


class AcceptanceNotified(Event):
    """The petitioner was told in writing of receipt, route and procedure; the sixty days run from here."""

    title = "受理告知"
    basis = "信访工作条例 第二十三条、第三十四条"

    notice_no: str
    method: ServiceMethod
    served_at: datetime
    receipt: str
    case_officer: str


class HandlingRecorded(Event):
    """Something was heard or verified, and the record of it lies in the vault."""

    title = "办理记录"
    basis = "信访工作条例 第三十一条第六项"

    kind: RecordKind
    held_at: datetime
    document: UUID
    recorded_by: str | None = None


class OpinionIssued(Event):
    """The unit itself has decided: claim, facts, reasons, opinion and basis stand in the document."""

    title = "出具处理意见书"
    basis = "信访工作条例 第三十一条第六项、第三十二条"

    opinion_no: str
    result: Result
    legal_basis: list[str]
    document: UUID
    approved_by: str
    review_body: str
    decided_by: str | None = None


class OpinionServed(Event):
    """The petitioner has the written opinion; thirty days to ask for review run from here."""

    title = "处理意见书送达"
    basis = "信访工作条例 第三十二条、第三十五条"

    method: ServiceMethod
    served_at: datetime
    receipt: str


class OpinionExecuted(Event):
    """What the opinion granted has been done, and the proof lies in the vault."""

    title = "意见执行"
    basis = "信访工作条例 第三十二条第二款"

    executed_on: date
    document: UUID


class CaseClosed(Event):
    """The case is answered, what was granted is done, and no remedy is open any more."""

    title = "办结"
    basis = "信访工作条例 第三十二条、第三十五条"

    result: Result


class HandlingAccepted(Event):
    """The unit has accepted a case of which nobody can be told, name or address being unclear; the sixty days run."""

    title = "受理（无法告知）"
    basis = "信访工作条例 第二十三条第二款、第三十四条"

    case_officer: str


class HandlingStopped(Event):
    """The unit stops, because the petitioner has withdrawn or the case has gone into another."""

    title = "停止办理"
    basis = "信访工作条例 第三十四条（程序由本系统规定）"

    unit: str | None
    reason: StopReason


class ProcedureImported(Event):
    """The unit has brought the case into the procedure that the law has for it, and has told the petitioner."""

    title = "导入法定程序"
    basis = "信访工作条例 第三十一条第二项至第五项"

    route: Route
    competent_body: str
    notice_no: str
    method: ServiceMethod
    served_at: datetime
    receipt: str


class ProcedureDocketed(Event):
    """The other procedure has the case on its list; from here it is that procedure's."""

    title = "法定程序立案"
    basis = "信访工作条例 第三十一条第二项至第五项"

    docket_no: str
    docketed_on: date


class SimplifiedTrackChosen(Event):
    """The case is simple enough to be answered in ten working days."""

    title = "简易办理"
    basis = "信访事项简易办理办法 第四条、第五条"

    ground: SimplifiedGround


class SimplifiedTrackConverted(Event):
    """Something excludes the simple way; the sixty days count from the original acceptance."""

    title = "转为普通办理"
    basis = "信访事项简易办理办法 第五条"

    document: UUID


class HearingOpened(Event):
    """A hearing has begun; in a recheck its time is not counted."""

    title = "听证开始"
    basis = "信访工作条例 第三十一条第六项、第三十六条第二款"

    stage: HearingStage
    opened_on: date
    presider: str
    public: bool


class HearingClosed(Event):
    """The hearing is over and its report lies in the vault."""

    title = "听证结束"
    basis = "信访工作条例 第三十一条第六项、第三十六条第二款"

    stage: HearingStage
    closed_on: date
    document: UUID


class HandlingExtended(Event):
    """The time to decide is longer, once, by at most thirty days; the petitioner was told why before it was over."""

    title = "延期办理"
    basis = "信访工作条例 第三十四条"

    days: int
    approved_by: str
    reasons: UUID
    notice_no: str
    method: ServiceMethod
    served_at: datetime
    receipt: str


class MediationAgreementSigned(Event):
    """Both sides and the mediator have signed what they agreed; it binds from the day on which it takes effect."""

    title = "签订调解协议"
    basis = "信访工作条例 第三十三条；人民调解法 第二十八条至第三十条"

    agreement_no: str
    effective_on: date
    document: UUID
    performance_due: tuple[date, ...] = ()
    """When each item of what was agreed must be done, the first being item 1."""


class MediationFailed(Event):
    """There is no agreement; the parties know the other ways, and the sixty days have never stopped."""

    title = "调解终止"
    basis = "人民调解法 第二十六条"

    document: UUID | None = None


class ConfirmationFiled(Event):
    """Both sides have asked the court together to confirm the agreement."""

    title = "申请司法确认"
    basis = "人民调解法 第三十三条；民事诉讼法 第二百零五条"

    court: str
    filed_on: date


class AgreementPerformed(Event):
    """Everything that was agreed has been done, and the proof lies in the vault."""

    title = "调解协议履行"
    basis = "人民调解法 第三十一条"

    document: UUID


class AgreementBreached(Event):
    """What was agreed was not done; handling goes on."""

    title = "调解协议未履行"
    basis = "人民调解法 第三十一条"

    document: UUID


class ExecutionRefused(Event):
    """Whoever has to carry out the opinion refuses; that is a ground to call them to account."""

    title = "拒不执行"
    basis = "信访工作条例 第三十二条第二款、第四十条、第四十二条第四项"

    unit: str
    document: UUID


class SuggestionReplied(Event):
    """A suggestion was studied and answered."""

    title = "建议采纳回复"
    basis = "信访工作条例 第二十九条"

    reply_no: str
    result: SuggestionResult
    document: UUID
    method: ServiceMethod
    served_at: datetime
    receipt: str


class ClosureReportSubmitted(Event):
    """The unit has reported the result to whoever assigned the case."""

    title = "提交办结报告"
    basis = "信访工作条例 第二十二条第三项"

    document: UUID


class ClosureReportReturned(Event):
    """The sender has read the report of the result and wants it done again."""

    title = "退回办结报告"
    basis = "信访工作条例 第二十二条第三项"

    unit: str
    due_on: date


class ReviewRequested(Event):
    """The petitioner asks the unit above the handling one to look again."""

    title = "申请复查"
    basis = "信访工作条例 第三十五条"

    review_body: str
    received_at: datetime
    document: UUID


class ReviewOpinionServed(Event):
    """The reviewing unit has answered in writing; thirty days to ask for recheck run from here."""

    title = "复查意见书送达"
    basis = "信访工作条例 第三十五条、第三十六条"

    opinion_no: str
    result: ReviewResult
    document: UUID
    method: ServiceMethod
    served_at: datetime
    receipt: str
    decided_by: str | None = None
    changed_to: Result | None = None
    """What the claim gets now, where the opinion before is changed."""
    recheck_body: str | None = None
    """The unit to which the petitioner may turn next (第三十六条)."""


class RecheckRequested(Event):
    """The petitioner asks the unit above the reviewing one, for the last time."""

    title = "申请复核"
    basis = "信访工作条例 第三十六条"

    recheck_body: str
    received_at: datetime
    document: UUID


class RecheckOpinionServed(Event):
    """The last opinion of the petition procedure is with the petitioner."""

    title = "复核意见书送达"
    basis = "信访工作条例 第三十六条"

    opinion_no: str
    result: ReviewResult
    document: UUID
    method: ServiceMethod
    served_at: datetime
    receipt: str
    decided_by: str | None = None
    changed_to: Result | None = None
    """What the claim gets now, where the opinion before is changed."""


class CaseTerminated(Event):
    """There is no further remedy in the petition procedure; care for the petitioner goes on."""

    title = "三级终结"
    basis = "信访工作条例 第三十六条第三款"

    ground: TerminationGround
    document: UUID | None = None


class ObjectionLearnt(Event):
    """The unit has objected that the case is not within its power; until that is settled it decides nothing."""

    title = "管辖异议待定"
    basis = "信访工作条例 第二十三条第三款"

    unit: str


class ObjectionSettled(Event):
    """The objection was rejected; the unit goes on."""

    title = "管辖异议不成立，继续办理"
    basis = "信访工作条例 第二十三条第三款"

    unit: str


class SixOneLearnt(Event):
    """The case is under the six-and-three scheme, and stays open until that is complete."""

    title = "纳入六一三包"
    basis = "信访工作条例 第十八条第二款"

    order_no: str


class SixOneDischarged(Event):
    """The six papers exist and the three duties are done; the scheme no longer keeps the case open."""

    title = "六一三包履行完毕"
    basis = "信访工作条例 第十八条第二款"

    order_no: str


class CoUnitsNamed(Event):
    """It is settled which units help the one that has the case; each owes it a part of the answer."""

    title = "确定协办单位"
    basis = "信访工作条例 第二十四条"

    co_units: tuple[str, ...]


class RecusalRequested(Event):
    """The petitioner asks that somebody keep out of the case; the reasons lie in the vault."""

    title = "申请回避"
    basis = "信访工作条例 第二十八条第三款"

    officer: str
    document: UUID


class RecusalDeclared(Event):
    """Somebody has a direct interest, says so, and steps aside at once."""

    title = "自行回避"
    basis = "信访工作条例 第二十八条第三款"

    officer: str


class RecusalDecided(Event):
    """The head of the unit has decided whether somebody keeps out, and who handles the case instead."""

    title = "回避决定"
    basis = "信访工作条例 第二十八条第三款"

    officer: str
    granted: bool
    decided_by: str
    successor: str | None = None


class CoUnitOpinionGiven(Event):
    """A unit that helps has given its part, from which the lead unit makes up the answer."""

    title = "协办单位意见"
    basis = "信访工作条例 第二十四条、第三十二条"

    unit: str
    document: UUID


class MediationOffered(Event):
    """Both sides are asked whether they want to be mediated between, by somebody who belongs to neither."""

    title = "提议调解"
    basis = "信访工作条例 第三十三条；人民调解法 第十七条"

    mediator: str
    mediator_unit: str
    other_party: str | None = None


class MediationConsented(Event):
    """A side is willing; it may still stop at any time."""

    title = "同意调解"
    basis = "信访工作条例 第三十三条；人民调解法 第三条"

    side: Side


class MediationRefused(Event):
    """A side does not want to be mediated with; nothing else changes for it."""

    title = "拒绝调解"
    basis = "信访工作条例 第三十三条；人民调解法 第十七条"

    side: Side


class MediationStopped(Event):
    """A side has ended a mediation that had begun; nothing else changes for it."""

    title = "要求终止调解"
    basis = "人民调解法 第二十三条"

    side: Side


class PerformanceItemDone(Event):
    """One item of what was agreed is done, and the proof lies in the vault."""

    title = "协议事项履行"
    basis = "人民调解法 第三十一条"

    item: int
    done_on: date
    document: UUID


class ConfirmationGranted(Event):
    """The court has confirmed the agreement, which can be enforced from here."""

    title = "司法确认有效"
    basis = "人民调解法 第三十三条；民事诉讼法 第二百零六条"

    ruling_no: str
    decided_on: date


class ConfirmationRefused(Event):
    """The court has not confirmed the agreement; the parties may change it or go to court."""

    title = "驳回司法确认申请"
    basis = "人民调解法 第三十三条；民事诉讼法 第二百零六条"

    ruling_no: str
    decided_on: date


class ExecutionOrdered(Event):
    """The unit urges whoever has to do what the opinion granted, and says until when."""

    title = "督促执行"
    basis = "信访工作条例 第三十二条第二款"

    unit: str
    due_on: date
    document: UUID


class CommitmentMade(Event):
    """Something promised in a reply is a task with a date from here."""

    title = "承诺事项"
    basis = "信访工作条例 第二十七条、第三十二条"

    commitment: int
    due_on: date
    document: UUID


class CommitmentKept(Event):
    """What was promised has been done, and the proof lies in the vault."""

    title = "承诺兑现"
    basis = "信访工作条例 第二十七条、第三十二条"

    commitment: int
    kept_on: date
    document: UUID


class OutcomeAssessed(Event):
    """The unit says whether its work on the case has reached what it should; it says nothing about the petitioner."""

    title = "办理到位情况"
    basis = "信访工作条例 第二十七条"

    axis: OutcomeAxis
    achieved: bool
    document: UUID


class AidReferred(Event):
    """Somebody in real hardship was told of help, or helped to apply for it; why is nowhere in the case."""

    title = "救助告知"
    basis = "信访工作条例 第三十七条第二款"

    kind: AidKind
    agency: str


class PostTerminationCareRecorded(Event):
    """The petition procedure is over and the care for the petitioner is not."""

    title = "终结后疏导帮扶"
    basis = "信访工作条例 第三十七条第三款"

    unit: str
    kind: CareKind
    document: UUID


class CommitteeRegistered(Event):
    """A people's mediation committee has been elected, for three years."""

    title = "人民调解委员会备案"
    basis = "人民调解法 第七条至第十条"
    of_case = False

    unit: str
    setting: CommitteeSetting
    member_count: int
    chair: str
    has_woman: bool
    elected_on: date
    term_until: date
    document: UUID


class CommitteeReelected(Event):
    """The committee has been elected anew, for another three years."""

    title = "人民调解委员会换届"
    basis = "人民调解法 第八条、第九条"
    of_case = False

    member_count: int
    chair: str
    has_woman: bool
    elected_on: date
    term_until: date
    document: UUID


class MediatorRegistered(Event):
    """Somebody mediates for a committee, under a certificate."""

    title = "人民调解员备案"
    basis = "人民调解法 第十三条、第十四条"
    of_case = False

    committee: UUID
    mediator: str
    certificate_no: str


class MediatorTrained(Event):
    """The mediator has been trained."""

    title = "人民调解员培训"
    basis = "人民调解法 第十四条第二款"
    of_case = False

    trained_on: date
    hours: int
    document: UUID


class MediatorRemoved(Event):
    """Whoever chose the mediator has taken the office away, on one of the law's four grounds."""

    title = "人民调解员罢免、解聘"
    basis = "人民调解法 第十五条"
    of_case = False

    ground: RemovalGround
    document: UUID


class DisputeRecorded(Event):
    """A village has put a dispute into its ledger: what it is about and where, and nobody's file."""

    title = "矛盾纠纷登记"
    basis = "信访工作条例 第十条、第三十七条第一款"
    of_case = False

    unit: str
    place: str
    dispute_class: DisputeClass
    category: ContentCategory
    document: UUID
    against_unit: str | None = None


class MediationTeamNamed(Event):
    """A leader answers for the dispute, a mediator mediates, and both have until a day."""

    title = "调解专班"
    basis = "信访工作条例 第三十七条第一款；人民调解法 第十九条"
    of_case = False

    leader: str
    mediator: str
    mediator_unit: str
    due_on: date


class DisputeSettled(Event):
    """The dispute is settled, and how is on paper."""

    title = "矛盾纠纷化解"
    basis = "信访工作条例 第三十七条第一款"
    of_case = False

    settled_on: date
    document: UUID


class SweepOrdered(Event):
    """Units have to look for disputes and say by a day what they have found, even if it is nothing."""

    title = "矛盾纠纷排查"
    basis = "信访工作条例 第十条、第三十七条第一款"
    of_case = False

    units: tuple[str, ...]
    due_on: date


class SweepReported(Event):
    """A unit has said how many disputes it found; zero is an answer."""

    title = "排查报告"
    basis = "信访工作条例 第十条、第三十七条第一款"
    of_case = False

    unit: str
    count: int
    document: UUID | None = None


class SweepMissed(Event):
    """A unit has said nothing by the day. This stays on record, also if it reports later."""

    title = "逾期未报排查"
    basis = "信访工作条例 第十条、第四十五条"
    of_case = False

    unit: str


class FundRequested(Event):
    """Money is asked for because of hardship, and for nothing that the petitioner would have to do for it."""

    title = "申请专项资金"
    basis = "信访工作条例 第三十七条第二款"

    case: UUID
    unit: str
    hardship: Hardship
    document: UUID
    amount_fen: int
    tied_to_withdrawal: bool
    requested_by: str


class FundApproved(Event):
    """One of the two who must agree has agreed."""

    title = "审批专项资金"
    basis = "信访工作条例 第三十七条第二款"

    case: UUID
    level: int
    approved_by: str


class FundPaid(Event):
    """The money is with the petitioner."""

    title = "拨付专项资金"
    basis = "信访工作条例 第三十七条第二款"

    case: UUID
    paid_on: date
    document: UUID


class FundAudited(Event):
    """An auditor has looked at the payment and says whether it was in order."""

    title = "审计专项资金"
    basis = "信访工作条例 第三十七条第二款；审计法 第二条"

    case: UUID
    in_order: bool
    document: UUID


class SelfCorrected(Event):
    """A unit has put right what it did wrong before anybody complained."""

    title = "主动纠正"
    basis = "信访工作条例 第二十八条第一款"
    of_case = False

    unit: str
    reason_code: SupervisionReason
    corrected_on: date
    document: UUID


class WithdrawalLearnt(Event):
    """The petitioner wishes to withdraw, or no more; until that is settled no money is promised or paid."""

    title = "办理单位获知撤回申请"
    basis = "信访工作条例 第三十七条第二款"

    pending: bool
