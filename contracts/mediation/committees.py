"""People's mediation committees and their mediators."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from contracts.event import Event, OtherCase
from contracts.vocabulary import CommitteeSetting, RemovalGround


class CommitteeRegistered(Event):
    """A people's mediation committee has been elected, for three years."""

    title = "人民调解委员会备案"
    basis = "人民调解法 第七条至第十条"
    of_case = False

    unit: str
    setting: CommitteeSetting
    member_count: int
    chair: str
    has_woman: bool
    elected_on: date
    term_until: date
    document: UUID
    registered_by: str | None = None
    """The unit that has put it on the register."""


class CommitteeReelected(Event):
    """The committee has been elected anew, for another three years."""

    title = "人民调解委员会换届"
    basis = "人民调解法 第八条、第九条"
    of_case = False

    member_count: int
    chair: str
    has_woman: bool
    elected_on: date
    term_until: date
    document: UUID


class MediatorRegistered(Event):
    """Somebody mediates for a committee, under a certificate."""

    title = "人民调解员备案"
    basis = "人民调解法 第十三条、第十四条"
    of_case = False

    committee: UUID
    mediator: str
    certificate_no: str


class MediatorTrained(Event):
    """The mediator has been trained."""

    title = "人民调解员培训"
    basis = "人民调解法 第十四条第二款"
    of_case = False

    trained_on: date
    hours: int
    document: UUID


class MediatorRemoved(Event):
    """Whoever chose the mediator has taken the office away, on one of the law's four grounds."""

    title = "人民调解员罢免、解聘"
    basis = "人民调解法 第十五条"
    of_case = False

    ground: RemovalGround
    document: UUID
    unit: str = ""
    """Whose committee that was, which names somebody else."""
    cases: tuple[OtherCase, ...] = ()
    """In which cases the mediator was mediating."""
