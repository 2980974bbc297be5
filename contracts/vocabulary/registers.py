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


class ExternalSystem(Term):
    """Another system in which a case has a number of its own (第二十一条第一款)."""

    national = "national", "国家信访信息系统"
    province = "province", "省信访信息系统"
    city = "city", "市信访信息系统"
    hotline = "hotline", "12345 政务服务便民热线"
    other = "other", "其他信息系统"


class ContactPointState(Term):
    """Whether a team still has its contact point."""

    set_up = "set_up", "联系中"
    ended = "ended", "已撤销"


class HelpPlanState(Term):
    """Whether the help that was promised has been given."""

    to_do = "to_do", "帮扶中"
    done = "done", "已帮扶"


class DialogueGroup(Term):
    """With whom a unit speaks; groups of people who live there, never persons."""

    households = "households", "农户和居民户"
    low_income = "low_income", "低保、特困群众"
    disabled = "disabled", "残疾人家庭"
    elderly = "elderly", "独居和高龄老人"
    left_behind = "left_behind", "留守妇女儿童"
    veterans = "veterans", "退役军人"


class ContactOutcome(Term):
    """What came of offering an open petitioner a talk; none of these has any effect."""

    talked = "talked", "已沟通"
    declined = "declined", "本人不愿沟通"
    not_reached = "not_reached", "未能联系上"


class SkipCause(Term):
    """Why a visitor went past the levels below; a fact about these, and no fault of the visitor's."""

    no_answer_below = "no_answer_below", "下级未在期限内答复"
    refused_below = "refused_below", "下级不予受理或者不予登记"
    distrust = "distrust", "对下级处理缺乏信任"


class ConductAct(Term):
    """A specific act that the regulation forbids (第二十六条第一项至第四项); what somebody is like is none."""

    blockade = "blockade", "非法聚集、围堵、冲击，或者堵塞交通"
    dangerous_objects = "dangerous_objects", "携带危险物品、管制器具"
    violence = "violence", "侮辱、殴打、威胁他人，或者毁坏财物"
    staying = "staying", "在接待场所滞留、滋事，或者弃留他人"


class IncidentState(Term):
    """Whether the petitioner has said what they think of what was recorded, and whether police were told of the act."""

    recorded = "recorded", "已记录"
    replied = "replied", "信访人已说明"
    referred = "referred", "已移送公安机关"


class LoadOccasion(Term):
    """A time in which more people come than usual, because of what is dealt with then."""

    year_end = "year_end", "年终岁末（工资结算）"
    farming = "farming", "春耕秋收"
    school = "school", "入学季"
    heating = "heating", "供暖季"
    sessions = "sessions", "会议集中召开期间"
    policy = "policy", "政策集中实施期"


class EmergencyGround(Term):
    """Why somebody reads for once what they have nothing to do with (个人信息保护法 第十三条第一款第四项)."""

    danger_to_life = "danger_to_life", "危及人身安全"
    urgent_matter = "urgent_matter", "处置重大紧急信访事项"
    nobody_reached = "nobody_reached", "承办人员无法联系且事项急需处理"


class EmergencyAccessState(Term):
    """How far an emergency access is: for how long it lasts, its row says."""

    asked = "asked", "待第二人同意"
    granted = "granted", "已开放"
    ended = "ended", "已收回"
    reviewed = "reviewed", "已复核"
