"""The terms of petition work, each with its Chinese name beside it.

A term's value is what stands in events and in the API; its title is what screens and documents show. Values are never
renamed; new ones may be added, so a reader must not assume that it knows them all.
"""

from __future__ import annotations

from enum import Enum
from typing import Self


class Term(str, Enum):
    """A word of the law with a stable value and a Chinese title: ``Channel.letter.title == "来信"``."""

    title: str  # type: ignore[assignment]  # `str.title` is a method that no term needs

    def __new__(cls, value: str, title: str) -> Self:
        """Make the member from its two words."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.title = title  # type: ignore[method-assign]
        return member

    def __str__(self) -> str:
        """Return the value, which is what stands in events."""
        return str(self.value)


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


class Forwarding(Term):
    """How a bureau hands a case to a competent unit (第二十二条)."""

    forward = "forward", "转送"
    assign = "assign", "交办"


class ObjectionGround(Term):
    """Why a unit says that a case is not within its power (第二十三条第三款)."""

    other_unit_competent = "other_unit_competent", "属于其他单位职权"
    other_territory = "other_territory", "不属于本地管辖"
    higher_level_competent = "higher_level_competent", "属于上级机关职权"
    lower_level_competent = "lower_level_competent", "属于下级机关职权"


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


class DocumentKind(Term):
    """A text that is kept in the vault for a case (文书)."""

    petition = "petition", "信访材料"
    objection = "objection", "管辖异议书"
    record = "record", "笔录"
    opinion = "opinion", "信访处理意见书"
    execution_proof = "execution_proof", "执行证明"
    supervision = "supervision", "督办材料"


class SupervisionReason(Term):
    """Why handling is put under supervision (第四十条)."""

    overdue_without_reason = "overdue_without_reason", "无正当理由逾期"
    no_feedback = "no_feedback", "未按规定反馈"
    procedure_breach = "procedure_breach", "未按规定程序办理"
    shirking_or_delay = "shirking_or_delay", "推诿、敷衍、拖延"
    opinion_not_executed = "opinion_not_executed", "拒不执行处理意见"
    false_report = "false_report", "弄虚作假"
    other = "other", "其他"


class Level(Term):
    """A level of the territorial line (属地)."""

    county = "county", "县（区）"
    township = "township", "乡镇（街道）"
    village = "village", "村（社区）"


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
    sponsor_leader = "sponsor_leader", "包案领导"
    discipline_officer = "discipline_officer", "纪检监察干部"
    platform_admin = "platform_admin", "平台管理员"
    system = "system", "系统"


class ClockKind(Term):
    """Whose time an event carries; simulated time exists in demonstrations and tests only."""

    real = "real", "真实时钟"
    simulated = "simulated", "模拟时钟"
