"""The directory: the units of the county, their powers, and who acts for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from contracts.assignment import (
    DelegationEnded,
    DeputyEnded,
    DeputyNamed,
    OfficerAppointed,
    OfficerRelieved,
    PowerDelegated,
    UnitChanged,
    UnitEstablished,
    UnitSucceeded,
)
from contracts.ids import derived
from contracts.periods.calendar import day
from contracts.vocabulary import ContentCategory, Level, Role, UnitKind
from services.chassis.aggregate import Aggregate, when
from services.chassis.directory import NO_DECISIONS, Deputy, Directory, Entry, Post
from services.chassis.errors import Forbidden, Invalid, Refused

UNITS: Final = UUID("6b1c8a0e-6f5e-5d0b-9a35-0d9b8f6a7c21")
"""Namespace of unit streams: the same code is the same unit in every county's system."""


class NotOfTheUnit(Refused):
    """A deputy and whom they act for belong to the unit."""

    code = "not_of_the_unit"
    title = "代理双方须为本单位人员"
    article = "信访工作条例 第十四条"


class NoDeputy(Refused):
    """Nobody acts in the officer's stead."""

    code = "no_deputy"
    title = "没有代理人"
    article = "信访工作条例 第十四条"


class ImpossibleDays(Invalid):
    """The days of a deputy are over, or end before they begin."""

    code = "impossible_days"
    title = "代理期间不合事理"
    article = "信访工作条例 第十四条"


class SucceedsItself(Invalid):
    """A unit that ends cannot carry itself on."""

    code = "succeeds_itself"
    title = "单位不能由自身承继"
    article = "信访工作条例 第二十四条第二款"


class CircleOfSuccessors(Refused):
    """Units that carry each other on have nobody who carries on."""

    code = "circle_of_successors"
    title = "承继关系不得循环"
    article = "信访工作条例 第二十四条第二款"
    by_directory = True


class CannotDecide(Refused):
    """Who issues no opinion can be given no power to."""

    code = "cannot_decide"
    title = "该单位无权作出处理意见，不能下放职权"
    article = "信访工作条例 第二十二条、第三十二条"


class IssuesNoOpinion(Invalid):
    """An inner office is part of its unit, and a village committee no organ: neither issues an opinion."""

    code = "issues_no_opinion"
    title = "内设机构、村（居）民委员会不作出处理意见"
    article = "信访工作条例 第三十二条；村民委员会组织法 第二条"


class MarkTaken(Refused):
    """Two units whose numbers begin alike would issue two papers under one number."""

    code = "mark_taken"
    title = "该机关代字已为其他单位使用"
    article = "信访工作条例 第三十二条"
    by_directory = True


class DelegatedByAnother(Refused):
    """What one unit has given away is given by no other one, unless it is taken back first."""

    by_directory = True
    code = "delegated_by_another"
    title = "该项职权已由其他单位下放，须先由其收回"
    article = "信访工作条例 第五条第三项"


class NotTheirUnit(Forbidden):
    """A head names deputies in the unit that they lead, and in those under it."""

    by_directory = True
    code = "not_their_unit"
    title = "单位负责人只可就本单位及下级单位指定代理"
    article = "信访工作条例 第十四条"


class NotTheirPower(Forbidden):
    """A head gives away what their own unit decides, and takes back what it has given away, or whom it carries on."""

    by_directory = True
    code = "not_their_power"
    title = "单位负责人只可下放、收回本单位的职权"
    article = "信访工作条例 第五条第三项"


def must_lead(unit: str, code: str, directory: Directory) -> None:
    """Raise ``NotTheirUnit`` unless a unit is another one, carries it on, or stands above it."""
    if code not in directory.acts_for(unit) and unit not in directory.above(code):
        raise NotTheirUnit(code)


def must_have(unit: str, power: ContentCategory, directory: Directory) -> None:
    """Raise ``NotTheirPower`` unless a power is a unit's own."""
    if unit not in directory.units or power not in directory.units[unit].powers:
        raise NotTheirPower(power.title)


def must_have_given(by: str, power: ContentCategory, unit: Unit, directory: Directory) -> None:
    """Raise ``NotTheirPower`` unless a unit, or one that it carries on, has given a power to another one.

    What nobody has given is taken back by nobody but whose own it is.
    """
    if power not in unit.delegated:
        must_have(by, power, directory)
    elif unit.delegated[power] not in directory.acts_for(by):
        raise NotTheirPower(power.title)


def must_not_be_taken(mark: str, code: str, directory: Directory) -> None:
    """Raise ``MarkTaken`` where the numbers of another unit begin as those of this one shall."""
    if mark and any(mark == directory.mark(other) for other in directory.units if other != code):
        raise MarkTaken(mark)


class Unit(Aggregate):
    """A unit of the county, its powers, and who acts for it. Its stream belongs to no case."""

    def start(self) -> None:
        """The unit is not established yet."""
        self.code = self.name = ""
        self.level = Level.county
        self.parent: str | None = None
        self.sector_superior: str | None = None
        self.powers: tuple[ContentCategory, ...] = ()
        self.competent = False
        self.kind: UnitKind | None = None
        self.vertical_managed = False
        self.mark = ""
        self.successors: tuple[str, ...] = ()
        self.delegated: dict[ContentCategory, str] = {}
        self.deputies: dict[str, tuple[str, date, date]] = {}
        self.officers: dict[str, tuple[Role, ...]] = {}
        self.since: dict[tuple[str, Role], int] = {}
        """From which version on each officer has had each role."""
        self.named_since: dict[str, int] = {}
        """Which version has named each officer's deputy."""

    @staticmethod
    def stream(code: str) -> UUID:
        """Return the stream of the unit with a code."""
        return derived(UNITS, code)

    @property
    def case(self) -> UUID | None:
        """A unit belongs to no case."""
        return None

    def establish(self, code: str, facts: dict[str, Any], *, at: datetime) -> None:
        """Enter the unit, or what has changed about it; nothing happens where nothing has changed."""
        if facts.get("competent") and facts.get("kind") in NO_DECISIONS:
            raise IssuesNoOpinion(facts.get("name", code))
        if not self.exists:
            self.record(UnitEstablished, at=at, code=code, **facts)
        elif facts != {name: getattr(self, name) for name in facts}:
            self.record(UnitChanged, at=at, **facts)

    def appoint(self, officer: str, roles: Iterable[Role], *, at: datetime) -> None:
        """Let somebody act for the unit."""
        wanted = tuple(roles)
        if self.officers.get(officer) != wanted:
            self.record(OfficerAppointed, at=at, officer=officer, roles=wanted)

    def relieve(self, officer: str, *, at: datetime) -> None:
        """Let somebody act for the unit no longer, neither in anybody's stead, nor anybody in theirs."""
        for one in [one for one, (deputy, *_) in self.deputies.items() if officer in {one, deputy}]:
            self.record(DeputyEnded, at=at, officer=one)
        if officer in self.officers:
            self.record(OfficerRelieved, at=at, officer=officer)

    def name_deputy(self, officer: str, deputy: str, first_on: date, last_on: date, *, at: datetime) -> None:
        """Let somebody act in an officer's stead on some days."""
        if officer not in self.officers or deputy not in self.officers or officer == deputy:
            raise NotOfTheUnit(f"{officer}、{deputy}")
        if not day(at) <= last_on or first_on > last_on:
            raise ImpossibleDays(f"{first_on} 至 {last_on}")
        self.record(DeputyNamed, at=at, officer=officer, deputy=deputy, first_on=first_on, last_on=last_on)

    def end_deputy(self, officer: str, *, at: datetime) -> None:
        """Let an officer act again."""
        if officer not in self.deputies:
            raise NoDeputy(officer)
        self.record(DeputyEnded, at=at, officer=officer)

    def succeed(self, successors: Sequence[str], directory: Directory, *, at: datetime) -> None:
        """Let other units carry on, or none, where that is taken back (第二十四条第二款)."""
        if self.code in successors:
            raise SucceedsItself
        if directory.closes_a_circle(self.code, successors):
            raise CircleOfSuccessors
        if tuple(successors) != self.successors:
            self.record(UnitSucceeded, at=at, successors=tuple(successors), code=self.code)

    def delegate(self, power: ContentCategory, delegated_by: str, directory: Directory, *, at: datetime) -> None:
        """Let the unit decide what a higher one decides otherwise; an inner office or a village committee never."""
        if not self.competent:
            raise CannotDecide(self.name)
        before = self.delegated.get(power, delegated_by)
        if before not in directory.acts_for(delegated_by):
            raise DelegatedByAnother(before)
        if self.delegated.get(power) != delegated_by:
            self.record(PowerDelegated, at=at, power=power, delegated_by=delegated_by)

    def take_back(self, power: ContentCategory, *, at: datetime) -> None:
        """End a delegation."""
        if power in self.delegated:
            self.record(DelegationEnded, at=at, power=power)

    @property
    def entry(self) -> Entry:
        """What the directory says of the unit."""
        return Entry(
            code=self.code, name=self.name, level=self.level, kind=self.kind, parent=self.parent,
            sector_superior=self.sector_superior, vertical_managed=self.vertical_managed,
            powers=frozenset(self.powers), delegated=frozenset(self.delegated), competent=self.competent,
            successors=self.successors,
            officers={
                one: Post(roles, {role: self.since[one, role] for role in roles})
                for one, roles in self.officers.items()
            },
            deputies={one: Deputy(*told, self.named_since[one]) for one, told in self.deputies.items()}, mark=self.mark,
        )  # fmt: skip

    @when
    def _(self, event: UnitEstablished) -> None:
        self.code = event.code
        self._describe(event)

    @when
    def _(self, event: UnitChanged) -> None:
        self._describe(event)

    @when
    def _(self, event: OfficerAppointed) -> None:
        before = self._forget_since(event.officer)
        self.officers[event.officer] = event.roles
        for role in event.roles:
            self.since[event.officer, role] = before.get((event.officer, role), event.originator_version)

    @when
    def _(self, event: OfficerRelieved) -> None:
        del self.officers[event.officer]
        self._forget_since(event.officer)

    @when
    def _(self, event: DeputyEnded) -> None:
        del self.deputies[event.officer], self.named_since[event.officer]

    @when
    def _(self, event: UnitSucceeded) -> None:
        self.successors = event.successors

    @when
    def _(self, event: PowerDelegated) -> None:
        self.delegated[event.power] = event.delegated_by

    @when
    def _(self, event: DelegationEnded) -> None:
        del self.delegated[event.power]

    @when
    def _(self, event: DeputyNamed) -> None:
        self.deputies[event.officer] = (event.deputy, event.first_on, event.last_on)
        self.named_since[event.officer] = event.originator_version

    def _forget_since(self, officer: str) -> dict[tuple[str, Role], int]:
        """Know no more since when somebody has their roles, and return what was known."""
        return {(officer, role): self.since.pop((officer, role)) for one, role in [*self.since] if one == officer}

    def _describe(self, event: UnitEstablished | UnitChanged) -> None:
        self.name, self.level, self.parent = event.name, event.level, event.parent
        self.sector_superior, self.powers, self.competent = event.sector_superior, event.powers, event.competent
        self.kind, self.vertical_managed, self.mark = event.kind, event.vertical_managed, event.mark
