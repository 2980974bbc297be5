"""Who may be given a case, and what units say about that."""

from __future__ import annotations

from contracts.vocabulary.term import Term


class Level(Term):
    """A level of the territorial line (属地)."""

    national = "national", "中央"
    province = "province", "省（自治区、直辖市）"
    city = "city", "市（设区）"
    county = "county", "县（区）"
    township = "township", "乡镇（街道）"
    village = "village", "村（社区）"
    group = "group", "组（网格）"


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


class JudicialManner(Term):
    """How a case about litigation gets to the political-legal organ (第二十二条第二款)."""

    forwarded = "forwarded", "转送同级政法部门"
    explained = "explained", "释法明理、引导"


class DisputeLevel(Term):
    """Who settles which unit is competent (第二十四条)."""

    common_superior = "common_superior", "共同的上一级机关、单位"
    joint_conference = "joint_conference", "信访工作联席会议"
    party_and_government = "party_and_government", "本级党委和政府"


class UnitKind(Term):
    """What a unit is in the organisation of a place (第七条至第十六条)."""

    petition_bureau = "petition_bureau", "信访局"
    party_committee = "party_committee", "党委"
    government = "government", "政府"
    department = "department", "部门"
    township = "township", "乡镇（街道）"
    village_committee = "village_committee", "村（居）民委员会"
    discipline_organ = "discipline_organ", "纪检监察机关"
    political_legal_organ = "political_legal_organ", "政法机关"
    joint_conference = "joint_conference", "信访工作联席会议"
    inner_office = "inner_office", "内设机构"
    other = "other", "其他"


class RoutingReason(Term):
    """Why a unit is proposed for a case (第五条第三项, 第二十二条, 第二十四条)."""

    territory = "territory", "问题属地"
    power = "power", "职权范围"
    delegated = "delegated", "下放职权"
    level = "level", "有权处理的最低一级"
    successor = "successor", "继续行使职权"
    bypass = "bypass", "回避被反映单位，由其上级办理"
    unclear = "unclear", "职责不清，由本级党委和政府处理"
    discipline = "discipline", "按干部管理权限转送纪检监察机关"
    judicial = "judicial", "转送同级政法部门"


class LeavingReason(Term):
    """Why a case needs no unit any more."""

    merged = "merged", "并案"
    divided = "divided", "分案"
    withdrawn = "withdrawn", "撤回"
    not_accepted = "not_accepted", "不予受理"
    sealed = "sealed", "另行办理"


class AssignmentState(Term):
    """How far it is settled whose a case is."""

    awaiting_unit = "awaiting_unit", "待分办"
    with_unit = "with_unit", "已分办"
    objected = "objected", "异议中"
    disputed = "disputed", "争议中"
    routed_out = "routed_out", "已转政法机关"
    left = "left", "已离开"
