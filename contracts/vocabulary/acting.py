"""Who acts, and by whose clock."""

from __future__ import annotations

from contracts.vocabulary.term import Term


class Role(Term):
    """In which capacity somebody acts."""

    petitioner = "petitioner", "信访人"
    intake_clerk = "intake_clerk", "接访登记员"
    bureau_officer = "bureau_officer", "信访局工作人员"
    unit_receiver = "unit_receiver", "单位收件员"
    case_officer = "case_officer", "承办人"
    unit_head = "unit_head", "单位负责人"
    mediator = "mediator", "调解员"
    supervisor = "supervisor", "督查专员"
    auditor = "auditor", "审计人员"
    reviewer = "reviewer", "复查人员"
    recheck_officer = "recheck_officer", "复核人员"
    hearing_presider = "hearing_presider", "听证主持人"
    conference_secretary = "conference_secretary", "联席会议秘书"
    evaluator = "evaluator", "评价人员"
    personnel_officer = "personnel_officer", "组织人事干部"
    sponsor_leader = "sponsor_leader", "包案领导"
    discipline_officer = "discipline_officer", "纪检监察干部"
    platform_admin = "platform_admin", "平台管理员"
    system = "system", "系统"


class ActReason(Term):
    """Why somebody does something just then and so, where they say it: who has more to say deposits a text."""

    duty = "duty", "依职责办理"
    on_the_spot = "on_the_spot", "当场办理"
    petitioner_asks = "petitioner_asks", "应信访人请求"
    unit_asks = "unit_asks", "应有关单位请求"
    instructed = "instructed", "按上级要求"
    by_law_due = "by_law_due", "法定期限届至"
    entered_late = "entered_late", "补录"
    correction = "correction", "更正差错"
    staff_change = "staff_change", "承办人员变动"
    old_files = "old_files", "调取历史档案"
    holiday = "holiday", "节假日值守"
    overdue = "overdue", "期限届满未办"
    settled = "settled", "事实已查清"
    emergency = "emergency", "情况紧急"
    organisation_change = "organisation_change", "机构调整"
    leave = "leave", "人员休假"
    system_fault = "system_fault", "系统故障"
    drill = "drill", "演练"


class RestoreReason(Term):
    """Why a database was restored or moved."""

    disk = "disk", "磁盘损坏"
    data = "data", "数据损坏"
    mistake = "mistake", "操作失误"
    attack = "attack", "遭受攻击"
    move = "move", "迁移"
    drill = "drill", "演练"


class ChangeState(Term):
    """What has become of a change that takes two persons."""

    pending = "pending", "待同意"
    agreed = "agreed", "已同意"
    refused = "refused", "未获同意或者已撤回"


class ClockKind(Term):
    """Whose time an event carries; simulated time exists in demonstrations and tests only."""

    real = "real", "真实时钟"
    simulated = "simulated", "模拟时钟"
