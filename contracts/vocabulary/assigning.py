"""Who may be given a case, and what units say about that."""

from __future__ import annotations

from contracts.vocabulary.term import Term


class Level(Term):
    """A level of the territorial line (属地)."""

    county = "county", "县（区）"
    township = "township", "乡镇（街道）"
    village = "village", "村（社区）"


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
