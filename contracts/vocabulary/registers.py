"""What the registers of desks, visits, boxes, disputes and funds say."""

from __future__ import annotations

from contracts.vocabulary.term import Term


class NoticeKind(Term):
    """What a notice tells the public (第十八条第一款)."""

    channels = "channels", "信访渠道"
    reception_times = "reception_times", "接待时间和地点"
    laws = "laws", "法律法规"
    procedure = "procedure", "处理程序"
    rights = "rights", "信访人权利"


class NoticeMedium(Term):
    """Where a notice is published."""

    hall = "hall", "接待场所"
    website = "website", "网站"
    meeting = "meeting", "会议宣讲"
    leaflet = "leaflet", "宣传单"
    message = "message", "短信"


class DisputeClass(Term):
    """Who quarrels about what, and so who may mediate (分类调解)."""

    neighbours = "neighbours", "群众之间的纠纷"
    village_cadres = "village_cadres", "村干部之间的纠纷"
    cadres_and_citizens = "cadres_and_citizens", "干群纠纷"
    legacy = "legacy", "历史遗留问题"
    major = "major", "重大疑难纠纷"
    civil_case = "civil_case", "民事案件"


class CommitteeSetting(Term):
    """Where a people's mediation committee is set up (人民调解法 第八条)."""

    village = "village", "村民委员会"
    neighbourhood = "neighbourhood", "居民委员会"
    enterprise = "enterprise", "企业事业单位"
    other = "other", "乡镇、街道、社会团体或者其他组织"


class RemovalGround(Term):
    """Why a mediator is removed (人民调解法 第十五条)."""

    partiality = "partiality", "偏袒一方当事人"
    insult = "insult", "侮辱当事人"
    undue_gain = "undue_gain", "索取、收受财物或者牟取其他不正当利益"
    leak = "leak", "泄露当事人的个人隐私、商业秘密"


class Hardship(Term):
    """Why a petitioner cannot live without help; nothing else is a ground for money (第三十七条第二款)."""

    illness = "illness", "重大疾病"
    disability = "disability", "残疾"
    disaster = "disaster", "遭受灾害或者事故"
    no_income = "no_income", "无收入来源"
    other = "other", "其他生活困难"


class DeskState(Term):
    """Whether a department has its desk in the hall."""

    open = "open", "值守"
    closed = "closed", "已撤销"


class SessionState(Term):
    """How far a visit in the hall is."""

    opened = "opened", "已登记"
    waiting = "waiting", "候访"
    served = "served", "已接待"


class FieldVisitState(Term):
    """Whether what a field visit promised is done."""

    logged = "logged", "已记录"
    to_follow_up = "to_follow_up", "待落实"
    followed_up = "followed_up", "已落实"


class DiaryState(Term):
    """Whether a page of a diary names a case."""

    linked = "linked", "已关联事项"
    unlinked = "unlinked", "未关联事项"


class FieldDayState(Term):
    """Whether a day in the villages has left nothing unsolved."""

    held = "held", "已举办"
    all_solved = "all_solved", "全部解决"


class BoxState(Term):
    """Whether everything that lay in a box has become a case."""

    clear = "clear", "已清"
    to_register = "to_register", "待登记"


class StepFormState(Term):
    """A form is handed out, and that is all."""

    issued = "issued", "已发放"


class ContactCardState(Term):
    """A card is handed out, and that is all."""

    issued = "issued", "已发放"


class NoticeState(Term):
    """A notice is published, and that is all."""

    published = "published", "已公布"


class CommitteeState(Term):
    """A committee is elected anew, and never ends."""

    registered = "registered", "已备案"


class MediatorState(Term):
    """Whether a mediator has been trained, and is still in office."""

    registered = "registered", "已备案"
    trained = "trained", "已培训"
    removed = "removed", "已罢免或者解聘"


class DisputeState(Term):
    """How far a dispute is."""

    recorded = "recorded", "已登记"
    in_mediation = "in_mediation", "调解中"
    settled = "settled", "已化解"


class SweepState(Term):
    """Whether all units have said what they found."""

    ordered = "ordered", "排查中"
    reported = "reported", "已全部报告"


class SelfCorrectionState(Term):
    """What a unit put right is right, and that is all."""

    corrected = "corrected", "已纠正"


class FundState(Term):
    """How far a request for money is."""

    requested = "requested", "已申请"
    approved_once = "approved_once", "单位已审批"
    approved = "approved", "两级已审批"
    paid = "paid", "已拨付"
    audited = "audited", "已审计"
