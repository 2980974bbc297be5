"""The commands of the directory."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.vocabulary import ContentCategory, Level, Role, UnitKind
from services.assignment.application.directory import NAMEPLATE, NO_NAMEPLATE
from services.assignment.application.recalling import move_cases
from services.assignment.domain.directory import Unit, must_have, must_have_given, must_lead, must_not_be_taken
from services.chassis.commands import Command, Reply
from services.chassis.context import By
from services.chassis.errors import NotFound
from services.chassis.fields import UNSEEN, Code, Day, InNoEvent, Line, OfNoPerson, PublicLine
from services.chassis.references import BlamedUnit, KnownUnit
from services.chassis.running import Running
from services.chassis.views import Statement
from services.chassis.writer import Done

ROLES_MAX: Final = len(Role)
SUCCESSORS_MAX: Final = 20
MARK_CHARS_MAX: Final = 20
ADMIN: Final = (Role.platform_admin,)
HEADS: Final = (Role.platform_admin, Role.unit_head)


Mark = Annotated[
    str,
    StringConstraints(max_length=MARK_CHARS_MAX, pattern=rf"^[^{UNSEEN}\s〔〕]*$"),
    OfNoPerson,
    Field(description="What the numbers of its papers begin with (机关代字); its name, where that is not laid down"),
]


class Entered(Reply):
    """Which unit it was."""

    code: str


class OfficerEntered(Entered):
    """Which officer of which unit it was."""

    officer: str


class OnUnit(Command[Unit], reply=Entered):
    """A command about a unit of the directory."""

    code: Annotated[Code, Field(description="The code of the unit")]

    def stream(self, by: By) -> UUID:  # noqa: ARG002  # whoever acts
        """Return the stream of the unit."""
        return Unit.stream(self.code)


class Moving(OnUnit):
    """A command by which units may come under one that is complained of, or carry on for one that is no more.

    Those lose its cases, and these get them.
    """

    async def run(self, running: Running, by: By) -> Done:
        done = await super().run(running, by)
        await move_cases(running.store, self.code, by=by)
        return done


class EstablishUnit(Moving, method="PUT", path="/units/{code}", by=ADMIN, by_two=True, called="登记单位"):
    """Enter a unit into the directory, or change its entry."""

    may_open = True

    name: PublicLine
    level: Level
    parent: BlamedUnit | None = None
    sector_superior: BlamedUnit | None = None
    powers: tuple[ContentCategory, ...] = Field(default=(), max_length=len(ContentCategory))
    competent: bool
    kind: UnitKind | None = None
    vertical_managed: bool = False
    mark: Mark = ""

    def act(self, unit: Unit, by: By) -> None:
        must_not_be_taken(self.mark, self.code, self.directory)
        unit.establish(self.code, self.model_dump(exclude={"code"}), at=by.at)


class OnOfficer(OnUnit, reply=OfficerEntered):
    """A command about an officer of a unit."""

    officer: Annotated[Code, Field(description="The code of the officer")]

    def those_concerned(self) -> Collection[str]:
        return {self.officer}


PLATE: Final = {"unit": "code", "officer": "officer", "post": "post", "name": "name", "phone": "phone"}
"""What stands on a nameplate, and which field of an appointment says it."""


class AppointOfficer(
    OnOfficer, method="PUT", path="/units/{code}/officers/{officer}", by=ADMIN, by_two=True, called="任用"
):
    """Let an officer act for a unit; post, name and telephone go on the nameplate and into no event."""

    post: Annotated[Line, OfNoPerson, InNoEvent()]
    roles: list[Role] = Field(min_length=1, max_length=ROLES_MAX)
    name: Annotated[Line, InNoEvent()]
    phone: Annotated[
        Line | None, InNoEvent(), Field(description="At which number the officer answers while on duty")
    ] = None

    def act(self, unit: Unit, by: By) -> None:
        unit.appoint(self.officer, self.roles, at=by.at)

    def statements(self) -> Sequence[Statement]:
        return [(NAMEPLATE, {name: getattr(self, of) for name, of in PLATE.items()})]


class RelieveOfficer(
    OnOfficer, method="DELETE", path="/units/{code}/officers/{officer}", by=ADMIN, by_two=True, called="免去"
):
    """Let an officer act for a unit no longer, nor whoever stands in for them.

    What is kept from a unit because somebody who is complained of acts for it is shown there as soon as nobody does.
    """

    def act(self, unit: Unit, by: By) -> None:
        if self.officer not in unit.officers:
            raise NotFound(f"人员 {self.officer}")
        unit.relieve(self.officer, at=by.at)

    def statements(self) -> Sequence[Statement]:
        return [(NO_NAMEPLATE, {"unit": self.code, "officer": self.officer})]


class SucceedUnit(Moving, method="PUT", path="/units/{code}/successors", by=ADMIN, by_two=True, called="职权承继"):
    """Let others carry on for a unit that was divided, merged or abolished, or nobody (第二十四条第二款)."""

    successors: list[KnownUnit] = Field(max_length=SUCCESSORS_MAX)

    def act(self, unit: Unit, by: By) -> None:
        unit.succeed(self.successors, self.directory, at=by.at)


class OfPower(OnUnit):
    """A command about a power, by the head of the unit that has it or has given it, or by who keeps the directory."""

    power: ContentCategory


class DelegatePower(
    OfPower, method="PUT", path="/units/{code}/delegations/{power}", by=HEADS, by_two=True, called="下放职权"
):
    """Let a unit decide what the acting one decides otherwise."""

    def act(self, unit: Unit, by: By) -> None:
        if by.role is Role.unit_head:
            must_have(by.unit, self.power, self.directory)
        unit.delegate(self.power, by.unit, self.directory, at=by.at)


class TakeBackPower(OfPower, method="DELETE", path="/units/{code}/delegations/{power}", by=HEADS, called="收回职权"):
    """End a delegation."""

    def act(self, unit: Unit, by: By) -> None:
        if by.role is Role.unit_head:
            must_have_given(by.unit, self.power, unit, self.directory)
        unit.take_back(self.power, at=by.at)


class OfDeputy(OnUnit):
    """A command about an officer's deputy, by a head who leads the unit, or by who keeps the directory."""

    officer: Code

    def those_concerned(self) -> Collection[str]:
        return {self.officer}

    def decide(self, unit: Unit, by: By, /) -> dict[str, Any]:
        """Let no head say who acts elsewhere. Raises ``NotTheirUnit``."""
        if by.role is Role.unit_head:
            must_lead(by.unit, self.code, self.directory)
        return super().decide(unit, by)


class NameDeputy(
    OfDeputy, method="PUT", path="/units/{code}/officers/{officer}/deputy", by=HEADS, by_two=True, called="指定代理"
):
    """Let somebody act in an officer's stead, for some days."""

    deputy: Code
    first_on: Day
    last_on: Day

    def those_concerned(self) -> Collection[str]:
        return {self.officer, self.deputy}

    def act(self, unit: Unit, by: By) -> None:
        unit.name_deputy(self.officer, self.deputy, self.first_on, self.last_on, at=by.at)


class EndDeputy(OfDeputy, method="DELETE", path="/units/{code}/officers/{officer}/deputy", by=HEADS, called="结束代理"):
    """Let an officer act again, before the deputy's days are over."""

    def act(self, unit: Unit, by: By) -> None:
        unit.end_deputy(self.officer, at=by.at)
