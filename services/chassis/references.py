"""What a field of a command refers to: a case, a unit, an entry of another register, which must be there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Protocol, get_args
from uuid import UUID

from services.chassis.directory import Entry, Post
from services.chassis.errors import NotFound
from services.chassis.fields import Code
from services.chassis.operations import Declared

if TYPE_CHECKING:
    from services.chassis.context import By
    from services.chassis.store import Store


class Kinds(Protocol):
    """Says what kind the texts of cases are."""

    async def kind(self, case: UUID, text: UUID) -> str:
        """Return what kind of text of a case it is."""


class Place(Protocol):
    """Where things are looked up: a process of a service."""

    store: Store

    @property
    def texts(self) -> Kinds:
        """Who says what kind of text one is."""


class About(Protocol):
    """A command, which is about a case if somebody asks for that."""

    async def of_case(self, running: Any, by: By) -> UUID | None:  # noqa: ANN401  # a process
        """Return the case, if there is one."""


class Reference:
    """That what stands in a field has to be there."""

    after_the_rules: ClassVar[bool] = False
    """Whether what is not there is a reason to refuse only what the rules allow otherwise."""

    async def look_up(self, running: Place, command: About, by: By, value: Any) -> Any:  # noqa: ANN401, ARG002  # what the field takes
        """Return what a field's value refers to: itself, unless it is looked up."""
        return value


@dataclass(frozen=True)
class Refers(Reference):
    """That a field refers to something of a kind: ``Annotated[UUID, Refers(Desk)]``, or a list of such, or none.

    What stands in the field is its stream, unless it is `found` in another way.
    """

    to: type[Any]
    found: Callable[[Store, Any], Awaitable[Any]] | None = None

    async def look_up(self, running: Place, command: About, by: By, value: Any) -> Any:  # noqa: ANN401  # what the field takes
        """Return what a field's value refers to. Raises ``NotFound``."""
        if value is None:
            return None
        if isinstance(value, list):
            return [await self.look_up(running, command, by, one) for one in value]
        return await (self.found(running.store, value) if self.found else running.store.known(self.to, value))


@dataclass(frozen=True)
class NamesCase(Reference):
    """That a field names a case: whoever must not know of it is told that there is none (``http/gate.py``)."""


NamedCase = Annotated[UUID, NamesCase()]
"""A case that a command names beside the one in which somebody acts by it."""


@dataclass(frozen=True)
class Gives(Reference):
    """That whom a field names gets something of the case, and so is nobody who keeps out of it (``http/gate.py``)."""

    person: bool = False


GivenUnit = Annotated[Code, Gives()]
"""The code of a unit that gets something of the case, whether the directory has it or not."""
GivenOfficer = Annotated[Code, Gives(person=True)]
"""The same of somebody who gets something of it."""


@cache
def references(cls: type[Declared]) -> Sequence[tuple[str, Reference]]:
    """Return the fields of an operation that refer to something: its own, then those of its bases."""
    names = dict.fromkeys(name for base in cls.__mro__ for name in vars(base).get("__annotations__", ()))
    fields = [(name, cls.model_fields[name]) for name in names if name in cls.model_fields]
    return [(name, one) for name, field in fields for one in _refers(*field.metadata, field.annotation)]


def _refers(*parts: Any) -> Iterator[Reference]:  # noqa: ANN401  # of annotations
    for part in parts:
        if isinstance(part, Reference):
            yield part
        yield from _refers(*get_args(part))


async def known_unit(store: Store, code: str) -> Entry:
    """Return a unit of the directory. Raises ``NotFound`` for one that is not in it."""
    return (await store.directories.knowing(code)).units[code]


KnownUnit = Annotated[GivenUnit, Refers(Entry, known_unit)]
"""The code of a unit that stands in the directory, and gets what the command gives."""
BlamedUnit = Annotated[Code, Refers(Entry, known_unit)]
"""The code of a unit of the directory of which something is said that it does not get."""


KnownPlace = Annotated[Code, Refers(Entry, known_unit)]
"""The code of a place: of the unit of the directory whose territory it is, which gets nothing by that."""


async def known_officer(store: Store, officer: str) -> dict[str, Post]:
    """Return what somebody is, by unit. Raises ``NotFound`` for one who acts for nobody."""
    found = await store.directories.at_hand()
    if not found.units_of(officer) and await store.directories.renew(found):
        found = store.directories.current
    if not (units := found.units_of(officer)):
        raise NotFound(f"人员 {officer}")
    return {unit: post for unit in units if (post := found.units[unit].officers.get(officer)) is not None}


KnownOfficer = Annotated[GivenOfficer, Refers(Entry, known_officer)]
"""The code of somebody who acts for a unit of the directory, and gets what the command gives."""
BlamedOfficer = Annotated[Code, Refers(Entry, known_officer)]
"""The code of somebody who acts for a unit of the directory, of whom something is said that they do not get."""


def named_cases(command: Declared) -> list[UUID]:
    """Return the cases that a command names, each once; the one that stands in its path is none of them."""
    in_path = type(command).operation.in_path
    return list(dict.fromkeys(_named(command, lambda name, one: isinstance(one, NamesCase) and name not in in_path)))


def given_units(command: Declared) -> list[str]:
    """Return the units that a command gives something to: those that its fields name."""
    return list(_named(command, lambda _, one: isinstance(one, Gives) and not one.person))


def given_officers(command: Declared) -> list[str]:
    """Return the officers that a command gives something to: those that its fields name."""
    return list(_named(command, lambda _, one: isinstance(one, Gives) and one.person))


def _named(command: Declared, is_meant: Callable[[str, Reference], bool]) -> Iterator[Any]:
    """Return what stands in some fields of a command."""
    for name, one in references(type(command)):
        if is_meant(name, one):
            value = getattr(command, name)
            yield from value if isinstance(value, list) else [] if value is None else [value]
