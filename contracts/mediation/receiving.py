"""What a unit learns from elsewhere: that the case is its own, what hinders it, and what keeps the case open."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from contracts.event import Event, Words, words_before
from contracts.vocabulary import Kind, Route, StopReason


class HandlingOpened(Event):
    """A competent unit has received the case: it has fifteen days to tell the petitioner."""

    title = "单位收到"
    basis = "信访工作条例 第二十三条第三款"

    unit: str
    unit_name: str
    registration_no: str
    route: Route
    due_on: date | None = None
    kind: Kind | None = None
    anonymous: bool = False
    unclear: bool = False
    """Whether name or address of the petitioner is unclear, so that no notice is owed (第二十三条第二款)."""
    review_bodies: tuple[str, ...] = ()
    co_units: tuple[str, ...] = ()
    from_above: bool = False
    accused_units: tuple[str, ...] = ()
    """Whom the case complains of; neither they nor who stands under them takes any part in it (第二十八条第三款)."""
    accused_persons: tuple[str, ...] = ()
    received_on: date | None = None
    """On which day the unit had received it itself, where it is on a later one that this is known."""
    brought_on: date | None = None
    """On which day it came in, where the unit was handed it on a later one (第二十三条第二款 当场)."""


class ClassificationLearnt(Event):
    """The case was told apart wrongly at the door; it is of this kind, and goes this way."""

    title = "办理中获知更正分类"
    basis = "信访工作条例 第三十一条"

    kind: Kind
    route: Route


class SettingApartLearnt(Event):
    """The case is dealt with elsewhere, and nobody here may know of it; or that is so no more."""

    title = "另行办理登记"
    basis = "信访工作条例 第三十条第三款"

    apart: bool


class AccusedLearnt(Event):
    """It is known whom else the case complains of."""

    title = "办理中获知被反映对象"
    basis = "信访工作条例 第二十八条第三款、第三十条第三款"

    units: tuple[str, ...]
    persons: tuple[str, ...] = ()


class RecusalLearnt(Event):
    """It is known that an officer keeps out of the case, or does so no more, by a decision that was taken elsewhere."""

    title = "办理中获知回避"
    basis = "信访工作条例 第二十八条第三款"

    officer: str
    recused: bool


class ChallengeLearnt(Event):
    """It is open at its door whether an officer keeps out of the case, or so no more; until then no answer goes out."""

    title = "办理中获知回避申请待定"
    basis = "信访工作条例 第二十八条第三款"

    officer: str
    pending: bool


class HandlingReturned(Event):
    """The unit has the case no longer: its objection was upheld, or it may not touch the case."""

    title = "交还材料"
    basis = "信访工作条例 第二十三条第三款"

    unit: str
    answered: bool = False
    """Whether the petitioner has an opinion: what is served stands, and whoever gets the case goes on from there."""


class HandlingCarriedOn(Event):
    """Another unit has the case and goes on where the one before stood, on the same days."""

    title = "承接办理"
    basis = "信访工作条例 第二十四条第二款、第二十八条第三款"

    unit: str
    unit_name: str
    from_unit: str | None = None
    due_on: date | None = None
    case_officer: str | None = None
    """Who goes on handling it, where they act for the new unit, too."""


class HandlingStopped(Event):
    """The unit stops, because the petitioner has withdrawn or the case has gone into another."""

    title = "停止办理"
    basis = "信访工作条例 第三十四条（程序由本系统规定）"

    unit: str | None
    reason: StopReason


class ObjectionLearnt(Event):
    """The unit has objected that the case is not within its power; until that is settled it decides nothing."""

    title = "管辖异议待定"
    basis = "信访工作条例 第二十三条第三款"

    unit: str


class ObjectionSettled(Event):
    """The objection was rejected; the unit goes on."""

    title = "管辖异议不成立，继续办理"
    basis = "信访工作条例 第二十三条第三款"

    unit: str


class SixOneLearnt(Event):
    """The case is under the six-and-three scheme, and stays open until that is complete."""

    title = "纳入六一三包"
    basis = "信访工作条例 第十八条第二款"
    version = 2

    order_no: Words


class SixOneDischarged(Event):
    """The six papers exist and the three duties are done; the scheme no longer keeps the case open."""

    title = "六一三包履行完毕"
    basis = "信访工作条例 第十八条第二款"
    version = 2

    order_no: Words


class CoUnitsNamed(Event):
    """It is settled which units help the one that has the case; each owes it a part of the answer."""

    title = "确定协办单位"
    basis = "信访工作条例 第二十四条"

    co_units: tuple[str, ...]


class PetitionersLearnt(Event):
    """Further petitioners belong to the case; each of them is owed the notice and the opinion."""

    title = "获知其他信访人"
    basis = "信访工作条例 第二十三条、第三十二条"

    petitions: tuple[UUID, ...]
    anonymous: bool = True
    """Whether nobody is named now who speaks for the first petitioners (第二十条第三款)."""
    unclear: bool = True
    """Whether nobody who speaks for the first petitioners has a clear name and address now (第二十三条第二款)."""


class ClaimsLearnt(Event):
    """The case holds several claims; the opinion answers each of them."""

    title = "办理单位获知分项诉求"
    basis = "信访工作条例 第三十二条"

    count: int


class PartingLearnt(Event):
    """Nothing more is owed here to who had joined the wrong case, or has withdrawn; what was served stays."""

    title = "获知误并信访人分出"
    basis = "信访工作条例 第二十三条、第三十二条"

    petition: UUID
    anonymous: bool
    unclear: bool
    came_back: tuple[int, ...] = ()
    """Which entries had served something on them and came back: nobody owes them that any more."""


class WithdrawalLearnt(Event):
    """The petitioner wishes to withdraw, or no more; until that is settled no money is promised or paid."""

    title = "办理单位获知撤回申请"
    basis = "信访工作条例 第三十七条第二款"

    pending: bool


# The first versions had in clear what people typed.
words_before(SixOneDischarged, SixOneLearnt)
