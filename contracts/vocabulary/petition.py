"""What is said of a petition when it comes in and is told apart."""

from __future__ import annotations

from contracts.vocabulary.term import Term


class Channel(Term):
    """How a petition came in (信访工作条例 第十七条)."""

    letter = "letter", "来信"
    visit = "visit", "来访"
    call = "call", "来电"
    online = "online", "网上信访"
    fax = "fax", "传真"


class Kind(Term):
    """What a case is about in law (第二十九条 to 第三十一条)."""

    suggestion = "suggestion", "建议意见类"
    report_accusation = "report_accusation", "检举控告类"
    appeal_for_resolution = "appeal_for_resolution", "申诉求决类"


class Route(Term):
    """The procedure that a case takes (第二十二条, 第三十条, 第三十一条)."""

    judicial = "judicial", "涉法涉诉"
    arbitration = "arbitration", "仲裁"
    party_or_personnel_appeal = "party_or_personnel_appeal", "党员申诉、申请复审"
    administrative_procedure = "administrative_procedure", "行政程序"
    statutory_duty = "statutory_duty", "履行法定职责"
    petition_procedure = "petition_procedure", "信访程序"
    discipline_supervision = "discipline_supervision", "纪检监察"


class ContentCategory(Term):
    """What a petition complains of (内容分类)."""

    land_acquisition = "land_acquisition", "征地补偿"
    demolition = "demolition", "房屋拆迁"
    unpaid_wages = "unpaid_wages", "拖欠工资"
    enterprise_reform = "enterprise_reform", "企业改制"
    veterans = "veterans", "退役军人"
    village_works = "village_works", "村务与村级工程"
    official_conduct = "official_conduct", "干部作风"
    housing = "housing", "住房与物业"
    environment = "environment", "环境保护"
    social_security = "social_security", "社会保障"
    medical = "medical", "医疗卫生"
    education = "education", "教育"
    transport = "transport", "交通运输"
    agriculture = "agriculture", "农林水利"
    public_security = "public_security", "治安与执法"
    litigation = "litigation", "涉法涉诉"
    other = "other", "其他"


class DocumentKind(Term):
    """A text that is kept in the vault for a case (文书)."""

    petition = "petition", "信访材料"
    objection = "objection", "管辖异议书"
    record = "record", "笔录"
    opinion = "opinion", "信访处理意见书"
    execution_proof = "execution_proof", "执行证明"
    supervision = "supervision", "督办材料"


class InformantNotice(Term):
    """What somebody who reports under their own name is told (纪检监察机关处理检举控告工作规则)."""

    acceptance = "acceptance", "受理告知"
    result = "result", "结果反馈"


class NotAcceptedGround(Term):
    """Why a petition is registered and yet not accepted; there are no others (第十九条第三款, 第二十条, 第二十三条)."""

    pending_below = "pending_below", "同一事项正在规定期限内受理、办理"
    not_within_power = "not_within_power", "不属于本机关、单位或者本系统职权范围"
    visit_above_level = "visit_above_level", "走访越过有权处理的本级和上一级"


class UrgentStage(Term):
    """A report of a major, urgent matter (第二十五条)."""

    first = "first", "首报"
    follow_up = "follow_up", "续报"


class Satisfaction(Term):
    """How the petitioner rates (信访事项满意度评价)."""

    satisfied = "satisfied", "满意"
    basically_satisfied = "basically_satisfied", "基本满意"
    not_satisfied = "not_satisfied", "不满意"


class DuplicateReason(Term):
    """Why two cases may be about the same matter; a person decides whether they are (第二十二条)."""

    same_person = "same_person", "同一信访人"
    same_category = "same_category", "同一内容分类"
    same_place = "same_place", "同一问题属地"
    same_facts = "same_facts", "同一事实和诉求"
