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


class RecommendationKind(Term):
    """The three recommendations of a petition bureau (第十四条第六项, 第四十条)."""

    improve_work = "improve_work", "改进工作"
    improve_policy = "improve_policy", "完善政策"
    pursue_responsibility = "pursue_responsibility", "追究责任"
