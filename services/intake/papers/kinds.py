"""Every kind of paper: its form, whom it goes to, who may issue it, what it must say, and on what it rests.

A row is added here and nowhere else; the templates know forms, not kinds.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

from contracts.vocabulary import DocumentKind as Of
from contracts.vocabulary import Role

_RULES: Final = "《信访工作条例》"

BUREAU: Final = (Role.bureau_officer, Role.intake_clerk)
UNIT: Final = (Role.case_officer, Role.unit_head, Role.unit_receiver)
HANDLERS: Final = (*UNIT, Role.bureau_officer)
DOOR: Final = (*BUREAU, Role.unit_receiver, Role.unit_head)
HEARING: Final = (Role.hearing_presider, *UNIT)
MEDIATION: Final = (Role.mediator, *UNIT)
SUPERVISION: Final = (Role.supervisor, Role.bureau_officer)
SECRETARY: Final = (Role.conference_secretary,)
"""Who issues for the joint conference, which alone interviews, criticises and sets a day (第三十九条第三款)."""
CONFERENCE: Final = (*SECRETARY, Role.supervisor, Role.bureau_officer)
ARBITERS: Final = (*BUREAU, Role.conference_secretary, Role.unit_head, Role.sponsor_leader)
PERSONNEL: Final = (Role.personnel_officer, Role.discipline_officer)
"""Who decides about officials, wherever a case has led to that (第四十条、第四十五条)."""

FINAL: Final = "本复核意见为终结意见。以同一事实和理由再提出投诉请求的，各级信访部门和其他机关、单位不再受理。"
SANCTION: Final = "申请复审、复核期间，不停止本决定的执行。"


class Form(StrEnum):
    """How a paper looks."""

    letter = "letter"
    """公文: red header, number, title, addressee, body, basis, remedy, organ and date."""
    form = "form"
    """表."""
    record = "record"
    """笔录: what was said, signed by those who were there."""
    agreement = "agreement"
    """协议书."""


class To(StrEnum):
    """Whom a paper goes to."""

    petitioner = "petitioner"
    """Name and address come from the vault."""
    organ = "organ"
    """The issuer names it."""
    file = "file"


PETITIONER: Final = "petitioner"
"""The field in which a paper names who petitions, whom the vault alone knows, where it does not go to them."""


class Kind(NamedTuple):
    """One kind of paper; a field is printed by being named, and the case says what stands behind an ``=``."""

    mark: str
    """What stands behind the mark of the unit in its number; nothing, where the event that it says has the number."""
    form: Form
    to: To
    issuers: tuple[Role, ...]
    opening: str
    fields: str
    basis: tuple[str, ...]
    remedy: str = ""
    signatures: tuple[str, ...] = ()

    @property
    def goes_out(self) -> bool:
        """Whether it goes out in the name of the unit, and is not signed by those whom it is about."""
        return self.to is not To.file and self.form is not Form.agreement

    @property
    def names_petitioner(self) -> bool:
        """Whether it says who petitions."""
        return self.to is To.petitioner or PETITIONER in self.printed

    @property
    def printed(self) -> tuple[str, ...]:
        """The fields, in the order in which they are printed."""
        return tuple(self.fields.replace("=", "").split())

    @property
    def written(self) -> tuple[str, ...]:
        """The fields that somebody writes in words; all are wanted that the case does not say this time."""
        return tuple(name for name in self.fields.split() if not name.startswith("="))


LABELS: Final[dict[str, str]] = dict(
    pair.split("=")
    for pair in """
    channel=信访渠道 received_on=收到日期 claim=投诉请求 facts=事实 reasons=理由 place=问题属地 category=内容分类
    persons=涉及人员 repeat=初次或者重复 secrecy=保密要求 query_code=查询码 portal=查询途径 duty_phone=值守电话
    summary=信访事项摘要 unit_in_charge=承办单位 officer=承办人 procedure=办理途径和程序 due_on=办理期限
    rights=权利告知 competent_body=有权处理的机关、单位 body_address=地址 challenge=异议途径 route=法定途径
    route_body=受理机关 route_term=该途径时限 forwarded=已转送材料 content_list=材料清单 feedback=反馈要求
    duties=法定职责清单 returned=退回材料清单 decision=决定 lead_unit=牵头单位 co_units=协同单位 approved_by=批准人
    new_due_on=延长后的办理期限 held_on=时间 asked=询问人 answered=被询问人 points=要点 process=调查经过
    findings=查明的情况 conclusion=结论 presider=听证主持人 panel=听证员 participants=参加人 issues=听证事项
    evidence=证据 panel_opinion=听证合议意见 opinion=处理意见 laws=适用的法律、法规、规章和政策 result=处理结果
    reply=答复内容 adoption=采纳情况 applicant=申请人 respondent=被申请人 dispute=争议事项 request=请求事项
    mediator=调解员 openness=是否公开 parties=当事人 responsibilities=各方责任 content=协议内容 term=履行方式和期限
    identity_proof=身份证明 property_proof=财产权属证明 addresses=送达地址 performed=已履行事项 breach=未履行事项
    next_step=下一步措施 original_opinion=原处理意见 uphold=维持、变更或者撤销 own_words=本人意愿
    confirmed=独立核实情况 cooling_off_on=反悔期截止日 measures=已采取的措施 service_proof=送达情况
    execution_proof=执行情况 petitioner_view=信访人意见 card_cause=督办事由 required_action=督办要求
    suggestion=建议 evidence_refs=依据材料 adoption_reply=反馈采纳情况的期限 cause=事由 commitments=整改承诺
    acceptance=验收意见 breach_article=违反的条款 correction=改正要求 intended=拟处理意见 defence=陈述和申辩
    adopted=采信情况 person=姓名、单位和职务 sanction=处理（处分）种类 appeal=救济途径和期限 grounds=申诉理由
    restoration=恢复措施 scope=澄清范围 happened_at=时间、地点 involved=涉及人数和诉求 follow_up=后续情况
    statistics=信访数据 handling=转送、交办、督办情况 proposals=三项建议及采纳情况 sponsor=包案领导
    six=包案要求（六包） contact=联系电话 record=记录内容 entry=记录 progress=办理进度 risk_points=风险点
    precautions=防范措施 response_plan=应对预案 held_in=地点 registration_no=登记编号 petitioner=信访人
    other_side=对方当事人 manner=履行方式 performance_due=各项履行期限
    """.split()  # noqa: SIM905  # a table is read more easily than a hundred strings
)
"""What a field is called where it is printed and where it is missed."""

MEASURES: Final = ("《信访工作条例》第三十九条第三款",)
_F, _L, _R, _A = Form.form, Form.letter, Form.record, Form.agreement
_P, _O, _FILE = To.petitioner, To.organ, To.file


def _articles(*numbers: str) -> tuple[str, ...]:
    return tuple(f"{_RULES}第{number}条" for number in numbers)


_PML: Final = "《中华人民共和国人民调解法》"
_PSL: Final = "《中华人民共和国公职人员政务处分法》"
_NOW: Final = "现将有关事项告知如下："

KINDS: Final[dict[Of, Kind]] = {
    Of.registration_form: Kind(
        "信登", _F, _P, DOOR, "",
        "=registration_no =channel =received_on claim facts reasons place =category persons repeat =secrecy",
        _articles("十九", "二十二"),
        signatures=("登记人",),
    ),
    Of.query_code_notice: Kind(
        "信查", _L, _P, DOOR, "你提出的信访事项已经登记。" + _NOW, "query_code portal duty_phone", _articles("二十一")
    ),
    Of.acceptance_notice: Kind(
        "", _L, _P, HANDLERS, "你提出的信访事项，我单位已经收到，经审查决定予以受理。" + _NOW,
        "=received_on summary =unit_in_charge =officer =procedure =due_on =rights",
        _articles("二十三", "三十一", "三十四"),
    ),
    Of.non_acceptance_notice: Kind(
        "", _L, _P, DOOR, "你提出的信访事项已经登记，经审查不予受理。" + _NOW,
        "summary =reasons =competent_body body_address =challenge", _articles("二十三"),
    ),
    Of.no_longer_accepted_notice: Kind(
        "", _L, _P, DOOR, "你提出的信访事项已经登记，经审查不再受理。" + _NOW, "summary =reasons =challenge",
        _articles("三十六"),
    ),
    Of.route_notice: Kind(
        "信途", _L, _P, HANDLERS, "你提出的信访事项，应当依照下列法定途径办理。" + _NOW,
        "summary =route =route_body route_term forwarded", _articles("三十一"),
    ),
    Of.forwarding_letter: Kind(
        "信转", _L, _O, DOOR, "现将下列信访事项转送你单位，请依规办理。", "summary content_list", _articles("二十二")
    ),
    Of.assignment_letter: Kind(
        "信交", _L, _O, BUREAU, "现将下列信访事项交由你单位办理，请按期反馈办理结果。",
        "summary content_list =due_on =feedback", _articles("二十二"),
    ),
    Of.objection: Kind(
        "信异", _L, _O, UNIT, "你单位转来的信访事项，经核实不属于我单位职权范围，现提出异议并退回材料。",
        "summary reasons duties returned", _articles("二十三"),
    ),
    Of.objection_reply: Kind(
        "信异复", _L, _O, BUREAU, "你单位提出的管辖异议收悉，经研究答复如下：", "summary reasons =decision",
        _articles("二十三")
    ),
    Of.jurisdiction_decision: Kind(
        "信指", _L, _O, ARBITERS, "关于下列信访事项的管辖，决定如下：",
        "summary =lead_unit =co_units reasons", _articles("二十四"),
    ),
    Of.extension_notice: Kind(
        "", _L, _P, HANDLERS, "你提出的信访事项情况复杂，经批准延长办理期限。" + _NOW,
        "summary reasons =approved_by =new_due_on", _articles("三十四"),
    ),
    Of.record: Kind(
        "信笔", _R, _FILE, HANDLERS, "", "held_on held_in asked answered points", _articles("三十一"),
        signatures=("询问人", "被询问人"),
    ),
    Of.investigation_report: Kind(
        "信调", _L, _FILE, HANDLERS, "", "summary process findings evidence conclusion", _articles("三十一")
    ),
    Of.hearing_notice: Kind(
        "信听通", _L, _P, HEARING, "经决定，对你提出的信访事项举行听证。" + _NOW,
        "summary held_on held_in =presider panel rights", _articles("三十一"),
    ),
    Of.hearing_record: Kind(
        "信听笔", _R, _FILE, HEARING, "", "held_on held_in =presider participants issues evidence points",
        _articles("三十一"), signatures=("听证主持人", "记录人", "信访人", "承办人"),
    ),
    Of.hearing_report: Kind(
        "信听报", _L, _FILE, HEARING, "", "summary =presider panel findings panel_opinion", _articles("三十一")
    ),
    Of.opinion: Kind(
        "", _L, _P, UNIT, "你提出的信访事项，经我单位调查核实，现提出处理意见如下：",
        "claim facts reasons opinion =laws =result", _articles("三十二", "三十四", "三十五"),
    ),
    Of.simple_reply: Kind(
        "", _L, _P, HANDLERS, "你提出的信访事项，适用简易办理程序，现答复如下：", "summary reply",
        _articles("三十一"),
    ),
    Of.suggestion_reply: Kind(
        "", _L, _P, HANDLERS, "你提出的意见建议收悉，经研究回复如下：", "summary =adoption reasons",
        _articles("二十九"),
    ),
    Of.mediation_application: Kind(
        "调申", _A, _FILE, MEDIATION, "申请人自愿申请调解。", "applicant respondent dispute request",
        (*_articles("三十三"), f"{_PML}第十七条"), signatures=("申请人",),
    ),
    Of.mediation_consent: Kind(
        "调同", _A, _FILE, MEDIATION, "当事人同意就下列争议进行调解。", "parties dispute mediator openness",
        (f"{_PML}第十七条", f"{_PML}第十九条"), signatures=("当事人甲", "当事人乙"),
    ),
    Of.mediation_agreement: Kind(
        "", _A, _FILE, MEDIATION, "经调解，当事人自愿达成如下协议：",
        "=petitioner other_side facts dispute responsibilities content manner =performance_due",
        (*_articles("三十三"), f"{_PML}第二十九条"),
        "本协议自各方当事人签名、盖章，调解员签名并加盖印章之日起生效，当事人各执一份，调解组织留存一份。",
        ("当事人甲", "当事人乙", "调解员"),
    ),
    Of.settlement_agreement: Kind(
        "和协", _A, _FILE, MEDIATION, "当事人自愿达成如下和解协议：",
        "parties facts dispute responsibilities content term", _articles("三十三"),
        signatures=("当事人甲", "当事人乙"),
    ),
    Of.judicial_confirmation_application: Kind(
        "司确", _A, _FILE, MEDIATION, "双方当事人共同申请确认调解协议的效力。",
        "parties request content identity_proof property_proof addresses", (f"{_PML}第三十三条",),
        signatures=("申请人甲", "申请人乙"),
    ),
    Of.performance_visit_record: Kind(
        "履访", _R, _FILE, MEDIATION, "", "held_on performed breach next_step", (f"{_PML}第三十一条",),
        signatures=("回访人", "当事人"),
    ),
    Of.review_application: Kind(
        "复查申", _A, _O, (Role.petitioner, Role.reviewer, *DOOR), "申请人不服原处理意见，现请求复查。",
        "applicant original_opinion request reasons evidence", _articles("三十五"), signatures=("申请人",),
    ),
    Of.review_opinion: Kind(
        "", _L, _P, (Role.reviewer,), "你提出的复查请求，经审查现提出复查意见如下：",
        "request =original_opinion facts laws =uphold", _articles("三十五", "三十六"),
    ),
    Of.recheck_application: Kind(
        "复核申", _A, _O, (Role.petitioner, Role.recheck_officer, *DOOR), "申请人不服复查意见，现请求复核。",
        "applicant original_opinion request reasons evidence", _articles("三十六"), signatures=("申请人",),
    ),
    Of.recheck_opinion: Kind(
        "", _L, _P, (Role.recheck_officer,), "你提出的复核请求，经审查现提出复核意见如下：",
        "request =original_opinion facts laws =uphold", _articles("三十六"), FINAL,
    ),
    Of.withdrawal_confirmation: Kind(
        "信撤", _R, _FILE, BUREAU, "", "=petitioner summary own_words confirmed =cooling_off_on",
        _articles("十七"),
        signatures=("信访人", "核实人"),
    ),
    Of.closure_report: Kind(
        "信结", _L, _O, UNIT, "交办的信访事项已经办结，现报告如下：",
        "summary measures =result =service_proof =execution_proof petitioner_view", _articles("二十二"),
    ),
    Of.supervision_card: Kind(
        "", _F, _FILE, SUPERVISION, "",
        "=unit_in_charge =card_cause facts required_action =due_on =reply =conclusion",
        ("《信访工作条例》第四十条第一款",), signatures=("督查专员", "承办单位负责人"),
    ),
    Of.supervision_letter: Kind(
        "", _L, _O, SUPERVISION, "经督查发现，你单位办理下列信访事项存在问题，现予督办。",
        "=card_cause facts required_action =due_on", ("《信访工作条例》第四十条第一款",),
    ),
    **{
        kind: Kind(
            "", _L, _O, SUPERVISION, f"根据工作中发现的情况，现提出{kind.title}如下：",
            "findings evidence_refs suggestion =adoption_reply", _articles("四十"),
        )
        for kind in (Of.improvement_proposal, Of.policy_proposal, Of.accountability_proposal)
    },
    Of.interview_notice: Kind(
        "约谈", _L, _O, SECRETARY, "经研究，决定对你单位有关负责同志进行约谈。", "cause held_on held_in participants",
        MEASURES,
    ),
    Of.interview_minutes: Kind(
        "约纪", _R, _FILE, SECRETARY, "", "held_on held_in participants cause points commitments due_on",
        MEASURES, signatures=("约谈人", "被约谈人", "记录人"),
    ),
    Of.circular: Kind(
        "信通", _L, _O, SECRETARY, "现将有关情况通报如下：", "cause facts correction", MEASURES
    ),
    Of.listed_supervision_notice: Kind(
        "挂督", _L, _O, SECRETARY, "经研究，决定对下列事项挂牌督办。", "cause required_action due_on acceptance",
        MEASURES,
    ),
    Of.rectification_notice: Kind(
        "限改", _L, _O, SECRETARY, "经督查，你单位存在下列问题，现责成限期整改。", "facts correction due_on",
        MEASURES,
    ),
    Of.rectification_report: Kind(
        "改报", _L, _O, UNIT, "现将整改情况报告如下：", "cause measures result acceptance", MEASURES
    ),
    Of.correction_order: Kind(
        "责改", _L, _O, (*CONFERENCE, Role.unit_head, Role.sponsor_leader),
        "经查，你单位存在违反规定的情形，现责令改正。",
        "facts breach_article correction due_on", _articles("四十三", "四十四", "四十五", "四十六"),
    ),
    Of.facts_notice: Kind(
        "事告", _L, _O, PERSONNEL, "经调查，现将认定的事实及拟处理意见告知如下，你有权进行陈述和申辩。",
        "=person facts evidence intended laws", (f"{_PSL}第四十三条",),
    ),
    Of.defence_record: Kind(
        "申辩", _R, _FILE, PERSONNEL, "", "held_on held_in =person defence adopted", (f"{_PSL}第四十三条",),
        signatures=("陈述人", "记录人"),
    ),
    Of.sanction_decision: Kind(
        "", _L, _O, PERSONNEL, "经调查和集体研究，现作出处理决定如下：",
        "=person facts evidence sanction laws appeal", (f"{_PSL}第四十五条",), SANCTION,
    ),
    Of.sanction_appeal: Kind(
        "处申", _A, _O, PERSONNEL, "申诉人不服处理决定，现提出申诉。", "=person =decision grounds request",
        (f"{_PSL}第五十五条",), signatures=("申诉人",),
    ),
    Of.sanction_appeal_decision: Kind(
        "申决", _L, _O, PERSONNEL, "你提出的申诉，经审查现决定如下：",
        "=person =decision grounds findings result restoration",
        (f"{_PSL}第五十八条", f"{_PSL}第六十条"),
    ),
    Of.clarification_letter: Kind(
        "澄", _L, _O, (Role.discipline_officer,), "经核查，现就有关反映澄清如下：", "facts conclusion scope",
        ("《纪检监察机关处理检举控告工作规则》第五十条",),
    ),
    Of.urgent_report: Kind(
        "急报", _L, _O, DOOR, "现将重大紧急信访事项报告如下：", "happened_at involved claim measures follow_up",
        _articles("二十五"),
    ),
    Of.annual_report: Kind(
        "年报", _L, _O, BUREAU, "现将本年度信访工作情况报告如下：", "statistics handling proposals suggestion",
        _articles("四十一"),
    ),
    Of.reception_record: Kind(
        "接访", _R, _FILE, (*DOOR, Role.sponsor_leader, *UNIT), "", "held_on held_in officer claim record next_step",
        _articles("十八"), signatures=("接访人", "信访人"),
    ),
    Of.sponsorship_form: Kind(
        "包案", _F, _FILE, (*CONFERENCE, Role.sponsor_leader), "",
        "summary sponsor unit_in_charge officer six measures due_on result", _articles("十八"),
        signatures=("包案领导",),
    ),
    Of.field_diary: Kind("民记", _F, _FILE, HANDLERS, "", "held_on held_in officer entry follow_up", _articles("十八")),
    Of.ledger: Kind(
        "台账", _F, _FILE, (*DOOR, *UNIT), "", "summary unit_in_charge officer due_on progress result",
        _articles("二十二"),
    ),
    Of.risk_report: Kind(
        "稳评", _L, _FILE, (*HANDLERS, Role.conference_secretary), "",
        "summary risk_points precautions response_plan conclusion", ("《重大行政决策程序暂行条例》第二十三条",),
    ),
}  # fmt: skip
