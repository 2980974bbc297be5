"""How the work on cases is organised: who leads, what is planned, what stands in the ledgers."""

from __future__ import annotations

from contracts.vocabulary.term import Term


class SponsorDuty(Term):
    """What a leader who sponsors a case owes it (第十八条第二款); nothing here is done to the petitioner."""

    investigate = "investigate", "包调查"
    resolve = "resolve", "包化解"
    explain = "explain", "包解释"
    help = "help", "包帮扶"
    follow_up = "follow_up", "一包到底"


class HandoverReason(Term):
    """Why another leader takes a case over."""

    office_changed = "office_changed", "职务变动"
    work_redivided = "work_redivided", "分工调整"
    recused = "recused", "依规回避"
    long_absence = "long_absence", "长期不在岗"


class ReleaseGround(Term):
    """At which end of a case its sponsor is free."""

    executed = "executed", "处理意见已执行"
    closed = "closed", "信访事项已办结"
    left = "left", "信访事项已撤回、并案、分案或者不予受理"


class Milestone(Term):
    """A step of the plan for a sponsored case, in the order of the procedure."""

    met_petitioner = "met_petitioner", "与信访人见面"
    facts_verified = "facts_verified", "查清事实"
    proposal_made = "proposal_made", "提出解决方案"
    answered = "answered", "书面答复"
    implemented = "implemented", "落实到位"


class SixOnePaper(Term):
    """The six papers of the six-and-three scheme (六一三包)."""

    issue = "issue", "一个问题"
    supervision_card = "supervision_card", "一张督办卡"
    leader = "leader", "一名牵头领导"
    team = "team", "一套班子"
    plan = "plan", "一个处置方案"
    written_reply = "written_reply", "一个书面回复"


class SixOneDuty(Term):
    """The three duties of the six-and-three scheme."""

    investigate = "investigate", "包调查"
    handle = "handle", "包处理"
    implement = "implement", "包落实"


class LedgerKind(Term):
    """Which ledger an item stands in (台账)."""

    dispute = "dispute", "矛盾纠纷台账"
    petition = "petition", "信访问题台账"
    livelihood = "livelihood", "民生台账"


class ReceptionMissReason(Term):
    """Why a leader did not receive on the day that was published."""

    official_duty = "official_duty", "公务冲突"
    emergency = "emergency", "突发事件"
    illness = "illness", "因病"
    none_given = "none_given", "未说明原因"


class VotingBody(Term):
    """Who votes on what a village undertakes together (村民委员会组织法 第二十二条)."""

    villagers = "villagers", "村民"
    households = "households", "户代表"


class CampaignState(Term):
    """How far the work by leader, team and plan is."""

    awaiting_sponsor = "awaiting_sponsor", "待包案"
    sponsored = "sponsored", "已包案"
    started = "started", "已启动"
    released = "released", "已解除包案"


class ConferenceState(Term):
    """How far a joint conference is."""

    convened = "convened", "已召集"
    decided = "decided", "已议定"
    carried_out = "carried_out", "已落实"


class InstructionState(Term):
    """Whether a leader has an answer."""

    instructed = "instructed", "已批示"
    answered = "answered", "已反馈"


class LeaderAreaState(Term):
    """Whether a leader is the contact of any township."""

    linked = "linked", "有联系点"
    unlinked = "unlinked", "无联系点"


class LedgerItemState(Term):
    """Whether a row of a ledger is struck off."""

    open = "open", "未销号"
    closed = "closed", "已销号"


class ProposalState(Term):
    """What a village has voted."""

    passed = "passed", "通过"
    not_passed = "not_passed", "未通过"


class HallCallState(Term):
    """Whether a unit that the hall has called has answered."""

    called = "called", "已通知"
    answered = "answered", "已答复"


class ReceptionState(Term):
    """What became of a reception day."""

    rostered = "rostered", "已公布"
    held = "held", "已接待"
    missed = "missed", "未接待"
    followed_up = "followed_up", "已回访"


class SectorBatchState(Term):
    """Whether every case of a batch has been tried."""

    open = "open", "办理中"
    completed = "completed", "已完成"
