"""One command or question of a story: what, by whom, when, what must come back; its declaration says where it goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from contracts.vocabulary import ActReason, Role
from services.chassis.http.problems import explained
from services.chassis.operations import Declared, Operation


class From(NamedTuple):
    """A value that an earlier reply of the same story brought."""

    name: str

    def __str__(self) -> str:
        """Return what stands for it in a path."""
        return f"{{{self.name}}}"


class Who(NamedTuple):
    """Who acts, for which unit, in which role."""

    actor: str
    unit: str
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One command; refused ones are steps like any other, with the status that they must get."""

    name: str
    command: type[Declared]
    sent: Mapping[str, Any]
    """Its fields, with ``From`` where a captured value goes, in lists too; moments and days as such."""
    who: Who
    at: datetime
    code: str | None = None
    """Which rule must refuse it, where it must be refused."""
    captures: Mapping[str, str] = field(default_factory=dict)
    """From the name in this story to the name in the reply, with a dot before what lies deeper.

    With a star before its name, an event of a timeline. A question is asked until it is all there.
    """
    reason: ActReason | None = None
    by_code: From | None = None
    """The query code by which a petitioner proves that what it is done about is theirs."""
    content: bytes = b""
    """What is sent piece by piece, where it is no JSON."""
    needs_days: bool = False
    """Whether the reply depends on days having gone by, in fact or in simulation."""

    @property
    def operation(self) -> Operation:
        """What is declared of the command."""
        return self.command.operation

    @property
    def service(self) -> str:
        """Which service does it: the one in whose folder it is declared."""
        return self.command.__module__.split(".")[1]

    @property
    def path(self) -> str:
        """Where it goes, with names of captured values in braces."""
        return self.operation.path.format_map(self.sent)

    @property
    def body(self) -> dict[str, Any]:
        """What does not stand in the path."""
        return {name: value for name, value in self.sent.items() if name not in self.operation.in_path}

    @property
    def expect(self) -> int:
        """With which status it must be answered."""
        return explained(self.service, self.code).status if self.code else self.operation.status


def filled(value: Any, values: Mapping[str, str]) -> Any:  # noqa: ANN401  # a field of any command
    """Return what is sent for a value: where it was captured, what was captured."""
    if isinstance(value, From):
        return values[value.name]
    return [filled(each, values) for each in value] if isinstance(value, list) else value
