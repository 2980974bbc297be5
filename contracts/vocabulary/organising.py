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
