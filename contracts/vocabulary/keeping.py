"""What is said of keys, and of what they keep."""

from __future__ import annotations

from contracts.vocabulary.term import Term


class RootKey(Term):
    """What wraps the keys of texts."""

    vault = "vault", "信访内容保险库"
    sealed = "sealed", "检举控告密件库"


class LookPurpose(Term):
    """What for somebody reads what a petitioner wrote, or who they are (个人信息保护法 第六条); they are told."""

    handling = "handling", "办理信访事项"
    triage = "triage", "甄别、分流信访事项"
    approval = "approval", "审核、签发"
    mediation = "mediation", "调解"
    hearing = "hearing", "听证"
    review = "review", "复查、复核"
    supervision = "supervision", "督查督办"
    verification = "verification", "核查检举控告"
    accountability = "accountability", "调查责任追究"
    proceedings = "proceedings", "行政复议、诉讼举证"
    emergency = "emergency", "应急处置"
    issue_paper = "issue_paper", "制作文书"
    print_paper = "print_paper", "打印文书"
    claims = "claims", "核对诉求项数"
    divide = "divide", "拆分信访事项"
    detach = "detach", "分出并案有误的信访件"
    own_file = "own_file", "信访人取回本人报送的材料"
    own_progress = "own_progress", "信访人查询办理情况"


class ErasureGround(Term):
    """Why what somebody wrote is to be erased (个人信息保护法 第四十七条第一款)."""

    purpose_achieved = "purpose_achieved", "处理目的已实现或者不再必要"
    retention_over = "retention_over", "保存期限已届满"
    consent_withdrawn = "consent_withdrawn", "个人撤回同意"
    unlawful = "unlawful", "违反法律、行政法规或者约定处理"


class HoldGround(Term):
    """What for it has to be kept longer than its time."""

    accountability = "accountability", "责任追究调查"
    reconsideration = "reconsideration", "行政复议"
    litigation = "litigation", "诉讼"
    compensation = "compensation", "国家赔偿"
    audit = "audit", "审计、巡视巡察"


class ErasureState(Term):
    """How far an erasure is."""

    restricted = "restricted", "限制处理"
    shredded = "shredded", "已删除"
    taken_back = "taken_back", "已恢复处理"


class BulkLookState(Term):
    """How far it is that somebody reads more than others do."""

    asked = "asked", "待第二人同意"
    granted = "granted", "已同意"
