"""Commands: what is sent, who may send it, and what an aggregate decides about it.

Whoever acts comes through one gate (``http/gate.py``): who acts, what was sent, may they, decide, store. A command on
one aggregate says its stream and calls a rule in ``act``; what looks things up first says ``run`` itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, cast
from uuid import UUID

from pydantic import BaseModel, create_model

from contracts.ids import derived
from contracts.vocabulary import Role
from services.chassis.aggregate import Aggregate
from services.chassis.context import By
from services.chassis.operations import Declared
from services.chassis.store import New
from services.chassis.views import Statement
from services.chassis.writer import Done

if TYPE_CHECKING:
    from services.chassis.running import Running

A = TypeVar("A", bound=Aggregate)

Said = Mapping[str, Any] | None
"""What a reply shows beside what all replies of its kind show."""


class Reply(BaseModel):
    """The reply to a command: the version of the stream that it changed."""

    version: int


class Command(Declared, Generic[A]):
    """A command on one aggregate.

    Class arguments: `path`, `by` (the roles that may), `title` (Chinese), and where they differ `method`, `status`,
    `reply` and `location`. A class without a path is a base of commands.
    """

    aggregate: ClassVar[type[Aggregate]]
    replies: ClassVar[type[Reply]] = Reply
    """What the commands of a base are answered with, unless one says otherwise."""
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
    ) -> None:
        """Take what the class says of itself; it is read when its fields are known."""
        super().__init_subclass__()

    @classmethod
    def __pydantic_init_subclass__(cls, **said: Any) -> None:  # noqa: ANN401  # pydantic's own name
        """Say what the class is, as soon as its fields are known."""
        for argument in cls.__pydantic_generic_metadata__["args"]:
            if isinstance(argument, type):
                cls.aggregate = argument
        if said.get("reply"):
            cls.replies = said["reply"]
        if said.get("path"):
            facts: dict[str, Any] = {"method": "POST", "status": cls.succeeds()} | said
            cls.declare(**facts | {"reply": cls.replies})

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
        return {**self.shows(aggregate), **(said or {})}

    def act(self, aggregate: A, by: By, /) -> Said:
        """Call the rule."""
        raise NotImplementedError

    def shows(self, aggregate: A, /) -> dict[str, Any]:  # noqa: ARG002  # what a base shows of it
        """Return what every reply of this kind shows."""
        return {}

    async def look_up(self, running: Running, by: By) -> None:
        """Make sure of what must be there beside the aggregate. Raises ``NotFound``."""

    async def run(self, running: Running, by: By) -> Done:
        """Load the aggregate, decide, store. Raises ``DomainError``."""
        await self.look_up(running, by)
        kind = cast("type[A]", self.aggregate)
        return await running.store.change(
            kind, self.stream(by), lambda one: self.decide(one, by), by=by, statements=self.statements(),
            may_open=self.may_open,
        )  # fmt: skip


@cache
def _naming(entry: str) -> type[Reply]:
    """Return the reply that says which entry it was."""
    name = "Of" + "".join(word.capitalize() for word in entry.split("_"))
    return create_model(name, __base__=Reply, __doc__="Which entry it was.", **{f"{entry}_id": (UUID, ...)})  # type: ignore[call-overload, no-any-return]  # fields by name


class Entered(Command[A], Generic[A]):
    """A command about an entry of a register, which `entry` names: ``desk`` is answered with its ``desk_id``."""

    entry: ClassVar[str]

    @classmethod
    def __pydantic_init_subclass__(cls, **said: Any) -> None:  # noqa: ANN401  # pydantic's own name
        """Reply with the id of the entry, unless a command says otherwise."""
        if "entry" in vars(cls):
            cls.replies = _naming(cls.entry)
        super().__pydantic_init_subclass__(**said)

    def shows(self, aggregate: A, /) -> dict[str, Any]:
        """Return the id of the entry."""
        return {f"{self.entry}_id": aggregate.id}


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

    def stream(self, by: By) -> UUID:  # noqa: ARG002  # who acts changes nothing about it
        """Return the stream of the entry."""
        stream: UUID = getattr(self, f"{self.entry}_id")
        return stream
