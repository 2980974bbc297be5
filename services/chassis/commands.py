"""Commands: what is sent, who may send it, and what an aggregate decides about it.

Whoever acts comes through one gate (``http/gate.py``): who acts, what was sent, may they, decide, store. A command on
one aggregate says its stream and calls a rule in ``act``; what looks things up first says ``run`` itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache, cached_property
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, TypeVar, cast
from uuid import UUID

from msgspec.structs import replace
from pydantic import BaseModel, create_model

from contracts.ids import derived
from contracts.vocabulary import Role
from services.chassis.aggregate import Aggregate
from services.chassis.context import By
from services.chassis.directory import Directory, NoSuchBody
from services.chassis.errors import DomainError, Forbidden, NotFound
from services.chassis.operations import Declared
from services.chassis.recusal import FOR_NO_UNIT
from services.chassis.references import references
from services.chassis.source import Typed
from services.chassis.store import New, Store, TriedOut
from services.chassis.views import Statement, Told
from services.chassis.words import PETITION, names_bodies, sealed_off
from services.chassis.writer import Done, Work

if TYPE_CHECKING:
    from services.chassis.running import Running

A = TypeVar("A", bound=Aggregate)

ACCEPTED: Final = 202
"""The status of what has been taken down, and has no effect yet."""

Said = Mapping[str, Any] | None
"""What a reply shows beside what all replies of its kind show."""


class Reply(BaseModel):
    """The reply to a command: the version of the stream that it changed."""

    version: int


class Proposed(Reply):
    """Which change waits for another person to agree."""

    change_id: UUID


class Command(Declared, Generic[A]):
    """A command on one aggregate.

    Class arguments: `path`, `by` (the roles that may), `title` (Chinese), and where they differ `method`, `status`,
    `reply` and `location`; and whether it takes two persons (`by_two`), so that it is answered with what is pending,
    and with its reply when another one agrees. A class without a path is a base of commands.
    """

    aggregate: ClassVar[type[Aggregate]]
    replies: ClassVar[type[Reply]] = Reply
    """What the commands of a base are answered with, unless one says otherwise."""
    if TYPE_CHECKING:
        _store: Store  # set without pydantic, which takes as long for a private attribute as for all other fields
        typed: Sequence[Typed]  # the same
    case_in: ClassVar[str] = "case_id"
    """Which field names the case in which somebody acts, where one does."""
    may_open: ClassVar[bool] = False
    """Whether the stream may begin with this command."""

    def __init_subclass__(
        cls,
        *,
        path: str | None = None,
        by: Sequence[Role] = (),
        called: str = "",
        method: str = "POST",
        status: int = 200,
        reply: type[Reply] | None = None,
        location: str | None = None,
        by_two: bool = False,
    ) -> None:
        """Take what the class says of itself; it is read when its fields are known."""
        super().__init_subclass__()

    @classmethod
    def __pydantic_init_subclass__(cls, **said: Any) -> None:  # noqa: ANN401  # pydantic's own name
        """Say what the class is, as soon as its fields are known."""
        if (kind := cls.about()) is not None:
            cls.aggregate = kind
        if said.get("reply"):
            cls.replies = said["reply"]
        if said.get("path"):
            facts: dict[str, Any] = {"method": "POST", "status": cls.succeeds()} | said | {"reply": cls.replies}
            cls.declare(**facts | ({"status": ACCEPTED, "reply": Proposed} if said.get("by_two") else {}))

    @classmethod
    def about(cls) -> type[Aggregate] | None:
        """Return the kind of aggregate that stands in brackets behind the class."""
        return next((arg for arg in cls.__pydantic_generic_metadata__["args"] if isinstance(arg, type)), None)

    @classmethod
    def succeeds(cls) -> int:
        """Return the status of success, unless a command says otherwise."""
        return 200

    def stream(self, by: By) -> UUID:  # noqa: ARG002  # a new stream's id follows from the command's
        """Return the stream of the aggregate: the case's own, unless a base says otherwise."""
        stream: UUID = self.case_id  # type: ignore[attr-defined]
        return stream

    def statements(self) -> Sequence[Statement]:
        """Return what is written beside the events, in the same transaction."""
        return ()

    def decide(self, aggregate: A, by: By, /) -> dict[str, Any]:
        """Let the aggregate decide; return the reply without its version. Raises ``Refused``."""
        said = self.act(aggregate, by)
        for error in self.amiss:
            raise error
        return {**self.shows(aggregate), **(said or {})}

    def act(self, aggregate: A, by: By, /) -> Said:
        """Call the rule; return what of the reply is neither a field of the command nor of the aggregate."""
        raise NotImplementedError

    def shows(self, aggregate: A, /) -> dict[str, Any]:
        """Return what the reply has of the command's own fields and of the aggregate."""
        sent, read = _shown(type(self))
        shown = {}
        for name in sent:
            shown[name] = getattr(self, name)
        for name, of in read:
            shown[name] = of(aggregate)
        return shown

    @cached_property
    def referred(self) -> dict[str, Any]:
        """What the fields refer to, by the name of the field, as soon as it is looked up."""
        return {}

    def those_concerned(self) -> Collection[str]:
        """Return the persons whose own rights it changes: none of them agrees to it, where it takes two."""
        return ()

    @property
    def directory(self) -> Directory:
        """The directory as far as it is known at this moment: rules are handed it each time that they are called."""
        return self._store.directories.current

    def number(self, kind: str, by: By) -> str:
        """Return the number under which what happens is on file: the next one of the unit's own, of a kind and year."""
        return self._store.number(kind, by)

    @cached_property
    def amiss(self) -> list[DomainError]:
        """What is wrong with what the fields refer to, where that is said only of what the rules allow."""
        return []

    async def case_at_hand(self, running: Running, by: By) -> UUID | None:  # noqa: ARG002  # an entry has to be looked up
        """Return the case in which somebody acts by it, if there is one."""
        return getattr(self, self.case_in, None)

    async def is_theirs(self, running: Running, by: By) -> bool:  # noqa: ARG002  # an entry has to be looked up
        """Return whether somebody has to do with what it is done to, whatever they have to do with the case."""
        return False

    async def of_case(self, running: Running, by: By) -> UUID | None:  # noqa: ARG002  # it stands in the path
        """Return the case that the command is about, if it is about one."""
        case: UUID = self.case_id  # type: ignore[attr-defined]  # who asks knows that there is one
        return case

    def words_go_with(self, by: By) -> UUID | None:  # noqa: ARG002  # a paper is found by its stream
        """Return the petition, or the paper, with which what was typed is erased, if with one."""
        return getattr(self, PETITION, None)

    async def look_up(self, running: Running, by: By) -> None:
        """Make sure that what the fields refer to is there. Raises ``NotFound``."""
        object.__setattr__(self, "_store", running.store)
        self.amiss.clear()
        for name, refers in references(type(self)):
            try:
                self.referred[name] = await refers.look_up(running, self, by, getattr(self, name))
            except DomainError as error:
                if not refers.after_the_rules:
                    raise
                self.amiss.append(error)

    async def seal_off(self, running: Running, by: By) -> None:
        """Have the ids of what was typed in its place, and that itself apart (``words``). Raises ``NoSuchBody``."""
        directories, used = running.store.directories, Directory()
        if names_bodies(type(self)):
            used = await directories.at_hand()
        try:
            typed = sealed_off(self, running.service.name, by, used)
        except NoSuchBody:
            if not await directories.renew(used):
                raise
            typed = sealed_off(self, running.service.name, by, directories.current)
        object.__setattr__(self, "typed", tuple(typed))

    async def try_out(self, running: Running, by: By) -> Done | Work:
        """Let the rules refuse what they would refuse at this moment, and return what would be stored; nothing is.

        Where the rules refuse only because it was done before, that is what is answered once more. Raises
        ``DomainError``.
        """
        try:
            return await self.run(running, replace(by, trying=True))
        except TriedOut as tried:
            return tried.work

    async def run(self, running: Running, by: By) -> Done:
        """Load the aggregate, decide, store. Raises ``DomainError``."""
        await self.look_up(running, by)
        kind = cast("type[A]", self.aggregate)
        return await running.store.change(
            kind, self.stream(by), lambda one: self.decide(one, by), by=by, statements=self.statements(),
            may_open=self.may_open,
        )  # fmt: skip


@cache
def _shown(cls: type[Command[Any]]) -> tuple[Sequence[str], Sequence[tuple[str, Callable[[Any], Any]]]]:
    """Return which fields of the reply are the command's own, and how those are read that an aggregate tells."""
    fields = {name: field for name, field in cls.replies.model_fields.items() if name not in Reply.model_fields}
    sent = [name for name in fields if name in cls.model_fields]
    read: dict[str, Callable[[Any], Any]] = {name: attrgetter(name) for name in dir(cls.aggregate.blank(UUID(int=0)))}
    read[f"{getattr(cls, 'entry', '')}_id"] = attrgetter("id")
    read |= {name: told.of for name, field in fields.items() for told in field.metadata if isinstance(told, Told)}
    return sent, [(name, read[name]) for name in fields if name in read and name not in sent]


@cache
def _naming(entry: str) -> type[Reply]:
    """Return the reply that says which entry it was."""
    words = entry.split("_")
    said = f"Which {' '.join(words)} it was."
    return create_model(  # type: ignore[no-any-return, call-overload]  # fields by name
        "Of" + "".join(map(str.capitalize, words)), __base__=Reply, __doc__=said, **{f"{entry}_id": (UUID, ...)}
    )


class Entered(Command[A], Generic[A]):
    """A command about an entry of a register: about a ``StepForm``, and answered with its ``step_form_id``.

    An entry that goes by another name than its kind says so in `entry`.
    """

    entry: ClassVar[str]

    @classmethod
    def __pydantic_init_subclass__(cls, **said: Any) -> None:  # noqa: ANN401  # pydantic's own name
        """Reply with the id of the entry, unless a command says otherwise."""
        if (kind := cls.about()) is not None:
            cls.entry = re.sub("(?<=[a-z])(?=[A-Z])", "_", kind.__name__).lower()
        if kind is not None or "entry" in vars(cls):
            cls.replies = _naming(cls.entry)
        super().__pydantic_init_subclass__(**said)


class Entry(Entered[A], Generic[A]):
    """A command that opens a stream of its own, whose id follows from the command's: an entry of a register.

    One whose `stream` follows from what it is about says `may_open`: where it is there already, its rule says what it
    thinks of another one.
    """

    @classmethod
    def succeeds(cls) -> int:
        """Return that something was created."""
        return 201

    def stream(self, by: By) -> UUID:
        """Return the id of the new stream."""
        return derived(by.command_id, self.entry)

    async def run(self, running: Running, by: By) -> Done:
        """Open the stream, so that a retry finds the first try."""
        if self.may_open:
            return await super().run(running, by)
        await self.look_up(running, by)

        def opening() -> New:
            entry = cast("type[A]", self.aggregate).blank(self.stream(by))
            return New(entry, self.decide(entry, by), self.statements())

        return await running.store.create(opening, by=by)


class OnEntry(Entered[A], Generic[A]):
    """A command on an entry that is there: the ``desk_id`` of its path is the stream of the ``desk``."""

    def __init_subclass__(cls, **said: Any) -> None:  # noqa: ANN401  # a command's
        """Have a field for the id of the entry."""
        super().__init_subclass__(**said)
        if hasattr(cls, "entry"):
            cls.field(f"{cls.entry}_id", UUID)

    def stream(self, by: By) -> UUID:  # noqa: ARG002  # who acts changes nothing about it
        """Return the stream of the entry."""
        stream: UUID = getattr(self, f"{self.entry}_id")
        return stream

    async def case_at_hand(self, running: Running, by: By) -> UUID | None:
        """Return the case that the entry is about, if it is about one.

        Raises ``NotFound`` where it would be about one and is not there: what is hidden looks the same.
        """
        if self.case_in in type(self).model_fields:
            return await super().case_at_hand(running, by)
        one = await running.store.load(self.aggregate, self.stream(by))
        if not one.exists and hasattr(one, "of"):
            raise NotFound(str(one.id))
        return one.case

    async def is_theirs(self, running: Running, by: By) -> bool:
        """Return whether the entry names the unit of who acts, which has to do with it whatever the case is."""
        if self.case_in in type(self).model_fields:
            return False
        owners = self.owners(await running.store.load(self.aggregate, self.stream(by)))
        return not running.store.directories.current.acts_for(by.unit).isdisjoint(owners)

    def owners(self, one: Any) -> Sequence[str | None]:  # noqa: ANN401  # an aggregate of the command's
        """Return the units that the entry names."""
        return [getattr(one, "unit", None)]

    @property
    def barred(self) -> Collection[str]:
        """Return the units in whose place another one acts, where the entry is about a case that they may not touch."""
        return ()


class NotTheUnitOfTheEntry(Forbidden):
    """An entry is carried on by the unit that it names, and by nobody else."""

    by_directory = True
    code = "not_the_unit_of_the_entry"
    title = "该登记事项不由本单位负责"
    article = "信访工作条例 第二十八条第一款"


class Owned(Declared):
    """A command on an entry by the unit that it names, or by who keeps the register: nobody else answers for it."""

    keepers: ClassVar[frozenset[Role]] = frozenset()
    """In which roles somebody keeps the register, and so changes what others have entered."""

    def owners(self, one: Any) -> Sequence[str | None]:  # noqa: ANN401  # an aggregate of the command's
        """Return the units that the entry names."""
        return [one.unit]

    def decide(self, one: Any, by: By) -> dict[str, Any]:  # noqa: ANN401  # an aggregate of the command's
        """Let only these act, or who owes in their place. Raises ``NotTheUnitOfTheEntry``."""
        owners = self.owners(one)
        directory, barred = self.directory, self.barred  # type: ignore[attr-defined]  # a command's
        strange = directory.acting_as(by.unit, *owners, barred=barred) not in owners
        if strange and by.role not in self.keepers | FOR_NO_UNIT:
            raise NotTheUnitOfTheEntry(by.unit)
        said: dict[str, Any] = super().decide(one, by)  # type: ignore[misc]  # a command's
        return said
