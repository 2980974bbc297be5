"""分办: who must handle a case, and who says that it is not theirs."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from contracts.event import UPCASTS, Event, OtherCase, Words, without, words_before
from contracts.restoring import Restored, Withdrawn
from contracts.vocabulary import (
    Channel,
    ContentCategory,
    DisputeLevel,
    Forwarding,
    HandoverReason,
    JudicialManner,
    Kind,
    LeavingReason,
    LedgerKind,
    Level,
    Milestone,
    ObjectionGround,
    ReceptionMissReason,
    ReleaseGround,
    Role,
    Route,
    ServiceMethod,
    SixOneDuty,
    SixOnePaper,
    SponsorDuty,
    UnitKind,
    VotingBody,
)


class CaseReceived(Event):
    """The classified case awaits a competent unit."""

    title = "待分办"
    basis = "信访工作条例 第二十二条"

    registration_no: str
    kind: Kind
    route: Route
    category: ContentCategory
    place: str
    anonymous: bool = False
    unclear: bool = False
    """Whether name or address of the petitioner is unclear, so that no notice is owed (第二十三条第二款)."""
    direct: bool = False
    receiving_unit: str | None = None
    accused_units: tuple[str, ...] = ()
    accused_persons: tuple[str, ...] = ()
    channel: Channel | None = None
    received_on: date | None = None
    """On which day it was received, where it was classified on a later one."""


class ClassificationLearnt(Event):
    """The case was told apart wrongly; it is of this kind, and goes this way."""

    title = "获知更正分类"
    basis = "信访工作条例 第二十二条、第三十一条"

    kind: Kind
    route: Route
    category: ContentCategory
    reasons: UUID


class AccusedLearnt(Event):
    """It is known whom else the case complains of."""

    title = "获知被反映对象"
    basis = "信访工作条例 第二十八条第三款、第三十条第三款"

    units: tuple[str, ...]
    persons: tuple[str, ...] = ()


class RecusalLearnt(Event):
    """It is known that an officer keeps out of the case, or does so no more."""

    title = "获知回避"
    basis = "信访工作条例 第二十八条第三款"

    officer: str
    recused: bool


class ChallengeLearnt(Event):
    """It is open whether an officer keeps out of the case, by what is decided at its door; or it is so no more."""

    title = "获知回避申请待定"
    basis = "信访工作条例 第二十八条第三款"

    officer: str
    pending: bool


class CaseRecalled(Event):
    """The unit that had the case may not touch it any more; it awaits another one."""

    title = "收回事项"
    basis = "信访工作条例 第二十八条第三款、第三十条第三款"

    unit: str


class CaseCarriedOn(Event):
    """The unit that had the case is no more; who carries on its powers has the case as it stands, on the same days."""

    title = "承继办理"
    basis = "信访工作条例 第二十四条第二款"

    unit: str
    unit_name: str
    from_unit: str
    candidates: tuple[str, ...] = ()
    """Among whom it is still to be said who carries it on; until then it is with who stands above them."""


class CasePassedOn(Event):
    """The unit to which the case was handed passes it on to one under it, to which it belongs."""

    title = "转下级办理"
    basis = "信访工作条例 第二十三条第一款"

    unit: str


class DestinationNotified(Event):
    """A unit has told the petitioner to which unit under it goes what was brought or handed to it."""

    title = "告知转送交办去向"
    basis = "信访工作条例 第二十三条第一款、第二款"
    version = 2

    sender: str
    unit: str
    method: ServiceMethod
    served_at: datetime
    receipt: Words


class CaseForwarded(Event):
    """The case is with a competent unit; no report of the result is owed."""

    title = "转送"
    basis = "信访工作条例 第二十二条第一项、第二项"

    registration_no: str
    route: Route
    unit: str
    unit_name: str
    kind: Kind | None = None
    anonymous: bool = False
    unclear: bool = False
    """Whether name or address of the petitioner is unclear, so that no notice is owed (第二十三条第二款)."""
    review_bodies: tuple[str, ...] = ()
    """Which units may review the handling unit's opinion (第三十五条)."""
    accused_units: tuple[str, ...] = ()
    accused_persons: tuple[str, ...] = ()
    brought_on: date | None = None
    """On which day it came in, where the unit was handed it on a later one (第二十三条第二款 当场)."""


class CaseAssigned(Event):
    """The case is with a competent unit, which owes a report of the result by `due_on`."""

    title = "交办"
    basis = "信访工作条例 第二十二条第三项"

    registration_no: str
    route: Route
    unit: str
    unit_name: str
    due_on: date
    kind: Kind | None = None
    anonymous: bool = False
    unclear: bool = False
    """Whether name or address of the petitioner is unclear, so that no notice is owed (第二十三条第二款)."""
    review_bodies: tuple[str, ...] = ()
    """Which units may review the handling unit's opinion (第三十五条)."""
    accused_units: tuple[str, ...] = ()
    accused_persons: tuple[str, ...] = ()
    from_above: bool = False
    """Whether a higher level assigned it, which bars the simplified track."""
    brought_on: date | None = None
    """On which day it came in, where the unit was handed it on a later one (第二十三条第二款 当场)."""


class JurisdictionObjected(Event):
    """The unit says, within five working days, that the case is not within its power."""

    title = "管辖异议"
    basis = "信访工作条例 第二十三条第三款"

    unit: str
    ground: ObjectionGround
    reasons: UUID
    proposed_unit: str | None = None
    sender: str | None = None
    """Who has handed the case to the unit, and so decides."""


class ObjectionUpheld(Event):
    """The sender has verified the objection and takes the case back, to hand it to another unit."""

    title = "异议成立"
    basis = "信访工作条例 第二十三条第三款"

    unit: str


class ObjectionRejected(Event):
    """The sender has verified the objection and the unit keeps the case."""

    title = "异议不成立"
    basis = "信访工作条例 第二十三条第三款"

    unit: str


class UnitEstablished(Event):
    """A unit stands in the directory; `parent` is the territorial line, `sector_superior` the vertical one."""

    title = "单位设立"
    basis = "信访工作条例 第五条第三项"
    of_case = False

    code: str
    name: str
    level: Level
    parent: str | None
    sector_superior: str | None
    powers: tuple[ContentCategory, ...]
    competent: bool
    """Whether it may issue an opinion; a village committee and an inner office may not."""
    kind: UnitKind | None = None
    vertical_managed: bool = False
    """Whether only the sector's line decides about it and reviews its opinions."""
    mark: str = ""
    """What the numbers of its papers begin with (机关代字), where that is laid down."""


class UnitChanged(Event):
    """The directory's entry of a unit has changed."""

    title = "单位变更"
    basis = "信访工作条例 第五条第三项"
    of_case = False

    name: str
    level: Level
    parent: str | None
    sector_superior: str | None
    powers: tuple[ContentCategory, ...]
    competent: bool
    kind: UnitKind | None = None
    vertical_managed: bool = False
    """Whether only the sector's line decides about it and reviews its opinions."""
    mark: str = ""
    """What the numbers of its papers begin with (机关代字), where that is laid down."""


class UnitSucceeded(Event):
    """The unit was divided, merged or abolished; others carry on its powers, and its cases with them."""

    title = "单位分立、合并、撤销"
    basis = "信访工作条例 第二十四条第二款"
    of_case = False

    successors: tuple[str, ...]
    code: str = ""
    """The unit that is no more."""


class PowerDelegated(Event):
    """A higher unit lets this one decide about something."""

    title = "职权下放"
    basis = "信访工作条例 第五条第三项、第二十二条"
    of_case = False

    power: ContentCategory
    delegated_by: str


class DelegationEnded(Event):
    """The power is with the higher unit again."""

    title = "收回下放职权"
    basis = "信访工作条例 第五条第三项、第二十二条"
    of_case = False

    power: ContentCategory


class DeputyNamed(Event):
    """Somebody acts in an officer's stead on these days."""

    title = "指定代理人"
    basis = "信访工作条例 第十四条"
    of_case = False

    officer: str
    deputy: str
    first_on: date
    last_on: date


class DeputyEnded(Event):
    """The officer acts again, before the deputy's days are over."""

    title = "终止代理"
    basis = "信访工作条例 第十四条"
    of_case = False

    officer: str


class OfficerAppointed(Event):
    """Somebody acts for a unit; name and post stand on the nameplate in the directory and never here."""

    title = "人员任用"
    basis = "信访工作条例 第十四条"
    version = 2
    of_case = False

    officer: str
    roles: tuple[Role, ...]


UPCASTS["assignment.OfficerAppointed.v1"] = without(OfficerAppointed.wire_name, "post")


class OfficerRelieved(Event):
    """Somebody acts for the unit no longer."""

    title = "人员免去"
    basis = "信访工作条例 第十四条"
    of_case = False

    officer: str


class CaseTaken(Event):
    """A unit keeps what it received directly, because it is within its own power."""

    title = "本单位受理办理"
    basis = "信访工作条例 第二十三条第一款"

    registration_no: str
    route: Route
    unit: str
    unit_name: str
    kind: Kind | None = None
    anonymous: bool = False
    unclear: bool = False
    """Whether name or address of the petitioner is unclear, so that no notice is owed (第二十三条第二款)."""
    review_bodies: tuple[str, ...] = ()
    accused_units: tuple[str, ...] = ()
    accused_persons: tuple[str, ...] = ()
    received_on: date | None = None
    """On which day the unit had received it itself, where it was entered on a later one that it keeps it."""


class RoutedToJudicial(Event):
    """A case about litigation is with the political-legal organ; letters are forwarded, visitors are told where."""

    title = "涉法涉诉分离"
    basis = "信访工作条例 第二十二条第二款、第二十八条第二款、第三十一条第一项"

    organ: str
    manner: JudicialManner


class TransferBraked(Event):
    """The case was given back so often that the bureau may not hand it on: somebody above has to say whose it is."""

    title = "限制转送"
    basis = "信访工作条例 第二十四条第一款"

    bounces: int


class JurisdictionDisputeReferred(Event):
    """The units could not agree who is competent; somebody above them has to say."""

    title = "管辖争议提请"
    basis = "信访工作条例 第二十四条"

    level: DisputeLevel
    arbiter: str
    units: tuple[str, ...]


class SharingProposed(Event):
    """The unit that has the case proposes who leads and who helps; each of the others says for itself."""

    title = "协商受理提议"
    basis = "信访工作条例 第二十四条第一款"

    unit: str
    lead: str
    co_units: tuple[str, ...]
    asked: tuple[str, ...]
    """Who has to agree: all of them but the one that proposes."""


class SharingAgreed(Event):
    """A unit that was asked agrees; with the last one it is settled."""

    title = "同意协商受理"
    basis = "信访工作条例 第二十四条第一款"

    unit: str


class SharingDeclined(Event):
    """A unit that was asked does not agree, so that somebody above may be asked whose the case is."""

    title = "不同意协商受理"
    basis = "信访工作条例 第二十四条第一款"

    unit: str


class SharingLapsed(Event):
    """Who was to lead or to help may not touch the case any more, so that nobody need answer what was proposed."""

    title = "协商受理提议失效"
    basis = "信访工作条例 第二十四条第一款、第二十八条第三款"


class LeadUnitDesignated(Event):
    """It is settled who leads and who helps; the case is with the lead unit."""

    title = "指定主办单位"
    basis = "信访工作条例 第二十四条"

    registration_no: str
    route: Route
    unit: str
    unit_name: str
    decided_by: str
    """Who was asked to say so; where the units have agreed, the one that had the case (第二十四条第一款)."""
    co_units: tuple[str, ...] = ()
    kind: Kind | None = None
    anonymous: bool = False
    unclear: bool = False
    """Whether name or address of the petitioner is unclear, so that no notice is owed (第二十三条第二款)."""
    review_bodies: tuple[str, ...] = ()
    accused_units: tuple[str, ...] = ()
    accused_persons: tuple[str, ...] = ()
    brought_on: date | None = None
    """On which day it came in, where the unit was handed it on a later one (第二十三条第二款 当场)."""
    received_on: date | None = None
    """From when its days to tell run where the units have agreed: no day moves because they share it."""


class SixOneOpened(Event):
    """The case is under the six-and-three scheme: it cannot close before its six papers exist."""

    title = "六一三包立案"
    basis = "信访工作条例 第十八条第二款"
    version = 2

    order_no: Words
    case: UUID | None = None


class SixOneCompleted(Event):
    """All six papers of the scheme exist and its three duties are done."""

    title = "六一三包完成"
    basis = "信访工作条例 第十八条第二款"
    version = 2

    order_no: Words


class SponsorAppointed(Event):
    """One leader answers for the case until it is executed or closed, by a numbered order that names the duties."""

    title = "领导包案"
    basis = "信访工作条例 第十八条第二款"
    version = 2

    case: UUID
    order_no: Words
    sponsor: str
    duties: tuple[SponsorDuty, ...]
    organiser: str | None = None
    """Which unit has appointed them, and names another one where that must be."""


class SponsorReplaced(Event):
    """Another leader has taken the case over, with what was handed over in writing."""

    title = "包案领导变更"
    basis = "信访工作条例 第十八条第二款"
    version = 2

    order_no: Words
    sponsor: str
    former: str
    reason_code: HandoverReason
    document: UUID
    organiser: str | None = None


class SponsorKeptOut(Event):
    """Whom the case complains of, or who keeps out of it, leads it no longer; somebody else is to be named."""

    title = "包案领导回避"
    basis = "信访工作条例 第十八条第二款、第二十八条第三款"

    sponsor: str
    organiser: str | None = None
    """Which unit names another one, where that is known."""


class SponsorDutyDone(Event):
    """The sponsor has done one of the duties of the order; the document shows how."""

    title = "包案职责完成"
    basis = "信访工作条例 第十八条第二款"

    sponsor: str
    duty: SponsorDuty
    document: UUID


class SponsorReleased(Event):
    """The case has come to its end, and its sponsor is free."""

    title = "解除包案"
    basis = "信访工作条例 第十八条第二款"

    sponsor: str
    ground: ReleaseGround
    document: UUID


class LeaderAreaLinked(Event):
    """A county leader is the contact of a township, so that its figures are also the leader's."""

    title = "领导包联乡镇"
    basis = "信访工作条例 第五条第三项、第十八条第二款"
    of_case = False

    leader: str
    township: str


class LeaderAreaUnlinked(Event):
    """The leader is the contact of the township no longer."""

    title = "解除包联乡镇"
    basis = "信访工作条例 第五条第三项、第十八条第二款"
    of_case = False

    leader: str
    township: str


class TeamNamed(Event):
    """It is settled which unit leads the work on a sponsored case, which help, and which officers do it."""

    title = "组建工作班子"
    basis = "信访工作条例 第十八条第二款、第二十八条第一款"

    lead_unit: str
    units: tuple[str, ...]
    officers: tuple[str, ...]


class PlanFiled(Event):
    """There is a plan for a sponsored case, from whose last day its steps are counted back."""

    title = "制定处置方案"
    basis = "信访工作条例 第十八条第二款、第二十八条第一款"

    document: UUID
    due_on: date


class MilestonePlanned(Event):
    """A step of the plan has its last day, so many working days before the end."""

    title = "倒排节点"
    basis = "信访工作条例 第二十八条第一款"

    milestone: Milestone
    working_days_before: int
    due_on: date


class CampaignStarted(Event):
    """Leader, team and plan of the case are settled, and the work by them has begun."""

    title = "启动专班办理"
    basis = "信访工作条例 第十八条第二款"

    sponsor: str
    lead_unit: str


class MilestoneReached(Event):
    """A step of the plan is done; the document shows it."""

    title = "节点完成"
    basis = "信访工作条例 第二十八条第一款"

    milestone: Milestone
    document: UUID


class MilestoneMissed(Event):
    """The last day of a step has passed without it. This stays on record, whatever is done later."""

    title = "节点逾期"
    basis = "信访工作条例 第二十八条第一款"

    milestone: Milestone
    due_on: date


class SixOnePaperFiled(Event):
    """A paper of the scheme that another service or the vault holds is named by its number."""

    title = "六一三包归档"
    basis = "信访工作条例 第十八条第二款"
    version = 2

    paper: SixOnePaper
    reference: Words


class SixOneDutyDone(Event):
    """One of the three duties of the scheme is done; the document shows how."""

    title = "六一三包职责完成"
    basis = "信访工作条例 第十八条第二款"

    duty: SixOneDuty
    document: UUID


class LedgerItemOpened(Event):
    """A problem stands in a ledger, with the unit and the officer who answer for it and the last day."""

    title = "台账登记"
    basis = "信访工作条例 第十条、第二十八条第一款"

    case: UUID | None
    item_no: str
    kind: LedgerKind
    unit: str
    officer: str
    due_on: date
    document: UUID


class LedgerItemUpdated(Event):
    """What was done about an item so far is on file."""

    title = "台账更新"
    basis = "信访工作条例 第十条、第二十八条第一款"

    document: UUID


class LedgerItemClosed(Event):
    """An item is struck off its ledger, because there is proof that the problem is solved."""

    title = "台账销号"
    basis = "信访工作条例 第十条、第二十八条第一款"

    proof: UUID
    confirmation: UUID | None
    """What the beneficiary has confirmed; the livelihood ledger is never struck off without it."""


class ConferenceConvened(Event):
    """The joint conference is called for a day."""

    title = "召开联席会议"
    basis = "信访工作条例 第十三条"
    of_case = False

    conference_no: str
    held_on: date
    convened_by: str | None = None
    """The unit for which it was called."""


class AgendaItemAdded(Event):
    """The joint conference is to deal with something: a case, or a problem that belongs to none."""

    title = "列入联席会议议题"
    basis = "信访工作条例 第十三条第一款"
    of_case = False

    item: int
    matter: OtherCase | None
    """The case that it is about."""
    document: UUID


class UnitSummoned(Event):
    """A unit has to come to the joint conference."""

    title = "通知单位到会"
    basis = "信访工作条例 第十三条第一款、第十四条第二项"
    of_case = False

    unit: str


class UnitConsulted(Event):
    """A unit that was summoned has told the joint conference what it thinks, before it decides (列席会商)."""

    title = "单位列席会商"
    basis = "信访工作条例 第十三条第一款、第十四条第二项"
    of_case = False

    unit: str
    officer: str
    document: UUID


class ConferenceDecided(Event):
    """The joint conference has said who does what until when."""

    title = "联席会议议定"
    basis = "信访工作条例 第十三条第一款"
    of_case = False

    item: int
    owner: str
    due_on: date
    document: UUID
    matter: OtherCase | None = None
    """The case that the item is about."""


class ConferenceItemDone(Event):
    """What was decided is done; the owner has reported it with proof."""

    title = "议定事项落实"
    basis = "信访工作条例 第十二条第二款、第十三条"
    of_case = False

    item: int
    proof: UUID


class ConferenceItemOverdue(Event):
    """What was decided was not done in time. This stays on record, whatever is done later."""

    title = "议定事项逾期"
    basis = "信访工作条例 第十二条第二款、第十三条"
    of_case = False

    item: int
    owner: str
    due_on: date


class ReceptionRostered(Event):
    """It is published which leader receives whoever comes, where and on which day."""

    title = "接访日排班"
    basis = "信访工作条例 第十八条第一款、第二款"
    of_case = False

    leader: str
    place: str
    received_on: date


class ReceptionHeld(Event):
    """The leader was there and received the cases named; what was promised is due on a day."""

    title = "领导接访"
    basis = "信访工作条例 第十八条第二款"
    of_case = False

    cases: tuple[OtherCase, ...]
    follow_up_due: date
    leader: str | None = None


class ReceptionMissed(Event):
    """The published day has passed and the leader did not receive. This stays on record."""

    title = "未按期接访"
    basis = "信访工作条例 第十八条第二款"
    of_case = False

    reason_code: ReceptionMissReason


class ReceptionFollowedUp(Event):
    """What the leader promised on the day is done; the document shows it."""

    title = "接访事项跟进"
    basis = "信访工作条例 第十八条第二款"
    of_case = False

    document: UUID


class LeaderInstructed(Event):
    """A leader has read a letter and written on it what has to be done until when."""

    title = "领导批示"
    basis = "信访工作条例 第十八条第二款"

    case: UUID
    leader: str
    unit: str
    document: UUID
    due_on: date


class InstructionRedirected(Event):
    """A leader has given what was written on a letter to another unit, before the first one has reported."""

    title = "改批"
    basis = "信访工作条例 第十八条第二款"

    unit: str
    due_on: date
    document: UUID


class InstructionAnswered(Event):
    """The unit has reported to the leader what it has done."""

    title = "批示办理反馈"
    basis = "信访工作条例 第十八条第二款"

    document: UUID


class SectorBatchAssigned(Event):
    """The bureau hands the cases of one sector to the department that is in charge of it."""

    title = "按系统批量交办"
    basis = "信访工作条例 第五条第三项、第二十二条"
    of_case = False

    batch_no: str
    category: ContentCategory
    mode: Forwarding
    unit: str
    due_on: date | None
    cases: tuple[OtherCase, ...]


class SectorBatchCompleted(Event):
    """Every case of the batch was tried; those that a rule kept from going there are named."""

    title = "批量交办完成"
    basis = "信访工作条例 第五条第三项、第二十二条"
    of_case = False

    handed: tuple[OtherCase, ...]
    refused: tuple[OtherCase, ...]


class ProposalVoted(Event):
    """A village has voted on something that its people need together; only how many voted is on record."""

    title = "一事一议表决"
    basis = "信访工作条例 第十五条第三款；村民委员会组织法 第二十二条"
    of_case = False

    proposal_no: str
    village: str
    electorate: VotingBody
    entitled: int
    attended: int
    in_favour: int
    passed: bool
    document: UUID


class StatusReportedUp(Event):
    """A unit above was told how far a case is; the report lies in the vault."""

    title = "上报办理情况"
    basis = "信访工作条例 第十四条第四项、第二十二条第三项"

    case: UUID
    superior: str
    document: UUID


class CaseLeft(Event):
    """The case needs no unit any more."""

    title = "退出分办"
    basis = "信访工作条例 第二十二条、第二十三条"

    reason: LeavingReason


class CaseCameBack(Event):
    """The case needs a unit again: what it had left for was undone."""

    title = "恢复分办"
    basis = "信访工作条例 第二十二条、第四十四条"


class PetitionersJoined(Event):
    """Further petitioners belong to the case; each of them is told and answered by whoever has it."""

    title = "并入其他信访人"
    basis = "信访工作条例 第二十二条、第二十三条"

    petitions: tuple[UUID, ...]
    anonymous: bool = True
    """Whether nobody is named now who speaks for the first petitioners (第二十条第三款)."""
    unclear: bool = True
    """Whether nobody who speaks for the first petitioners has a clear name and address now (第二十三条第二款)."""


class ClaimsLearnt(Event):
    """The case holds several claims; whoever has it answers each of them."""

    title = "获知分项诉求"
    basis = "信访工作条例 第二十二条、第三十二条"

    count: int


class PetitionerParted(Event):
    """Whose petition had joined the wrong case, or who has withdrawn it, is told and answered here no more."""

    title = "误并信访人分出"
    basis = "信访工作条例 第二十二条、第二十三条"

    petition: UUID
    anonymous: bool
    """Whether nobody is named now in what is left."""
    unclear: bool


class WithdrawalLearnt(Event):
    """The petitioner wishes to withdraw, or no more; the case goes on until that is confirmed."""

    title = "获知撤回申请"
    basis = "信访工作条例 第二十二条"

    pending: bool


class UnitCalledToHall(Event):
    """The reception hall has called a unit: somebody has to come, or to answer, until a day."""

    title = "通知单位到接访大厅"
    basis = "信访工作条例 第十四条第二项、第十八条第三款"

    case: UUID
    unit: str
    due_on: date


class HallCallAnswered(Event):
    """Somebody of the unit has come, or has answered; the record of it lies in the vault."""

    title = "单位到场答复"
    basis = "信访工作条例 第十四条第二项、第十八条第三款"

    officer: str
    came: bool
    document: UUID


class ChangeProposed(Event):
    """Somebody has entered a change of the directory, which another person has to agree to."""

    title = "提请单位名录变更"
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

    title = "同意单位名录变更"
    basis = "个人信息保护法 第五十一条"
    of_case = False

    proposed_by: str


class ChangeRefused(Event):
    """Another person has refused it, or whoever had entered it has taken it back."""

    title = "不同意或者撤回单位名录变更"
    basis = "个人信息保护法 第五十一条"
    of_case = False

    proposed_by: str


class StoreRestored(Restored, Event):
    """The store was restored or has moved, and another life of it begins."""

    title = "分办数据库恢复后重新启用"
    basis = "数据安全法 第二十七条"
    of_case = False


class EventWithdrawn(Withdrawn, Event):
    """What was published under this number is lost with what came after the backup."""

    title = "分办因恢复而缺失的事件"
    basis = "数据安全法 第二十七条"
    of_case = False


# The first versions had in clear what people typed.
words_before(DestinationNotified, SixOneCompleted, SixOneOpened, SixOnePaperFiled, SponsorAppointed, SponsorReplaced)
