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
