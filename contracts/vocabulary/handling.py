"""What a unit does with a case, and how it answers."""

from __future__ import annotations

from contracts.vocabulary.term import Term


class ServiceMethod(Term):
    """How a document reached the petitioner (送达方式)."""

    in_person = "in_person", "直接送达"
    post = "post", "邮寄送达"
    electronic = "electronic", "电子送达"
    left_at_address = "left_at_address", "留置送达"
    by_notice = "by_notice", "公告送达"


class RecordKind(Term):
    """What a handling record puts on file (第三十一条第六项)."""

    statement_heard = "statement_heard", "听取陈述"
    facts_verified = "facts_verified", "调查核实"
    site_visit = "site_visit", "实地走访"


class Result(Term):
    """What an opinion says to the claim (第三十二条), or how else the case was answered."""

    support = "support", "予以支持"
    explain = "explain", "解释说明"
    not_support = "not_support", "不予支持"
    agreed = "agreed", "调解协议已履行"
    replied = "replied", "建议意见已回复"
    imported = "imported", "已导入法定程序"


class Side(Term):
    """A party to a mediation (第三十三条)."""

    petitioner = "petitioner", "信访人"
    other_party = "other_party", "争议对方"


class Guest(Term):
    """Who is invited to help when both sides are talked with (人民调解法 第二十条)."""

    relative = "relative", "亲属"
    neighbour = "neighbour", "邻里"
    colleague = "colleague", "同事"
    expert = "expert", "具有专门知识、特定经验的人员"
    organisation = "organisation", "有关社会组织的人员"


class Danger(Term):
    """Into what a dispute may grow (人民调解法 第二十五条)."""

    public_order = "public_order", "治安案件"
    crime = "crime", "刑事案件"


class AidKind(Term):
    """What help somebody in real hardship is told of or helped to apply for (第三十七条第二款)."""

    social_assistance = "social_assistance", "社会救助"
    judicial_aid = "judicial_aid", "司法救助"


class CareKind(Term):
    """What is still owed to somebody whose remedies are at an end (第三十七条第三款)."""

    guidance = "guidance", "疏导教育"
    conflict_resolution = "conflict_resolution", "矛盾化解"
    help = "help", "帮扶救助"


class OutcomeAxis(Term):
    """By what the work on a case is measured (第二十七条); the conduct of a petitioner is for no program to measure."""

    claim_resolved = "claim_resolved", "诉求合理的解决问题到位"
    claim_explained = "claim_explained", "诉求无理的思想教育到位"
    hardship_helped = "hardship_helped", "生活困难的帮扶救助到位"


class SimplifiedGround(Term):
    """Why a case may be handled simply (信访事项简易办理办法 第四条)."""

    clear_facts = "clear_facts", "事实清楚、责任明确、争议不大、易于解决"
    inquiry_or_suggestion = "inquiry_or_suggestion", "提出咨询、意见建议、表达感谢"
    daily_life_urgent = "daily_life_urgent", "涉及群众日常生活、时效性强"
    promised_already = "promised_already", "有关机关、单位已有明确承诺或结论"


class HearingStage(Term):
    """In which procedure a hearing is held (第三十一条第六项, 第三十六条第二款)."""

    handling = "handling", "办理"
    recheck = "recheck", "复核"


class ReviewResult(Term):
    """What a review or recheck does to the opinion before it (第三十五条, 第三十六条)."""

    uphold = "uphold", "维持"
    change = "change", "变更"
    revoke = "revoke", "撤销并责令重新办理"


class SuggestionResult(Term):
    """What becomes of a suggestion (第二十九条)."""

    adopted = "adopted", "采纳"
    partly_adopted = "partly_adopted", "部分采纳"
    not_adopted = "not_adopted", "未采纳"


class TerminationGround(Term):
    """Why there is no further remedy within the petition procedure (第三十六条第三款)."""

    rechecked = "rechecked", "复核意见已送达"
    remedy_lapsed = "remedy_lapsed", "逾期未申请复查、复核"
    agreement_performed = "agreement_performed", "调解协议已履行"
    no_successor = "no_successor", "信访人死亡或终止且无承继人"


class StopReason(Term):
    """Why a unit stops handling without an answer of its own."""

    withdrawn = "withdrawn", "信访人撤回"
    merged = "merged", "并案"


class HandlingState(Term):
    """How far a unit has got with a case."""

    with_unit = "with_unit", "待受理"
    returned = "returned", "已交还"
    accepted = "accepted", "办理中"
    hearing = "hearing", "听证中"
    mediation = "mediation", "调解中"
    procedure_imported = "procedure_imported", "已导入法定程序"
    procedure_docketed = "procedure_docketed", "法定程序已立案"
    suggestion_replied = "suggestion_replied", "建议已回复"
    agreement_signed = "agreement_signed", "已签订调解协议"
    agreement_performed = "agreement_performed", "调解协议已履行"
    opinion_issued = "opinion_issued", "已出具处理意见书"
    opinion_served = "opinion_served", "处理意见书已送达"
    review_open = "review_open", "复查中"
    review_served = "review_served", "复查意见书已送达"
    recheck_open = "recheck_open", "复核中"
    recheck_served = "recheck_served", "复核意见书已送达"
    withdrawn = "withdrawn", "已撤回"
    merged = "merged", "已并案"
    closed = "closed", "已办结"
    terminated = "terminated", "已终结"


class ReturnedPaper(Term):
    """What came back undelivered: what may be asked, and what is owed, hangs on it."""

    notice = "notice", "告知书"
    reply = "reply", "建议意见回复"
    opinion = "opinion", "信访处理意见书"
    review = "review", "复查意见书"
    recheck = "recheck", "复核意见书"


class ReturnReason(Term):
    """Why the carrier has brought it back (退回原因)."""

    moved = "moved", "迁移新址不明"
    address_unclear = "address_unclear", "地址不详"
    not_known_there = "not_known_there", "查无此人"
    not_collected = "not_collected", "逾期未领"
    refused = "refused", "收件人拒收"
    undeliverable = "undeliverable", "电子送达未成功"
