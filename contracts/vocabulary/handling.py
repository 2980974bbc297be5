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
    """What an opinion says to the claim (第三十二条)."""

    support = "support", "予以支持"
    explain = "explain", "解释说明"
    not_support = "not_support", "不予支持"


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
