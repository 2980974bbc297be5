"""What is said of a petition when it comes in and is told apart."""

from __future__ import annotations

from typing import Final

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


class CategoryGroup(Term):
    """The six kinds of problems by which a county looks at what its people complain of (六类问题)."""

    officials = "officials", "干部作风"
    land_and_housing = "land_and_housing", "土地房屋"
    labour = "labour", "劳动社保"
    enterprises = "enterprises", "企业改制"
    judicial = "judicial", "涉法涉诉"
    veterans = "veterans", "退役军人"
    others = "others", "其他"

    @classmethod
    def of(cls, category: ContentCategory) -> CategoryGroup:
        """Return the group that a category belongs to."""
        return _GROUPS.get(category, cls.others)


_GROUPS: Final = {
    ContentCategory.official_conduct: CategoryGroup.officials,
    ContentCategory.village_works: CategoryGroup.officials,
    ContentCategory.land_acquisition: CategoryGroup.land_and_housing,
    ContentCategory.demolition: CategoryGroup.land_and_housing,
    ContentCategory.housing: CategoryGroup.land_and_housing,
    ContentCategory.unpaid_wages: CategoryGroup.labour,
    ContentCategory.social_security: CategoryGroup.labour,
    ContentCategory.enterprise_reform: CategoryGroup.enterprises,
    ContentCategory.litigation: CategoryGroup.judicial,
    ContentCategory.public_security: CategoryGroup.judicial,
    ContentCategory.veterans: CategoryGroup.veterans,
}


class DocumentKind(Term):
    """A text that is kept in the vault for a case (文书)."""

    petition = "petition", "信访材料"
    objection = "objection", "管辖异议书"
    record = "record", "笔录"
    opinion = "opinion", "信访处理意见书"
    execution_proof = "execution_proof", "执行证明"
    supervision = "supervision", "督办材料"
    registration_form = "registration_form", "信访事项登记表"
    query_code_notice = "query_code_notice", "查询码告知单"
    acceptance_notice = "acceptance_notice", "受理告知书"
    non_acceptance_notice = "non_acceptance_notice", "不予受理告知书"
    no_longer_accepted_notice = "no_longer_accepted_notice", "不再受理告知书"
    route_notice = "route_notice", "路径告知书"
    forwarding_letter = "forwarding_letter", "转送函"
    assignment_letter = "assignment_letter", "交办函"
    objection_reply = "objection_reply", "管辖异议答复"
    jurisdiction_decision = "jurisdiction_decision", "管辖指定决定"
    extension_notice = "extension_notice", "延期办理告知书"
    investigation_report = "investigation_report", "调查报告"
    hearing_notice = "hearing_notice", "听证通知书"
    hearing_record = "hearing_record", "听证笔录"
    hearing_report = "hearing_report", "听证报告"
    simple_reply = "simple_reply", "简易答复"
    suggestion_reply = "suggestion_reply", "建议采纳回复"
    mediation_application = "mediation_application", "调解申请书"
    mediation_consent = "mediation_consent", "调解同意书"
    mediation_agreement = "mediation_agreement", "调解协议书"
    settlement_agreement = "settlement_agreement", "和解协议书"
    judicial_confirmation_application = "judicial_confirmation_application", "司法确认申请书"
    performance_visit_record = "performance_visit_record", "履行回访记录"
    review_application = "review_application", "复查申请书"
    review_opinion = "review_opinion", "复查意见书"
    recheck_application = "recheck_application", "复核申请书"
    recheck_opinion = "recheck_opinion", "复核意见书"
    withdrawal_confirmation = "withdrawal_confirmation", "撤回确认书"
    closure_report = "closure_report", "办结报告"
    supervision_card = "supervision_card", "督办卡"
    supervision_letter = "supervision_letter", "督办函"
    improvement_proposal = "improvement_proposal", "改进工作建议书"
    policy_proposal = "policy_proposal", "完善政策建议书"
    accountability_proposal = "accountability_proposal", "追究责任建议书"
    interview_notice = "interview_notice", "约谈通知"
    interview_minutes = "interview_minutes", "约谈纪要"
    circular = "circular", "通报"
    receipt = "receipt", "送达凭证"
    words = "words", "记载文字"
    listed_supervision_notice = "listed_supervision_notice", "挂牌督办通知"
    rectification_notice = "rectification_notice", "限期整改通知"
    rectification_report = "rectification_report", "整改报告"
    correction_order = "correction_order", "责令改正通知书"
    facts_notice = "facts_notice", "事实告知书"
    defence_record = "defence_record", "陈述申辩笔录"
    sanction_decision = "sanction_decision", "处理决定书"
    sanction_appeal = "sanction_appeal", "处分申诉书"
    sanction_appeal_decision = "sanction_appeal_decision", "申诉处理决定书"
    clarification_letter = "clarification_letter", "澄清函"
    urgent_report = "urgent_report", "重大紧急信访报告"
    annual_report = "annual_report", "信访工作年度报告"
    reception_record = "reception_record", "接访记录"
    sponsorship_form = "sponsorship_form", "包案表"
    field_diary = "field_diary", "民情日记"
    ledger = "ledger", "信访台账"
    risk_report = "risk_report", "社会稳定风险评估报告"


class RegistrationState(Term):
    """How far a case is at the door; `no_longer_accepted` is told of a petition that repeats what is settled."""

    registered = "registered", "已登记"
    classified = "classified", "已分类"
    discipline_track = "discipline_track", "密件办理"
    answered = "answered", "已答复"
    closed = "closed", "已办结"
    not_accepted = "not_accepted", "不予受理"
    no_longer_accepted = "no_longer_accepted", "不再受理"
    withdrawn = "withdrawn", "已撤回"
    merged = "merged", "已并案"
    split = "split", "已分案"  # type: ignore[assignment]  # `str.split` is a method that no term needs


class PaperState(Term):
    """How far a numbered paper has come on its way to whom it is for."""

    issued = "issued", "已制发"
    refused = "refused", "拒收"
    served = "served", "已送达"


class FileMedia(Term):
    """Of which kind a file is that somebody hands in; whatever it says it is, this is looked for in its bytes."""

    pdf = "pdf", "PDF文档"
    ofd = "ofd", "OFD版式文件"
    jpeg = "jpeg", "JPEG图片"
    png = "png", "PNG图片"
    tiff = "tiff", "TIFF扫描件"
    mp3 = "mp3", "MP3录音"
    m4a = "m4a", "M4A录音"
    wav = "wav", "WAV录音"
    amr = "amr", "AMR录音"
    text = "text", "纯文本"


class FileState(Term):
    """How far a file is on its way to those whose duty it is to see it."""

    announced = "announced", "报送中"
    received = "received", "待查验"
    ready = "ready", "可以查阅"
    withheld = "withheld", "不予查阅"
    abandoned = "abandoned", "未收齐"


class FileVerdict(Term):
    """What became of looking through a file before anybody sees it."""

    clean = "clean", "已查毒"
    unscanned = "unscanned", "未查毒"
    infected = "infected", "含有病毒"
    unfit = "unfit", "不符合要求"


class FileFault(Term):
    """Why a file is not fit to be seen; whoever handed it in is told so, and may hand it in again."""

    other_kind = "other_kind", "内容与所报类型不符"
    broken = "broken", "内容不完整或者无法读取"
    too_big = "too_big", "展开后过大"
    unsafe = "unsafe", "结构不安全"


class InformantNotice(Term):
    """What somebody who reports under their own name is told (纪检监察机关处理检举控告工作规则)."""

    acceptance = "acceptance", "受理告知"
    result = "result", "结果反馈"


class UnsealingPurpose(Term):
    """What for an organ opens what somebody has reported to it."""

    examination = "examination", "核查处置"
    notice = "notice", "告知检举控告人"
    verification = "verification", "核实身份"


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
