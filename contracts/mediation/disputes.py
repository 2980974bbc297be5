"""Disputes in the villages, the sweeps in which units look for them, and what units put right themselves."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from contracts.event import Event
from contracts.vocabulary import ContentCategory, DisputeClass, SupervisionReason


class DisputeRecorded(Event):
    """A village has put a dispute into its ledger: what it is about and where, and nobody's file."""

    title = "矛盾纠纷登记"
    basis = "信访工作条例 第十条、第三十七条第一款"
    of_case = False

    unit: str
    place: str
    dispute_class: DisputeClass
    category: ContentCategory
    document: UUID
    against_unit: str | None = None


class MediationTeamNamed(Event):
    """A leader answers for the dispute, a mediator mediates, and both have until a day."""

    title = "调解专班"
    basis = "信访工作条例 第三十七条第一款；人民调解法 第十九条"
    of_case = False

    leader: str
    mediator: str
    mediator_unit: str
    due_on: date


class DisputeSettled(Event):
    """The dispute is settled, and how is on paper."""

    title = "矛盾纠纷化解"
    basis = "信访工作条例 第三十七条第一款"
    of_case = False

    settled_on: date
    document: UUID


class SweepOrdered(Event):
    """Units have to look for disputes and say by a day what they have found, even if it is nothing."""

    title = "矛盾纠纷排查"
    basis = "信访工作条例 第十条、第三十七条第一款"
    of_case = False

    units: tuple[str, ...]
    due_on: date


class SweepReported(Event):
    """A unit has said how many disputes it found; zero is an answer."""

    title = "排查报告"
    basis = "信访工作条例 第十条、第三十七条第一款"
    of_case = False

    unit: str
    count: int
    document: UUID | None = None


class SweepMissed(Event):
    """A unit has said nothing by the day. This stays on record, also if it reports later."""

    title = "逾期未报排查"
    basis = "信访工作条例 第十条、第四十五条"
    of_case = False

    unit: str


class SelfCorrected(Event):
    """A unit has put right what it did wrong before anybody complained."""

    title = "主动纠正"
    basis = "信访工作条例 第二十八条第一款"
    of_case = False

    unit: str
    reason_code: SupervisionReason
    corrected_on: date
    document: UUID
