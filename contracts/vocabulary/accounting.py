"""What the supervising side says."""

from __future__ import annotations

from contracts.vocabulary.term import Term


class SupervisionReason(Term):
    """Why handling is put under supervision (第四十条)."""

    overdue_without_reason = "overdue_without_reason", "无正当理由逾期"
    no_feedback = "no_feedback", "未按规定反馈"
    procedure_breach = "procedure_breach", "未按规定程序办理"
    shirking_or_delay = "shirking_or_delay", "推诿、敷衍、拖延"
    opinion_not_executed = "opinion_not_executed", "拒不执行处理意见"
    false_report = "false_report", "弄虚作假"
    other = "other", "其他"


class LimitUnit(Term):
    """In what a period of law is counted."""

    day = "day", "日"
    working_day = "working_day", "工作日"
    hour = "hour", "小时"
    fixed = "fixed", "指定日期"


class ClockNature(Term):
    """Whose time runs: an authority's duty can be breached, a petitioner's right can lapse."""

    duty = "duty", "履职期限"
    right = "right", "权利期限"


class ClockOutcome(Term):
    """How a clock came to an end."""

    met = "met", "按期"
    late = "late", "逾期"
    void = "void", "因程序变化终止"


class Confirmation(Term):
    """What bears out that something happened before it was entered (第二十一条第二款)."""

    recorded_in_time = "recorded_in_time", "系统按时记录"
    outside_unit = "outside_unit", "外单位录入"
    petitioner = "petitioner", "信访人确认"
    carrier = "carrier", "邮寄、送达凭证"
    verified = "verified", "信访工作机构核实"
    calendar = "calendar", "节假日安排补发"
    retold = "retold", "按发生先后更正"


class RestoredHow(Term):
    """How a store shows that it is not where it was, or not as it was."""

    moved = "moved", "迁移至另一数据库集群"
    timeline = "timeline", "恢复至某一时间点或者由备用数据库接替"
    older = "older", "恢复为较早的备份"


class RecommendationKind(Term):
    """The three recommendations of a petition bureau (第十四条第六项, 第四十条)."""

    improve_work = "improve_work", "改进工作"
    improve_policy = "improve_policy", "完善政策"
    pursue_responsibility = "pursue_responsibility", "追究责任"


class CaseState(Term):
    """How far a case is, whoever has it."""

    registered = "registered", "已登记"
    classified = "classified", "已甄别"
    forwarded = "forwarded", "已转送"
    assigned = "assigned", "已交办"
    objected = "objected", "异议中"
    disputed = "disputed", "争议中"
    routed_out = "routed_out", "已转政法机关"
    discipline_track = "discipline_track", "已转纪检监察"
    set_apart = "set_apart", "另行办理"
    not_accepted = "not_accepted", "不予受理"
    no_longer_accepted = "no_longer_accepted", "不再受理"
    withdrawn = "withdrawn", "已撤回"
    merged = "merged", "已并案"
    split = "split", "已分案"  # type: ignore[assignment]  # `str.split` is a method that no term needs
    accepted = "accepted", "已受理"
    hearing = "hearing", "听证中"
    mediation = "mediation", "调解中"
    agreement_signed = "agreement_signed", "已达成协议"
    agreement_performed = "agreement_performed", "协议已履行"
    opinion_issued = "opinion_issued", "已出具意见"
    opinion_served = "opinion_served", "意见已送达"
    suggestion_replied = "suggestion_replied", "建议已答复"
    procedure_imported = "procedure_imported", "已导入其他程序"
    procedure_docketed = "procedure_docketed", "其他程序已立案"
    review_open = "review_open", "复查中"
    review_served = "review_served", "复查意见已送达"
    recheck_open = "recheck_open", "复核中"
    recheck_served = "recheck_served", "复核意见已送达"
    closed = "closed", "已办结"
    terminated = "terminated", "已终结"


class ClockState(Term):
    """Whether a period of law runs; only what is ``running`` can come to be overdue."""

    running = "running", "计时中"
    paused = "paused", "暂停"
    breached = "breached", "已逾期"
    lapsed = "lapsed", "已失权"
    stopped = "stopped", "已终止"


class SupervisionState(Term):
    """How far a supervision card is."""

    ordered = "ordered", "已督办"
    replied = "replied", "已反馈"
    closed = "closed", "已办结"


class RecommendationState(Term):
    """How far a recommendation is."""

    served = "served", "已送达"
    replied = "replied", "已反馈"
    decided = "decided", "已处理"


class ProjectState(Term):
    """Whether a project was assessed before it began."""

    required = "required", "待评估"
    assessed = "assessed", "已评估"
    started = "started", "已启动"
    unassessed = "unassessed", "未评先行"
