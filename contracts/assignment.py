"""分办: who must handle a case, and who says that it is not theirs."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from contracts.event import Event
from contracts.vocabulary import (
    ContentCategory,
    DisputeLevel,
    JudicialManner,
    Kind,
    Level,
    ObjectionGround,
    Role,
    Route,
)


class CaseReceived(Event):
    """The classified case awaits a competent unit."""

    title = "待分办"
    basis = "信访工作条例 第二十二条"

    registration_no: str
    kind: Kind
    route: Route
    category: ContentCategory
    place: str


class CaseForwarded(Event):
    """The case is with a competent unit; no report of the result is owed."""

    title = "转送"
    basis = "信访工作条例 第二十二条第一项、第二项"

    registration_no: str
    route: Route
    unit: str
    unit_name: str
    kind: Kind | None = None
    anonymous: bool = False
    review_bodies: tuple[str, ...] = ()
    """Which units may review the handling unit's opinion (第三十五条)."""


class CaseAssigned(Event):
    """The case is with a competent unit, which owes a report of the result by `due_on`."""

    title = "交办"
    basis = "信访工作条例 第二十二条第三项"

    registration_no: str
    route: Route
    unit: str
    unit_name: str
    due_on: date
    kind: Kind | None = None
    anonymous: bool = False
    review_bodies: tuple[str, ...] = ()
    """Which units may review the handling unit's opinion (第三十五条)."""
    from_above: bool = False
    """Whether a higher level assigned it, which bars the simplified track."""


class JurisdictionObjected(Event):
    """The unit says, within five working days, that the case is not within its power."""

    title = "管辖异议"
    basis = "信访工作条例 第二十三条第三款"

    unit: str
    ground: ObjectionGround
    reasons: UUID
    proposed_unit: str | None = None


class ObjectionUpheld(Event):
    """The sender has verified the objection and takes the case back, to hand it to another unit."""

    title = "异议成立"
    basis = "信访工作条例 第二十三条第三款"

    unit: str


class ObjectionRejected(Event):
    """The sender has verified the objection and the unit keeps the case."""

    title = "异议不成立"
    basis = "信访工作条例 第二十三条第三款"

    unit: str


class UnitEstablished(Event):
    """A unit stands in the directory; `parent` is the territorial line, `sector_superior` the vertical one."""

    title = "单位设立"
    basis = "信访工作条例 第五条第三项"
    of_case = False

    code: str
    name: str
    level: Level
    parent: str | None
    sector_superior: str | None
    powers: list[ContentCategory]
    competent: bool
    """Whether it may issue an opinion; a village committee and an inner office may not."""


class UnitChanged(Event):
    """The directory's entry of a unit has changed."""

    title = "单位变更"
    basis = "信访工作条例 第五条第三项"
    of_case = False

    name: str
    level: Level
    parent: str | None
    sector_superior: str | None
    powers: list[ContentCategory]
    competent: bool


class OfficerAppointed(Event):
    """Somebody acts for a unit; the name stands on the nameplate in the directory and never here."""

    title = "人员任用"
    basis = "信访工作条例 第十四条"
    of_case = False

    officer: str
    post: str
    roles: list[Role]


class OfficerRelieved(Event):
    """Somebody acts for the unit no longer."""

    title = "人员免去"
    basis = "信访工作条例 第十四条"
    of_case = False

    officer: str


class CaseTaken(Event):
    """A unit keeps what it received directly, because it is within its own power."""

    title = "本单位受理办理"
    basis = "信访工作条例 第二十三条第一款"

    registration_no: str
    route: Route
    unit: str
    unit_name: str
    kind: Kind | None = None
    anonymous: bool = False
    review_bodies: tuple[str, ...] = ()


class RoutedToJudicial(Event):
    """A case about litigation is with the political-legal organ; letters are forwarded, visitors are told where."""

    title = "涉法涉诉分离"
    basis = "信访工作条例 第二十二条第二款、第二十八条第二款、第三十一条第一项"

    organ: str
    manner: JudicialManner


class JurisdictionDisputeReferred(Event):
    """The units could not agree who is competent; somebody above them has to say."""

    title = "管辖争议提请"
    basis = "信访工作条例 第二十四条"

    level: DisputeLevel
    arbiter: str
    units: tuple[str, ...]


class LeadUnitDesignated(Event):
    """It is settled who leads and who helps; the case is with the lead unit."""

    title = "指定主办单位"
    basis = "信访工作条例 第二十四条"

    registration_no: str
    route: Route
    unit: str
    unit_name: str
    decided_by: str
    co_units: tuple[str, ...] = ()
    kind: Kind | None = None
    anonymous: bool = False
    review_bodies: tuple[str, ...] = ()


class ClosureReportReturned(Event):
    """The sender has read the report of the result and wants it done again."""

    title = "退回办结报告"
    basis = "信访工作条例 第二十二条第三项"

    unit: str
    due_on: date


class SixOneOpened(Event):
    """The case is under the six-and-three scheme: it cannot close before its six papers exist."""

    title = "六一三包立案"
    basis = "信访工作条例 第十八条第二款"

    order_no: str


class SixOneCompleted(Event):
    """All six papers of the scheme exist and its three duties are done."""

    title = "六一三包完成"
    basis = "信访工作条例 第十八条第二款"

    order_no: str
