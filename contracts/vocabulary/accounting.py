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
